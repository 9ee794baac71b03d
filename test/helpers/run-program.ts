import vm from "node:vm";
import { eraseTypes } from "./erase-types.ts";

/** One call of the run API: what was done, to which session. */
export type RunEvent = `${"stop" | "wait" | "ask"} ${string}`;

const SESSIONS = ["a", "b", "c"] as const;
const keyOf = (session: string) => `agent:main:${session}`;
const idOf = (session: string) => `id-${session}`;

interface World {
  readonly events: RunEvent[];
  readonly modules: Readonly<Record<string, unknown>>;
  readonly arguments: readonly unknown[];
}

function makeWorld(early: boolean, late: boolean): World {
  const events: RunEvent[] = [];
  const store: Record<string, { sessionId: string; spawnedBy?: string }> = {
    [keyOf("a")]: { sessionId: idOf("a"), spawnedBy: keyOf("b") },
    [keyOf("b")]: { sessionId: idOf("b"), spawnedBy: keyOf("c") },
    [keyOf("c")]: { sessionId: idOf("c") },
  };
  const canonical = (key: string | undefined) => {
    const tidy = String(key ?? "")
      .trim()
      .toLowerCase();
    return tidy === "" || tidy.startsWith("agent:") ? tidy : keyOf(tidy);
  };
  // A name that stands for no session stops nobody: neither engine notices such a call.
  const note = (what: "stop" | "wait" | "ask", name: unknown, nameOf: (session: string) => string) => {
    const session = SESSIONS.find((one) => nameOf(one) === name);
    if (session) events.push(`${what} ${session}`);
    return session !== undefined;
  };
  const modules = {
    abortEmbeddedPiRun: (id: unknown) => note("stop", id, idOf),
    waitForEmbeddedPiRunEnd: async (id: unknown) => note("wait", id, idOf) || true,
    isEmbeddedPiRunActive: (id: unknown) => note("ask", id, idOf),
    killSessionRun: (key: unknown) => note("stop", key, keyOf),
    waitForSessionRunEnd: async (key: unknown) => note("wait", key, keyOf) || true,
    isSessionRunActive: (key: unknown) => note("ask", key, keyOf),
    canonicalizeSessionKey: canonical,
    resolveSessionStoreKey: ({ sessionKey }: { sessionKey: string }) => canonical(sessionKey),
    resolveGatewaySessionStoreTarget: ({ key }: { key: string }) => ({ canonicalKey: canonical(key) }),
    loadSessionEntry: (key: string) => ({ entry: store[canonical(key)], canonicalKey: canonical(key) }),
    loadSessionStore: () => store,
    clearSessionQueues: () => undefined,
  };
  const input = {
    sessionId: idOf("a"),
    sessionKey: keyOf("a"),
    key: " A ",
    canonicalKey: keyOf("a"),
    targetKey: keyOf("c"),
    childSessionId: idOf("b"),
    childSessionKey: keyOf("b"),
    requesterSessionKey: keyOf("c"),
  };
  return {
    events,
    modules,
    arguments: [store, new Map(Object.entries(store)), early, late, keyOf("a"), keyOf("b"), " C", input],
  };
}

/** An id that a program is about to use, and the key that was chosen for it, read at that very moment. */
export interface WrongKey {
  readonly site: string;
  readonly id: unknown;
  readonly key: unknown;
}

export interface ProgramRun {
  readonly events: readonly RunEvent[];
  /** what ended the run early */
  readonly error: string | null;
  readonly wrong: readonly WrongKey[];
}

/**
 * What a program does in each of its four runs. It may call `__probe(id, () => key, site)` around an id: the key must
 * then be the canonical one of the session that the id names.
 */
export async function runProgram(text: string): Promise<ProgramRun[]> {
  const compiled = vm.compileFunction(`${eraseTypes(text, "__modules")}\nreturn main;`, [
    "__modules",
    "console",
    "__probe",
  ]) as (...given: readonly unknown[]) => (...values: readonly unknown[]) => Promise<void>;
  const runs: ProgramRun[] = [];
  for (const early of [false, true])
    for (const late of [false, true]) {
      const world = makeWorld(early, late);
      let error: string | null = null;
      const wrong: WrongKey[] = [];
      const probe = (id: unknown, readKey: () => unknown, site: string): unknown => {
        const session = SESSIONS.find((one) => idOf(one) === id);
        if (session === undefined) return id;
        let key: unknown;
        try {
          key = readKey();
        } catch (thrown) {
          key = thrown;
        }
        if (key !== keyOf(session)) wrong.push({ site, id, key: String(key) });
        return id;
      };
      try {
        await compiled(world.modules, { log: () => undefined }, probe)(...world.arguments);
      } catch (thrown) {
        error = String(thrown);
      }
      runs.push({ events: world.events, error, wrong });
    }
  return runs;
}
