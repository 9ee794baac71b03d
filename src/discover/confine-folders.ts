import { realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import type { SkipReason } from "./workspace.ts";

/**
 * Makes a check of the folders on the way to a file: git's index can name files below a folder that has become a
 * symbolic link since, and reading them would leave the tree. Answers are kept by folder.
 */
export function makeFolderCheck(root: string): (file: string) => SkipReason | null {
  const answers = new Map<string, SkipReason | null>();
  return (file) => {
    const folder = dirname(file);
    const known = answers.get(folder);
    if (known !== undefined) return known;
    const expected = join(root, folder);
    const real = realpathSync.native(expected);
    const answer = real === expected ? null : isInside(root, real) ? "symlink" : "outside-root";
    answers.set(folder, answer);
    return answer;
  };
}

/** True when a path is the folder or lies below it. Compared by parts: `/root-evil` starts with `/root`. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
