import { describe, expect, it } from "vitest";
import { compareHistory, HISTORY_RULE } from "../../src/check/compare-history.ts";
import { discover } from "../../src/discover/discover.ts";
import { checkWords } from "../../src/migration/migration.ts";
import { piToSessionRun } from "../../src/migration/pi-to-session-run.ts";
import { UserError } from "../../src/shared/errors.ts";
import { git } from "../helpers/git.ts";
import { type TempProject, tempProject } from "../helpers/temp-project.ts";
import { checkFolder } from "./check-folder.ts";

const REGISTRY = `const runs = new Map<string, { abortController: AbortController }>();
export function registerSessionRun(sessionKey: string, handle: { abortController: AbortController }) {
  runs.set(sessionKey, handle);
}
export function unregisterSessionRun(sessionKey: string, handle: unknown) {
  if (runs.get(sessionKey) === handle) runs.delete(sessionKey);
}
export function killSessionRun(sessionKey: string) {
  runs.get(sessionKey)?.abortController.abort();
  return runs.has(sessionKey);
}
`;

const runner = (
  key: string,
) => `import { registerSessionRun, unregisterSessionRun } from "./session-run-registry.js";

export async function runTurn(
  message: { sessionKey: string; channelId: string; userId: string },
  work: () => Promise<void>,
) {
  const handle = { abortController: new AbortController() };
  const runKey = ${key};
  registerSessionRun(runKey, handle);
  try {
    await work();
  } finally {
    unregisterSessionRun(runKey, handle);
  }
}
`;

const BRIDGED = runner("message.sessionKey");
const FOREIGN = runner('[message.channelId, message.userId].join(":")');

const restart = (imports: string, call: string) => `${imports}import { pending } from "./pending.js";

/** No entry point that the migration knows by name. */
export function requestRestart(params: { sessionKey: string; sessionId: string; model: string }) {
  pending.set(params.sessionKey, params.model);
${call}  return true;
}
`;
const LIVE = restart(
  'import { killSessionRun } from "./session-run-registry.js";\n',
  "  killSessionRun(params.sessionKey);\n",
);
const GUTTED = restart("", "");
const SYNCED = restart(
  'import { abortEmbeddedPiRun } from "./pi-embedded.js";\n',
  "  abortEmbeddedPiRun(params.sessionId);\n",
);
const STUB = "export function abortEmbeddedPiRun(_sessionId: string): boolean {\n  return false;\n}\n";

function repository(): TempProject {
  const project = tempProject({
    "src/agents/session-run-registry.ts": REGISTRY,
    "src/agents/runner.ts": BRIDGED,
    "src/agents/restart.ts": LIVE,
    "src/agents/pending.ts": "export const pending = new Map<string, string>();\n",
  });
  git(project.root, "init", "-q");
  git(project.root, "add", "-A");
  git(project.root, "commit", "-q", "-m", "live");
  git(project.root, "tag", "live");
  return project;
}

async function rulesOf(project: TempProject, ref = "live"): Promise<string[]> {
  const workspace = discover({ root: project.root, words: checkWords(piToSessionRun) });
  const more = await compareHistory(workspace, ref, piToSessionRun);
  const { outcome } = checkFolder(project.root, { more, moreRules: [HISTORY_RULE] });
  expect(outcome.rules.map(({ id }) => id)).toContain("lost-since");
  return outcome.findings.map(({ rule, file, line }) => `${rule} ${file}:${line}`);
}

