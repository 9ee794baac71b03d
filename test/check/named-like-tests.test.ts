import { describe, expect, it } from "vitest";
import { compareHistory, HISTORY_RULE } from "../../src/check/compare-history.ts";
import { discover } from "../../src/discover/discover.ts";
import { checkWords } from "../../src/migration/migration.ts";
import { piToSessionRun } from "../../src/migration/pi-to-session-run.ts";
import { initRepository } from "../helpers/git.ts";
import { type TempProject, tempProject } from "../helpers/temp-project.ts";
import { checkFolder } from "./check-folder.ts";

const GUTTED = `export function stop(kind: string) {
  const aborted = false;
  return kind === "soft" ? { aborted } : undefined;
}
`;
const USE = 'import { stop } from "./stop.mocks.js";\nexport const run = () => stop("soft");\n';

function rulesOf(files: Readonly<Record<string, string>>): string[] {
  const { outcome } = checkFolder(tempProject(files).root);
  return outcome.findings.map(({ rule, file }) => `${rule} ${file}`);
}

describe("a file that is named like a test", () => {
  it.each<[string, Record<string, string>]>([
    ["nothing loads", {}],
    ["a test loads", { "src/run.test.ts": USE }],
    ["a harness loads", { "src/run.harness.ts": USE, "src/run.test.ts": 'import "./run.harness.js";\n' }],
    ["production takes a type from", { "src/run.ts": 'import type { stop } from "./stop.mocks.js";\n' }],
    ["production names in a comment", { "src/run.ts": '// import { stop } from "./stop.mocks.js";\n' }],
    ["something that needs a runner loads", { "src/suite.ts": `import { it } from "vitest";\n${USE}` }],
    [
      "needs a runner through another test file",
      { "src/run.ts": USE, "src/deep.mocks.ts": 'import { vi } from "vitest";\nexport const f = vi.fn();\n' },
    ],
  ])("is a test where %s", (_, files) => {
    const deep = "src/deep.mocks.ts" in files ? 'export { f } from "./deep.mocks.js";\n' : "";
    expect(rulesOf({ "src/stop.mocks.ts": deep + GUTTED, ...files })).toEqual([]);
  });

  it.each<[string, string, Record<string, string>]>([
    ["production", "src/stop.mocks.ts", { "src/run.ts": USE }],
    ["production, as a folder", "src/e2e/index.ts", { "src/run.ts": 'export * from "./e2e/index.js";\n' }],
    [
      "production, later",
      "src/stop.test-helpers.ts",
      { "src/run.ts": 'void import("./stop.test-helpers.js");\n' },
    ],
    [
      "production, with require",
      "src/stop.fixtures.cjs",
      { "src/run.cjs": 'require("./stop.fixtures.cjs");\n' },
    ],
    [
      "a harness that production loads",
      "src/stop.mocks.ts",
      { "src/run.harness.ts": USE, "src/run.ts": 'export { run } from "./run.harness.js";\n' },
    ],
    [
      "production, and speaks of a runner only in a comment",
      "src/stop.mocks.ts",
      { "src/run.ts": `// import { vi } from "vitest"; vi.fn()\n${USE}` },
    ],
  ])("is production where it is loaded by %s", (_, file, files) => {
    const text = file.endsWith(".cjs") ? GUTTED.replace("export ", "").replace(": string", "") : GUTTED;
    expect(rulesOf({ [file]: text, ...files })).toEqual([`dead-placeholder ${file}`]);
  });
});

const REGISTRY = `const runs = new Map<string, { abort(): void }>();
export const registerSessionRun = (key: string, run: { abort(): void }) => runs.set(key, run);
export function killSessionRun(key: string) {
  runs.get(key)?.abort();
  return runs.has(key);
}
`;
const LIVE = `import { killSessionRun } from "./session-run-registry.js";
export function halt(sessionKey: string, quiet: boolean) {
  if (!quiet) console.log(sessionKey);
  killSessionRun(sessionKey);
}
`;
const EMPTIED = LIVE.replace(/^import.*\n/, "").replace(/^ {2}kill.*\n/m, "");

describe("a file with a kill that takes the name of a test", () => {
  const lostIn = async (project: TempProject): Promise<string[]> => {
    const workspace = discover({ root: project.root, words: checkWords(piToSessionRun) });
    const found = await compareHistory(workspace, "HEAD", piToSessionRun);
    return found.filter(({ rule }) => rule === HISTORY_RULE.id).map(({ file }) => file);
  };
  const repository = (): TempProject => {
    const project = tempProject({
      "src/session-run-registry.ts": REGISTRY,
      "src/halt.ts": LIVE,
      "src/halt.mocks.ts": LIVE.replace("halt", "haltAll"),
      "src/run.ts": 'export { halt } from "./halt.js";\nexport { haltAll } from "./halt.mocks.js";\n',
    });
    initRepository(project.root);
    return project;
  };

  it("is compared with what it was, also when it had the name before", async () => {
    const project = repository();
    expect(await lostIn(project)).toEqual([]);
    project.write("src/halt.mocks.ts", EMPTIED.replace("halt", "haltAll"));
    expect(await lostIn(project)).toEqual(["src/halt.mocks.ts"]);
  });

  it("is found under its new name", async () => {
    const project = repository();
    project.write("src/halt.harness.ts", EMPTIED);
    project.write("src/halt.ts", 'export { halt } from "./halt.harness.js";\n');
    expect(await lostIn(project)).toEqual(["src/halt.harness.ts"]);
  });
});
