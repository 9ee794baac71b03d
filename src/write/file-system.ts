import fs from "node:fs";

/** The file system calls that writing depends on, in one place so that tests can make each of them fail. */
export interface WriteFileSystem {
  openSync: typeof fs.openSync;
  /** may write less than asked, as the system call may */
  writeSync(descriptor: number, bytes: Uint8Array, offset: number, length: number): number;
  fstatSync(descriptor: number): fs.Stats;
  fchmodSync: typeof fs.fchmodSync;
  fchownSync: typeof fs.fchownSync;
  fsyncSync: typeof fs.fsyncSync;
  closeSync: typeof fs.closeSync;
  renameSync: typeof fs.renameSync;
  linkSync: typeof fs.linkSync;
  unlinkSync: typeof fs.unlinkSync;
  mkdirSync(path: string): void;
  rmdirSync(path: string): void;
}

export const realFileSystem: WriteFileSystem = {
  openSync: fs.openSync,
  writeSync: (descriptor, bytes, offset, length) => fs.writeSync(descriptor, bytes, offset, length),
  fstatSync: (descriptor) => fs.fstatSync(descriptor),
  fchmodSync: fs.fchmodSync,
  fchownSync: fs.fchownSync,
  fsyncSync: fs.fsyncSync,
  closeSync: fs.closeSync,
  renameSync: fs.renameSync,
  linkSync: fs.linkSync,
  unlinkSync: fs.unlinkSync,
  mkdirSync: (path) => void fs.mkdirSync(path),
  rmdirSync: fs.rmdirSync,
};

/** The code of a file system error with its meaning where it has a common one. */
export function describeFileError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return message;
  const meaning = MEANINGS[code];
  return meaning === undefined ? code : `${meaning} (${code})`;
}

const MEANINGS: Readonly<Record<string, string>> = {
  ENOSPC: "no space left on the device",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file size limit is reached",
  EACCES: "permission denied",
  EPERM: "not permitted, or another program holds the file",
  EBUSY: "another program holds the file",
  EROFS: "the file system is read-only",
  EXDEV: "the file is on another device",
  ENOENT: "it is gone",
  EEXIST: "it exists already",
  EIO: "the device reported an error",
  EMFILE: "too many open files",
};
