import { symlinkSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { tempProject } from "../helpers/temp-project.ts";
import { LEGACY, STRICT, verifyWithTypes } from "./type-project.ts";

/**
 * Two functions in one file: line 4 has a key that may be undefined, line 8 one that may not. Only the compiler can
 * tell, since the planner does not compute mapped types.
 */
const TWO = [
  'import { abortEmbeddedPiRun } from "../agents/pi-embedded.js";',
  "",
  'export function stopLoose(entry: { id: string } & { [K in "sessionKey"]?: string }): boolean {',
  "  return abortEmbeddedPiRun(entry.id);",
  "}",
  "",
  "export function stopFirm(entry: { id: string; sessionKey: string }): boolean {",
  "  return abortEmbeddedPiRun(entry.id);",
  "}",
  "",
].join("\n");
const LOOSE = "src/gateway/stop.ts:4";
const FIRM = "src/gateway/stop.ts:8";
const KEYS = { [LOOSE]: "entry.sessionKey", [FIRM]: "entry.sessionKey" };

describe("a rewrite that does not compile", () => {
  it("is withdrawn with the compiler's words; the rest of the file is rewritten", async () => {
    const project = tempProject({ ...LEGACY, "tsconfig.json": STRICT, "src/gateway/stop.ts": TWO });
    const { calls, after, verification, types } = await verifyWithTypes(project.root, KEYS);
    expect(calls).toMatchObject([
      { line: 4, decision: "manual", reason: "type-errors" },
      { line: 8, decision: "rewrite", reason: null },
    ]);
    expect(calls[0]!.notes).toContain(
      "src/gateway/stop.ts:4: Argument of type 'string | undefined' is not assignable to parameter of type 'string'",
    );
    expect(calls[0]!.notes).toContain("TS2345");
    expect(calls[1]!.notes).not.toContain("compiler");
    const text = after.get("src/gateway/stop.ts")!;
    expect(text).toContain("return abortEmbeddedPiRun(entry.id);");
    expect(text).toContain("return killSessionRun(entry.sessionKey);");
    // Both imports stand now, so the refused call has moved down a line: a second run must still refuse it.
    expect(verification.ok).toBe(true);
    expect(types).toMatchObject({ status: "passed" });
    expect(types.details.join("\n")).toContain("1 site(s) were withdrawn");
  });

  it("is kept where the project's own settings allow it", async () => {
    const loose = JSON.stringify({ compilerOptions: { strict: false, module: "NodeNext" } });
    const project = tempProject({ ...LEGACY, "tsconfig.json": loose, "src/gateway/stop.ts": TWO });
    const { calls } = await verifyWithTypes(project.root, KEYS);
    expect(calls.map((call) => call.decision)).toEqual(["rewrite", "rewrite"]);
  });

  it("takes the other calls of its flow along", async () => {
    const text = TWO.replace(
      "  return abortEmbeddedPiRun(entry.id);\n}\n\nexport",
      '  if (abortEmbeddedPiRun(entry.id)) console.log("stopped");\n  return abortEmbeddedPiRun(entry.id);\n}\n\nexport',
    );
    const project = tempProject({ ...LEGACY, "tsconfig.json": STRICT, "src/gateway/stop.ts": text });
    const { calls } = await verifyWithTypes(project.root, {
      [LOOSE]: "entry.sessionKey",
      "src/gateway/stop.ts:5": 'entry.sessionKey ?? ""',
      "src/gateway/stop.ts:9": "entry.sessionKey",
    });
    expect(calls).toMatchObject([
      { line: 4, decision: "manual", reason: "type-errors" },
      { line: 5, decision: "manual", reason: "cluster-refused" },
      { line: 9, decision: "rewrite" },
    ]);
  });

  it("is withdrawn also where the plan had proven the key, and a second run on the result agrees", async () => {
    const text = [
      'import { abortEmbeddedPiRun } from "../agents/pi-embedded.js";',
      'import { clearSessionQueues } from "./queue.js";',
      "",
      'export function stopLoose(params: { sessionId: string } & { [K in "sessionKey"]?: string }): boolean {',
      "  clearSessionQueues([params.sessionKey, params.sessionId]);",
      "  return abortEmbeddedPiRun(params.sessionId);",
      "}",
      "",
      "export function stopFirm(params: { sessionId: string; sessionKey: string }): boolean {",
      "  clearSessionQueues([params.sessionKey, params.sessionId]);",
      "  return abortEmbeddedPiRun(params.sessionId);",
      "}",
      "",
    ].join("\n");
    const project = tempProject({
      ...LEGACY,
      "tsconfig.json": STRICT,
      "src/gateway/queue.ts":
        "export function clearSessionQueues(keys: (string | undefined)[]): void { void keys; }\n",
      "src/gateway/stop.ts": text,
    });
    const first = await verifyWithTypes(project.root, {});
    expect(first.calls.map((call) => call.decision)).toEqual(["manual", "rewrite"]);
    expect(first.verification.checks.map((check) => check.status)).toEqual(Array(4).fill("passed"));
    // One import more: the call that stays has moved down a line.
    project.write("src/gateway/stop.ts", first.after.get("src/gateway/stop.ts")!);
    const second = await verifyWithTypes(project.root, {});
    expect(second.calls).toMatchObject([{ line: 7, decision: "manual", reason: "type-errors" }]);
    expect(second.changeSet.changes).toEqual([]);
  });

  it("is withdrawn where the record has no such property", async () => {
    const project = tempProject({ ...LEGACY, "tsconfig.json": STRICT, "src/gateway/stop.ts": TWO });
    const { calls } = await verifyWithTypes(project.root, { ...KEYS, [LOOSE]: "entry.storeKey" });
    expect(calls[0]!.notes).toContain("Property 'storeKey' does not exist");
    expect(calls[1]!.decision).toBe("rewrite");
  });

  it("is not even tried where the name does not exist at the call", async () => {
    const project = tempProject({ ...LEGACY, "tsconfig.json": STRICT, "src/gateway/stop.ts": TWO });
    await expect(verifyWithTypes(project.root, { ...KEYS, [LOOSE]: "sessionKey" })).rejects.toThrow(
      /sessionKey is not visible at the call/,
    );
  });

  it("is seen through types that other files declare, also by inference", async () => {
    const text = TWO.replace(/\{ id: string \} & .*?\}/, "Loose")
      .replace("{ id: string; sessionKey: string }", "ReturnType<typeof makeFirm>")
      .replace("\n\n", '\nimport { type Loose, makeFirm } from "./entry.js";\nvoid makeFirm;\n');
    const project = tempProject({
      ...LEGACY,
      "tsconfig.json": STRICT,
      "src/gateway/entry.ts": [
        'import type { Base } from "./base.js";',
        "export interface Loose extends Base { id: string }",
        'export function makeFirm() { return { id: "a", sessionKey: "k" }; }',
        "",
      ].join("\n"),
      "src/gateway/base.ts": "export interface Base { sessionKey?: string }\n",
      "src/gateway/stop.ts": text,
    });
    const { calls } = await verifyWithTypes(project.root, {
      "src/gateway/stop.ts:5": "entry.sessionKey",
      "src/gateway/stop.ts:9": "entry.sessionKey",
    });
    expect(calls).toMatchObject([
      { line: 5, decision: "manual", reason: "type-errors" },
      { line: 9, decision: "rewrite" },
    ]);
  });
});

