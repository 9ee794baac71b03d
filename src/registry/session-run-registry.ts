/**
 * The session-run registry: which sessions have a running agent process, and
 * how to stop and await one. One file, no dependencies, made to be copied.
 *
 *   const release = registerSessionRun(sessionKey, handle);
 *   try {
 *     await runTheAgent();
 *   } finally {
 *     release(); // ends this run only, never one that came after it
 *   }
 *
 * What it promises:
 * - Release is compare-and-delete: a late `release()` leaves a successor alone.
 * - A wait belongs to the run that was current at the call, is told of its end
 *   by event, and does not look at the wall clock.
 * - `killSessionRun` returns true for "a signal or an abort was dispatched",
 *   not for "it died". It never throws and never unregisters.
 * - No signal goes to pid 0, 1, a negative pid, this process or its group, or
 *   a process that took over the pid of the registered one (Linux: start times
 *   are compared; elsewhere, and between that check and the signal, a recycled
 *   pid cannot be told apart).
 * - Copies of this module in one thread share one registry.
 *
 * What went wrong is published on `node:diagnostics_channel`, one channel per
 * event, named `session-run-registry:<event>`:
 * - superseded: a run was registered over one that had not ended
 * - key-mismatch: `handle.sessionKey` is not the key it was registered under
 * - kill-missed: kill named a key that no run has
 * - kill-gone: the process no longer exists
 * - kill-denied: the system refused the signal for another reason
 * - kill-refused: the pid (or group) is not one this module will signal
 * - pid-mismatch: another process has the pid now; it was left alone
 * - abort-failed: the abort controller threw
 * - child-error: a tracked child emitted `error`
 */
import { channel } from "node:diagnostics_channel";
import { closeSync, existsSync, openSync, readSync } from "node:fs";

/** Which exports of this module do real work: all of them. */
export const MODULE_ATTESTATIONS = {
  isSessionRunActive: "live",
  getActiveSessionRunCount: "live",
  registerSessionRun: "live",
  unregisterSessionRun: "live",
  getSessionRunHandle: "live",
  killSessionRun: "live",
  killAllSessionRuns: "live",
  terminateSessionRun: "live",
  waitForSessionRunEnd: "live",
  waitForAllSessionRunsEnd: "live",
  trackSessionRun: "live",
  resetSessionRunRegistryForTest: "live",
} as const;

/** A run as its owner knows it. The registry keeps the object itself. */
export type SessionRunHandle = {
  /** Epoch milliseconds. */
  startedAt: number;
  /** May be set after registration, once the child is spawned. */
  pid?: number;
  sessionKey: string;
  agentId: string;
  /** Aborted by the first kill; later kills go to the pid. */
  abortController?: AbortController;
  /**
   * Set when `pid` was spawned with `detached: true`: kills then go to its
   * whole process group, if the process really leads one (checked through
   * /proc; where that is missing only the process itself is signalled).
   */
  leadsProcessGroup?: boolean;
};

/** Ends one run. Returns whether that changed anything. */
export type SessionRunLease = () => boolean;

export type RegisterOptions = {
  /** Further keys that name this same run, such as a cron job's `:run:` key. */
  aliases?: readonly string[];
};

export type WaitOptions = {
  /** Gives up waiting: the wait then resolves false. The run is not touched. */
  signal?: AbortSignal;
};

export type TerminateOptions = {
  /** Time for the run to end after an abort. Default 5000 ms, also for NaN. */
  graceMs?: number;
  /** Time to end after SIGTERM, before SIGKILL. Default 5000 ms, also for NaN. */
  forceAfterMs?: number;
};

export type TerminateResult = {
  /** False: the run was still registered when everything had been tried. */
  ended: boolean;
  /** The last thing dispatched before the end, "none" when nothing could be. */
  by: "not-running" | "abort" | "SIGTERM" | "SIGKILL" | "none";
};

/** The part of `ChildProcess` that `trackSessionRun` needs. */
export type TrackableChild = {
  readonly pid?: number | undefined;
  readonly exitCode: number | null;
  readonly signalCode: string | null;
  on(event: "error", listener: (error: Error) => void): unknown;
  once(event: "exit", listener: () => void): unknown;
  off(event: "error" | "exit", listener: (error: Error) => void): unknown;
};

export type TrackOptions = RegisterOptions & {
  agentId: string;
  /** Epoch milliseconds. Default: now. */
  startedAt?: number;
  abortController?: AbortController;
  leadsProcessGroup?: boolean;
};

