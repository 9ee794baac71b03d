import { dirname, join, relative } from "node:path";
import { resolveRoot } from "../discover/resolve-root.ts";
import { checkFreePlace, checkTarget } from "./check-target.ts";
import { describeFileError, realFileSystem, type WriteFileSystem } from "./file-system.ts";
import { requireCleanTree } from "./git-guard.ts";
import { settleInterruptedWrites } from "./recover-interrupted-write.ts";
import { missingFolders, runWriteSteps, type WriteStep } from "./run-write-steps.ts";
import { openStateFolder } from "./state-folder.ts";
import { sweepTempFiles } from "./temp-names.ts";
import { WriteFailedError, WriteInterruptedError, WriteRefusedError } from "./write-errors.ts";
import { removeJournal, writeJournal } from "./write-journal.ts";
import { takeLock } from "./write-lock.ts";
import type { WriteRequest, WriteResult } from "./write-request.ts";

/**
 * Writes a change set: the only place in this program that touches users' files. All files get their new text or none
 * does; whenever it is stopped, each file is wholly old or wholly new.
 *
 * @param fileSystem calls to use instead of the real ones, for tests
 * @throws WriteRefusedError     when a file must not be written: linked, read-only, outside, changed since the plan
 * @throws WriteFailedError      when the file system fails
 * @throws WriteInterruptedError on SIGINT or SIGTERM; its `exitCode` is the process's
 * @throws UserError             when the tree is dirty, another run is writing, or an earlier one stopped half-way
 */
export async function writeChanges(
  request: WriteRequest,
  fileSystem: WriteFileSystem = realFileSystem,
): Promise<WriteResult> {
  const root = resolveRoot(request.root);
  const changes = request.changes.filter(({ before, after }) => before !== after);
  if (changes.length + request.creates.length === 0) return { written: [], created: [], swept: [] };

  const state = openStateFolder(root, request.journal);
  const release = await takeLock(state);
  try {
    const swept = settleInterruptedWrites(state, root, request.allowDirty);
    if (!request.allowDirty)
      requireCleanTree(
        root,
        changes.map(({ file }) => file),
        request.own,
      );
    const steps = checkSteps(root, { ...request, changes });
    swept.push(...sweepTempFiles(steps.map(({ path }) => dirname(path))));
    await writeWithJournal(fileSystem, state, root, steps);
    return {
      written: steps.filter(({ kind }) => kind === "replace").map(({ file }) => file),
      created: steps.filter(({ kind }) => kind === "create").map(({ file }) => file),
      swept: swept.map((path) => relative(root, path)).sort(),
    };
  } finally {
    release();
  }
}

async function writeWithJournal(
  fileSystem: WriteFileSystem,
  state: string,
  root: string,
  steps: readonly WriteStep[],
): Promise<void> {
  const folders = missingFolders(
    root,
    steps.map(({ file }) => file),
  );
  const files = steps.map((step) => ({
    file: step.file,
    before: step.kind === "replace" ? step.before.toString("utf8") : null,
    after: step.after.toString("utf8"),
  }));
  try {
    writeJournal(state, {
      version: 1,
      root,
      files,
      folders: folders.map((folder) => relative(root, folder)),
    });
  } catch (error) {
    throw new WriteFailedError(`The journal in ${state}`, describeFileError(error), {
      replaced: [],
      untouched: files.map(({ file }) => file),
    });
  }
  try {
    await runWriteSteps(fileSystem, root, steps, folders);
  } catch (error) {
    const isKnown = error instanceof WriteFailedError || error instanceof WriteInterruptedError;
    const isHalf = isKnown && error.outcome.replaced.length > 0 && error.outcome.untouched.length > 0;
    // a half-written tree keeps its journal: it can still be finished or undone
    if (!isHalf) removeJournal(state, root);
    throw error;
  }
  removeJournal(state, root);
}

/** @throws WriteRefusedError naming every file that must not be written */
function checkSteps(root: string, request: Pick<WriteRequest, "changes" | "creates">): WriteStep[] {
  const steps: WriteStep[] = [];
  const refusals: { file: string; why: string }[] = [];
  const names = new Set<string>();
  const inodes = new Set<string>();
  const refuse = (file: string, why: string) => refusals.push({ file, why });
  for (const { file, before, after } of request.changes) {
    const checked = checkTarget(root, file, before, after);
    if ("refused" in checked) refuse(file, checked.refused);
    // one file under two spellings (a case-insensitive disk) would lose one of its changes
    else if (names.has(file) || inodes.has(checked.ok.inode)) refuse(file, "is named twice");
    else {
      steps.push({ kind: "replace", ...checked.ok });
      inodes.add(checked.ok.inode);
    }
    names.add(file);
  }
  for (const { file, text } of request.creates) {
    const checked = checkFreePlace(root, file);
    const after = Buffer.from(text, "utf8");
    if ("refused" in checked) refuse(file, checked.refused);
    else if (names.has(file)) refuse(file, "is named twice");
    else if (after.toString("utf8") !== text) refuse(file, "would get text that UTF-8 cannot hold");
    else steps.push({ kind: "create", file, path: join(root, file), after });
    names.add(file);
  }
  if (refusals.length > 0) throw new WriteRefusedError(refusals.sort((a, b) => (a.file < b.file ? -1 : 1)));
  return steps.sort((a, b) => (a.file < b.file ? -1 : 1));
}