describe("the registry", () => {
  it("is looked for where the imports lead, when the legacy modules are not there to tell its place", async () => {
    const text = TWO.replace("{ abortEmbeddedPiRun }", "* as runs").replaceAll(
      "return abort",
      "return runs.abort",
    );
    const project = tempProject({ "tsconfig.json": STRICT, "src/gateway/stop.ts": text });
    const { calls } = await verifyWithTypes(project.root, KEYS);
    expect(calls).toMatchObject([
      { line: 4, decision: "manual", reason: "type-errors" },
      { line: 8, decision: "rewrite" },
    ]);
    expect(calls[0]!.notes).toContain("'string | undefined'");
  });

  it("that is there counts as it is, whatever its functions take", async () => {
    const project = tempProject({
      ...LEGACY,
      "tsconfig.json": STRICT,
      "src/gateway/stop.ts": TWO,
      "src/agents/session-run-registry.ts":
        "export const killSessionRun = (sessionKey: string | undefined): boolean => sessionKey !== undefined;\n",
    });
    const { calls } = await verifyWithTypes(project.root, KEYS);
    expect(calls.map((call) => call.decision)).toEqual(["rewrite", "rewrite"]);
  });
});

describe("what the file suffered from before", () => {
  it("is not blamed: type errors, unused names, and complaints that spell a renamed name", async () => {
    const text = [
      'import { readFileSync } from "node:fs";',
      'import { abortEmbeddedPiRun, missing } from "../agents/pi-embedded.js";',
      "",
      "export function stop(entry: { id: string; sessionKey: string }): boolean {",
      '  const wrong: number = "text";',
      "  const stopped: number = abortEmbeddedPiRun(entry.id);",
      "  return Boolean(stopped);",
      "}",
      "",
    ].join("\n");
    const project = tempProject({ ...LEGACY, "tsconfig.json": STRICT, "src/gateway/stop.ts": text });
    const { calls, verification } = await verifyWithTypes(project.root, {
      "src/gateway/stop.ts:6": "entry.sessionKey",
    });
    expect(calls).toMatchObject([{ decision: "rewrite" }]);
    expect(verification.ok).toBe(true);
  });

  it("does not excuse a second error of the same words in another place", async () => {
    const text = TWO.replace(
      "export function stopLoose",
      "declare function take(key: string): void;\nexport const pass = (key?: string) => take(key);\n\nexport function stopLoose",
    );
    const project = tempProject({ ...LEGACY, "tsconfig.json": STRICT, "src/gateway/stop.ts": text });
    const { calls } = await verifyWithTypes(project.root, {
      "src/gateway/stop.ts:7": "entry.sessionKey",
      "src/gateway/stop.ts:11": "entry.sessionKey",
    });
    expect(calls.map((call) => call.decision)).toEqual(["manual", "rewrite"]);
  });
});

