// Runs one scenario against one tree, in a process of its own, and prints the facts as one JSON line:
//   node drive-release.mjs TREE SCENARIO
// The tree's own code does the stopping; this program stands for the part that starts CLI runs and registers them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const [tree, scenario] = process.argv.slice(2);
const storeFile = path.join(process.env.OPENCLAW_STATE_DIR, "sessions.json");
const load = (file) => import(pathToFileURL(path.join(tree, "dist", file)).href);

const MAIN = "agent:main:main";
const SLASH = "agent:main:telegram:slash:7";
const GROUP = "agent:main:discord:group:dev";
const RAW_GROUP = "discord:group:dev";

const FOREVER = "../../fixtures/registry/children/forever.mjs";
const IGNORES_SIGTERM = "../../fixtures/registry/children/ignores-sigterm.mjs";
const STOPS_SLOWLY = "stops-slowly.mjs";

const registry = await load("agents/session-run-registry.js");
const { tryFastAbortFromMessage, stopSubagentsForRequester } = await load("auto-reply/reply/abort.js");
const { sessionsHandlers } = await load("gateway/server-methods/sessions.js");
const { loadConfig } = await load("config/config.js");
const { addSubagentRunForTests } = await load("agents/subagent-registry.js");

const children = [];

/** A real subprocess, registered under the session's store key and released when it exits. */
async function start(sessionKey, program = FOREVER) {
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, import.meta.url))], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  await once(child.stdout, "data");
  registry.trackSessionRun(sessionKey, child, { agentId: "main" });
  return child;
}

const stateOf = (child) =>
  child.signalCode ?? (child.exitCode === null ? "running" : `exit ${child.exitCode}`);

/** What was killed gets the time to end; what was not is still running afterwards. */
const settle = (...keys) => Promise.all(keys.map((key) => registry.waitForSessionRunEnd(key, 2_000)));

const sessionIds = {};
function writeStore(...keys) {
  const entries = keys.map((key, index) => {
    sessionIds[key] = `00000000-0000-4000-8000-00000000000${index}`;
    return [key, { sessionId: sessionIds[key], updatedAt: Date.now() }];
  });
  writeFileSync(storeFile, JSON.stringify(Object.fromEntries(entries)));
}
const readStore = () => JSON.parse(readFileSync(storeFile, "utf8"));

/** /stop as a native slash command carries it: its own session, and the one that it is about. */
async function stop() {
  const { handled, aborted } = await tryFastAbortFromMessage({
    cfg: loadConfig(),
    ctx: {
      CommandBody: "/stop",
      CommandSource: "native",
      CommandAuthorized: true,
      SessionKey: SLASH,
      CommandTargetSessionKey: MAIN,
      From: "telegram:7",
      To: "slash:7",
      Provider: "telegram",
      Surface: "telegram",
    },
  });
  return { handled, aborted };
}

/** A gateway method, with the child's state at the moment of the answer. */
async function call(method, params, child) {
  const startedAt = performance.now();
  let answer;
  await sessionsHandlers[method]({
    params,
    respond: (ok, payload, error) => {
      answer = {
        ok,
        ...(error && { code: error.code }),
        ...(payload && { key: payload.key }),
        child: stateOf(child),
      };
    },
  });
  return { ...answer, waitedMs: Math.round(performance.now() - startedAt) };
}

async function deleteGroup(program) {
  writeStore(MAIN, GROUP);
  const child = await start(GROUP, program);
  const before = readFileSync(storeFile, "utf8");
  const answer = await call("sessions.delete", { key: RAW_GROUP }, child);
  const storeUntouched = readFileSync(storeFile, "utf8") === before;
  return { ...answer, entryLeft: GROUP in readStore(), storeUntouched };
}

async function resetMain(program) {
  writeStore(MAIN, GROUP);
  const child = await start(MAIN, program);
  const before = readFileSync(storeFile, "utf8");
  const answer = await call("sessions.reset", { key: "main" }, child);
  const storeUntouched = readFileSync(storeFile, "utf8") === before;
  return { ...answer, rotated: readStore()[MAIN].sessionId !== sessionIds[MAIN], storeUntouched };
}

const scenarios = {
  async stop() {
    writeStore(MAIN, SLASH);
    const [child, neighbour] = [await start(MAIN), await start(SLASH)];
    const answer = await stop();
    const atAnswer = stateOf(child);
    await settle(MAIN, SLASH);
    const { abortedLastRun = false } = readStore()[MAIN];
    return { ...answer, atAnswer, child: stateOf(child), neighbour: stateOf(neighbour), abortedLastRun };
  },

  async "nothing-running"() {
    writeStore(MAIN, SLASH);
    const neighbour = await start(SLASH);
    const before = (await stop()).aborted;
    await settle(SLASH);
    const neighbourAfter = stateOf(neighbour);
    await start(MAIN);
    const during = (await stop()).aborted;
    await settle(MAIN);
    return { before, neighbour: neighbourAfter, during, after: (await stop()).aborted };
  },

  async subagents() {
    const keys = ["one", "two", "over"].map((name) => `agent:main:subagent:${name}`);
    writeStore(MAIN, ...keys);
    const requester = await start(MAIN);
    const [one, two, over] = [await start(keys[0]), await start(keys[1]), await start(keys[2])];
    keys.forEach((childSessionKey, index) => {
      addSubagentRunForTests({
        runId: `run-${index}`,
        childSessionKey,
        requesterSessionKey: MAIN,
        requesterDisplayKey: "main",
        task: "test",
        cleanup: "keep",
        createdAt: Date.now(),
        ...(index === 2 && { endedAt: Date.now() }),
      });
    });
    const { stopped } = stopSubagentsForRequester({ cfg: loadConfig(), requesterSessionKey: MAIN });
    await settle(MAIN, ...keys);
    return {
      stopped,
      one: stateOf(one),
      two: stateOf(two),
      over: stateOf(over),
      requester: stateOf(requester),
    };
  },

  delete: () => deleteGroup(STOPS_SLOWLY),
  "delete-unavailable": () => deleteGroup(IGNORES_SIGTERM),
  reset: () => resetMain(STOPS_SLOWLY),
  "reset-unavailable": () => resetMain(IGNORES_SIGTERM),

  /** The id has rotated under the running child: only the key still names it. */
  async "stop-after-reset"() {
    const { ok, rotated, child: atReset } = await resetMain(FOREVER);
    const neighbour = await start(SLASH);
    const { aborted } = await stop();
    await settle(MAIN, SLASH);
    return { ok, rotated, atReset, aborted, child: stateOf(children[0]), neighbour: stateOf(neighbour) };
  },
};

let facts;
try {
  facts = await scenarios[scenario]();
} finally {
  for (const child of children) child.kill("SIGKILL");
}
process.stdout.write(`\nFACTS ${JSON.stringify(facts)}\n`, () => process.exit(0));