/** See the list at the top of this file. */
export type RegistryEvent =
  | "superseded"
  | "key-mismatch"
  | "kill-missed"
  | "kill-gone"
  | "kill-denied"
  | "kill-refused"
  | "pid-mismatch"
  | "abort-failed"
  | "child-error";

type ProcessIdentity = { startTime: string; group: number; parent: number };
/** "gone": no process has the pid. "unknown": one has, and there is no /proc to tell which. */
type Sighting = ProcessIdentity | "gone" | "unknown";

type Run = {
  readonly handle: SessionRunHandle;
  /** The keys under which this is the current run. */
  readonly keys: Set<string>;
  readonly waiters: Set<() => void>;
  /** Set once another run took this one's last key. */
  supersededUnder: string | undefined;
  ended: boolean;
  /** Who `seenPid` was when the registry first saw it. */
  seenPid: number | undefined;
  seen: Sighting;
};

type RegistryState = {
  readonly current: Map<string, Run>;
  /** Runs that lost their key and have not been released yet. */
  readonly superseded: Map<string, Set<Run>>;
  readonly idleWaiters: Set<() => void>;
};

/** Raise the number whenever the shape of `RegistryState` or `Run` changes. */
const STATE_KEY = Symbol.for("rewire-abort.session-run-registry/1");
const state = sharedState();

/** Longer delays make Node fire at once, so long waits are armed in steps. */
const MAX_TIMER_MS = 2 ** 31 - 1;
const MAX_PID = 2 ** 31 - 1;
/** Owners that never release must not grow the registry without bound. */
const MAX_SUPERSEDED_PER_KEY = 100;
const DEFAULT_STEP_MS = 5_000;
/** Taken at load, so that a test's fake timers do not hold answers back. */
const nextTurn = setImmediate;
/** How long the owner of a dead process gets to notice and release. */
const SETTLE_MS = 1_000;
/** Holds any /proc/<pid>/stat up to what is read of it; allocating one per read costs more than the read. */
const statBuffer = Buffer.alloc(1_024);
/** Children that have a listener for `error` from here: one is enough, however often they are tracked. */
const guardedChildren = new WeakSet<object>();

/** Whether a run is registered under this key. */
export function isSessionRunActive(sessionKey: string): boolean {
  const run = state.current.get(sessionKey);
  if (run) observePid(run);
  return run !== undefined;
}

/** The number of registered runs. A run with aliases counts once. */
export function getActiveSessionRunCount(): number {
  return new Set(state.current.values()).size;
}

/** The very object that was registered, so its `pid` can be set later. */
export function getSessionRunHandle(sessionKey: string): SessionRunHandle | undefined {
  const run = state.current.get(sessionKey);
  if (run) observePid(run);
  return run?.handle;
}

/**
 * Makes `handle` the current run of `sessionKey`. A run that still holds the
 * key is reported as `superseded` and keeps its own lease and waiters.
 *
 * @returns ends this run, and only this run, under all its keys
 */
export function registerSessionRun(
  sessionKey: string,
  handle: SessionRunHandle,
  options: RegisterOptions = {},
): SessionRunLease {
  const run = enterRun(sessionKey, handle, options);
  return () => endRun(run);
}

/**
 * Ends the run under this key. With one argument it ends whatever holds the
 * key, and every run superseded there; with a handle it ends that run only,
 * and nothing when the handle is undefined: a `finally` that comes before its
 * own registration must not end someone else's run.
 * Prefer the lease that `registerSessionRun` returns.
 *
 * @returns whether anything ended
 */
export function unregisterSessionRun(
  sessionKey: string,
  ...only: [handle?: SessionRunHandle | undefined]
): boolean {
  let changed = false;
  for (const run of runsUnder(sessionKey)) {
    if (only.length === 0 || run.handle === only[0]) {
      changed = endRun(run) || changed;
    }
  }
  return changed;
}

/**
 * Asks the current run of this key to stop: aborts its controller, or sends
 * SIGTERM to its pid when it has no controller or that was aborted already.
 *
 * @returns whether an abort or a signal was dispatched; never throws
 */
export function killSessionRun(sessionKey: string): boolean {
  const run = state.current.get(sessionKey);
  if (!run) {
    const activeRuns = getActiveSessionRunCount();
    publish("kill-missed", { sessionKey, activeRuns });
    return false;
  }
  return killRun(run);
}

/**
 * Kills every registered run once, superseded ones that were never released
 * included.
 *
 * @returns whether anything was dispatched; never throws
 */
