import { createHash } from "node:crypto";
import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runGit } from "../discover/run-git.ts";
import { UserError } from "../shared/errors.ts";

/**
 * Folder for the lock and the journal of a root: in its repository's git folder, where it is never part of the tree,
 * else below the system's temp folder, private to the user.
 *
 * @param root     absolute real path
 * @param override folder to use instead
 */
export function openStateFolder(root: string, override?: string): string {
  if (override !== undefined) {
    mkdirSync(override, { recursive: true });
    return override;
  }
  const answer = runGit(root, ["rev-parse", "--absolute-git-dir"]);
  if (answer.kind === "ok") {
    const folder = join(answer.stdout.toString("utf8").replace(/\n$/, ""), "rewire-abort");
    try {
      mkdirSync(folder, { recursive: true });
      return folder;
    } catch {
      // a git folder that cannot be written: use the temp folder
    }
  }
  const user = process.getuid?.() ?? "user";
  const folder = join(tmpdir(), `rewire-abort-${user}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stats = lstatSync(folder);
  // the temp folder is shared: another user could have put this name there, to see or to steer what we write
  if (!stats.isDirectory() || (process.getuid !== undefined && stats.uid !== process.getuid()))
    throw new UserError(
      `${folder} belongs to somebody else.`,
      "Remove it, or set TMPDIR to a folder of your own.",
    );
  const own = join(folder, keyOf(root));
  mkdirSync(own, { recursive: true, mode: 0o700 });
  return own;
}

/** Short stable name of a root. */
export function keyOf(root: string): string {
  return createHash("sha256").update(root).digest("hex").slice(0, 16);
}
