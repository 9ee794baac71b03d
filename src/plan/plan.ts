import type { SiteKind } from "../analyze/analysis.ts";
import type { Edit, Evidence } from "../shared/location.ts";

export type DecisionKind = "rewrite" | "keep" | "manual";
export type Confidence = "proven" | "likely";

/** One decision for one site, with its proof. The unit of every report. */
export interface SiteDecision {
  /** stable within a run: `file:line:column:callee` */
  readonly id: string;
  readonly file: string;
  /** 1-based, in the file before the change */
  readonly line: number;
  readonly column: number;
  /** name of the enclosing function, or "<module>" */
  readonly function: string;
  /** legacy name as written (last name of a member expression) */
  readonly callee: string;
  /** source text of the arguments, or null for sites that are no calls */
  readonly argument: string | null;
  readonly kind: SiteKind;
  readonly decision: DecisionKind;
  /** stable reason code (see src/plan/reasons.ts); null for a plain rewrite */
  readonly reason: string | null;
  /** the session key expression that the new call gets; null when there is none */
  readonly key: string | null;
  readonly confidence: Confidence | null;
  /** new source text of the call, for display */
  readonly replacement: string | null;
  /** sites with the same cluster are migrated together or not at all */
  readonly cluster: string;
  readonly evidence: readonly Evidence[];
  /** rivals, and why each was not taken */
  readonly rejected: readonly { readonly key: string; readonly why: string }[];
}

/** One instruction for one transform in one file; positions are offsets in the file before the change. */
export interface PlannedStep {
  readonly transform: string;
  readonly start: number;
  readonly end: number;
  /** source text that must stand at [start, end): the transform refuses when it does not */
  readonly expect: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** id of the decision that this step carries out */
  readonly site: string;
}

export interface Plan {
  readonly sites: readonly SiteDecision[];
  /** steps by file, sorted by position */
  readonly steps: ReadonlyMap<string, readonly PlannedStep[]>;
  /** where the registry module is or should be, relative to the root; null when no site needs one */
  readonly registry: { readonly path: string; readonly exists: boolean } | null;
  readonly warnings: readonly string[];
}

/** Edits of one file, as the report shows and `write` applies them. */
export interface FileChange {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly edits: readonly Edit[];
  /** ids of the decisions behind them */
  readonly sites: readonly string[];
}
