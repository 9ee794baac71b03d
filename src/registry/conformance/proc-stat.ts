import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const STAT = /^\/proc\/\d+\/stat$/;

/**
 * Runs `body` while reads of /proc/<pid>/stat are answered by `fake`, which gets the real text: those of the whole
 * file, and those through a descriptor, which then is one of a file that holds the answer.
 */
export async function withStat<T>(
  fake: (real: () => string) => string,
  body: () => T | Promise<T>,
): Promise<T> {
  const { readFileSync, openSync } = fs;
  const folder = fs.mkdtempSync(join(tmpdir(), "rewire-abort-stat-"));
  const answer = (file: unknown): string =>
    fake(() => {
      // Not by its path: Node's own readFileSync opens through `fs.openSync`.
      const descriptor = openSync(String(file), "r");
      try {
        return readFileSync(descriptor, "latin1");
      } finally {
        fs.closeSync(descriptor);
      }
    });
  const read = (file: unknown, ...rest: unknown[]): unknown => {
    if (!STAT.test(String(file))) return (readFileSync as (...args: unknown[]) => unknown)(file, ...rest);
    const text = answer(file);
    return rest.length > 0 ? text : Buffer.from(text, "latin1");
  };
  const open = (file: unknown, ...rest: unknown[]): number => {
    if (!STAT.test(String(file))) return (openSync as (...args: unknown[]) => number)(file, ...rest);
    const place = join(folder, "stat");
    fs.writeFileSync(place, answer(file), "latin1");
    return openSync(place, "r");
  };
  Object.assign(fs, { readFileSync: read, openSync: open });
  // So that a module that imported the functions by name sees it too.
  syncBuiltinESMExports();
  try {
    return await body();
  } finally {
    Object.assign(fs, { readFileSync, openSync });
    syncBuiltinESMExports();
    fs.rmSync(folder, { recursive: true, force: true });
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
