import type { OnProgress } from "../shared/on-progress.ts";
import type { Words } from "../shared/words.ts";

/** A file whose text passed the prefilter and will be parsed. */
export interface SourceFileText {
  /** posix path relative to the root */
  readonly path: string;
  /** decoded strictly as UTF-8; a BOM stays as the first character, so offsets and bytes agree */
  readonly text: string;
}

export type SkipReason =
  | "declaration-file"
  | "generated"
  | "minified"
  | "too-large"
  | "symlink"
  | "outside-root"
  | "not-a-regular-file"
  | "excluded"
  | "build-output";

/** What a run looks at. Built once by `discover`; every later stage reads files through it. */
export interface Workspace {
  /** absolute real path */
  readonly root: string;
  /** how the files were listed */
  readonly listedBy: "git" | "walk";
  /** every source file, sorted; discovered = scanned + skipped + failed */
  readonly discovered: number;
  /** paths that were read and searched for the prefilter words, sorted */
  readonly scanned: readonly string[];
  /** those of them that hold a prefilter word, with their text, sorted by path */
  readonly hits: readonly SourceFileText[];
  readonly skipped: readonly { readonly file: string; readonly reason: SkipReason }[];
  readonly failed: readonly { readonly file: string; readonly message: string }[];
  /** those of the skipped files that hold names the run is about, sorted; known where the options say which */
  readonly unjudged: readonly string[];
  /** bytes read */
  readonly bytes: number;
  /** true when the path (posix, relative) is one of the scanned files */
  has(path: string): boolean;
  /** Text of a scanned file, read by need and kept. @throws UserError when it is not in the scan set */
  read(path: string): string;
  /** Paths of scanned files whose text holds the exact string; one pass over the scan set, answers kept by string. */
  filesContaining(needle: string): readonly string[];
}

export interface DiscoverOptions {
  readonly root: string;
  /** globs relative to the root; a glob that matches nothing is an error */
  readonly include?: readonly string[];
  /** how messages call the include globs. @default "--include" */
  readonly includeName?: string;
  readonly exclude?: readonly string[];
  /** words that make a file worth parsing */
  readonly words: RegExp | Words;
  /** names with which TypeScript is not skipped for its size or shape, but counts as a file that could not be read */
  readonly names?: RegExp;
  /** bytes; larger files are skipped with a reason. @default 1 MiB */
  readonly maxFileBytes?: number;
  /** called now and then on long scans */
  readonly onProgress?: OnProgress;
  /** called for each hit as soon as it is found */
  readonly onHit?: (hit: SourceFileText) => void;
}
