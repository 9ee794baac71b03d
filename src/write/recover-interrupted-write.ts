import { rmdirSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { resolveRoot } from "../discover/resolve-root.ts";
import { UserError } from "../shared/errors.ts";
import { checkFreePlace, checkTarget, folderProblem } from "./check-target.ts";
import { realFileSystem } from "./file-system.ts";
import { ownIdentity } from "./process-identity.ts";
import { missingFolders, runWriteSteps, type WriteStep } from "./run-write-steps.ts";
import { openStateFolder } from "./state-folder.ts";
import { sweepTempFiles } from "./temp-names.ts";
import { WriteRefusedError } from "./write-errors.ts";
import {
  type FileState,
  foldersOf,
  type Journal,
  readJournals,
  removeJournal,
  stateOf,
} from "./write-journal.ts";
import { findRival, takeLock } from "./write-lock.ts";

/** A write that was killed half-way. */
export interface InterruptedWrite {
  readonly root: string;
  /** sorted by file */
  readonly files: readonly { readonly file: string; readonly state: FileState }[];
}

/** Where the lock and the journal are, when not in the usual place. */
export interface RecoveryOptions {
  readonly journal?: string;
}

/**
 * Looks for a write to this root that stopped half-way, some files new and some old.
 *
 * @returns null when there is none, or when a live run is writing right now
 */
export function findInterruptedWrite(root: string, options: RecoveryOptions = {}): InterruptedWrite | null {
  const real = resolveRoot(root);
  const state = openStateFolder(real, options.journal);
  if (findRival(state, "", ownIdentity().host) !== null) return null;
  return readJournals(state, real).map(describe).find(isHalf) ?? null;
}

/**
 * Brings a half-written tree to one side.
 *
 * @param how `rollback` gives every file its old text, `resume` its new one
 * @returns the files that were brought over, or null when there was nothing to recover
 * @throws WriteRefusedError when somebody changed one of the files since; nothing is written then
 */
export async function recoverInterruptedWrite(
  root: string,
  how: "rollback" | "resume" = "rollback",
  options: RecoveryOptions = {},
): Promise<readonly string[] | null> {
  const real = resolveRoot(root);
  const state = openStateFolder(real, options.journal);
  const release = await takeLock(state);
  try {
    const journal = readJournals(state, real).find((candidate) => isHalf(describe(candidate)));
    if (journal === undefined) return null;
    sweepTempFiles(foldersOf(journal));
    const wrongSide = how === "rollback" ? "new" : "old";
    const states = describe(journal).files;
    const changed = states.filter((entry) => entry.state === "changed");
    if (changed.length > 0)
      throw new WriteRefusedError(
        changed.map(({ file }) => ({ file, why: "was changed after the interrupted write" })),
      );
    const pending = journal.files.filter((entry) => stateOf(journal, entry) === wrongSide);
    await bringOver(journal, pending, how);
    removeJournal(state, journal.root);
    return pending.map(({ file }) => file).sort();
  } finally {
    release();
  }
}

/**
 * Clears away what killed runs left before a new write begins: journals of writes that never began or were complete,
 * and their temp files.
 *
 * @returns paths of removed temp files
 * @throws UserError when a tree is half-written and the user did not say that this is fine
 */
export function settleInterruptedWrites(state: string, root: string, allowHalf: boolean): string[] {
  const swept: string[] = [];
  for (const journal of readJournals(state, root)) {
    const found = describe(journal);
    if (isHalf(found) && !allowHalf) {
      const named = (wanted: FileState) =>
        found.files.filter((entry) => entry.state === wanted).map((entry) => entry.file);
      throw new UserError(
        `An earlier write to ${journal.root} was interrupted. New: ${named("new").join(", ")}. Old: ${named("old").join(", ")}.`,
        "Restore the files with git, or pass --allow-dirty to go on from here.",
      );
    }
    swept.push(...sweepTempFiles(foldersOf(journal)));
    removeJournal(state, journal.root);
  }
  return swept;
}

async function bringOver(
  journal: Journal,
  pending: Journal["files"],
  how: "rollback" | "resume",
): Promise<void> {
  const steps: WriteStep[] = [];
  const refusals: { file: string; why: string }[] = [];
  const remove: string[] = [];
  for (const { file, before, after } of pending) {
    if (before === null && how === "rollback") {
      const path = join(journal.root, file);
      const problem = folderProblem(journal.root, dirname(path));
      if (problem === null) remove.push(path);
      else refusals.push({ file, why: problem });
      continue;
    }
    if (before === null) {
      const checked = checkFreePlace(journal.root, file);
      if ("refused" in checked) refusals.push({ file, why: checked.refused });
      else steps.push({ kind: "create", file, path: checked.ok.path, after: Buffer.from(after, "utf8") });
      continue;
    }
    const [from, to] = how === "rollback" ? [after, before] : [before, after];
    const checked = checkTarget(journal.root, file, from, to);
    if ("refused" in checked) refusals.push({ file, why: checked.refused });
    else steps.push({ kind: "replace", ...checked.ok });
  }
  if (refusals.length > 0) throw new WriteRefusedError(refusals);
  const files = steps.map(({ file }) => file);
  await runWriteSteps(realFileSystem, journal.root, steps, missingFolders(journal.root, files));
  for (const path of remove) unlinkSync(path);
  if (how === "rollback") {
    for (const folder of [...journal.folders].reverse()) {
      try {
        rmdirSync(join(journal.root, folder));
      } catch {
        // not empty, or never made
      }
    }
  }
}

function describe(journal: Journal): InterruptedWrite {
  const files = journal.files.map((entry) => ({ file: entry.file, state: stateOf(journal, entry) }));
  return { root: journal.root, files: files.sort((a, b) => (a.file < b.file ? -1 : 1)) };
}

function isHalf({ files }: InterruptedWrite): boolean {
  return files.some(({ state }) => state === "new") && files.some(({ state }) => state === "old");
}
