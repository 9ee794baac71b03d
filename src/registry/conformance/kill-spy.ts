export interface KillSpy {
  /** Every call the module made, also those that were not let through. */
  readonly calls: { pid: unknown; signal: unknown }[];
  /** Set to answer in place of the system; may throw. */
  respond: ((pid: unknown, signal: unknown) => true) | undefined;
  /** The real thing, for the harness. Ignores processes that are gone. */
  real(pid: number, signal: NodeJS.Signals): void;
}

/**
 * Stands between the module and `process.kill`. Only processes of the suite are ever signalled, whatever the module
 * under test asks for: it may be one that signals pid -1.
 */
export function installKillSpy(ownPids: ReadonlySet<number>): KillSpy {
  const realKill = process.kill.bind(process);
  const spy: KillSpy = {
    calls: [],
    respond: undefined,
    real(pid, signal) {
      try {
        realKill(pid, signal);
      } catch {
        // Already gone.
      }
    },
  };
  process.kill = (pid: number, signal?: string | number): true => {
    if (signal === 0) return realKill(pid, 0);
    spy.calls.push({ pid, signal });
    if (spy.respond) return spy.respond(pid, signal);
    if (ownPids.has(Math.abs(pid))) return realKill(pid, signal);
    // Whoever else has it, or nobody: asked, not signalled, so that a process that has ended is missed as it would be.
    return Number.isInteger(pid) && pid > 1 ? realKill(pid, 0) : true;
  };
  return spy;
}
