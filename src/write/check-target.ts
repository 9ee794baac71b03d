import { existsSync, lstatSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { isInside } from "../discover/confine-folders.ts";
import { readWhole } from "../discover/read-bytes.ts";

/** A file that may be replaced, as it was when it was looked at. */
export interface Target {
  readonly file: string;
  readonly path: string;
  readonly before: Buffer;
  readonly after: Buffer;
  /** permission bits, and owner */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly inode: string;
}

export type Checked<T> = { readonly ok: T } | { readonly refused: string };

/** Why a name from a plan must not even be looked up, or null. */
export function nameProblem(file: string): string | null {
  const parts = file.split("/");
  if (file === "" || file.includes("\0")) return "is no file name";
  if (file.startsWith("/") || /^[A-Za-z]:/.test(file) || file.includes("\\") || parts.includes(".."))
    return "leaves the root";
  if (parts.some((part) => part === "" || part === ".")) return "is not a plain relative path";
  if (parts.some((part) => part === "node_modules" || /^\.git$/i.test(part)))
    return "lies in a folder that is never written";
  if (
    process.platform === "win32" &&
    parts.some((part) => /[. ]$|:|^(?:con|nul|aux|prn|com\d|lpt\d)(?:\.|$)/i.test(part))
  )
    return "is a name that Windows reads differently";
  return null;
}

/** Looks at a file that should be replaced. Refusals are sentences without their subject. */
export function checkTarget(root: string, file: string, before: string, after: string): Checked<Target> {
  const problem = nameProblem(file) ?? folderProblem(root, dirname(join(root, file)));
  if (problem !== null) return { refused: problem };
  const path = join(root, file);
  try {
    const stats = lstatSync(path, { bigint: true });
    if (stats.isSymbolicLink()) return { refused: "is a symbolic link" };
    if (!stats.isFile()) return { refused: "is not a regular file" };
    if (stats.nlink > 1n) return { refused: "has other hard links, which replacing it would cut off" };
    if ((stats.mode & 0o200n) === 0n) return { refused: "is read-only" };
    const user = process.geteuid?.();
    if (user !== undefined && user !== 0 && stats.uid !== BigInt(user))
      return { refused: "belongs to another user" };
    const beforeBytes = Buffer.from(before, "utf8");
    if (!readWhole(path).equals(beforeBytes)) return { refused: "changed since the plan" };
    const afterBytes = Buffer.from(after, "utf8");
    if (afterBytes.toString("utf8") !== after) return { refused: "would get text that UTF-8 cannot hold" };
    return {
      ok: {
        file,
        path,
        before: beforeBytes,
        after: afterBytes,
        mode: Number(stats.mode & 0o7777n),
        uid: Number(stats.uid),
        gid: Number(stats.gid),
        inode: `${stats.dev}:${stats.ino}`,
      },
    };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return {
      refused: code === "ENOENT" ? "is gone since the plan" : `cannot be read (${code ?? String(error)})`,
    };
  }
}

/** Looks at a place where a new file should stand. */
export function checkFreePlace(root: string, file: string): Checked<{ readonly path: string }> {
  const problem = nameProblem(file);
  if (problem !== null) return { refused: problem };
  const path = join(root, file);
  // folders that are missing will be made by us; the last one that exists decides where they lie
  let folder = dirname(path);
  while (!existsSync(folder) && folder !== root && !isLink(folder)) folder = dirname(folder);
  const confined = folderProblem(root, folder);
  if (confined !== null) return { refused: confined };
  if (!lstatSync(folder).isDirectory()) return { refused: "lies below something that is no folder" };
  return lstatSync(path, { throwIfNoEntry: false }) === undefined
    ? { ok: { path } }
    : { refused: "exists already" };
}

/** The check that is repeated right before a file is replaced: same folder, same bytes. */
export function isUnchanged(root: string, target: Pick<Target, "path" | "before">): boolean {
  try {
    return folderProblem(root, dirname(target.path)) === null && readWhole(target.path).equals(target.before);
  } catch {
    return false;
  }
}

/** Why a folder may not be written in: it, or one above it, is a link. */
export function folderProblem(root: string, folder: string): string | null {
  let real: string;
  try {
    real = realpathSync.native(folder);
  } catch {
    return "is gone since the plan, or its folder is a broken link";
  }
  if (!isInside(root, real)) return "lies outside the root, behind a symbolic link";
  return real === folder ? null : "lies behind a symbolic link";
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
