import { readFileSync } from "node:fs";
import { hostname } from "node:os";

/** Tells a running process from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** start time in clock ticks since boot; "0" where the system does not say (then a reused pid looks alive) */
  readonly started: string;
  /** host name, reduced to characters that are safe in file names */
  readonly host: string;
}

export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, started: startTimeOf(process.pid) ?? "0", host: hostKey() };
}

/** True when that very process still runs. Processes of other hosts cannot be looked up: see the caller. */
export function isAlive({ pid, started }: Pick<ProcessIdentity, "pid" | "started">): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, under another user
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const now = startTimeOf(pid);
  return now === null || started === "0" || now === started;
}

export function hostKey(): string {
  return (
    hostname()
      .replace(/[^A-Za-z0-9.]/g, "")
      .slice(0, 40) || "host"
  );
}

function startTimeOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // the command name in parentheses may hold spaces and parentheses of its own; a zombie counts as gone
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "-1" : (fields[19] ?? null);
  } catch {
    return null;
  }
}
