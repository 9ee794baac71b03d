/** What was shown about a change set before anything is written. */
export interface Verification {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly name: "parses" | "idempotent" | "planned-lines-only" | "types";
    readonly status: "passed" | "failed" | "not-run";
    /** what was looked at, or what failed, one sentence each */
    readonly details: readonly string[];
  }[];
}
