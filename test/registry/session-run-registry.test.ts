import { type ChildProcess, spawn } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { getEventListeners, once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  getActiveSessionRunCount,
  getSessionRunHandle,
  isSessionRunActive,
  killAllSessionRuns,
  killSessionRun,
  registerSessionRun,
  resetSessionRunRegistryForTest,
  type SessionRunHandle,
  terminateSessionRun,
  trackSessionRun,
  unregisterSessionRun,
  waitForAllSessionRunsEnd,
  waitForSessionRunEnd,
} from "../../src/registry/session-run-registry.ts";

const started: ChildProcess[] = [];

async function start(program: string, detached = false): Promise<ChildProcess> {
  const path = fileURLToPath(new URL(`../../fixtures/registry/children/${program}`, import.meta.url));
  const child = spawn(process.execPath, [path], { stdio: ["pipe", "pipe", "inherit"], detached });
  started.push(child);
  await once(child.stdout!, "data");
  return child;
}

const handle = (sessionKey: string, fields: Partial<SessionRunHandle> = {}): SessionRunHandle => ({
  startedAt: 1_000,
  sessionKey,
  agentId: "main",
  ...fields,
});

function collect(...events: string[]): { seen: string[]; stop: () => void } {
  const seen: string[] = [];
  const listeners = events.map((event) => {
    const listener = () => void seen.push(event);
    subscribe(`session-run-registry:${event}`, listener);
    return () => unsubscribe(`session-run-registry:${event}`, listener);
  });
  const stop = () => {
    for (const unlisten of listeners) unlisten();
  };
  return { seen, stop };
}

