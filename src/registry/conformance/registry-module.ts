/** What a session-run registry exports, as far as the suite calls it. */
export interface RegistryModule {
  readonly MODULE_ATTESTATIONS?: Readonly<Record<string, string>>;
  isSessionRunActive(sessionKey: string): boolean;
  getActiveSessionRunCount(): number;
  /** May return a function that ends exactly this run. */
  registerSessionRun(sessionKey: string, handle: RunHandle): unknown;
  unregisterSessionRun(sessionKey: string, handle?: RunHandle): unknown;
  getSessionRunHandle(sessionKey: string): RunHandle | undefined;
  killSessionRun(sessionKey: string): boolean;
  waitForSessionRunEnd(sessionKey: string, timeoutMs: number): Promise<boolean>;
  resetSessionRunRegistryForTest(): void;
}

export interface RunHandle {
  startedAt: number;
  pid?: number;
  sessionKey: string;
  agentId: string;
  abortController?: AbortController;
  leadsProcessGroup?: boolean;
}

export const REQUIRED_FUNCTIONS = [
  "isSessionRunActive",
  "getActiveSessionRunCount",
  "registerSessionRun",
  "unregisterSessionRun",
  "getSessionRunHandle",
  "killSessionRun",
  "waitForSessionRunEnd",
  "resetSessionRunRegistryForTest",
] as const;
