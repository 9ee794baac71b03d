import type { Finding, RuleDocs, SuppressedFinding } from "../check/finding.ts";
import type { SiteDecision } from "../plan/plan.ts";
import type { Edit } from "../shared/location.ts";
import type { Verification } from "../verify/verification.ts";

/** Everything a reporter may see; `--format json` is this value, and `report RUN.json` reads it back. */
export interface RunResult {
  readonly schemaVersion: 1;
  readonly tool: { readonly name: string; readonly version: string };
  readonly command: "migrate" | "check";
  readonly root: string;
  readonly files: {
    readonly discovered: number;
    readonly scanned: number;
    readonly skipped: readonly { readonly file: string; readonly reason: string }[];
    readonly failed: readonly { readonly file: string; readonly message: string }[];
    /** scanned files by top folder, for the per-root floors and the picture of the tree */
    readonly byFolder: Readonly<Record<string, number>>;
    readonly byExtension: Readonly<Record<string, number>>;
  };
  /** migrate: the decisions, sorted by file, line, column */
  readonly sites: readonly SiteDecision[];
  readonly changes: readonly {
    readonly file: string;
    readonly edits: readonly Edit[];
    /** hunks with three lines of context, so that a saved run renders without the sources */
    readonly hunks: readonly DiffHunk[];
  }[];
  readonly verification: Verification | null;
  readonly written: boolean;
  readonly registry: { readonly path: string; readonly exists: boolean } | null;
  /** check: the findings, sorted by file, line, column, rule */
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  /** rules that ran, sorted by id, with their docs */
  readonly rules: readonly ({
    readonly id: string;
    readonly severity: string;
    readonly fixable: boolean;
  } & RuleDocs)[];
  /** source lines around sites and findings (file → line → text), so that reports can show code frames */
  readonly excerpts: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** who registers under what key, who kills and waits with what key (registry provenance) */
  readonly provenance: readonly {
    readonly role: "register" | "unregister" | "kill" | "wait" | "active";
    readonly file: string;
    readonly line: number;
    readonly function: string;
    readonly expression: string;
    readonly origin: string;
  }[];
  readonly reportOnly: boolean;
  readonly summary: RunSummary;
  readonly warnings: readonly string[];
}

export interface DiffHunk {
  /** 1-based */
  readonly oldStart: number;
  readonly newStart: number;
  /** each line with its mark: " ", "-", "+" */
  readonly lines: readonly string[];
}

/** Counts that add up: sites = rewrite + keep + manual; findings = error + warning + info. */
export interface RunSummary {
  readonly sites: {
    readonly total: number;
    readonly rewrite: number;
    readonly keep: number;
    readonly manual: number;
  };
  readonly findings: {
    readonly total: number;
    readonly error: number;
    readonly warning: number;
    readonly info: number;
  };
  readonly suppressed: number;
  readonly filesChanged: number;
  /** the process exit code that this run ends with */
  readonly exitCode: 0 | 1 | 2 | 3;
}
