import type { Finding } from "../../check/finding.ts";
import { placeOf } from "../describe-site.ts";
import { neutralise } from "../escape-text.ts";
import { wrapText } from "../fit-text.ts";
import { groupByFile } from "../group-by-file.ts";
import type { RunResult } from "../run-result.ts";
import { frameCode } from "./frame-code.ts";
import type { Paint } from "./paint.ts";

/** The findings of `check`, grouped by file, each with its code frame and its evidence; a rule's fix once in a file. */
export function renderFindings(result: RunResult, width: number, paint: Paint): string[] {
  const lines: string[] = [];
  if (result.reportOnly)
    lines.push(paint.inverse(paint.bold(" REPORT ONLY: findings do not fail this run ")), "");
  const fixes = new Map(result.rules.map((rule) => [rule.id, rule.fix]));
  for (const [file, findings] of groupByFile(result.findings)) {
    lines.push(paint.bold(neutralise(file)));
    const told = new Set<string>();
    for (const finding of findings) {
      // The same advice below each finding of a file would bury what differs.
      const fix = told.has(finding.rule) ? undefined : fixes.get(finding.rule);
      told.add(finding.rule);
      lines.push(...renderFinding(finding, result, fix, width, paint), "");
    }
  }
  return lines;
}

function renderFinding(
  finding: Finding,
  result: RunResult,
  fix: string | undefined,
  width: number,
  paint: Paint,
): string[] {
  const colour = { error: paint.red, warning: paint.yellow, info: paint.cyan }[finding.severity];
  const lines = [
    `  ${finding.line}:${finding.column}  ${colour(finding.severity)}  ${paint.bold(neutralise(finding.rule))}` +
      (finding.fixable ? paint.dim("  (migrate can mend it)") : ""),
  ];
  for (const line of wrapText(neutralise(finding.message), width - 4)) lines.push(`    ${line}`);
  for (const line of frameCode(result.excerpts, finding, width - 4, paint)) lines.push(`    ${line}`);
  for (const hop of finding.evidence)
    pushLabel(lines, "because", `${placeOf(hop, finding.file)} ${hop.note}`, width, paint);
  if (fix !== undefined) pushLabel(lines, "fix", fix, width, paint);
  return lines;
}

function pushLabel(lines: string[], label: string, text: string, width: number, paint: Paint): void {
  const wrapped = wrapText(neutralise(text), width - 5 - label.length);
  wrapped.forEach((line, i) => {
    lines.push(`    ${i === 0 ? paint.dim(label) : " ".repeat(label.length)} ${line}`);
  });
}
