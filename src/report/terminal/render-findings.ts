import type { Finding } from "../../check/finding.ts";
import { placeOf } from "../describe-site.ts";
import { neutralise } from "../escape-text.ts";
import { displayWidth, wrapText } from "../fit-text.ts";
import { groupByFile, joinAlike } from "../group-by-file.ts";
import type { RunResult } from "../run-result.ts";
import { frameCode } from "./frame-code.ts";
import type { Paint } from "./paint.ts";

const NOTES = ["  (migrate mends it where proven)", "  (migrate)"];
const RANK = { error: 0, warning: 1, info: 2 } as const;

/**
 * The findings of `check`, grouped by file, files with errors first, each with its code frame and its evidence; a
 * rule's fix once in a file, and what reads alike in a file once, with every place.
 */
export function renderFindings(result: RunResult, width: number, paint: Paint): string[] {
  const lines: string[] = [];
  if (result.reportOnly)
    lines.push(paint.inverse(paint.bold(" REPORT ONLY: findings do not fail this run ")), "");
  const fixes = new Map(result.rules.map((rule) => [rule.id, rule.fix]));
  for (const [file, findings] of groupByFile(result.findings, ({ severity }) => RANK[severity])) {
    lines.push(paint.bold(neutralise(file)));
    const told = new Set<string>();
    for (const [finding, ...alike] of joinAlike(findings, sayOf)) {
      // The same advice below each finding of a file would bury what differs.
      const fix = told.has(finding.rule) ? undefined : fixes.get(finding.rule);
      told.add(finding.rule);
      lines.push(...renderFinding(finding, alike, result, fix, width, paint), "");
    }
  }
  return lines;
}

/** What a finding says apart from its place; one with evidence stands for itself. */
function sayOf(finding: Finding): string {
  const { rule, severity, message, fixable, evidence } = finding;
  const own = evidence.length > 0 ? `${finding.line}:${finding.column}` : "";
  return JSON.stringify([rule, severity, message, fixable, own]);
}

function renderFinding(
  finding: Finding,
  alike: readonly Finding[],
  result: RunResult,
  fix: string | undefined,
  width: number,
  paint: Paint,
): string[] {
  const colour = { error: paint.red, warning: paint.yellow, info: paint.cyan }[finding.severity];
  const place = `  ${finding.line}:${finding.column}  `;
  const rule = neutralise(finding.rule);
  const room = width - displayWidth(`${place}${finding.severity}  ${rule}`);
  const note = finding.fixable ? (NOTES.find((text) => text.length <= room) ?? "") : "";
  const lines = [`${place}${colour(finding.severity)}  ${paint.bold(rule)}${paint.dim(note)}`];
  for (const line of wrapText(neutralise(finding.message), width - 4)) lines.push(`    ${line}`);
  for (const line of frameCode(result.excerpts, finding, width - 4, paint)) lines.push(`    ${line}`);
  if (alike.length > 0)
    pushLabel(lines, "also", alike.map(({ line, column }) => `${line}:${column}`).join(", "), width, paint);
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
