import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from "node:fs";

// No following of a link that took the file's place, no waiting for the other end of a FIFO (both 0 on Windows).
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Reads a regular file into a buffer.
 *
 * @returns the number of bytes read, or null when the file no longer fits or is no regular file any more
 */
export function readBytes(path: string, into: Buffer, at: number): number | null {
  const descriptor = openSync(path, OPEN_FLAGS);
  try {
    let end = at;
    while (end < into.length) {
      const count = readSync(descriptor, into, end, into.length - end, null);
      if (count === 0) return end - at;
      end += count;
    }
    return fstatSync(descriptor).size > end - at ? null : end - at;
  } finally {
    closeSync(descriptor);
  }
}

/** Reads a whole file with the same care. @throws the file system's error, ELOOP for a link */
export function readWhole(path: string): Buffer {
  const descriptor = openSync(path, OPEN_FLAGS);
  try {
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
