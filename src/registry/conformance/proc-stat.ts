import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const STAT = /^\/proc\/\d+\/stat$/;

/** Runs `body` while reads of /proc/<pid>/stat are answered by `fake`, which gets the real text. */
export async function withStat<T>(
  fake: (real: () => string) => string,
  body: () => T | Promise<T>,
): Promise<T> {
  const realRead = fs.readFileSync;
  const read = (file: unknown, ...rest: unknown[]): unknown => {
    const real = () => (realRead as (...args: unknown[]) => unknown)(file, ...rest);
    if (!STAT.test(String(file))) return real();
    const text = fake(() => String(real()));
    return rest.length > 0 ? text : Buffer.from(text);
  };
  fs.readFileSync = read as typeof fs.readFileSync;
  // So that a module that imported the function by name sees it too.
  syncBuiltinESMExports();
  try {
    return await body();
  } finally {
    fs.readFileSync = realRead;
    syncBuiltinESMExports();
  }
}

/** The stat line of a process that was started later: another process under the same pid. */
export function withLaterStart(stat: string): string {
  const end = stat.lastIndexOf(")") + 2;
  const fields = stat.slice(end).split(" ");
  fields[19] = String(Number(fields[19]) + 100);
  return stat.slice(0, end) + fields.join(" ");
}

export function missing(): never {
  throw Object.assign(new Error("ENOENT: no such file or directory"), { code: "ENOENT" });
}

/** One-letter state of a process, undefined when there is none (or no /proc). */
export function processState(pid: number): string | undefined {
  return statFields(pid)?.[0];
}

export function parentPid(pid: number): number | undefined {
  const parent = statFields(pid)?.[1];
  return parent === undefined ? undefined : Number(parent);
}

/** Tells two processes under one pid apart. */
export function startTime(pid: number): string | undefined {
  return statFields(pid)?.[19];
}

/** The fields after the name: state, parent, group, … */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}