describe("packages that are not installed", () => {
  it("count for nothing on either side", async () => {
    const text = `import { log } from "not-installed";\nimport x from "@scope/also-not";\n${TWO.replace(
      "return abort",
      "log(x.y);\n  return abort",
    )}`;
    const project = tempProject({ ...LEGACY, "tsconfig.json": STRICT, "src/gateway/stop.ts": text });
    const { calls, types } = await verifyWithTypes(project.root, {
      "src/gateway/stop.ts:7": "entry.sessionKey",
      "src/gateway/stop.ts:11": "entry.sessionKey",
    });
    expect(calls.map((call) => call.decision)).toEqual(["manual", "rewrite"]);
    expect(types.status).toBe("passed");
  });

  it("are read where they are installed, through links inside the root", async () => {
    const project = tempProject({
      ...LEGACY,
      "tsconfig.json": STRICT,
      "src/gateway/stop.ts": [
        'import { abortEmbeddedPiRun } from "../agents/pi-embedded.js";',
        'import type { Entry } from "entries";',
        "export function stop(entry: Entry): boolean {",
        "  return abortEmbeddedPiRun(entry.id);",
        "}",
        "",
      ].join("\n"),
      "node_modules/.store/entries/package.json": '{"name":"entries","types":"index.d.ts"}',
      "node_modules/.store/entries/index.d.ts":
        "export interface Entry { id: string; sessionKey: string | null }\n",
    });
    symlinkSync(".store/entries", project.path("node_modules/entries"));
    const { calls } = await verifyWithTypes(project.root, { "src/gateway/stop.ts:4": "entry.sessionKey" });
    expect(calls[0]!.notes).toContain("'string | null'");
  });
});

describe("a project that means harm", () => {
  it("cannot make the compiler read settings, sources or links outside, nor run plugins", async () => {
    const outside = tempProject({
      "secret.json": JSON.stringify({ compilerOptions: { strict: false, strictNullChecks: false } }),
      "entry.ts": "export interface Entry { id: string; sessionKey?: string }\n",
    });
    const up = `../${outside.root.split("/").pop()}`;
    const entry = (from: string) =>
      [
        'import { abortEmbeddedPiRun } from "../agents/pi-embedded.js";',
        `import type { Entry } from "${from}";`,
        "export function stop(entry: Entry): boolean {",
        "  return abortEmbeddedPiRun(entry.id);",
        "}",
        "",
      ].join("\n");
    const project = tempProject({
      ...LEGACY,
      "tsconfig.json": JSON.stringify({
        extends: [`${up}/secret.json`, `${outside.root}/secret.json`, "./linked.json"],
        compilerOptions: {
          strict: true,
          module: "NodeNext",
          plugins: [{ name: "evil" }, { transform: "evil" }],
          rootDirs: ["src", up],
          typeRoots: [up],
          traceResolution: true,
          generateTrace: "trace",
        },
        include: [`${up}/**/*`],
        references: [{ path: up }],
      }),
      "node_modules/evil/package.json": '{"name":"evil","main":"index.js"}',
      "node_modules/evil/index.js": 'require("fs").writeFileSync("canary", ""); globalThis.canary = 1;',
      "src/gateway/stop.ts": TWO,
      "src/gateway/up.ts": entry(`../../${up}/entry.js`),
      "src/gateway/link.ts": entry("./linked-entry.js"),
    });
    symlinkSync(`${outside.root}/secret.json`, project.path("linked.json"));
    symlinkSync(`${outside.root}/entry.ts`, project.path("src/gateway/linked-entry.ts"));
    const { calls, plan } = await verifyWithTypes(project.root, {
      ...KEYS,
      "src/gateway/up.ts:4": "entry.sessionKey",
      "src/gateway/link.ts:4": "entry.sessionKey",
    });
    const decided = Object.fromEntries(
      plan.sites
        .filter((site) => site.kind === "call")
        .map((site) => [`${site.file}:${site.line}`, site.decision]),
    );
    expect(decided).toEqual({
      // Were secret.json read, the compiler would let this pass …
      [LOOSE]: "manual",
      [FIRM]: "rewrite",
      // … and were entry.ts read, it would refuse these two.
      "src/gateway/up.ts:4": "rewrite",
      "src/gateway/link.ts:4": "rewrite",
    });
    expect(calls).toHaveLength(4);
    expect(project.list()).not.toContain("canary");
    expect(globalThis).not.toHaveProperty("canary");
  });

  it("cannot stop the check with a tsconfig that extends itself, or is no JSON", async () => {
    for (const config of ['{"extends":"./tsconfig.json"}', "{{{{", "[]", '"text"', '{"compilerOptions":7}']) {
      const project = tempProject({ ...LEGACY, "tsconfig.json": config, "src/gateway/stop.ts": TWO });
      const { calls, types } = await verifyWithTypes(project.root, KEYS);
      expect(calls[1]!.decision, config).toBe("rewrite");
      expect(types.status).toBe("passed");
    }
  });
});

