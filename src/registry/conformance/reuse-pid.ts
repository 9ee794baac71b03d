import { existsSync, writeFileSync } from "node:fs";
import type { CaseContext } from "./case-context.ts";
import type { ReadyChild } from "./child-processes.ts";

const NEXT_PID = "/proc/sys/kernel/ns_last_pid";

/** Starts processes until one gets the given, free pid. Undefined where the kernel does not let us choose. */
export async function startUnderPid(context: CaseContext, pid: number): Promise<ReadyChild | undefined> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    if (!chooseNextPid(pid)) return undefined;
    const child = context.processes.startCommand("sleep", ["30"]);
    if (child.pid === pid) return child;
    context.kills.real(child.pid, "SIGKILL");
    await child.exited;
  }
  return undefined;
}

function chooseNextPid(pid: number): boolean {
  if (!existsSync(NEXT_PID)) return false;
  try {
    writeFileSync(NEXT_PID, String(pid - 1));
    return true;
  } catch {
    return false;
  }
}
