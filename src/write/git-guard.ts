import { existsSync } from "node:fs";
import { join } from "node:path";
import { runGit, splitNames } from "../discover/run-git.ts";
import { UserError } from "../shared/errors.ts";

export type TreeKind =
  | "clean"
  | "dirty"
  | "merge-in-progress"
  | "rebase-in-progress"
  | "cherry-pick-in-progress"
  | "revert-in-progress"
  | "not-a-repo"
  | "git-failed";

/** Whether git could bring back every file below the root. */
export interface TreeState {
  readonly kind: TreeKind;
  /** modified, staged, conflicted and untracked paths, relative to the root, sorted; empty when git cannot tell */
  readonly files: readonly string[];
}

const MAX_NAMES = 10;
const OPERATIONS: readonly (readonly [string, TreeKind])[] = [
  ["MERGE_HEAD", "merge-in-progress"],
  ["rebase-merge", "rebase-in-progress"],
  ["rebase-apply", "rebase-in-progress"],
  ["CHERRY_PICK_HEAD", "cherry-pick-in-progress"],
  ["REVERT_HEAD", "revert-in-progress"],
];

/**
 * Asks git what below the root is not committed. Submodules are not entered: nothing in them is written.
 *
 * @param root absolute real path
 */
export function dirtyFiles(root: string): TreeState {
  const place = runGit(root, ["rev-parse", "--is-inside-work-tree", "--absolute-git-dir", "--show-prefix"]);
  if (place.kind === "no-git") return { kind: "not-a-repo", files: [] };
  if (place.kind === "failed")
    return { kind: /not a git repository/i.test(place.stderr) ? "not-a-repo" : "git-failed", files: [] };
  const [inside, gitFolder = "", ...rest] = place.stdout.toString("utf8").split("\n");
  if (inside !== "true") return { kind: "not-a-repo", files: [] };
  const prefix = rest.join("\n").replace(/\n$/, "");

  const status = runGit(root, [
    "status",
    "--porcelain=v1",
    "-z",
    "--untracked-files=normal",
    "--ignore-submodules=all",
    "--no-renames",
    "--",
    ".",
  ]);
  if (status.kind !== "ok") return { kind: "git-failed", files: [] };
  const files = splitNames(status.stdout)
    .map((entry) => entry.slice(3))
    .map((path) => (path.startsWith(prefix) ? path.slice(prefix.length) : path))
    .sort();
  const operation = OPERATIONS.find(([name]) => existsSync(join(gitFolder, name)));
  if (operation !== undefined) return { kind: operation[1], files };
  return { kind: files.length === 0 ? "clean" : "dirty", files };
}

/**
 * Refuses to write where git could not bring the files back.
 *
 * @param files paths that are about to be replaced
 * @param own   paths of this run's own, that may be uncommitted
 * @throws UserError unless the tree is clean and all of the files are tracked
 */
export function requireCleanTree(root: string, files: readonly string[], own: readonly string[] = []): void {
  const { kind, files: uncommitted } = dirtyFiles(root);
  const dirty = uncommitted.filter((file) => !own.includes(file));
  const hint = "Commit or stash first, or pass --allow-dirty.";
  if (kind === "not-a-repo")
    throw new UserError(
      `${root} is not in a git repository, so nothing could be undone.`,
      "Pass --allow-dirty.",
    );
  if (kind === "git-failed")
    throw new UserError(
      `git cannot say whether ${root} is clean.`,
      "Run git status there, or pass --allow-dirty.",
    );
  if (kind !== "clean" && kind !== "dirty")
    throw new UserError(
      `A ${kind.replace("-in-progress", "").replace("-", " ")} is in progress in ${root}.`,
      hint,
    );
  if (dirty.length > 0) throw new UserError(`${root} has uncommitted changes: ${nameSome(dirty)}.`, hint);

  const listed = runGit(root, ["ls-files", "-z", "--cached"]);
  if (listed.kind !== "ok")
    throw new UserError(
      `git cannot list the files of ${root}.`,
      "Run git ls-files there, or pass --allow-dirty.",
    );
  const tracked = new Set(splitNames(listed.stdout));
  const unknown = files.filter((file) => !tracked.has(file));
  if (unknown.length > 0)
    throw new UserError(`git does not track what would be written: ${nameSome(unknown)}.`, hint);
}

function nameSome(files: readonly string[]): string {
  const rest = files.length - MAX_NAMES;
  return files.slice(0, MAX_NAMES).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
