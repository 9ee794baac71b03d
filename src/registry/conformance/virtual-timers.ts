import type { Scheduler } from "fast-check";

export interface VirtualTimers {
  now(): number;
  restore(): void;
}

/**
 * Puts the module's timers into the hands of a fast-check scheduler: a timer fires when the scheduler picks it, in
 * any order with the other steps, and time jumps to where that timer was due.
 */
export function installVirtualTimers(scheduler: Scheduler): VirtualTimers {
  const real = { setTimeout, clearTimeout, setImmediate, dateNow: Date.now, performanceNow: performance.now };
  const cleared = new Set<unknown>();
  let now = 0;
  const virtualTimeout = (callback: (...args: unknown[]) => void, ms = 0, ...args: unknown[]): object => {
    const due = now + Math.max(1, ms);
    const timer = { ref: () => timer, unref: () => timer, hasRef: () => true };
    void scheduler.schedule(Promise.resolve(), `timer of ${ms} ms`).then(() => {
      if (cleared.has(timer)) return;
      now = Math.max(now, due);
      callback(...args);
    });
    return timer;
  };
  const virtualImmediate = (callback: (...args: unknown[]) => void, ...args: unknown[]): object => {
    void Promise.resolve().then(() => callback(...args));
    return {};
  };
  globalThis.setTimeout = virtualTimeout as unknown as typeof setTimeout;
  globalThis.clearTimeout = ((timer: unknown) => void cleared.add(timer)) as typeof clearTimeout;
  globalThis.setImmediate = virtualImmediate as unknown as typeof setImmediate;
  Date.now = () => now;
  performance.now = () => now;
  return {
    now: () => now,
    restore() {
      globalThis.setTimeout = real.setTimeout;
      globalThis.clearTimeout = real.clearTimeout;
      globalThis.setImmediate = real.setImmediate;
      Date.now = real.dateNow;
      performance.now = real.performanceNow;
    },
  };
}