describe("settings", () => {
  it("come from the tsconfig.json nearest to each file", async () => {
    const project = tempProject({
      ...LEGACY,
      "tsconfig.json": STRICT,
      "src/gateway/stop.ts": TWO,
      "src/loose/tsconfig.json":
        '{ "extends": "../../tsconfig.json", "compilerOptions": { "strict": false } }',
      "src/loose/stop.ts": TWO,
    });
    const { plan } = await verifyWithTypes(project.root, {
      ...KEYS,
      "src/loose/stop.ts:4": "entry.sessionKey",
      "src/loose/stop.ts:8": "entry.sessionKey",
    });
    const refused = plan.sites.filter((site) => site.reason === "type-errors");
    expect(refused.map((site) => `${site.file}:${site.line}`)).toEqual([LOOSE]);
  });

  it("leave JavaScript alone without checkJs, and the report says so; with it, JSDoc counts", async () => {
    const text = [
      'import { abortEmbeddedPiRun } from "../agents/pi-embedded.js";',
      "/** @param {{ id: string, sessionKey?: string }} entry */",
      "export function stop(entry) {",
      "  return abortEmbeddedPiRun(entry.id);",
      "}",
      "",
    ].join("\n");
    const legacy = {
      "src/agents/pi-embedded.js": "export function abortEmbeddedPiRun(id) { return id !== undefined; }\n",
    };
    const key = { "src/gateway/stop.js:4": "entry.sessionKey" };
    const plain = tempProject({ ...legacy, "src/gateway/stop.js": text });
    const unchecked = await verifyWithTypes(plain.root, key);
    expect(unchecked.calls).toMatchObject([{ decision: "rewrite" }]);
    expect(unchecked.types).toEqual({
      name: "types",
      status: "not-run",
      details: ["1 JavaScript file(s): only the syntax, since checkJs is not set"],
    });
    plain.write(
      "tsconfig.json",
      '{ "compilerOptions": { "checkJs": true, "strict": true, "module": "NodeNext" } }',
    );
    plain.write(
      "src/agents/session-run-registry.ts",
      "export function killSessionRun(sessionKey: string): boolean { return sessionKey !== ''; }\n",
    );
    expect((await verifyWithTypes(plain.root, key)).calls).toMatchObject([
      { decision: "manual", reason: "type-errors" },
    ]);
  });
});

describe("when the compiler is not asked", () => {
  it("says so, and why", async () => {
    const project = tempProject({ ...LEGACY, "tsconfig.json": STRICT, "src/gateway/stop.ts": TWO });
    const dry = await verifyWithTypes(project.root, KEYS, { write: false, verifyTypes: false });
    expect(dry.types.status).toBe("not-run");
    expect(dry.types.details.join()).toContain("dry run");
    const told = await verifyWithTypes(project.root, KEYS, { verifyTypes: false });
    expect(told.types).toMatchObject({ status: "not-run" });
    expect(told.types.details.join()).toContain("--no-verify-types");
    expect(told.calls.map((call) => call.decision)).toEqual(["rewrite", "rewrite"]);
    expect(told.verification.ok).toBe(true);
  });
});
