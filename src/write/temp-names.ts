import { randomBytes } from "node:crypto";
import { readdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { hostKey, isAlive, ownIdentity } from "./process-identity.ts";

// .rewire-abort~<host>~<pid>~<start time>~<random>.tmp
const TEMP_NAME = /^\.rewire-abort~([A-Za-z0-9.]+)~(\d+)~(-?\d+)~[0-9a-f]{24}\.tmp$/;

/** A name that nobody can guess and plant beforehand, and that says whose it is once its owner is dead. */
export function makeTempName(): string {
  const { host, pid, started } = ownIdentity();
  return `.rewire-abort~${host}~${pid}~${started}~${randomBytes(12).toString("hex")}.tmp`;
}

/** True for a temp file of ours whose process on this host no longer runs. */
export function isStaleTempName(name: string): boolean {
  const match = TEMP_NAME.exec(name);
  return match !== null && match[1] === hostKey() && !isAlive({ pid: Number(match[2]), started: match[3]! });
}

/**
 * Removes temp files that killed runs left in these folders; anything else stays.
 *
 * @returns the removed paths, sorted
 */
export function sweepTempFiles(folders: Iterable<string>): string[] {
  const swept: string[] = [];
  for (const folder of new Set(folders)) {
    let entries: import("node:fs").Dirent[];
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch {
      continue;
    }
    for (const entry of entries) {
      if (!entry.isFile() || !isStaleTempName(entry.name)) continue;
      try {
        unlinkSync(join(folder, entry.name));
        swept.push(join(folder, entry.name));
      } catch {
        // it went away, or is not ours to remove; it does no harm where it is
      }
    }
  }
  return swept.sort();
}