beforeEach(() => resetSessionRunRegistryForTest());
afterEach(() => {
  resetSessionRunRegistryForTest();
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

describe("terminateSessionRun", () => {
  test("nothing registered: nothing to end", async () => {
    expect(await terminateSessionRun("nobody")).toEqual({ ended: true, by: "not-running" });
  });

  test("a run that follows its controller ends by the abort, and no signal is sent", async () => {
    const child = await start("forever.mjs");
    const abortController = new AbortController();
    const release = registerSessionRun("a", handle("a", { pid: child.pid!, abortController }));
    abortController.signal.addEventListener("abort", () => void release());
    expect(await terminateSessionRun("a")).toEqual({ ended: true, by: "abort" });
    expect([child.exitCode, child.signalCode, child.killed]).toEqual([null, null, false]);
    expect(() => process.kill(child.pid!, 0)).not.toThrow();
  });

  test("a run that ignores its controller ends by SIGTERM", async () => {
    const child = await start("forever.mjs");
    trackSessionRun("a", child, { agentId: "main", abortController: new AbortController() });
    expect(await terminateSessionRun("a", { graceMs: 50 })).toEqual({ ended: true, by: "SIGTERM" });
    expect(child.signalCode).toBe("SIGTERM");
  });

  test("a process that ignores SIGTERM ends by SIGKILL", async () => {
    const child = await start("ignores-sigterm.mjs");
    trackSessionRun("a", child, { agentId: "main" });
    expect(await terminateSessionRun("a", { forceAfterMs: 100 })).toEqual({ ended: true, by: "SIGKILL" });
    expect(child.signalCode).toBe("SIGKILL");
  });

  test("a stopped process ends by SIGKILL", async () => {
    const child = await start("forever.mjs");
    child.kill("SIGSTOP");
    trackSessionRun("a", child, { agentId: "main" });
    expect(await terminateSessionRun("a", { forceAfterMs: 100 })).toEqual({ ended: true, by: "SIGKILL" });
  });

  test("nothing to dispatch to: says so at once and leaves the run registered", async () => {
    registerSessionRun("a", handle("a"));
    expect(await terminateSessionRun("a")).toEqual({ ended: false, by: "none" });
    expect(isSessionRunActive("a")).toBe(true);
  });

  test("a successor registered meanwhile is not touched", async () => {
    const next = await start("forever.mjs");
    const abortController = new AbortController();
    const release = registerSessionRun("a", handle("a", { abortController }));
    abortController.signal.addEventListener("abort", () => {
      release();
      registerSessionRun("a", handle("a", { pid: next.pid! }));
    });
    expect(await terminateSessionRun("a")).toEqual({ ended: true, by: "abort" });
    expect(isSessionRunActive("a")).toBe(true);
    expect(() => process.kill(next.pid!, 0)).not.toThrow();
  });

  test.runIf(process.platform === "linux")(
    "the group of a leader that has died is still reached",
    async () => {
      const leader = await start("spawns-grandchild.mjs", true);
      const { pid } = leader;
      registerSessionRun("a", handle("a", { pid: pid!, leadsProcessGroup: true }));
      leader.kill("SIGKILL");
      await once(leader, "exit");
      expect(killSessionRun("a")).toBe(true);
      await vi.waitFor(() => expect(killSessionRun("a")).toBe(false), 10_000);
    },
  );
});

describe("killAllSessionRuns", () => {
  test("nothing registered: nothing dispatched", () => {
    expect(killAllSessionRuns()).toBe(false);
  });

  test("reaches every run once, superseded ones and aliased ones included", () => {
    const controllers = [0, 1, 2].map(() => new AbortController());
    const [first, second, third] = controllers as [AbortController, AbortController, AbortController];
    registerSessionRun("a", handle("a", { abortController: first }));
    registerSessionRun("a", handle("a", { abortController: second }));
    registerSessionRun("job", handle("job", { abortController: third }), { aliases: ["job:run:1"] });
    expect(killAllSessionRuns()).toBe(true);
    expect(controllers.map((controller) => controller.signal.aborted)).toEqual([true, true, true]);
    expect(killAllSessionRuns()).toBe(false);
    expect(getActiveSessionRunCount()).toBe(2);
  });

  test("does not follow what abort listeners register meanwhile", () => {
    const abortController = new AbortController();
    const next = new AbortController();
    registerSessionRun("a", handle("a", { abortController }));
    abortController.signal.addEventListener("abort", () => {
      registerSessionRun("b", handle("b", { abortController: next }));
    });
    killAllSessionRuns();
    expect(next.signal.aborted).toBe(false);
  });
});

describe("waitForAllSessionRunsEnd", () => {
  test("no run: drained at once", async () => {
    expect(await waitForAllSessionRunsEnd(0)).toEqual({ drained: true });
  });

  test("drained when the last run ends, a superseded one included", async () => {
    const releaseFirst = registerSessionRun("a", handle("a"));
    const releaseSecond = registerSessionRun("a", handle("a"));
    const drained = waitForAllSessionRunsEnd(60_000);
    releaseSecond();
    expect(getActiveSessionRunCount()).toBe(0);
    expect(await waitForAllSessionRunsEnd(20)).toEqual({ drained: false });
    releaseFirst();
    expect(await drained).toEqual({ drained: true });
  });
});

describe("a wait with an AbortSignal", () => {
  test("gives up when it is aborted, and leaves run and signal as they were", async () => {
    registerSessionRun("a", handle("a"));
    const controller = new AbortController();
    const waiting = waitForSessionRunEnd("a", Infinity, { signal: controller.signal });
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(1);
    controller.abort();
    expect(await waiting).toBe(false);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
    expect(isSessionRunActive("a")).toBe(true);
  });

  test.each([
    ["the end", (release: () => void) => release(), 60_000, true],
    ["the timeout", () => {}, 10, false],
  ] as const)("removes its listener after %s", async (_name, act, timeoutMs, expected) => {
    const release = registerSessionRun("a", handle("a"));
    const controller = new AbortController();
    const waiting = waitForSessionRunEnd("a", timeoutMs, { signal: controller.signal });
    act(release);
    expect(await waiting).toBe(expected);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  test("aborted before the call: false, without a listener", async () => {
    registerSessionRun("a", handle("a"));
    const signal = AbortSignal.abort();
    expect(await waitForSessionRunEnd("a", 60_000, { signal })).toBe(false);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });
});

describe("aliases", () => {
  test("one run under two keys: counted once, killed and ended under either", async () => {
    const abortController = new AbortController();
    const release = registerSessionRun("job", handle("job", { abortController }), { aliases: ["job:run:7"] });
    expect(getActiveSessionRunCount()).toBe(1);
    expect(getSessionRunHandle("job:run:7")).toBe(getSessionRunHandle("job"));
    expect(killSessionRun("job:run:7")).toBe(true);
    expect(abortController.signal.aborted).toBe(true);
    const waits = ["job", "job:run:7"].map((key) => waitForSessionRunEnd(key, 60_000));
    release();
    expect(await Promise.all(waits)).toEqual([true, true]);
    expect(isSessionRunActive("job:run:7")).toBe(false);
  });

  test("a run that takes one key leaves the aliased run current under the other", async () => {
    const release = registerSessionRun("job", handle("job"), { aliases: ["job:run:7"] });
    const first = getSessionRunHandle("job");
    const waiting = waitForSessionRunEnd("job", 60_000);
    registerSessionRun("job:run:7", handle("job:run:7"));
    expect(getSessionRunHandle("job")).toBe(first);
    expect(getActiveSessionRunCount()).toBe(2);
    release();
    expect(await waiting).toBe(true);
    expect(isSessionRunActive("job:run:7")).toBe(true);
    unregisterSessionRun("job:run:7");
    expect(getActiveSessionRunCount()).toBe(0);
  });
});

describe("trackSessionRun", () => {
  test("releases when the child exits, although a grandchild holds its output open", async () => {
    const child = await start("spawns-grandchild.mjs");
    const tracked = trackSessionRun("a", child, { agentId: "main", startedAt: 5 });
    expect(getSessionRunHandle("a")).toBe(tracked.handle);
    expect(tracked.handle).toEqual({ startedAt: 5, sessionKey: "a", agentId: "main", pid: child.pid });
    const waiting = waitForSessionRunEnd("a", 60_000);
    expect(killSessionRun("a")).toBe(true);
    expect(await waiting).toBe(true);
    expect(child.signalCode).toBe("SIGTERM");
  });

  test("releases a child that could not be spawned, whenever it is tracked", async () => {
    const early = spawn("/nonexistent/agent");
    trackSessionRun("early", early, { agentId: "main" });
    expect(isSessionRunActive("early")).toBe(true);
    expect(await waitForSessionRunEnd("early", 60_000)).toBe(true);
    trackSessionRun("late", early, { agentId: "main" });
    expect(isSessionRunActive("late")).toBe(false);
  });

  test("releases a child that had exited before the call", async () => {
    const child = await start("exits-with-3.mjs");
    child.stdin!.write("go\n");
    await once(child, "exit");
    trackSessionRun("a", child, { agentId: "main" });
    expect(isSessionRunActive("a")).toBe(false);
  });

  test("an error of a living child is published and ends nothing", async () => {
    const child = await start("forever.mjs");
    trackSessionRun("a", child, { agentId: "main" });
    const { seen, stop } = collect("child-error");
    child.emit("error", new Error("write EPIPE"));
    stop();
    expect(seen).toEqual(["child-error"]);
    expect(isSessionRunActive("a")).toBe(true);
  });

  test("an early release leaves the child alone, and its exit leaves a successor alone", async () => {
    const child = await start("forever.mjs");
    const { release } = trackSessionRun("a", child, { agentId: "main" });
    expect(release()).toBe(true);
    registerSessionRun("a", handle("a"));
    child.kill("SIGTERM");
    await once(child, "exit");
    expect(isSessionRunActive("a")).toBe(true);
  });
});

describe("events", () => {
  test("a kill under a key without a run is told apart from one that was dispatched", () => {
    registerSessionRun(
      "agent:main:main",
      handle("agent:main:main", { abortController: new AbortController() }),
    );
    const { seen, stop } = collect("kill-missed", "superseded", "kill-refused");
    killSessionRun("main");
    killSessionRun("agent:main:main");
    stop();
    expect(seen).toEqual(["kill-missed"]);
  });

  test("a run registered over another is reported once, the same handle again is not", () => {
    const { seen, stop } = collect("superseded");
    const first = handle("a");
    registerSessionRun("a", first);
    registerSessionRun("a", first);
    expect(seen).toEqual([]);
    registerSessionRun("a", handle("a"));
    stop();
    expect(seen).toEqual(["superseded"]);
  });
});

test("owners that never release keep no more than a bounded number of superseded runs", async () => {
  const controllers = Array.from({ length: 1_000 }, () => new AbortController());
  for (const abortController of controllers) registerSessionRun("a", handle("a", { abortController }));
  killAllSessionRuns();
  const aborted = controllers.map((controller) => controller.signal.aborted);
  expect(aborted.lastIndexOf(false)).toBe(1_000 - 102);
  expect(aborted.indexOf(true)).toBe(1_000 - 101);
  unregisterSessionRun("a");
  expect(await waitForAllSessionRunsEnd(0)).toEqual({ drained: true });
});

test("waits work under fake timers", async () => {
  vi.useFakeTimers();
  try {
    registerSessionRun("a", handle("a"));
    const waiting = waitForSessionRunEnd("a", 15_000);
    vi.advanceTimersByTime(15_000);
    expect(await waiting).toBe(false);
  } finally {
    vi.useRealTimers();
  }
});
