// biome-ignore-all lint/suspicious/noTemplateCurlyInString: source text
import { describe, expect, it } from "vitest";
import type { CheckOptions, MigrateOptions } from "../../src/cli/stages.ts";
import { DEFAULT_CONFIG } from "../../src/config/defaults.ts";
import { runCheck, runMigrate } from "../../src/pipeline.ts";
import { type TempProject, tempProject } from "../helpers/temp-project.ts";

const LEGACY = {
  "src/agents/pi-embedded.ts":
    "const runs = new Map<string, () => void>();\nexport function abortEmbeddedPiRun(id: string): boolean {\n  runs.get(id)?.();\n  return runs.delete(id);\n}\n",
};
const HEAD = 'import { abortEmbeddedPiRun } from "./agents/pi-embedded.js";\n';
const MARK = "// @rewire-abort-manual no-key-in-scope: No session key in scope";

async function migrate(project: TempProject, options: Partial<MigrateOptions> = {}) {
  const { result } = await runMigrate({
    root: project.root,
    config: DEFAULT_CONFIG,
    write: true,
    allowDirty: true,
    minConfidence: "proven",
    settle: true,
    mark: true,
    verifyTypes: false,
    failOnManual: false,
    ...options,
  });
  return result;
}

async function markersFound(project: TempProject): Promise<number[]> {
  const options: CheckOptions = {
    root: project.root,
    config: DEFAULT_CONFIG,
    reportOnly: false,
    today: "2026-01-01",
  };
  const { result } = await runCheck(options);
  return result
    .findings!.filter((finding) => finding.rule === "manual-marker")
    .map((finding) => finding.line);
}

/** The file after `migrate --write --mark`, and after a second one. */
async function marked(body: string, options: Partial<MigrateOptions> = {}): Promise<[string, string]> {
  const project = tempProject({ ...LEGACY, "src/a.ts": HEAD + body });
  const result = await migrate(project, options);
  expect(result.verification).toMatchObject({ ok: true });
  const first = project.read("src/a.ts");
  await migrate(project, options);
  return [first.slice(HEAD.length), project.read("src/a.ts").slice(HEAD.length)];
}

describe("--mark", () => {
  it("writes the reason above each call that is left for a person, once, and the gate fails while it stands", async () => {
    const project = tempProject({
      ...LEGACY,
      "src/a.ts": `${HEAD}export function stop(runId: string): void {\n  if (runId) {\n    abortEmbeddedPiRun(runId);\n  }\n}\n`,
    });
    expect(await markersFound(project)).toEqual([]);
    const result = await migrate(project);
    expect(result).toMatchObject({ written: true, verification: { ok: true } });
    const after = `${HEAD}export function stop(runId: string): void {\n  if (runId) {\n    ${MARK}\n    abortEmbeddedPiRun(runId);\n  }\n}\n`;
    expect(project.read("src/a.ts")).toBe(after);
    expect(await markersFound(project)).toEqual([4]);
    const again = await migrate(project);
    expect(again.changes).toEqual([]);
    expect(project.read("src/a.ts")).toBe(after);
  });

  it("writes nothing unasked", async () => {
    const [first] = await marked("export const stop = (runId: string) => abortEmbeddedPiRun(runId);\n", {
      mark: false,
    });
    expect(first).not.toContain("@rewire-abort-manual");
  });

  it("stands above the statement, not inside of it, and never in a text", async () => {
    const body =
      "export function stop(runId: string): string {\n  return `\n    ${abortEmbeddedPiRun(runId)}\n  `;\n}\nexport const later = {\n  one: (runId: string) =>\n    abortEmbeddedPiRun(runId),\n};\n";
    const [first, second] = await marked(body);
    expect(first).toBe(
      body.replace("  return `", `  ${MARK}\n  return \``).replace("  one: (", `  ${MARK}\n  one: (`),
    );
    expect(second).toBe(first);
  });

  it("goes past comments that speak about the next line", async () => {
    const body =
      "export function stop(runId: string): void {\n  // why it stops\n  // eslint-disable-next-line no-console\n  // @ts-expect-error wrong on purpose\n  abortEmbeddedPiRun(runId, 1);\n}\n";
    const [first, second] = await marked(body);
    expect(first).toBe(body.replace("  // eslint", `  ${MARK}\n  // eslint`));
    expect(second).toBe(first);
  });

  it("marks a line with two calls once", async () => {
    const body =
      "export function stop(a: string, b: string): boolean {\n  return abortEmbeddedPiRun(a) || abortEmbeddedPiRun(b);\n}\n";
    const [first, second] = await marked(body);
    expect(first.split("@rewire-abort-manual")).toHaveLength(2);
    expect(second).toBe(first);
  });

  it("keeps line endings, tabs and a byte order mark", async () => {
    const text =
      `\uFEFF${HEAD}export function stop(runId: string): void {\n\tabortEmbeddedPiRun(runId);\n}\n`.replaceAll(
        "\n",
        "\r\n",
      );
    const project = tempProject({ ...LEGACY, "src/a.ts": text });
    await migrate(project);
    expect(project.read("src/a.ts")).toBe(text.replace("\tabort", `\t${MARK}\r\n\tabort`));
  });

  it("stands beside rewrites of the same file, and says what the compiler said where it refused", async () => {
    const body = [
      'import { clearSessionQueues } from "./queue.js";',
      'export function loose(params: { sessionId: string } & { [K in "sessionKey"]?: string }): boolean {',
      "  clearSessionQueues([params.sessionKey, params.sessionId]);",
      "  return abortEmbeddedPiRun(params.sessionId);",
      "}",
      "export function firm(params: { sessionId: string; sessionKey: string }): boolean {",
      "  clearSessionQueues([params.sessionKey, params.sessionId]);",
      "  return abortEmbeddedPiRun(params.sessionId);",
      "}",
      "",
    ].join("\n");
    const project = tempProject({
      ...LEGACY,
      "tsconfig.json": '{ "compilerOptions": { "strict": true } }',
      "src/queue.ts":
        "export function clearSessionQueues(keys: (string | undefined)[]): void { void keys; }\n",
      "src/a.ts": HEAD + body,
    });
    const result = await migrate(project, { verifyTypes: true });
    expect(result.verification).toMatchObject({ ok: true });
    const after = project.read("src/a.ts");
    expect(after).toContain(
      "  // @rewire-abort-manual type-errors: The compiler refuses the rewrite\n  return abortEmbeddedPiRun(params.sessionId);",
    );
    expect(after).toContain("return killSessionRun(params.sessionKey);");
    expect((await migrate(project, { verifyTypes: true })).changes).toEqual([]);
  });

  it("leaves tests alone", async () => {
    const text = `${HEAD}abortEmbeddedPiRun("a");\n`;
    const project = tempProject({ ...LEGACY, "src/a.test.ts": text });
    await migrate(project);
    expect(project.read("src/a.test.ts")).toBe(text);
  });
});
