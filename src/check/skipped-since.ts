import { createHash } from "node:crypto";
import path from "node:path";
import { readWhole } from "../discover/read-bytes.ts";
import { wouldBeHit } from "../discover/scan-files.ts";
import { runGit, splitNames } from "../discover/run-git.ts";
import type { SkipReason, Workspace } from "../discover/workspace.ts";
import type { Words } from "../shared/words.ts";
import type { Finding, RuleDocs, Severity } from "./finding.ts";
import { renamesSince } from "./open-revision.ts";
import { resolveCommit } from "./resolve-commit.ts";

/** The rule about files that an earlier revision showed and this one hides; it needs both, so it is no rule over facts. */
export const SKIPPED_RULE: {
  readonly id: string;
  readonly severity: Severity;
  readonly fixable: false;
  readonly docs: RuleDocs;
} = {
  id: "skipped-since",
  severity: "error",
  fixable: false,
  docs: {
    what: "A file that was read in the revision that --history or --policy-ref names, and held names of interest, is skipped now.",
    why: "Made too large, minified, marked as generated or replaced by a link, it hides whatever became of its abort paths.",
    fix: "Split the file, or take the mark away, so that it is read again. Exclude it in the config if nobody writes it by hand.",
  },
};

/** Reasons that lie in the file's own bytes or name; behind a link nothing is read. */
const OWN_BYTES: ReadonlySet<SkipReason> = new Set([
  "too-large",
  "minified",
  "generated",
  "declaration-file",
  "build-output",
]);

/**
 * Files that are skipped today, and that the same scan would have read in an earlier revision and found worth parsing.
 * Only what changed since is looked at. What the config leaves out was left out on purpose, and the config is reviewed.
 * @param refs revisions as the user names them; a file is told once
 * @throws UserError when there is no such revision
 */
export function findSkippedSince(
  { root, skipped }: Pick<Workspace, "root" | "skipped">,
  refs: readonly string[],
  words: RegExp | Words,
): Finding[] {
  const open = new Map(
    skipped.filter(({ reason }) => reason !== "excluded").map((it) => [it.file, it.reason]),
  );
  return refs.flatMap((ref) => {
    if (open.size === 0) return [];
    const found = hiddenSince(root, ref, open, words);
    for (const { file } of found) open.delete(file);
    return found;
  });
}

function hiddenSince(
  root: string,
  ref: string,
  skipped: ReadonlyMap<string, SkipReason>,
  words: RegExp | Words,
): Finding[] {
  const commit = resolveCommit(root, ref, "This comparison");
  const then = blobsOf(root, commit);
  let origins: Map<string, string> | undefined;
  return [...skipped].flatMap(([file, reason]) => {
    let before = file;
    if (!then.has(file)) {
      origins ??= new Map([...renamesSince(root, commit)].map(([was, is]) => [is, was]));
      before = origins.get(file) ?? file;
    }
    const blob = then.get(before);
    if (blob === undefined) return [];
    const isSame =
      before === file && OWN_BYTES.has(reason) && blob === blobToday(path.join(root, file), blob.length);
    const answer = isSame ? null : runGit(root, ["cat-file", "blob", blob]);
    const wasRead = answer?.kind === "ok" && wouldBeHit(before, answer.stdout, words);
    return wasRead ? [describe(file, reason, ref)] : [];
  });
}

/** Path → blob of every regular file of a revision below the root. */
function blobsOf(root: string, commit: string): Map<string, string> {
  const answer = runGit(root, ["ls-tree", "-r", "-z", commit]);
  const rows = answer.kind === "ok" ? splitNames(answer.stdout) : [];
  return new Map(
    rows.flatMap((row) => {
      const [, blob, file] = /^100\d{3} blob ([0-9a-f]+)\t(.*)$/s.exec(row) ?? [];
      return blob !== undefined && file !== undefined ? [[file, blob] as const] : [];
    }),
  );
}

/** What git would call the file's bytes. */
function blobToday(file: string, length: number): string {
  const bytes = readWhole(file);
  return createHash(length === 64 ? "sha256" : "sha1")
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest("hex");
}

function describe(file: string, reason: SkipReason, ref: string): Finding {
  return {
    rule: SKIPPED_RULE.id,
    severity: SKIPPED_RULE.severity,
    file,
    line: 1,
    column: 1,
    endLine: 1,
    endColumn: 1,
    message: `This file was read in ${ref} and held names that the gate judges by; now it is skipped (${reason}), and nobody sees what became of them.`,
    evidence: [],
    fingerprint: `${SKIPPED_RULE.id}:${file}:${reason}:1`,
    fixable: false,
    function: "<module>",
  };
}
