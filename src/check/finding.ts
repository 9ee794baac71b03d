import type { Evidence } from "../shared/location.ts";

export type Severity = "error" | "warning" | "info";

/** One violation, as every format reports it. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly file: string;
  /** 1-based */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** what, why, what to do: one or two sentences */
  readonly message: string;
  readonly evidence: readonly Evidence[];
  /** identity without line numbers: rule + symbol path + normalised shape + occurrence */
  readonly fingerprint: string;
  /** `migrate` can mend it */
  readonly fixable: boolean;
  /** name of the enclosing function, or "<module>" */
  readonly function: string;
}

export interface SuppressedFinding extends Finding {
  readonly suppressedBy: { readonly kind: "comment" | "ledger"; readonly reason: string };
}

/** What `explain` and the reports say about a rule. */
export interface RuleDocs {
  readonly what: string;
  readonly why: string;
  readonly fix: string;
}