describe("a path that was alive, gutted, regressed and repaired", () => {
  it("is green, red, red, red and green again", async () => {
    const project = repository();
    expect(await rulesOf(project)).toEqual([]);

    project.write("src/agents/restart.ts", GUTTED);
    expect(checkFolder(project.root).outcome.findings).toEqual([]); // no trace is left
    expect(await rulesOf(project)).toEqual(["lost-since src/agents/restart.ts:4"]);

    project.write("src/agents/restart.ts", SYNCED);
    project.write("src/agents/pi-embedded.ts", STUB);
    expect(await rulesOf(project)).toEqual([
      "inert-implementation src/agents/pi-embedded.ts:1",
      "legacy-surface src/agents/restart.ts:1",
      "lost-since src/agents/restart.ts:5",
      "legacy-surface src/agents/restart.ts:7",
    ]);

    project.write("src/agents/restart.ts", LIVE);
    project.write("src/agents/runner.ts", FOREIGN);
    expect(await rulesOf(project)).toEqual(["registry-key-mismatch src/agents/runner.ts:9"]);

    project.write("src/agents/runner.ts", BRIDGED);
    expect(await rulesOf(project)).toEqual([]);
  });
});

describe("compareHistory", () => {
  it("shows the old call, follows a function that moved, and lets callers take the effect over", async () => {
    const project = repository();
    const workspace = () => discover({ root: project.root, words: checkWords(piToSessionRun) });
    project.write("src/agents/restart.ts", "export {};\n");
    project.write("src/gateway/restart.ts", GUTTED.replace("./pending.js", "../agents/pending.js"));
    const [lost, ...others] = await compareHistory(workspace(), "live", piToSessionRun);
    expect(others).toEqual([]);
    expect(lost).toMatchObject({
      file: "src/gateway/restart.ts",
      function: "requestRestart",
      evidence: [{ file: "src/agents/restart.ts", line: 7 }],
    });
    expect(lost!.message).toContain("killSessionRun(params.sessionKey)");

    project.write(
      "src/gateway/switch.ts",
      `import { killSessionRun } from "../agents/session-run-registry.js";
import { requestRestart } from "./restart.js";

export function switchModel(params: { sessionKey: string; sessionId: string; model: string }) {
  killSessionRun(params.sessionKey);
  return requestRestart(params);
}
`,
    );
    expect(await compareHistory(workspace(), "live", piToSessionRun)).toEqual([]);
  });

  it("tells an entry point that is gone altogether, and no other function that is", async () => {
    const project = repository();
    const stop = `import { killSessionRun } from "./session-run-registry.js";
export function killSubagentRun(key: string) {
  return killSessionRun(key);
}
export function stopQuietly(key: string) {
  return killSessionRun(key);
}
`;
    project.write("src/agents/stop.ts", stop);
    git(project.root, "add", "-A");
    git(project.root, "commit", "-q", "-m", "stop");
    const workspace = () => discover({ root: project.root, words: checkWords(piToSessionRun) });
    project.write("src/agents/stop.ts", "// killSubagentRun was here\nexport {};\n");
    const found = await compareHistory(workspace(), "HEAD", piToSessionRun);
    expect(found.map(({ file, function: name }) => `${file} ${name}`)).toEqual([
      "src/agents/stop.ts killSubagentRun",
    ]);
    expect(found[0]).toMatchObject({
      severity: "error",
      evidence: [{ file: "src/agents/stop.ts", line: 3 }],
    });
    expect(found[0]!.message).toContain("nothing of that name is left");

    // Handed on from elsewhere, or made under that name elsewhere: not gone.
    project.write("src/agents/stop.ts", 'export { killSubagentRun } from "other-package";\n');
    expect(await compareHistory(workspace(), "HEAD", piToSessionRun)).toEqual([]);
    project.write("src/agents/stop.ts", "export {};\n");
    project.write("src/agents/control.ts", stop);
    expect(await compareHistory(workspace(), "HEAD", piToSessionRun)).toEqual([]);
  });

  it("refuses a revision that is not there, and a folder without git", async () => {
    const project = repository();
    const workspace = discover({ root: project.root, words: checkWords(piToSessionRun) });
    await expect(compareHistory(workspace, "no-such-ref", piToSessionRun)).rejects.toThrow(UserError);
    const bare = tempProject({ "a.ts": "export const a = 1;\n" });
    const loose = discover({ root: bare.root, words: checkWords(piToSessionRun) });
    await expect(compareHistory(loose, "HEAD", piToSessionRun)).rejects.toThrow(UserError);
  });
});
