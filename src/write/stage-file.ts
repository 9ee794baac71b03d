import { join } from "node:path";
import type { WriteFileSystem } from "./file-system.ts";
import { makeTempName } from "./temp-names.ts";

/** Permission bits and owner that the new file takes over from the old one. */
export interface Ownership {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Writes a complete temp file beside its target: same folder, so that renaming never crosses devices.
 *
 * @param like what to take over; null gives a new file the usual permissions
 * @returns path of the temp file
 * @throws the file system's error, with no temp file left
 */
export function stageFile(
  fs: WriteFileSystem,
  folder: string,
  bytes: Buffer,
  like: Ownership | null,
): string {
  const temp = join(folder, makeTempName());
  const descriptor = fs.openSync(temp, "wx", like === null ? 0o666 : 0o600);
  try {
    try {
      writeAll(fs, descriptor, bytes);
      const stats = fs.fstatSync(descriptor);
      if (stats.size !== bytes.length) throw new Error(`only ${stats.size} of ${bytes.length} bytes arrived`);
      if (like !== null) {
        if (stats.uid !== like.uid || stats.gid !== like.gid) fs.fchownSync(descriptor, like.uid, like.gid);
        // not through open: the umask would narrow it; and after chown, which clears bits
        fs.fchmodSync(descriptor, like.mode);
      }
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  } catch (error) {
    fs.unlinkSync(temp);
    throw error;
  }
  return temp;
}

/** One call may write only a part: on a nearly full disk it writes what fits and reports no error. */
function writeAll(fs: WriteFileSystem, descriptor: number, bytes: Buffer): void {
  let done = 0;
  while (done < bytes.length) {
    const count = fs.writeSync(descriptor, bytes, done, bytes.length - done);
    if (count <= 0) throw new Error(`only ${done} of ${bytes.length} bytes could be written`);
    done += count;
  }
}
