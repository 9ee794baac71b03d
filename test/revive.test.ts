import { describe, expect, it } from "vitest";
import { DEFAULT_CONFIG } from "../src/config/defaults.ts";
import { runMigrate } from "../src/pipeline.ts";
import type { RunResult } from "../src/report/run-result.ts";
import { applyEdits } from "../src/shared/location.ts";
import { commitAll, git, initRepository } from "./helpers/git.ts";
import { type TempProject, tempProject } from "./helpers/temp-project.ts";

const ENGINE = "export const engine = 1;\n";

interface Options {
  readonly history?: string;
  readonly verifyTypes?: boolean;
}

/** The files after `migrate`, in memory; and the run. */
async function migrated(
  project: TempProject,
  { history, verifyTypes = false }: Options = {},
): Promise<{ result: RunResult; afterwards: (file: string) => string | undefined }> {
  const { result } = await runMigrate({
    root: project.root,
    config: DEFAULT_CONFIG,
    write: false,
    allowDirty: true,
    minConfidence: "proven",
    settle: true,
    mark: false,
    verifyTypes,
    failOnManual: false,
    ...(history === undefined ? {} : { history }),
  });
  expect(result.verification?.ok).toBe(true);
  const texts = new Map(
    result.changes.map(({ file, edits }) => [file, applyEdits(project.read(file), edits)]),
  );
  return { result, afterwards: (file) => texts.get(file) };
}

const COMMANDS = (
  body: string,
  target = "{ entry?: SessionEntry; key?: string; sessionId?: string }",
) => `import { saveStore } from "../../config/sessions.js";

type SessionEntry = { sessionId: string; abortedLastRun?: boolean; updatedAt: number };
type AbortTarget = ${target};

function resolveAbortTarget(params: {
  wanted?: string;
  sessionKey: string;
  sessionStore: Record<string, SessionEntry>;
}): AbortTarget {
  const key = params.wanted ?? params.sessionKey;
  const entry = params.sessionStore[key];
  return { entry, key, sessionId: entry?.sessionId };
}

async function applyAbortTarget(params: {
  abortTarget: AbortTarget;
  sessionStore: Record<string, SessionEntry>;
}) {
${body}  if (abortTarget.entry && abortTarget.key) {
    abortTarget.entry.abortedLastRun = true;
    params.sessionStore[abortTarget.key] = abortTarget.entry;
    await saveStore(params.sessionStore);
  }
}

export async function handleStop(params: {
  wanted?: string;
  sessionKey: string;
  sessionStore: Record<string, SessionEntry>;
}) {
  const abortTarget = resolveAbortTarget(params);
  await applyAbortTarget({ abortTarget, sessionStore: params.sessionStore });
  return { shouldContinue: false, reply: { text: "Agent was aborted." } };
}
`;

const STORE = "export async function saveStore(_store: object): Promise<void> {}\n";

function commands(text: string): TempProject {
  return tempProject({
    "src/agents/pi-embedded.ts": ENGINE,
    "src/config/sessions.ts": STORE,
    "src/auto-reply/reply/commands-session.ts": text,
  });
}

const FILE = "src/auto-reply/reply/commands-session.ts";
const NAMED = "  const { abortTarget } = params;\n";
const GUARDED = "  if (abortTarget.key) {\n    killSessionRun(abortTarget.key);\n  }\n";

const withImport = (
  text: string,
  line = 'import { killSessionRun } from "../../agents/session-run-registry.js";',
) => text.replace('config/sessions.js";\n', `config/sessions.js";\n${line}\n`);

