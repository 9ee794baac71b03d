import { lstatSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { Words } from "../shared/words.ts";
import { decodeSource, looksMinified, peekUtf16, saysGenerated } from "./inspect-bytes.ts";
import type { KeptBytes } from "./keep-bytes.ts";
import { compileWords } from "./match-words.ts";
import { readWhole } from "./read-bytes.ts";
import { isBuiltName, isDeclarationName, isMinifiedName } from "./source-names.ts";
import type { DiscoverOptions, SkipReason, SourceFileText } from "./workspace.ts";

const OF_INTEREST = "and it holds names that the run is about";

/** What became of one listed file. */
export type ScanOutcome =
  | { readonly kind: "scanned"; readonly bytes: number; readonly hit: SourceFileText | null }
  /** `unjudged`: it holds names that the run is about */
  | { readonly kind: "skipped"; readonly reason: SkipReason; readonly unjudged?: boolean }
  | { readonly kind: "failed"; readonly message: string }
  /** git still tracks it, but it was deleted: there is no such source file */
  | { readonly kind: "gone" };

const DEFAULT_MAX_FILE_BYTES = 1024 * 1024;
/** what is larger is no source of anybody's, and is not read even for a search */
const LARGEST_LOOKED_INTO = 64 * 1024 * 1024;

/**
 * Makes the function that looks at one file: cheap reasons to skip first, then one read, then the prefilter; only a
 * hit is decoded.
 */
export function makeScanner(
  root: string,
  options: Pick<DiscoverOptions, "words" | "names" | "maxFileBytes">,
  kept: KeptBytes,
  folderProblem: (file: string) => SkipReason | null,
): (file: string) => ScanOutcome {
  const maxBytes = options.maxFileBytes ?? DEFAULT_MAX_FILE_BYTES;
  const holdsWord = compileWords(options.words);
  const mayNotHide = options.names ? compileWords(options.names) : () => false;
  return (file) => {
    const path = join(root, file);
    try {
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats === undefined) return { kind: "gone" };
      const reason = skipReason(file, stats, maxBytes) ?? folderProblem(file);
      if (reason === "too-large" || reason === "minified") {
        const unjudged = stats.size <= LARGEST_LOOKED_INTO && mayNotHide(readWhole(path));
        return unjudged && reason === "too-large" && isHandWritten(file)
          ? { kind: "failed", message: `it is larger than ${maxBytes} bytes, ${OF_INTEREST}` }
          : { kind: "skipped", reason, unjudged };
      }
      if (reason !== null) return { kind: "skipped", reason };
      const bytes = kept.read(file, path, stats.size);
      if (bytes === null) return { kind: "failed", message: "it changed while it was read" };
      const outcome = inspect(file, bytes, holdsWord, mayNotHide);
      if (outcome.kind !== "scanned") kept.drop(file);
      return outcome;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { kind: "failed", message: `it cannot be read (${code ?? message})` };
    }
  };
}

/** Bundles are JavaScript. TypeScript of that size or shape was made so, and may not hide what is in it. */
function isHandWritten(file: string): boolean {
  return !isBuiltName(file);
}

function skipReason(file: string, stats: Stats, maxBytes: number): SkipReason | null {
  if (stats.isSymbolicLink()) return "symlink";
  if (!stats.isFile()) return "not-a-regular-file";
  if (isDeclarationName(file)) return "declaration-file";
  if (isMinifiedName(file)) return "minified";
  return stats.size > maxBytes ? "too-large" : null;
}

/** True when a scan would read bytes under that name and find one of the words in them. */
export function wouldBeHit(file: string, bytes: Buffer, words: RegExp | Words): boolean {
  if (isDeclarationName(file) || isMinifiedName(file) || bytes.length > DEFAULT_MAX_FILE_BYTES) return false;
  const outcome = inspect(file, bytes, compileWords(words), () => false);
  return outcome.kind === "scanned" && outcome.hit !== null;
}

function inspect(
  file: string,
  bytes: Buffer,
  holdsWord: (bytes: Buffer) => boolean,
  mayNotHide: (bytes: Buffer) => boolean,
): ScanOutcome {
  if (looksMinified(bytes)) {
    const unjudged = mayNotHide(bytes);
    return unjudged && isHandWritten(file)
      ? { kind: "failed", message: `its lines are as long as a minifier's, ${OF_INTEREST}` }
      : { kind: "skipped", reason: "minified", unjudged };
  }
  if (saysGenerated(bytes)) return { kind: "skipped", reason: "generated", unjudged: mayNotHide(bytes) };
  if (!holdsWord(bytes)) {
    const wide = peekUtf16(bytes);
    if (wide !== null && holdsWord(Buffer.from(wide, "latin1")))
      return { kind: "failed", message: "it is UTF-16, not UTF-8" };
    return { kind: "scanned", bytes: bytes.length, hit: null };
  }
  const decoded = decodeSource(bytes);
  if ("problem" in decoded) return { kind: "failed", message: decoded.problem };
  return { kind: "scanned", bytes: bytes.length, hit: { path: file, text: decoded.text } };
}
