import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { pathToFileURL } from "node:url";
import type { ChildProcesses } from "./child-processes.ts";
import { NotApplicable } from "./conformance-case.ts";
import type { KillSpy } from "./kill-spy.ts";
import type { RegistryModule, RunHandle } from "./registry-module.ts";

/** What the supervisor hands to the process of one case. */
export interface CaseJob {
  caseId: string;
  entry: string;
  /** The module as CommonJS, in a temporary folder; only where it has no relative imports. */
  commonJs?: string;
  /** Folder of the child programs. */
  programs: string;
  scale: number;
  /** Undefined where types were not checked, which `typesNote` explains. */
  typeProblems?: string[];
  typesNote?: string;
}

export interface Registered {
  readonly handle: RunHandle;
  /** What registering returned, when that was a function. */
  readonly lease: (() => unknown) | undefined;
  /** Ends exactly this run, by the best means the module offers. */
  end(): unknown;
}

export interface RegistryNotice {
  event: string;
  message: Record<string, unknown>;
}

const EVENTS = ["superseded", "key-mismatch", "kill-gone", "kill-denied", "pid-mismatch"];
// The harness keeps its own timers: cases replace the global ones.
const realSetTimeout = setTimeout;
const realSetImmediate = setImmediate;

/** Everything a case may use. One per process, so nothing of one case reaches another. */
export class CaseContext {
  readonly notes: string[] = [];

  constructor(
    readonly job: CaseJob,
    readonly registry: RegistryModule,
    readonly kills: KillSpy,
    readonly processes: ChildProcesses,
  ) {}

  get entryUrl(): string {
    return pathToFileURL(this.job.entry).href;
  }

  /** A number of repetitions, cut to the scale of this run but never under `least`. */
  scaled(full: number, least: number): number {
    return Math.min(full, Math.max(least, Math.round(full * this.job.scale)));
  }

  note(text: string): void {
    this.notes.push(text);
  }

  notApplicable(reason: string): never {
    throw new NotApplicable(reason);
  }

  handle(sessionKey: string, fields: Partial<RunHandle> = {}): RunHandle {
    return { startedAt: 1_000, sessionKey, agentId: "main", ...fields };
  }

  register(sessionKey: string, fields: Partial<RunHandle> = {}): Registered {
    return this.registerHandle(sessionKey, this.handle(sessionKey, fields));
  }

  registerHandle(sessionKey: string, handle: RunHandle): Registered {
    const { registry } = this;
    const returned = registry.registerSessionRun(sessionKey, handle);
    const lease = typeof returned === "function" ? (returned as () => unknown) : undefined;
    const end = lease ?? (() => registry.unregisterSessionRun(sessionKey, handle));
    return { handle, lease, end };
  }

  /** What the module publishes while `body` runs. */
  async notices(body: () => void | Promise<void>): Promise<RegistryNotice[]> {
    const seen: RegistryNotice[] = [];
    const listeners = EVENTS.map((event) => {
      const name = `session-run-registry:${event}`;
      const listener = (message: unknown) =>
        void seen.push({ event, message: message as Record<string, unknown> });
      subscribe(name, listener);
      return () => unsubscribe(name, listener);
    });
    try {
      await body();
    } finally {
      for (const stop of listeners) stop();
    }
    return seen;
  }

  /** Events are an addition of this contract: a module without any is not failed for it. */
  async publishesEvents(): Promise<boolean> {
    const seen = await this.notices(() => {
      this.register("probe:events");
      this.register("probe:events");
    });
    this.registry.unregisterSessionRun("probe:events");
    if (seen.length === 0)
      this.note("events not checked: the module publishes none on session-run-registry:*");
    return seen.length > 0;
  }

  /** Whether `unregisterSessionRun` looks at a handle: it declares one, or spares the run that is not named. */
  unregistersByHandle(): boolean {
    const { registry } = this;
    if (registry.unregisterSessionRun.length > 1) return true;
    const key = "probe:handle";
    this.register(key);
    registry.unregisterSessionRun(key, this.handle(key));
    const spared = registry.isSessionRunActive(key);
    registry.unregisterSessionRun(key);
    return spared;
  }

  /** Whether `leadsProcessGroup` on the handle makes the module signal a group. */
  async killsGroups(): Promise<boolean> {
    const leader = await this.processes.start("forever.mjs", { detached: true });
    this.register("probe:group", { pid: leader.pid, leadsProcessGroup: true });
    this.kills.respond = () => true;
    this.registry.killSessionRun("probe:group");
    this.kills.respond = undefined;
    const groupSignalled = this.kills.calls.some(({ pid }) => pid === -leader.pid);
    this.kills.calls.length = 0;
    this.registry.unregisterSessionRun("probe:group");
    this.kills.real(leader.pid, "SIGKILL");
    await leader.exited;
    return groupSignalled;
  }

  /** The value of a promise, or "pending" when it has none after `ms`. */
  within<T>(promise: Promise<T>, ms: number): Promise<T | "pending"> {
    return new Promise((resolve, reject) => {
      const timer = realSetTimeout(resolve, ms, "pending" as const);
      const settled = (): void => clearTimeout(timer);
      promise.finally(settled).then(resolve, reject);
    });
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => realSetTimeout(resolve, ms));
  }

  /** Lets everything that is due happen: microtasks, and callbacks of this turn. */
  turn(): Promise<void> {
    return new Promise((resolve) => realSetImmediate(resolve));
  }

  /** Polls a condition; a cap instead of a guess how long it takes. */
  async until(what: string, condition: () => boolean, capMs = 10_000): Promise<void> {
    const giveUpAt = performance.now() + capMs;
    while (!condition()) {
      if (performance.now() > giveUpAt) throw new Error(`not within ${capMs} ms: ${what}`);
      await this.sleep(5);
    }
  }

  /** Keeps the event loop from turning, as a long synchronous computation would. */
  block(ms: number): void {
    const end = performance.now() + ms;
    while (performance.now() < end);
  }

  liveTimers(): number {
    return process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
  }
}
