export type StopSignal = "SIGINT" | "SIGTERM";

const SIGNALS: readonly StopSignal[] = ["SIGINT", "SIGTERM"];

/** Remembers the first request to stop, so that a file that is being replaced is finished first. */
export interface SignalWatch {
  /** Lets a signal that has arrived be seen, then says which it was. */
  poll(): Promise<StopSignal | null>;
  /** Stops watching. */
  stop(): void;
}

/** Starts watching. The first signal also ends the watch: a second one has its usual effect, at once. */
export function watchSignals(): SignalWatch {
  let received: StopSignal | null = null;
  const remember = (signal: StopSignal) => {
    received ??= signal;
    stop();
  };
  const stop = () => {
    for (const signal of SIGNALS) process.off(signal, remember);
  };
  for (const signal of SIGNALS) process.on(signal, remember);
  return {
    async poll() {
      // signals are handed over by the event loop, which the synchronous calls between two polls hold up
      await new Promise((resolve) => setImmediate(resolve));
      return received;
    },
    stop,
  };
}
