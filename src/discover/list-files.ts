import { runGit, splitNames } from "./run-git.ts";
import { isInForbiddenFolder, isSourceName } from "./source-names.ts";
import { isUnreadableName, walkFiles } from "./walk-files.ts";

/** Every source file below the root, before anything is skipped. Tracked files that were deleted since are still in it. */
export interface FileList {
  readonly listedBy: "git" | "walk";
  /** posix, relative to the root, sorted, without duplicates */
  readonly files: readonly string[];
  /** those of them that git tracks; empty for a walk */
  readonly tracked: ReadonlySet<string>;
  /** folders and files that could not be listed */
  readonly failed: readonly { readonly file: string; readonly message: string }[];
}

/**
 * Lists source files: tracked and untracked-not-ignored ones where git knows the root, else by a walk that honours
 * .gitignore. A root that git ignores as a whole (an unpacked release in a cache folder) is walked: it was named.
 */
export function listFiles(root: string): FileList {
  return listWithGit(root) ?? listByWalk(root);
}

function listByWalk(root: string): FileList {
  const { files, failed } = walkFiles(root);
  return { listedBy: "walk", files, tracked: new Set(), failed };
}

function listWithGit(root: string): FileList | null {
  const answer = runGit(root, ["ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard"]);
  // git passes over folders it may not read and still succeeds; the walk names them
  if (answer.kind !== "ok" || answer.stderr.includes("could not open directory")) return null;
  const tracked = new Set<string>();
  const files = new Set<string>();
  const failed: { file: string; message: string }[] = [];
  for (const entry of splitNames(answer.stdout)) {
    const file = entry.slice(2);
    if (!isSourceName(file) || isInForbiddenFolder(file) || files.has(file)) continue;
    if (isUnreadableName(root, file)) {
      failed.push({ file, message: "its name is not valid UTF-8" });
      continue;
    }
    files.add(file);
    if (!entry.startsWith("? ")) tracked.add(file);
  }
  if (files.size === 0 && failed.length === 0) return null;
  return { listedBy: "git", files: [...files].sort(), tracked, failed };
}
