import { runGit } from "../discover/run-git.ts";
import { UserError } from "../shared/errors.ts";

/**
 * The commit behind a revision's name.
 * @param option how the user gave it (`--history`), for messages
 * @throws UserError when there is no git, or no such revision: that is never a pass
 */
export function resolveCommit(root: string, ref: string, option: string): string {
  const answer = runGit(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`]);
  if (answer.kind === "no-git") throw new UserError(`${option} needs git, and there is none here.`);
  const commit = answer.kind === "ok" ? answer.stdout.toString("utf8").trim() : "";
  if (!/^[0-9a-f]{40,64}$/.test(commit))
    throw new UserError(
      `There is no revision ${ref} in this repository.`,
      "Fetch its history (fetch-depth: 0 on GitHub), or name another revision.",
    );
  return commit;
}
