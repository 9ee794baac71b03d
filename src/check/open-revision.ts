import {
  isDeclarationName,
  isInForbiddenFolder,
  isMinifiedName,
  isSourceName,
} from "../discover/source-names.ts";
import { runGit, splitNames } from "../discover/run-git.ts";
import type { SourceFileText, Workspace } from "../discover/workspace.ts";
import { UserError } from "../shared/errors.ts";
import { resolveCommit } from "./resolve-commit.ts";

/** An earlier revision, and where its files went. */
export interface Revision extends Workspace {
  /** path then → path today, as git tells it */
  readonly renamed: ReadonlyMap<string, string>;
}

/**
 * A workspace of an earlier revision, read through git: nothing is checked out, and files are read by need.
 *
 * @param root  folder of the working tree; paths are relative to it, as in the workspace of today
 * @param words words that make a file worth parsing, as plain strings
 * @throws UserError when there is no git, no such revision, or its files are not there (a shallow or partial clone)
 */
export function openRevision(root: string, ref: string, words: readonly string[]): Revision {
  const git = (args: readonly string[], nothing?: Buffer): Buffer => {
    const answer = runGit(root, args);
    if (answer.kind === "ok") return answer.stdout;
    if (answer.kind === "no-git") throw new UserError("--history needs git, and there is none here.");
    // git grep says 1, without a word, when it finds nothing.
    if (nothing && answer.stderr.trim() === "") return nothing;
    throw new UserError(
      `The revision ${ref} cannot be read: ${answer.stderr.trim().split("\n")[0] ?? "git says no"}.`,
      "Fetch its history (fetch-depth: 0 on GitHub), or name another revision.",
    );
  };
  const commit = resolveCommit(root, ref, "--history");
  const scanned = splitNames(git(["ls-tree", "-r", "-z", "--name-only", commit]))
    .filter(
      (name) =>
        isSourceName(name) && !isDeclarationName(name) && !isMinifiedName(name) && !isInForbiddenFolder(name),
    )
    .sort();
  const members = new Set(scanned);
  const texts = new Map<string, string>();
  const holders = new Map<string, readonly string[]>();
  const read = (path: string): string => {
    let text = texts.get(path);
    if (text === undefined) {
      text = git(["cat-file", "blob", `${commit}:./${path}`]).toString("utf8");
      texts.set(path, text);
    }
    return text;
  };
  const grep = (needles: readonly string[]): string[] =>
    splitNames(
      git(
        ["grep", "-l", "-z", "-I", "-F", ...needles.flatMap((word) => ["-e", word]), commit],
        Buffer.from(""),
      ),
    )
      .map((name) => name.slice(commit.length + 1))
      .filter((name) => members.has(name))
      .sort();
  const hits = grep(words).map((path): SourceFileText => ({ path, text: read(path) }));
  return {
    root,
    listedBy: "git",
    discovered: scanned.length,
    scanned,
    hits,
    skipped: [],
    failed: [],
    unjudged: [],
    bytes: hits.reduce((sum, { text }) => sum + text.length, 0),
    renamed: renamesSince(root, commit),
    has: (path) => members.has(path),
    read,
    filesContaining(needle) {
      let found = holders.get(needle);
      if (!found) {
        found = grep([needle]);
        holders.set(needle, found);
      }
      return found;
    },
  };
}

/**
 * Path then → path today, of the files that git says were renamed. Two commits are compared, never the working tree:
 * that could run a filter which the repository names.
 */
export function renamesSince(root: string, commit: string): Map<string, string> {
  const options = ["-r", "--find-renames", "--diff-filter=R", "--relative", "--name-status", "-z"];
  const answer = runGit(root, ["diff-tree", ...options, commit, "HEAD"]);
  const renamed = new Map<string, string>();
  const fields = answer.kind === "ok" ? splitNames(answer.stdout) : [];
  for (let at = 0; at + 2 < fields.length; at += 3) renamed.set(fields[at + 1]!, fields[at + 2]!);
  return renamed;
}
