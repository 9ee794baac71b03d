import type { FileChange } from "../plan/plan.ts";

/** All changes of a run, in memory. Nothing has touched the disk. */
export interface ChangeSet {
  /** sorted by file */
  readonly changes: readonly FileChange[];
  /** sites whose step could not be carried out, with the sentence why; their whole cluster is withdrawn */
  readonly refused: readonly { readonly site: string; readonly why: string }[];
}