export function killAllSessionRuns(): boolean {
  // A copy: abort listeners may register and release while this runs.
  const runs = new Set(state.current.values());
  for (const group of state.superseded.values()) {
    for (const run of group) runs.add(run);
  }
  // A controller may be shared: who is aborted along with another gets no signal on top.
  const toSignal = new Set([...runs].filter(isAborted));
  let dispatched = false;
  for (const run of runs) {
    const abortedAlong = !toSignal.has(run) && isAborted(run);
    dispatched = abortedAlong || killRun(run) || dispatched;
  }
  return dispatched;
}

/**
 * Stops the current run for certain: abort, then SIGTERM, then SIGKILL, each
 * with a bounded wait for the run to be released. Steps that do not apply
 * (no controller, no pid) are left out. What is over once the run is released
 * is the run: members of its process group that outlive their leader are not
 * waited for.
 *
 * @throws never; a run that survives is `{ ended: false }`
 */
export async function terminateSessionRun(
  sessionKey: string,
  options: TerminateOptions = {},
): Promise<TerminateResult> {
  const run = state.current.get(sessionKey);
  if (!run) return { ended: true, by: "not-running" };
  let by: TerminateResult["by"] = "none";
  if (abortRun(run)) {
    by = "abort";
    if (await endOf(run, stepMs(options.graceMs))) return { ended: true, by };
  }
  if (signalRun(run, "SIGTERM")) {
    by = "SIGTERM";
    if (await endOf(run, stepMs(options.forceAfterMs))) return { ended: true, by };
  }
  if (signalRun(run, "SIGKILL")) by = "SIGKILL";
  // Also when the process was gone already: its owner may be about to release.
  const ended = await endOf(run, run.handle.pid === undefined ? 0 : SETTLE_MS);
  return { ended, by };
}

/**
 * Waits for the end of the run that is current now. A successor under the
 * same key neither shortens nor prolongs the wait.
 *
 * @param timeoutMs milliseconds; 0, a negative number or NaN: do not wait.
 *   Infinity: no timer, so nothing here keeps the process alive.
 * @returns true when the run has ended (or none was there), false when that
 *   is not known after the timeout
 */
export function waitForSessionRunEnd(
  sessionKey: string,
  timeoutMs: number,
  options: WaitOptions = {},
): Promise<boolean> {
  const run = state.current.get(sessionKey);
  if (!run) return Promise.resolve(true);
  observePid(run);
  return waitForNotice(run.waiters, timeoutMs, options.signal);
}

/**
 * Waits until no run is left, superseded ones included.
 *
 * @param timeoutMs as for `waitForSessionRunEnd`
 */
export async function waitForAllSessionRunsEnd(
  timeoutMs: number,
  options: WaitOptions = {},
): Promise<{ drained: boolean }> {
  if (isIdle()) return { drained: true };
  const drained = await waitForNotice(state.idleWaiters, timeoutMs, options.signal);
  return { drained };
}

/**
 * Registers a child process and releases it when it exits (not when its
 * output closes, which a grandchild can delay), fails to spawn, or had exited
 * before the call. Its `error` events are published as `child-error` while it
 * is tracked, and never become uncaught exceptions. The end of the run takes
 * its listeners off the child, which may serve many runs.
 */
export function trackSessionRun(
  sessionKey: string,
  child: TrackableChild,
  options: TrackOptions,
): { handle: SessionRunHandle; release: SessionRunLease } {
  const handle: SessionRunHandle = {
    startedAt: options.startedAt ?? Date.now(),
    sessionKey,
    agentId: options.agentId,
  };
  if (child.pid !== undefined) handle.pid = child.pid;
  if (options.abortController) handle.abortController = options.abortController;
  if (options.leadsProcessGroup) handle.leadsProcessGroup = true;
  const run = enterRun(sessionKey, handle, options);
  const release: SessionRunLease = () => endRun(run);
  const onExit = (): void => void release();
  const onError = (error: Error): void => {
    publish("child-error", { sessionKey, handle, error });
    // With a pid the child runs on: the error is of a kill or of a message.
    if (child.pid === undefined) release();
  };
  if (!guardedChildren.has(child)) child.on("error", () => {});
  guardedChildren.add(child);
  child.once("exit", onExit);
  child.on("error", onError);
  run.waiters.add(() => {
    child.off("exit", onExit);
    child.off("error", onError);
  });
  if (child.exitCode !== null || child.signalCode !== null) release();
  return { handle, release };
}

/** Ends every run: pending waits resolve true. For tests only. */
export function resetSessionRunRegistryForTest(): void {
  for (const key of [...state.current.keys(), ...state.superseded.keys()]) {
    unregisterSessionRun(key);
  }
}

