import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { CaseContext } from "./case-context.ts";
import type { ReadyChild } from "./child-processes.ts";

const NEXT_PID = "/proc/sys/kernel/ns_last_pid";

/**
 * Starts processes until one gets the given, free pid. Undefined where the kernel does not let us choose.
 * Afterwards the kernel goes on from where it was: every other program of the machine counts on a pid that it has seen
 * end to stay free for a while.
 */
export async function startUnderPid(context: CaseContext, pid: number): Promise<ReadyChild | undefined> {
  const last = lastPid();
  if (last === undefined) return undefined;
  for (let attempt = 0; attempt < 50; attempt += 1) {
    if (!setLastPid(pid - 1)) return undefined;
    const child = context.processes.startCommand("sleep", ["30"]);
    setLastPid(last);
    if (child.pid === pid) return child;
    child.child.kill("SIGKILL");
    await child.exited;
  }
  return undefined;
}

function lastPid(): number | undefined {
  if (!existsSync(NEXT_PID)) return undefined;
  try {
    return Number(readFileSync(NEXT_PID, "latin1"));
  } catch {
    return undefined;
  }
}

function setLastPid(pid: number): boolean {
  try {
    writeFileSync(NEXT_PID, String(pid));
    return true;
  } catch {
    return false;
  }
}
