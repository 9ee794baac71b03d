import { closeSync, openSync, readdirSync, statSync, unlinkSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../shared/errors.ts";
import { describeFileError } from "./file-system.ts";
import { isAlive, ownIdentity } from "./process-identity.ts";

const CLAIM_NAME = /^lock~([A-Za-z0-9.]+)~(\d+)~(-?\d+)~[0-9a-f]+$/;
const FOREIGN_CLAIM_MS = 10 * 60 * 1000;
const ATTEMPTS = 4;

/** Another run is writing. */
export class LockedError extends UserError {
  override readonly name: string = "LockedError";
  constructor(
    readonly pid: number,
    path: string,
  ) {
    super(
      `Locked by process ${pid}: another run is writing here.`,
      `Wait for it; if it is gone, remove ${path}.`,
    );
  }
}

/**
 * Takes the lock of a state folder. Each run puts down a claim under a name of its own and then looks for others, so of
 * two runs at least one sees the other; a claim of a dead process can be removed without touching a live one, which a
 * single lock file does not allow.
 *
 * @returns a function that gives the lock back
 * @throws LockedError when another live run holds it
 */
export async function takeLock(folder: string): Promise<() => void> {
  const { host, pid, started } = ownIdentity();
  for (let attempt = 1; ; attempt += 1) {
    const own = `lock~${host}~${pid}~${started}~${randomBytes(8).toString("hex")}`;
    putDown(join(folder, own));
    const release = () => removeQuietly(join(folder, own));
    const rival = findRival(folder, own, host);
    if (rival === null) return release;
    release();
    if (attempt === ATTEMPTS) throw new LockedError(rival.pid, join(folder, rival.name));
    // two runs that met at the same moment both step back; different waits let one of them through
    await sleep(20 + (randomBytes(1)[0]! % 60) * attempt);
  }
}

/** The live run that holds the lock of a state folder, if any. */
export function findRival(folder: string, own: string, host: string): { name: string; pid: number } | null {
  for (const name of readdirSync(folder).sort()) {
    const match = CLAIM_NAME.exec(name);
    if (match === null || name === own) continue;
    const pid = Number(match[2]);
    const isLive = match[1] === host ? isAlive({ pid, started: match[3]! }) : isFresh(join(folder, name));
    if (isLive) return { name, pid };
    removeQuietly(join(folder, name));
  }
  return null;
}

/** Whether a process of another host still runs cannot be asked; a write takes seconds, so age answers. */
function isFresh(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && Date.now() - stats.mtimeMs < FOREIGN_CLAIM_MS;
}

function putDown(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    throw new UserError(
      `The lock ${path} cannot be made: ${describeFileError(error)}.`,
      "Nothing was written.",
    );
  }
}

function removeQuietly(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // gone already
  }
}