function sharedState(): RegistryState {
  const shared = globalThis as unknown as Record<symbol, RegistryState | undefined>;
  shared[STATE_KEY] ??= {
    current: new Map(),
    superseded: new Map(),
    idleWaiters: new Set(),
  };
  return shared[STATE_KEY];
}

function newRun(handle: SessionRunHandle): Run {
  return {
    handle,
    keys: new Set(),
    waiters: new Set(),
    supersededUnder: undefined,
    ended: false,
    seenPid: undefined,
    seen: "unknown",
  };
}

/** One handle under one key is one run, also when another run held the key in between. */
function enterRun(sessionKey: string, handle: SessionRunHandle, options: RegisterOptions): Run {
  const run = runsUnder(sessionKey).find((each) => each.handle === handle) ?? newRun(handle);
  const mismatch = handle.sessionKey !== sessionKey;
  const keys = [sessionKey, ...(options.aliases ?? [])];
  observePid(run);
  const losers = keys.map((key) => [key, claimKey(key, run)] as const);
  // All of it comes last: a subscriber may end this run, or register another.
  for (const [key, loser] of losers) {
    if (loser) publish("superseded", { sessionKey: key, handle: loser.handle, by: handle });
  }
  if (mismatch) publish("key-mismatch", { sessionKey, handle });
  return run;
}

/** The current run of a key, and those that it superseded there. */
function runsUnder(key: string): Run[] {
  const holder = state.current.get(key);
  const superseded = state.superseded.get(key) ?? [];
  return holder ? [...superseded, holder] : [...superseded];
}

/** @returns the run that lost the key */
function claimKey(key: string, run: Run): Run | undefined {
  const previous = state.current.get(key);
  if (previous === run) return undefined;
  forgetSuperseded(run);
  state.current.set(key, run);
  run.keys.add(key);
  previous?.keys.delete(key);
  if (previous?.keys.size === 0) keepSuperseded(key, previous);
  return previous;
}

function keepSuperseded(key: string, run: Run): void {
  const group = state.superseded.get(key) ?? new Set();
  run.supersededUnder = key;
  state.superseded.set(key, group.add(run));
  if (group.size <= MAX_SUPERSEDED_PER_KEY) return;
  for (const oldest of group) {
    group.delete(oldest);
    return;
  }
}

function endRun(run: Run): boolean {
  if (run.ended) return false;
  run.ended = true;
  for (const key of run.keys) state.current.delete(key);
  run.keys.clear();
  forgetSuperseded(run);
  notify(run.waiters);
  if (isIdle()) notify(state.idleWaiters);
  return true;
}

function forgetSuperseded(run: Run): void {
  if (run.supersededUnder === undefined) return;
  const group = state.superseded.get(run.supersededUnder);
  group?.delete(run);
  if (group?.size === 0) state.superseded.delete(run.supersededUnder);
  run.supersededUnder = undefined;
}

function isIdle(): boolean {
  return state.current.size === 0 && state.superseded.size === 0;
}

function notify(waiters: Set<() => void>): void {
  const waiting = [...waiters];
  waiters.clear();
  for (const wake of waiting) wake();
}

function killRun(run: Run): boolean {
  return abortRun(run) || signalRun(run, "SIGTERM");
}

function abortRun(run: Run): boolean {
  try {
    const controller = run.handle.abortController;
    if (run.ended || !controller || controller.signal.aborted) return false;
    controller.abort();
    return true;
  } catch (error) {
    // Not a standard controller: AbortController#abort does not throw.
    publish("abort-failed", { handle: run.handle, error });
    return false;
  }
}

function isAborted(run: Run): boolean {
  try {
    return run.handle.abortController?.signal.aborted === true;
  } catch {
    return false;
  }
}

function signalRun(run: Run, signal: "SIGTERM" | "SIGKILL"): boolean {
  const { handle } = run;
  let pid: unknown;
  try {
    pid = handle.pid;
    if (run.ended || pid === undefined) return false;
    const target = targetOf(run, pid);
    if (target === undefined) return false;
    process.kill(target, signal);
    return true;
  } catch (error) {
    publish(isGone(error) ? "kill-gone" : "kill-denied", { handle, pid, error });
    return false;
  }
}

