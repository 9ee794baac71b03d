import { describe, expect, it } from "vitest";
import { tempProject } from "../helpers/temp-project.ts";
import { checkFolder } from "./check-folder.ts";

const STUB = "export function abortEmbeddedPiRun(_sessionId: string): boolean {\n  return false;\n}\n";

function loudIn(text: string, file = "src/a.ts"): string[] {
  const { outcome, analysis } = checkFolder(tempProject({ "src/pi-embedded.ts": STUB, [file]: text }).root);
  return [
    ...analysis.failed.map(({ file: failed, message }) => `failed ${failed}: ${message}`),
    ...outcome.findings
      .filter((finding) => finding.severity === "error" && finding.file === file)
      .map(({ rule, line }) => `${rule} ${line}`),
  ];
}

describe("what a search for the usual spelling passes over", () => {
  it.each([
    ["a flag of a bundler", "  const aborted = !1;"],
    ["other white space", "  const\taborted\t=\tfalse;"],
    ["two lines", "  const\n    aborted = false;"],
    ["a comment", "  const aborted = /* later */ false;"],
  ])("a placeholder with %s is found", (_, line) => {
    expect(
      loudIn(`export function stop(key: string) {\n${line}\n  return key ? { aborted } : null;\n}\n`),
    ).toEqual([expect.stringMatching(/^dead-placeholder/)]);
  });

  it("a flag that is no constant is none", () => {
    const text =
      "export function stop(key: string) {\n  const aborted = !key;\n  return key ? { aborted } : null;\n}\n";
    expect(loudIn(text)).toEqual([]);
  });

  it.each([
    "entry.abortedLastRun=true;",
    "entry.abortedLastRun = !0;",
    'entry["abortedLastRun"] = true;',
    'Object.assign(entry, { "abortedLastRun":\n true });',
    'Object.assign(entry, { ["abortedLastRun"]: true });',
  ])("a report as %s is found", (line) => {
    expect(loudIn(`export function mark(entry: { abortedLastRun?: boolean }) {\n${line}\n}\n`)).toEqual([
      "paper-kill 2",
    ]);
  });

  it.each(["entry.abortedLastRun=false;", "entry.abortedLastRun = !1;", 'entry["abortedLastRun"] ??= true;'])(
    "%s is no report",
    (line) => {
      expect(loudIn(`export function mark(entry: { abortedLastRun?: boolean }) {\n${line}\n}\n`)).toEqual([]);
    },
  );

  it.each(["(void 0 as any)?.close()", "(<any>undefined)?.close()", "(undefined!).close()"])(
    "a call as %s is found",
    (call) => {
      expect(loudIn(`export const stop = () => ${call};\n`)).toEqual(["undefined-call 1"]);
    },
  );

  it.each([
    ['(await import("./pi-" + "embedded.js")).abortEmbeddedPiRun(id)', "legacy-surface 2"],
    [`(await import(\`./pi-\${"embedded"}.js\`)).abortEmbeddedPiRun(id)`, "legacy-surface 2"],
    ['(await import("./pi-embedded.js"))["abortEmbeddedPiRun"](id)', "legacy-surface 2"],
  ])("a call as %s is found", (call, found) => {
    expect(loudIn(`export async function stop(id: string) {\n  return ${call};\n}\n`)).toEqual([found]);
  });

  it("the same names of another module, and of no module, are no error", () => {
    const text = `export async function stop(id: string, m: Record<string, (id: string) => boolean>) {
  const other = await import("./pi-" + "other.js");
  return m["abortEmbeddedPiRun"]!(id) && other.abortEmbeddedPiRun(id);
}
`;
    expect(loudIn(text)).toEqual([]);
  });

  it("JSX in JavaScript is read", () => {
    const text =
      'import { abortEmbeddedPiRun } from "./pi-embedded.js";\nexport const b = (id) => <a b={abortEmbeddedPiRun(id)} />;\n';
    expect(loudIn(text, "src/a.jsx")).toEqual(["legacy-surface 1", "legacy-surface 2"]);
  });
});

describe("a name that is spelled with escapes", () => {
  it.each([
    [
      'import { abort\\u0045mbeddedPiRun as stop } from "./pi-embedded.js";\nexport { stop };\n',
      "abortEmbeddedPiRun",
    ],
    ["export const stop = (kill: (id: string) => void) => kill\\u{53}essionRun;\n", "killSessionRun"],
    ['export const name = "kill\\x53essionRun";\n', "killSessionRun"],
    ['export * from "./pi-\\u0065mbedded.js";\n', "./pi-embedded.js"],
  ])("fails the file: %s", (text, name) => {
    expect(loudIn(text)).toEqual([
      expect.stringContaining(`failed src/a.ts: spells ${name} with escapes (line 1)`),
    ]);
  });

  it.each([
    "export const \\u0061 = 1;\n",
    'export const text = "\\x41\\u0042";\n',
    'export const text = "\\\\x41";\n',
    "export const pattern = /[\\u0041-\\u005a]killSessionRun/;\n",
  ])("is no other name: %s", (text) => {
    expect(loudIn(text)).toEqual([]);
  });
});

describe("a name that is put together at run time", () => {
  const stop = (body: string) => `import * as engine from "./other.js";\n${body}\n`;

  it.each([
    ['export const halt = (id: string) => engine["abort" + "EmbeddedPiRun"](id);', "abortEmbeddedPiRun"],
    [
      'const verb = "kill";\nexport const halt = (key: string) => engine[`$' + "{verb}SessionRun`](key);",
      "killSessionRun",
    ],
    ['export const halt = engine[["wait", "ForEmbedded", "PiRunEnd"].join("")];', "waitForEmbeddedPiRunEnd"],
    ['export const { ["kill".concat("SessionRun")]: halt } = engine;', "killSessionRun"],
  ])("fails the file: %s", (text, name) => {
    expect(loudIn(stop(text))).toEqual([
      expect.stringContaining(`failed src/a.ts: puts ${name} together out of pieces`),
    ]);
  });

  it.each([
    'export const halt = (kind: string) => engine["abort" + kind]();',
    'export const halt = () => engine["abort" + "EmbeddedPiRunner"]();',
    'export const words = ["abort", "EmbeddedPiRun"].join("");',
    'export const text = "kill" + "SessionRun";',
    'export const load = (part: string) => import("./pi-" + part);',
    'let verb = "kill";\nverb = "skip";\nexport const halt = engine[`$' + "{verb}SessionRun`];",
  ])("is no name: %s", (text) => {
    expect(loudIn(stop(text))).toEqual([]);
  });
});
