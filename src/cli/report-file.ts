import { randomBytes } from "node:crypto";
import { mkdir, open, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { UserError } from "../shared/errors.ts";

const SOURCE = /\.[cm]?[jt]sx?$/i;

/**
 * Refuses report files that would overwrite what the user has, before anything else is done.
 * @param files as typed, relative to the working directory
 * @param protectedFiles absolute paths that are inputs of this run
 * @throws UserError
 */
export async function checkReportFiles(
  files: readonly string[],
  protectedFiles: readonly string[] = [],
): Promise<void> {
  const seen = new Map<string, string>();
  const inputs = new Set(await Promise.all(protectedFiles.map(realTarget)));
  for (const file of files) {
    const target = await realTarget(file);
    if (seen.has(target))
      throw new UserError(`Two formats cannot share the file ${file}.`, "Give each its own.");
    seen.set(target, file);
    const found = await stat(target).catch(() => undefined);
    if (found?.isDirectory()) throw new UserError(`${file} is a folder, not a file to write a report to.`);
    if (inputs.has(target))
      throw new UserError(`${file} is an input of this run, so no report is written over it.`);
    if (found?.isFile() && SOURCE.test(target))
      throw new UserError(
        `${file} is a source file, so no report is written over it.`,
        "Name a file that does not exist yet, or one without a source extension.",
      );
    if (target.split(path.sep).includes(".git"))
      throw new UserError(`${file} is inside a .git folder, so no report is written there.`);
  }
}

/** Writes a report beside its target and renames it into place, so that no reader sees half of it. @throws UserError */
export async function writeReportFile(file: string, text: string): Promise<void> {
  try {
    const target = await realTarget(file);
    await mkdir(path.dirname(target), { recursive: true });
    const found = await stat(target).catch(() => undefined);
    // A device or a pipe must be written to: a rename would put a file in its place.
    if (found && !found.isFile()) return await writeFile(target, text);
    await replaceFile(target, text);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) throw error;
    throw new UserError(
      `The report cannot be written to ${file} (${code}).`,
      "Check the folder and its permissions.",
    );
  }
}

async function replaceFile(target: string, text: string): Promise<void> {
  const staged = path.join(
    path.dirname(target),
    `.${path.basename(target)}.${randomBytes(6).toString("hex")}.tmp`,
  );
  try {
    const handle = await open(staged, "wx");
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    await rename(staged, target);
  } catch (error) {
    await rm(staged, { force: true });
    throw error;
  }
}

/** The real path of a file that may not exist yet: symbolic links are followed as far as there is something. */
async function realTarget(file: string): Promise<string> {
  const absolute = path.resolve(file);
  try {
    return await realpath(absolute);
  } catch {
    const parent = path.dirname(absolute);
    return parent === absolute ? absolute : path.join(await realTarget(parent), path.basename(absolute));
  }
}