describe("a lost call that the contract of its entry point tells", () => {
  it("comes back before the marking, behind a test of the optional key, and compiles", async () => {
    const project = commands(COMMANDS(NAMED));
    const { result, afterwards } = await migrated(project, { verifyTypes: true });
    expect(afterwards(FILE)).toBe(withImport(COMMANDS(NAMED + GUARDED)));
    const site = result.sites.find(({ kind }) => kind === "call")!;
    const lines = COMMANDS(NAMED).split("\n");
    expect(lines[site.line - 1]).toContain("if (abortTarget.entry && abortTarget.key) {");
    expect(site).toMatchObject({ decision: "rewrite", key: "abortTarget.key", confidence: "proven" });
    expect(site.evidence[0]!.note).toContain("applyAbortTarget promises to kill");
    for (const { line } of site.evidence) expect(line).toBeLessThanOrEqual(lines.length);
  });

  it("comes back once: the result has nothing to restore", async () => {
    const project = commands(withImport(COMMANDS(NAMED + GUARDED)));
    const { result } = await migrated(project);
    expect(result.changes).toEqual([]);
  });

  it("needs no test where the key is always there, and reads the record from the bag", async () => {
    const body = COMMANDS("", "{ entry?: SessionEntry; key: string; sessionId?: string }").replaceAll(
      /(?<!\.)abortTarget\.(entry|key)/g,
      "params.abortTarget.$1",
    );
    const { afterwards } = await migrated(commands(body));
    expect(afterwards(FILE)).toContain(
      "}) {\n  killSessionRun(params.abortTarget.key);\n  if (params.abortTarget.entry",
    );
  });

  it("keeps CRLF, tabs, single quotes and the file's way without semicolons", async () => {
    const odd = (text: string) =>
      text
        .replace(/^( {2})+/gm, (spaces) => "\t".repeat(spaces.length / 2))
        .replaceAll('"', "'")
        .replace(/(from '[^']*');/g, "$1")
        .replaceAll("\n", "\r\n");
    const { afterwards } = await migrated(commands(odd(COMMANDS(NAMED))));
    expect(afterwards(FILE)).toBe(odd(withImport(COMMANDS(NAMED + GUARDED))));
  });

  it("stays a finding where the key is another session's, or where callers do not agree", async () => {
    const swapped = COMMANDS(NAMED).replace(
      "sessionId: entry?.sessionId }",
      "sessionId: params.sessionStore[params.sessionKey]?.sessionId }",
    );
    const { result } = await migrated(commands(swapped));
    expect(result.changes).toEqual([]);
    expect(result.warnings.join()).toContain("applyAbortTarget in src/auto-reply/reply/commands-session.ts");
  });

  it("does not come back where the caller kills, or where there is no such record", async () => {
    const killing = withImport(COMMANDS(NAMED)).replace(
      "  await applyAbortTarget(",
      "  if (abortTarget.key) killSessionRun(abortTarget.key);\n  await applyAbortTarget(",
    );
    expect((await migrated(commands(killing))).result.changes).toEqual([]);
    const other = COMMANDS(NAMED).replaceAll("abortTarget", "target");
    expect((await migrated(commands(other))).result.changes).toEqual([]);
  });

  it("does not come back where the repository has neither the old engine nor a registry", async () => {
    const project = tempProject({ "src/config/sessions.ts": STORE, [FILE]: COMMANDS(NAMED) });
    expect((await migrated(project)).result.changes).toEqual([]);
  });
});

const CLEANUP = (
  imports: string,
  tail: string,
  extra = "",
) => `${imports}import { clearQueues, stopChildren } from "./queues.js";
${extra}
export async function cleanUpBefore(params: {
  key: string;
  target: { canonicalKey: string; storeKeys: string[] };
  sessionId?: string;
}) {
  clearQueues([...params.target.storeKeys, params.target.canonicalKey, params.sessionId]);
  stopChildren(params.target.canonicalKey);
${tail}}
`;
const ERRORS = 'import { ErrorCodes, errorShape } from "./errors.js";\n';
const ALIVE = CLEANUP(
  `import { abortEmbeddedPiRun, waitForEmbeddedPiRunEnd } from "../agents/pi-embedded.js";\n${ERRORS}`,
  `  if (!params.sessionId) {
    return undefined;
  }
  abortEmbeddedPiRun(params.sessionId);
  const ended = await waitForEmbeddedPiRunEnd(params.sessionId, 15_000);
  if (ended) {
    return undefined;
  }
  return errorShape(ErrorCodes.UNAVAILABLE, \`Session \${params.key} is still active; try again in a moment.\`);
`,
);
const GUTTED = CLEANUP("", "  return undefined;\n");
const CALLER = `import { cleanUpBefore } from "./cleanup.js";
import { loadSessionEntry, resolveGatewaySessionStoreTarget } from "./sessions.js";

export async function reset(key: string) {
  const target = resolveGatewaySessionStoreTarget({ key });
  const { entry } = loadSessionEntry(target.canonicalKey);
  const error = await cleanUpBefore({ key, target, sessionId: entry?.sessionId });
  return error ?? { ok: true };
}
`;
const AROUND = {
  "src/agents/pi-embedded.ts": `export function abortEmbeddedPiRun(sessionId: string): boolean {
  return runs.delete(sessionId);
}
export async function waitForEmbeddedPiRunEnd(sessionId: string, _timeoutMs = 15_000): Promise<boolean> {
  return !runs.has(sessionId);
}
const runs = new Map<string, object>();
`,
  "src/gateway/errors.ts": `export const ErrorCodes = { UNAVAILABLE: "UNAVAILABLE" } as const;
export const errorShape = (code: string, message: string) => ({ code, message });
`,
  "src/gateway/queues.ts": `export function clearQueues(_keys: (string | undefined)[]) {}
export function stopChildren(_key: string) {}
`,
  "src/gateway/sessions.ts": `const store: Record<string, { sessionId: string }> = {};
export function resolveGatewaySessionStoreTarget({ key }: { key: string }) {
  return { canonicalKey: key.toLowerCase(), storeKeys: [key] };
}
export function loadSessionEntry(key: string) {
  return { entry: store[key], canonicalKey: key };
}
`,
  "src/gateway/reset.ts": CALLER,
};
const CLEANUP_FILE = "src/gateway/cleanup.ts";

function gutted(before: string, after: string, file = CLEANUP_FILE): TempProject {
  const project = tempProject({ ...AROUND, [CLEANUP_FILE]: before });
  initRepository(project.root);
  git(project.root, "tag", "alive");
  if (file !== CLEANUP_FILE) git(project.root, "mv", CLEANUP_FILE, file);
  project.write(file, after);
  commitAll(project.root, "gut");
  return project;
}

describe("a lost call that history tells", () => {
  it("comes back with its wait, its guard and its answer, rewired to the key", async () => {
    const { afterwards, result } = await migrated(gutted(ALIVE, GUTTED), {
      history: "alive",
      verifyTypes: true,
    });
    expect(afterwards(CLEANUP_FILE)).toBe(
      CLEANUP(
        "",
        `  if (!params.target.canonicalKey) {
    return undefined;
  }
  killSessionRun(params.target.canonicalKey);
  const ended = await waitForSessionRunEnd(params.target.canonicalKey, 15_000);
  if (ended) {
    return undefined;
  }
  return errorShape(ErrorCodes.UNAVAILABLE, \`Session \${params.key} is still active; try again in a moment.\`);
`,
        `${'import { killSessionRun, waitForSessionRunEnd } from "../agents/session-run-registry.js";'}\n${ERRORS}`,
      ),
    );
    const calls = result.sites.filter(({ kind }) => kind === "call");
    expect(calls.map(({ line }) => GUTTED.split("\n")[line - 1])).toEqual(
      calls.map(() => "  return undefined;"),
    );
    expect(calls.length).toBe(2);
    expect(calls[0]!.evidence[0]).toMatchObject({
      file: CLEANUP_FILE,
      note: expect.stringContaining("there stood"),
    });
  });

  it("says nothing without --history", async () => {
    expect((await migrated(gutted(ALIVE, GUTTED))).result.changes).toEqual([]);
  });

  it("comes back where file and function got other names", async () => {
    const more = Array.from({ length: 12 }, (_, at) => `export const limit${at} = ${at} * 1_000;\n`).join("");
    const project = gutted(
      ALIVE + more,
      GUTTED.replace("cleanUpBefore", "prepareMutation") + more,
      "src/gateway/before-mutation.ts",
    );
    project.write(
      "src/gateway/reset.ts",
      CALLER.replaceAll("cleanUpBefore", "prepareMutation").replace("./cleanup.js", "./before-mutation.js"),
    );
    const { afterwards } = await migrated(project, { history: "alive" });
    expect(afterwards("src/gateway/before-mutation.ts")).toContain(
      "killSessionRun(params.target.canonicalKey);",
    );
  });

  it("does not come back where the key is not proved any more, and says so", async () => {
    const project = gutted(ALIVE, GUTTED);
    project.write(
      "src/gateway/reset.ts",
      CALLER.replace("loadSessionEntry(target.canonicalKey)", 'loadSessionEntry("agent:main:main")'),
    );
    const { result } = await migrated(project, { history: "alive" });
    expect(result.changes).toEqual([]);
    expect(result.warnings.join()).toContain("cleanUpBefore in src/gateway/cleanup.ts");
  });

  it("does not come back where a name that it reads is gone, or nothing around it is as it was", async () => {
    const project = gutted(ALIVE, GUTTED);
    project.write("src/gateway/errors.ts", "export const ErrorCodes = {};\n");
    expect((await migrated(project, { history: "alive" })).result.changes).toEqual([]);
    const rewritten = GUTTED.replace(
      "  return undefined;\n",
      '  if (params.key === "") return { code: "INVALID", message: "no key" };\n  return undefined;\n',
    );
    expect((await migrated(gutted(ALIVE, rewritten), { history: "alive" })).result.changes).toEqual([]);
  });

  it("takes the place of the constant that was left of it, in any function", async () => {
    const body = (
      imports: string,
      value: string,
    ) => `${imports}import { loadSessionEntry } from "./sessions.js";

export function stopOne(key: string) {
  const { entry, canonicalKey } = loadSessionEntry(key);
  const sessionId = entry?.sessionId;
  const halted = ${value};
  return { halted, canonicalKey, sessionId };
}
`;
    const before = body(
      'import { abortEmbeddedPiRun } from "../agents/pi-embedded.js";\n',
      "sessionId ? abortEmbeddedPiRun(sessionId) : false",
    );
    const project = gutted(before, body("", "false"));
    const { afterwards } = await migrated(project, { history: "alive" });
    expect(afterwards(CLEANUP_FILE)).toContain(
      "const halted = canonicalKey ? killSessionRun(canonicalKey) : false;",
    );
  });

  it("comes back inside the branch or loop that it stood in", async () => {
    const body = (
      imports: string,
      call: string,
    ) => `${imports}import { loadSessionEntry } from "./sessions.js";

export function stopMany(keys: string[], really: boolean) {
  let stopped = 0;
  for (const key of keys) {
    const { entry, canonicalKey } = loadSessionEntry(key);
    if (really) {
${call}      stopped += 1;
    }
    console.log(canonicalKey, entry?.sessionId);
  }
  return stopped;
}
`;
    const before = body(
      'import { abortEmbeddedPiRun } from "../agents/pi-embedded.js";\n',
      "      if (entry?.sessionId) {\n        abortEmbeddedPiRun(entry.sessionId);\n      }\n",
    );
    const { afterwards } = await migrated(gutted(before, body("", "")), { history: "alive" });
    expect(afterwards(CLEANUP_FILE)).toContain(
      "    if (really) {\n      if (canonicalKey) {\n        killSessionRun(canonicalKey);\n      }\n      stopped += 1;\n",
    );
  });

  it("brings a call of the registry back with its key, where the key is declared as it was", async () => {
    const body = (
      call: string,
      key = "sessionKey: string",
    ) => `import { killSessionRun } from "../agents/session-run-registry.js";
import { clearQueues } from "./queues.js";

export function requestRestart(params: { ${key}; model: string }) {
  clearQueues([params.sessionKey]);
${call}  return killSessionRun.name;
}
`;
    const call = "  killSessionRun(params.sessionKey);\n";
    const { afterwards, result } = await migrated(gutted(body(call), body("")), { history: "alive" });
    expect(afterwards(CLEANUP_FILE)).toBe(body(call));
    expect(result.sites).toContainEqual(
      expect.objectContaining({ callee: "killSessionRun", key: "params.sessionKey" }),
    );
    const other = gutted(body(call), body("", "sessionKey: string; sessionId: string"));
    expect((await migrated(other, { history: "alive" })).result.changes).toEqual([]);
  });
});
