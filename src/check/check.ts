import type { Analysis } from "../analyze/analysis.ts";
import type { RuleLevel } from "../config/config.ts";
import type { Migration } from "../migration/migration.ts";
import type { Finding, RuleDocs, Severity, SuppressedFinding } from "./finding.ts";
import { applyLedger, LEDGER_RULES } from "./ledger.ts";
import type { RuleDescription } from "./load-rules.ts";
import type { Ledger } from "./parse-ledger.ts";
import { activeRules, runRules } from "./run-rules.ts";
import { applySuppressions, compareFindings, SUPPRESSION_RULES } from "./suppressions.ts";

export interface CheckRequest {
  readonly analysis: Analysis;
  readonly migration: Migration;
  /** every file that was analysed or may hold a suppression comment */
  readonly files: Iterable<{ readonly path: string; readonly text: string }>;
  /** rule id → level, over the rule's own. @default {} */
  readonly levels?: Readonly<Record<string, RuleLevel>>;
  /** accepted findings; null when there is no ledger */
  readonly ledger?: Ledger | null;
  /** YYYY-MM-DD, for the expiry of ledger entries */
  readonly today: string;
  /** findings that do not come from the facts of one revision, like those of a comparison with an earlier one. @default [] */
  readonly more?: readonly Finding[];
  /** rules behind `more`, so that the run lists them and comments may excuse them. @default [] */
  readonly moreRules?: readonly RuleDescription[];
}

export interface CheckOutcome {
  /** sorted by file, line, column, rule */
  readonly findings: readonly Finding[];
  readonly suppressed: readonly SuppressedFinding[];
  /** rules that ran, sorted by id */
  readonly rules: readonly ({
    readonly id: string;
    readonly severity: Severity;
    readonly fixable: boolean;
  } & RuleDocs)[];
}

/** What a run of the gate ends with: 2 when a file could not be judged, 1 when an error is left, else 0. */
export function exitCodeOf(
  findings: readonly Finding[],
  { failed, reportOnly }: { readonly failed: boolean; readonly reportOnly: boolean },
): 0 | 1 | 2 {
  if (failed) return 2;
  return findings.some(({ severity }) => severity === "error") && !reportOnly ? 1 : 0;
}

/** Facts → findings: rules and their levels, then the comments that excuse, then the ledger that accepts. Pure. */
export function checkAnalysis(request: CheckRequest): CheckOutcome {
  const { analysis, migration, levels = {}, ledger = null, more = [], moreRules = [] } = request;
  const files = [...request.files];
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const rules = activeRules({ levels });
  const ruled = runRules(analysis, { migration, levels, texts });
  const found = [...ruled, ...beside(ruled, more, levels)].sort(compareFindings);
  const ran = new Set([...rules, ...moreRules].map(({ id }) => id).concat(more.map(({ rule }) => rule)));
  const commented = applySuppressions(found, files, ran);
  const accepted =
    ledger === null
      ? { findings: commented.findings, suppressed: [] }
      : applyLedger(commented.findings, ledger, request.today);
  return {
    findings: accepted.findings,
    suppressed: [...commented.suppressed, ...accepted.suppressed].sort(compareFindings),
    rules: [...rules, ...moreRules, ...SUPPRESSION_RULES, ...(ledger === null ? [] : LEDGER_RULES)]
      .map(({ id, severity, fixable, docs }) => ({ id, severity, fixable, ...docs }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

/** Findings from elsewhere, at the levels of the config, without what the rules say of the same place already. */
function beside(
  ruled: readonly Finding[],
  more: readonly Finding[],
  levels: Readonly<Record<string, RuleLevel>>,
): Finding[] {
  const said = new Set(ruled.map(({ rule, file, line, column }) => `${rule}\0${file}:${line}:${column}`));
  return more.flatMap((finding) => {
    const level = levels[finding.rule];
    if (level === "off" || said.has(`${finding.rule}\0${finding.file}:${finding.line}:${finding.column}`))
      return [];
    return level === undefined ? finding : { ...finding, severity: level };
  });
}
