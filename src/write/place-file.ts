import { setTimeout as sleep } from "node:timers/promises";
import type { WriteFileSystem } from "./file-system.ts";

const HELD = new Set(["EPERM", "EBUSY", "EACCES"]);
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);
const ATTEMPTS = 5;

/**
 * Renames a temp file over its target. Where an editor or scanner holds the target (Windows), it is tried again for
 * less than half a second; copying over it instead could leave half a file, so that is never done.
 */
export async function replaceFile(fs: WriteFileSystem, temp: string, path: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      fs.renameSync(temp, path);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !HELD.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
      await sleep(15 * 2 ** attempt);
    }
  }
}

/**
 * Puts a temp file where no file is. A link fails where something has appeared since, a rename would replace it.
 *
 * @throws EEXIST
 */
export function createFile(
  fs: WriteFileSystem,
  temp: string,
  path: string,
  exists: (path: string) => boolean,
): void {
  try {
    fs.linkSync(temp, path);
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    if (exists(path)) throw Object.assign(new Error("it exists already"), { code: "EEXIST" });
    fs.renameSync(temp, path);
    return;
  }
  fs.unlinkSync(temp);
}
