import { type ChildProcess, spawn } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { getEventListeners, once } from "node:events";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { endProcesses, type StartedProcess } from "../../src/registry/conformance/child-processes.ts";
import { prepareModule } from "../../src/registry/conformance/prepare-module.ts";
import { startTime } from "../../src/registry/conformance/proc-stat.ts";
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
const grandchildren: StartedProcess[] = [];

const programPath = (name: string) =>
  fileURLToPath(new URL(`../../fixtures/registry/children/${name}`, import.meta.url));

async function start(program: string, detached = false): Promise<ChildProcess> {
  const child = spawn(process.execPath, [programPath(program)], {
    stdio: ["pipe", "pipe", "inherit"],
    detached,
  });
  started.push(child);
  const [ready] = await once(child.stdout!, "data");
  const grandchild = /^ready (\d+)/.exec(String(ready))?.[1];
  if (grandchild) grandchildren.push({ pid: Number(grandchild), startTime: startTime(Number(grandchild)) });
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
  endProcesses(grandchildren.splice(0));
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

  test.each([NaN, -1])("a time of %s is no reason to be rude: it is the default", async (ms) => {
    vi.useFakeTimers();
    try {
      const kill = vi.spyOn(process, "kill").mockReturnValue(true);
      registerSessionRun("a", handle("a", { pid: process.ppid, abortController: new AbortController() }));
      const terminated = terminateSessionRun("a", { graceMs: ms, forceAfterMs: ms });
      await vi.advanceTimersByTimeAsync(4_900);
      expect(kill).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(4_900);
      expect(kill.mock.lastCall).toEqual([process.ppid, "SIGTERM"]);
      unregisterSessionRun("a");
      expect(await terminated).toEqual({ ended: true, by: "SIGTERM" });
    } finally {
      vi.useRealTimers();
      vi.restoreAllMocks();
    }
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

describe("killSessionRun", () => {
  test("a process that was gone when it was registered: whoever has its pid later is a stranger", async () => {
    const child = await start("exits-with-3.mjs");
    child.stdin!.write("go\n");
    await once(child, "exit");
    registerSessionRun("a", handle("a", { pid: child.pid! }));
    const kill = vi.spyOn(process, "kill").mockReturnValue(true);
    try {
      expect(killSessionRun("a")).toBe(false);
      expect(kill.mock.calls.filter(([, signal]) => signal !== 0)).toEqual([]);
    } finally {
      kill.mockRestore();
    }
  });

  test("a handle that throws when it is read is not killed, and nothing throws", () => {
    const hostile = (field: "pid" | "abortController") =>
      Object.defineProperty(handle("a"), field, {
        get() {
          throw new Error(`no ${field} here`);
        },
      });
    for (const field of ["pid", "abortController"] as const) {
      const { seen, stop } = collect("kill-denied", "abort-failed");
      const release = registerSessionRun("a", hostile(field));
      expect(isSessionRunActive("a")).toBe(true);
      expect(killSessionRun("a")).toBe(false);
      expect(killAllSessionRuns()).toBe(false);
      expect(release()).toBe(true);
      stop();
      expect(new Set(seen)).toEqual(new Set([field === "pid" ? "kill-denied" : "abort-failed"]));
    }
  });

  test.runIf(process.platform === "linux")("a thread of this process is this process", () => {
    const thread = readdirSync("/proc/self/task")
      .map(Number)
      .find((id) => id !== process.pid);
    const kill = vi.spyOn(process, "kill").mockReturnValue(true);
    const { seen, stop } = collect("kill-refused");
    try {
      registerSessionRun("a", handle("a", { pid: thread! }));
      expect(killSessionRun("a")).toBe(false);
      expect(kill).not.toHaveBeenCalled();
      expect(seen).toEqual(["kill-refused"]);
    } finally {
      stop();
      kill.mockRestore();
    }
  });

  test.runIf(process.platform === "linux")(
    "the group that this process is in is not signalled, though the pid leads it",
    async () => {
      const module = prepareModule("src/registry/session-run-registry.ts");
      const program = programPath("kills-own-group.mjs");
      const shell = `trap 'echo the leader got it' TERM; ${process.execPath} ${program} ${module.entry}; echo "$?"`;
      const leader = spawn("/bin/sh", ["-c", shell], {
        stdio: ["ignore", "pipe", "inherit"],
        detached: true,
      });
      started.push(leader);
      let said = "";
      leader.stdout!.on("data", (chunk) => (said += chunk));
      await once(leader, "close");
      module.dispose();
      expect(said.split("\n")).toEqual(["true, and I live", "the leader got it", "0", ""]);
    },
  );
});

describe("killAllSessionRuns", () => {
  test("runs that share a controller are all aborted, and none is signalled on top", () => {
    const abortController = new AbortController();
    const kill = vi.spyOn(process, "kill").mockReturnValue(true);
    try {
      for (const key of ["a", "b"])
        registerSessionRun(key, handle(key, { abortController, pid: process.ppid }));
      expect(killAllSessionRuns()).toBe(true);
      expect(abortController.signal.aborted).toBe(true);
      expect(kill).not.toHaveBeenCalled();
      expect(killAllSessionRuns()).toBe(true);
      expect(kill.mock.calls).toEqual([
        [process.ppid, "SIGTERM"],
        [process.ppid, "SIGTERM"],
      ]);
    } finally {
      kill.mockRestore();
    }
  });

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

describe("one handle", () => {
  test("registered again over a successor it is the same run: one release ends it, one kill reaches it", async () => {
    const mine = handle("a", { abortController: new AbortController(), pid: process.ppid });
    const kill = vi.spyOn(process, "kill").mockReturnValue(true);
    try {
      const release = registerSessionRun("a", mine);
      const waiting = waitForSessionRunEnd("a", 60_000);
      const releaseOther = registerSessionRun("a", handle("a"));
      registerSessionRun("a", mine);
      expect(getSessionRunHandle("a")).toBe(mine);
      expect(killAllSessionRuns()).toBe(true);
      expect(kill).not.toHaveBeenCalled();
      expect(release()).toBe(true);
      expect(await waiting).toBe(true);
      expect(isSessionRunActive("a")).toBe(false);
      expect(releaseOther()).toBe(true);
      expect(await waitForAllSessionRunsEnd(0)).toEqual({ drained: true });
    } finally {
      kill.mockRestore();
    }
  });

  test("no handle: the registration throws and changes nothing", () => {
    const release = registerSessionRun("a", handle("a"));
    expect(() => registerSessionRun("a", null as unknown as SessionRunHandle)).toThrow(TypeError);
    expect(getActiveSessionRunCount()).toBe(1);
    expect(release()).toBe(true);
  });

  test("an unregister with a handle that is undefined ends nothing", () => {
    registerSessionRun("a", handle("a"));
    expect(unregisterSessionRun("a", undefined)).toBe(false);
    expect(isSessionRunActive("a")).toBe(true);
    expect(unregisterSessionRun("a")).toBe(true);
  });
});

describe("trackSessionRun", () => {
  test("a child that serves many runs keeps one listener of ours, and none that warns", async () => {
    const child = await start("forever.mjs");
    const warn = vi.fn();
    process.on("warning", warn);
    const before = child.listenerCount("exit");
    for (let turn = 0; turn < 30; turn += 1) {
      const { release } = trackSessionRun("a", child, { agentId: "main" });
      if (turn % 2 === 0) release();
      else unregisterSessionRun("a");
    }
    await new Promise((resolve) => setImmediate(resolve));
    process.off("warning", warn);
    expect(warn).not.toHaveBeenCalled();
    expect([child.listenerCount("exit") - before, child.listenerCount("error")]).toEqual([0, 1]);
    expect(() => child.emit("error", new Error("write EPIPE"))).not.toThrow();
  });

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

test("a subscriber that ends the run in the middle of its registration leaves no key behind", () => {
  const end = () => void unregisterSessionRun("a");
  subscribe("session-run-registry:superseded", end);
  try {
    registerSessionRun("a", handle("a"));
    const release = registerSessionRun("a", handle("a"), { aliases: ["a:run:1"] });
    expect(release()).toBe(false);
    expect(isSessionRunActive("a:run:1")).toBe(false);
    expect(getActiveSessionRunCount()).toBe(0);
  } finally {
    unsubscribe("session-run-registry:superseded", end);
  }
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
