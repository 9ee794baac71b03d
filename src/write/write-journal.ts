import {
  closeSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { isInside } from "../discover/confine-folders.ts";
import { readWhole } from "../discover/read-bytes.ts";
import { nameProblem } from "./check-target.ts";
import { keyOf } from "./state-folder.ts";

/** What a write is about to do, with both texts, so that a killed one can be finished or undone. */
export interface Journal {
  readonly version: 1;
  readonly root: string;
  /** `before` is null for a file that is created */
  readonly files: readonly {
    readonly file: string;
    readonly before: string | null;
    readonly after: string;
  }[];
  /** folders, relative to the root, that are made on the way, outermost first */
  readonly folders: readonly string[];
}

const JOURNAL_NAME = /^journal~[0-9a-f]{16}\.json$/;

function journalPath(state: string, root: string): string {
  return join(state, `journal~${keyOf(root)}.json`);
}

/** Writes the journal; when this returns it is on disk. */
export function writeJournal(state: string, journal: Journal): void {
  const path = journalPath(state, journal.root);
  const temp = `${path}.new`;
  const descriptor = openSync(temp, "w", 0o600);
  try {
    writeFileSync(descriptor, JSON.stringify(journal));
    fsyncSync(descriptor);
  } catch (error) {
    unlinkSync(temp);
    throw error;
  } finally {
    closeSync(descriptor);
  }
  renameSync(temp, path);
}

export function removeJournal(state: string, root: string): void {
  try {
    unlinkSync(journalPath(state, root));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** Journals of the root, and of folders above and below it. One that cannot be understood is left alone. */
export function readJournals(state: string, root: string): Journal[] {
  const journals: Journal[] = [];
  for (const name of readdirSync(state).sort()) {
    if (!JOURNAL_NAME.test(name)) continue;
    let value: unknown;
    try {
      value = JSON.parse(readFileSync(join(state, name), "utf8"));
    } catch {
      continue;
    }
    if (isJournal(value) && (isInside(root, value.root) || isInside(value.root, root))) journals.push(value);
  }
  return journals;
}

/** How far a journal's file got: `changed` means that somebody else wrote it since. */
export type FileState = "old" | "new" | "changed";

export function stateOf(journal: Journal, entry: Journal["files"][number]): FileState {
  const path = join(journal.root, entry.file);
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined)
    return entry.before === null ? "old" : "changed";
  let bytes: Buffer;
  try {
    bytes = readWhole(path);
  } catch {
    return "changed";
  }
  if (bytes.equals(Buffer.from(entry.after, "utf8"))) return "new";
  return entry.before !== null && bytes.equals(Buffer.from(entry.before, "utf8")) ? "old" : "changed";
}

/** Folders in which the write may have left temp files. */
export function foldersOf(journal: Journal): string[] {
  return [...new Set(journal.files.map(({ file }) => dirname(join(journal.root, file))))];
}

function isJournal(value: unknown): value is Journal {
  if (typeof value !== "object" || value === null) return false;
  const { version, root, files, folders } = value as Record<string, unknown>;
  return (
    version === 1 &&
    typeof root === "string" &&
    isListOf(folders, (folder) => typeof folder === "string" && nameProblem(folder) === null) &&
    isListOf(files, (entry) => {
      if (typeof entry !== "object" || entry === null) return false;
      const { file, before, after } = entry as Record<string, unknown>;
      if (typeof file !== "string" || nameProblem(file) !== null) return false;
      return (typeof before === "string" || before === null) && typeof after === "string";
    })
  );
}

function isListOf(value: unknown, holds: (member: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(holds);
}
