import type { Finding, RuleDocs, SuppressedFinding } from "./finding.ts";
import { readSuppressions, type SuppressionComment } from "./read-suppressions.ts";

/** A rule about the gate's own exceptions; it runs whenever `check` runs and cannot be suppressed. */
export interface PolicyRule {
  readonly id: string;
  readonly severity: "error";
  readonly fixable: false;
  readonly docs: RuleDocs;
}

export const SUPPRESSION_RULES: readonly PolicyRule[] = [
  {
    id: "invalid-suppression",
    severity: "error",
    fixable: false,
    docs: {
      what: "A rewire-abort-ignore comment names no rule, names a rule that does not exist, or gives no reason.",
      why: "An exception without a reason cannot be reviewed, and one for an unknown rule excuses nothing.",
      fix: "Write `// rewire-abort-ignore RULE -- REASON` on the line or on the one above it.",
    },
  },
  {
    id: "unused-suppression",
    severity: "error",
    fixable: false,
    docs: {
      what: "A rewire-abort-ignore comment excuses nothing: no finding of its rule is on its line or the next.",
      why: "It would silently excuse the next regression at this place.",
      fix: "Delete the comment.",
    },
  },
];

export interface SuppressionOutcome {
  /** findings that stay, with those about the comments themselves, sorted */
  readonly findings: Finding[];
  readonly suppressed: SuppressedFinding[];
}

/**
 * Takes out the findings that a comment excuses. Pure.
 * @param findings of all rules that ran
 * @param files    texts of every file that may hold a comment; those without the directive cost one search
 * @param ruleIds  rules that ran: a comment for another rule is invalid
 */
export function applySuppressions(
  findings: readonly Finding[],
  files: Iterable<{ readonly path: string; readonly text: string }>,
  ruleIds: Iterable<string>,
): SuppressionOutcome {
  const known = new Set(ruleIds);
  const own = new Set(SUPPRESSION_RULES.map(({ id }) => id));
  const excused = new Map<Finding, string>();
  const complaints: Finding[] = [];
  const byFile = new Map<string, Finding[]>();
  for (const finding of findings) byFile.set(finding.file, [...(byFile.get(finding.file) ?? []), finding]);

  for (const { path, text } of files) {
    const occurrences = new Map<string, number>();
    const complain = (rule: string, comment: SuppressionComment, message: string, shape: string): void => {
      const identity = `${rule}:${path}:${shape}`;
      const occurrence = (occurrences.get(identity) ?? 0) + 1;
      occurrences.set(identity, occurrence);
      complaints.push(complaint(rule, path, comment, message, `${identity}:${occurrence}`));
    };
    for (const comment of readSuppressions(text)) {
      const shape = comment.rules.join(",");
      const problem = problemOf(comment, known, own);
      if (problem !== null) {
        complain("invalid-suppression", comment, problem, shape);
        continue;
      }
      for (const rule of comment.rules) {
        const hits = (byFile.get(path) ?? []).filter(
          (finding) =>
            finding.rule === rule && (finding.line === comment.line || finding.line === comment.target),
        );
        for (const hit of hits) excused.set(hit, comment.reason);
        if (hits.length === 0)
          complain(
            "unused-suppression",
            comment,
            `Nothing here violates ${rule}, so this comment would only excuse a later regression. Delete it.`,
            rule,
          );
      }
    }
  }

  return {
    findings: [...findings.filter((finding) => !excused.has(finding)), ...complaints].sort(compareFindings),
    suppressed: findings
      .filter((finding) => excused.has(finding))
      .map((finding) => ({
        ...finding,
        suppressedBy: { kind: "comment" as const, reason: excused.get(finding)! },
      }))
      .sort(compareFindings),
  };
}

function problemOf(
  comment: SuppressionComment,
  known: ReadonlySet<string>,
  own: ReadonlySet<string>,
): string | null {
  const usage = "Write `// rewire-abort-ignore RULE -- REASON`.";
  if (comment.rules.length === 0)
    return `This rewire-abort-ignore comment names no rule, so it excuses nothing. ${usage}`;
  const policy = comment.rules.find((rule) => own.has(rule));
  if (policy !== undefined) return `${policy} cannot be suppressed: mend the comment that it is about.`;
  const unknown = comment.rules.find((rule) => !known.has(rule));
  if (unknown !== undefined)
    return `No rule named ${unknown} ran, so this comment excuses nothing. rewire-abort explain lists the rules.`;
  if (comment.reason === "")
    return `This rewire-abort-ignore comment gives no reason, so it is not honoured. ${usage}`;
  return null;
}

function complaint(
  rule: string,
  file: string,
  comment: SuppressionComment,
  message: string,
  fingerprint: string,
): Finding {
  return {
    rule,
    severity: "error",
    file,
    line: comment.line,
    column: comment.column,
    endLine: comment.line,
    endColumn: comment.endColumn,
    message,
    evidence: [],
    fingerprint,
    fixable: false,
    function: "<module>",
  };
}

/** By file, line, column, rule, as every list of findings is sorted. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    compare(a.file, b.file) ||
    a.line - b.line ||
    a.column - b.column ||
    compare(a.rule, b.rule) ||
    compare(a.fingerprint, b.fingerprint)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
