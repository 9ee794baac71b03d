import type { Analysis } from "../analyze/analysis.ts";
import type { RuleLevel } from "../config/config.ts";
import type { Migration } from "../migration/migration.ts";
import { LineIndex } from "../shared/location.ts";
import type { Finding } from "./finding.ts";
import { RULES } from "./load-rules.ts";
import type { Rule, Violation } from "./rule.ts";
import { compareFindings } from "./suppressions.ts";

export interface RunRulesOptions {
  readonly migration: Migration;
  /** rule id → level, over the rule's own; `off` leaves the rule out. @default {} */
  readonly levels?: Readonly<Record<string, RuleLevel>>;
  /** texts of the analysed files, for the ends of findings and their shapes. @default analysis.texts */
  readonly texts?: ReadonlyMap<string, string>;
  /** @default every rule */
  readonly rules?: readonly Rule[];
}

/** Rules that a run with these levels asks, sorted by id. */
export function activeRules({
  levels = {},
  rules = RULES,
}: Omit<RunRulesOptions, "migration">): readonly Rule[] {
  return rules.filter(({ id }) => levels[id] !== "off");
}

/**
 * Asks every rule and makes findings of the answers: levels applied, fingerprints given, sorted by file, line, column
 * and rule. Pure.
 */
export function runRules(analysis: Analysis, options: RunRulesOptions): Finding[] {
  const texts = options.texts ?? analysis.texts;
  const indexes = new Map<string, LineIndex>();
  const occurrences = new Map<string, number>();
  return activeRules(options)
    .flatMap((rule) =>
      [...rule.check(analysis, options.migration)].sort(byPlace).map((violation) => {
        const text = texts.get(violation.file);
        const identity = `${rule.id}:${violation.file}#${violation.function}:${shapeOf(violation, text)}`;
        const occurrence = (occurrences.get(identity) ?? 0) + 1;
        occurrences.set(identity, occurrence);
        const level = options.levels?.[rule.id];
        return makeFinding(
          rule,
          violation,
          `${identity}:${occurrence}`,
          level === undefined || level === "off" ? undefined : level,
          text === undefined ? undefined : endOf(violation, text, indexes),
        );
      }),
    )
    .sort(compareFindings);
}

function makeFinding(
  rule: Rule,
  violation: Violation,
  fingerprint: string,
  level: Finding["severity"] | undefined,
  end: { line: number; column: number } | undefined,
): Finding {
  const { file, line, column } = violation;
  return {
    rule: rule.id,
    severity: level ?? violation.severity ?? rule.severity,
    file,
    line,
    column,
    endLine: end?.line ?? line,
    endColumn: end?.column ?? column,
    message: violation.message,
    evidence: violation.evidence ?? [],
    fingerprint,
    fixable: violation.fixable ?? rule.fixable,
    function: violation.function,
  };
}

function endOf(
  { file, span }: Violation,
  text: string,
  indexes: Map<string, LineIndex>,
): { line: number; column: number } {
  let index = indexes.get(file);
  if (!index) {
    index = new LineIndex(text);
    indexes.set(file, index);
  }
  return index.at(span.end);
}

/** Formatting and position are no part of what a finding is. */
function shapeOf({ shape, span }: Violation, text: string | undefined): string {
  return (shape ?? text?.slice(span.start, span.end) ?? "").replace(/\s+/g, "").slice(0, 400);
}

function byPlace(a: Violation, b: Violation): number {
  return a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column;
}
