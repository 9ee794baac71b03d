import { lstatSync } from "node:fs";
import { dirname, join } from "node:path";
import { readWhole } from "../discover/read-bytes.ts";
import { folderProblem, isUnchanged, type Target } from "./check-target.ts";
import { describeFileError, type WriteFileSystem } from "./file-system.ts";
import { createFile, replaceFile } from "./place-file.ts";
import { stageFile } from "./stage-file.ts";
import { watchSignals } from "./watch-signals.ts";
import { type HalfWritten, WriteFailedError, WriteInterruptedError } from "./write-errors.ts";

/** One file to put in place. */
export type WriteStep =
  | ({ readonly kind: "replace" } & Target)
  | { readonly kind: "create"; readonly file: string; readonly path: string; readonly after: Buffer };

/**
 * Puts all files in place, in two phases: first a complete temp file beside every target, then one rename after the
 * other. A failure in the first phase leaves everything as it was; one in the second undoes what was done.
 *
 * @param root    absolute real path
 * @param folders missing folders, absolute, outermost first
 * @throws WriteFailedError      when the file system fails or a file changes meanwhile
 * @throws WriteInterruptedError on SIGINT or SIGTERM, after the rename that is under way
 */
export async function runWriteSteps(
  fs: WriteFileSystem,
  root: string,
  steps: readonly WriteStep[],
  folders: readonly string[],
): Promise<void> {
  const signals = watchSignals();
  const temps = new Map<WriteStep, string>();
  const made: string[] = [];
  const placed: WriteStep[] = [];
  let current = steps[0]?.file ?? ".";
  try {
    for (const folder of folders) {
      fs.mkdirSync(folder);
      made.push(folder);
    }
    for (const step of steps) {
      const signal = await signals.poll();
      if (signal !== null)
        throw new WriteInterruptedError(signal, { replaced: [], untouched: namesOf(steps) });
      current = step.file;
      temps.set(step, stageFile(fs, dirname(step.path), step.after, step.kind === "replace" ? step : null));
    }
    for (const step of steps) {
      const signal = await signals.poll();
      if (signal !== null) throw new WriteInterruptedError(signal, outcomeOf(steps, placed));
      current = step.file;
      await place(fs, root, step, temps.get(step)!);
      temps.delete(step);
      placed.push(step);
    }
    const signal = await signals.poll();
    if (signal !== null) throw new WriteInterruptedError(signal, outcomeOf(steps, placed));
    for (const folder of new Set(steps.map(({ path }) => dirname(path)))) syncFolder(fs, folder);
  } catch (error) {
    for (const temp of temps.values()) removeQuietly(fs, temp);
    const interrupted = error instanceof WriteInterruptedError;
    if (!interrupted) await undo(fs, placed);
    if (placed.length === 0) for (const folder of made.reverse()) removeFolderQuietly(fs, folder);
    if (interrupted) throw error;
    throw new WriteFailedError(current, describeFileError(error), outcomeOf(steps, placed));
  } finally {
    signals.stop();
  }
}

async function place(fs: WriteFileSystem, root: string, step: WriteStep, temp: string): Promise<void> {
  if (step.kind === "replace") {
    if (!isUnchanged(root, step)) throw new Error("it changed while the new files were being written");
    await replaceFile(fs, temp, step.path);
  } else {
    const problem = folderProblem(root, dirname(step.path));
    if (problem !== null) throw new Error(`it ${problem}`);
    createFile(fs, temp, step.path, (path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined);
  }
}

/** Takes back placed files, last one first; what could not be taken back, or was changed since, stays in the list. */
async function undo(fs: WriteFileSystem, placed: WriteStep[]): Promise<void> {
  for (const step of [...placed].reverse()) {
    try {
      if (!readWhole(step.path).equals(step.after)) continue;
      if (step.kind === "create") fs.unlinkSync(step.path);
      else {
        const temp = stageFile(fs, dirname(step.path), step.before, step);
        await replaceFile(fs, temp, step.path);
      }
      placed.splice(placed.indexOf(step), 1);
    } catch {
      // reported through the list
    }
  }
}

function namesOf(steps: readonly WriteStep[]): string[] {
  return steps.map(({ file }) => file);
}

function outcomeOf(steps: readonly WriteStep[], placed: readonly WriteStep[]): HalfWritten {
  return { replaced: namesOf(placed), untouched: namesOf(steps.filter((step) => !placed.includes(step))) };
}

/** Makes the renames last through a power cut; some platforms cannot, and then the renames still hold. */
function syncFolder(fs: WriteFileSystem, folder: string): void {
  try {
    const descriptor = fs.openSync(folder, "r");
    try {
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  } catch {
    // see above
  }
}

function removeQuietly(fs: WriteFileSystem, path: string): void {
  try {
    fs.unlinkSync(path);
  } catch {
    // the next run sweeps it
  }
}

function removeFolderQuietly(fs: WriteFileSystem, folder: string): void {
  try {
    fs.rmdirSync(folder);
  } catch {
    // somebody put something into it
  }
}

/** Folders above a new file that do not exist, absolute, outermost first. */
export function missingFolders(root: string, files: readonly string[]): string[] {
  const missing = new Set<string>();
  for (const file of files) {
    const parts = file.split("/").slice(0, -1);
    for (let length = 1; length <= parts.length; length += 1) {
      const folder = join(root, ...parts.slice(0, length));
      if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) missing.add(folder);
    }
  }
  return [...missing].sort();
}