/** What to signal: the process, minus its pid for its group, or nothing, which is then published. */
function targetOf(run: Run, pid: unknown): number | undefined {
  const { handle } = run;
  const before = pid === run.seenPid ? run.seen : "unknown";
  observePid(run);
  const now = isSignallable(pid) ? sight(pid) : "unknown";
  if (!isSignallable(pid) || isOwnThread(pid, now)) {
    publish("kill-refused", { handle, pid });
    return undefined;
  }
  if (before === "gone" || (isIdentity(before) && isIdentity(now) && before.startTime !== now.startTime)) {
    publish(now === "gone" ? "kill-gone" : "pid-mismatch", { handle, pid });
    return undefined;
  }
  return leadsGroup(run, pid, isIdentity(now) ? now : before) ? -pid : pid;
}

/**
 * A group id that is not the child's own would be ours: signalling it would
 * stop the gateway. `sighting` may be from registration: members of a group
 * outlive its leader, and keep its id from being used again.
 */
function leadsGroup(run: Run, pid: number, sighting: Sighting): boolean {
  if (!run.handle.leadsProcessGroup) return false;
  if (process.platform !== "win32" && isIdentity(sighting) && sighting.group === pid) {
    const own = sight(process.pid);
    if (isIdentity(own) && own.group !== pid) return true;
  }
  publish("kill-refused", { handle: run.handle, pid: -pid });
  return false;
}

function isSignallable(pid: unknown): pid is number {
  return Number.isInteger(pid) && (pid as number) > 1 && (pid as number) <= MAX_PID && pid !== process.pid;
}

/** Linux lets a process be signalled by the id of any of its threads. */
function isOwnThread(pid: number, sighting: Sighting): boolean {
  if (isIdentity(sighting) && sighting.parent !== process.ppid) return false;
  return existsSync(`/proc/self/task/${pid}`);
}

/** Remembers who a pid is as soon as the registry sees it on the handle. */
function observePid(run: Run): void {
  try {
    const { pid } = run.handle;
    if (pid === run.seenPid) return;
    run.seen = isSignallable(pid) ? sight(pid) : "unknown";
    run.seenPid = pid;
  } catch {
    // A handle that throws when it is read has no pid to remember.
  }
}

function sight(pid: number): Sighting {
  const identity = readIdentity(pid);
  if (identity) return identity;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (isGone(error)) return "gone";
  }
  return "unknown";
}

function isIdentity(sighting: Sighting): sighting is ProcessIdentity {
  return typeof sighting === "object";
}

function isGone(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === "ESRCH";
}

/** Undefined where there is no /proc, or no such process. */
function readIdentity(pid: number): ProcessIdentity | undefined {
  try {
    const file = openSync(`/proc/${pid}/stat`, "r");
    let stat: string;
    try {
      stat = statBuffer.toString("latin1", 0, readSync(file, statBuffer, 0, statBuffer.length, 0));
    } finally {
      closeSync(file);
    }
    // The process name, in parentheses, may itself hold ")" and newlines.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ", 20);
    const startTime = fields[19];
    if (startTime === undefined || !/^\d+$/.test(startTime)) return undefined;
    return { startTime, group: Number(fields[2]), parent: Number(fields[1]) };
  } catch {
    return undefined;
  }
}

/** Written so that NaN, undefined and negative numbers do not mean "at once": the next step is a harder one. */
function stepMs(wanted: number | undefined): number {
  return wanted !== undefined && wanted >= 0 ? wanted : DEFAULT_STEP_MS;
}

function endOf(run: Run, timeoutMs: number): Promise<boolean> {
  if (run.ended) return Promise.resolve(true);
  return waitForNotice(run.waiters, timeoutMs);
}

function waitForNotice(waiters: Set<() => void>, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
  // Written so that NaN and undefined do not wait either.
  if (!(timeoutMs > 0) || signal?.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let left = timeoutMs;
    const settle = (noticed: boolean): void => {
      clearTimeout(timer);
      waiters.delete(onNotice);
      signal?.removeEventListener("abort", onAbort);
      resolve(noticed);
    };
    const onNotice = (): void => settle(true);
    const onAbort = (): void => settle(false);
    // One turn later: an end in the same tick as the timeout is an end.
    const onTimeout = (): void => void nextTurn(settle, false);
    const arm = (): void => {
      const step = Math.min(left, MAX_TIMER_MS);
      left -= step;
      // Kept referenced: an unreferenced timer under a top-level await ends
      // the process with exit code 13.
      timer = setTimeout(left > 0 ? arm : onTimeout, step);
    };
    waiters.add(onNotice);
    signal?.addEventListener("abort", onAbort, { once: true });
    if (timeoutMs !== Infinity) arm();
  });
}

function publish(event: RegistryEvent, message: object): void {
  channel(`session-run-registry:${event}`).publish({ event, ...message });
}
