/** What should stand on disk afterwards. All of it happens, or none of it. */
export interface WriteRequest {
  /** folder that nothing is written outside of */
  readonly root: string;
  /** files to replace; the bytes on disk must equal `before` */
  readonly changes: readonly { readonly file: string; readonly before: string; readonly after: string }[];
  /** files to create; they must not exist, their folders may be missing */
  readonly creates: readonly { readonly file: string; readonly text: string }[];
  /** write into a tree with uncommitted changes, or into one that git does not know */
  readonly allowDirty: boolean;
  /** files of this run's own, posix, relative to the root, that may be uncommitted: a decisions file. @default none */
  readonly own?: readonly string[];
  /** folder for the lock and the journal. @default inside the repository's git folder, else the system's temp folder */
  readonly journal?: string;
}

/** What was done. */
export interface WriteResult {
  /** files that now hold their new text, posix, relative to the root, sorted */
  readonly written: readonly string[];
  /** files that now exist, sorted */
  readonly created: readonly string[];
  /** leftovers of killed runs that were removed on the way, sorted */
  readonly swept: readonly string[];
}
