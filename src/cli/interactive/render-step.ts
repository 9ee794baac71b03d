import type { SiteDecision } from "../../plan/plan.ts";
import { describeReason } from "../../report/describe-reason.ts";
import { describeCall, placeOf } from "../../report/describe-site.ts";
import { neutralise, neutraliseCode } from "../../report/escape-text.ts";
import { countOf, cutEnd, wrapText } from "../../report/fit-text.ts";
import type { RunResult } from "../../report/run-result.ts";
import { frameCode } from "../../report/terminal/frame-code.ts";
import type { Paint } from "../../report/terminal/paint.ts";
import { renderHunk } from "../../report/terminal/render-sites.ts";
import { candidatesOf, type ReviewSession } from "./review-session.ts";

/** What is shown about one step: its calls with their code or diff, the proof, and the candidates. */
export function renderStep(session: ReviewSession, result: RunResult, width: number, paint: Paint): string {
  const step = session.steps[session.at];
  if (step === undefined) return "";
  const together =
    step.length > 1 ? paint.dim(`  ${countOf(step.length, "call")} of one flow, one answer`) : "";
  const lines = ["", `${paint.bold(`Site ${session.at + 1} of ${session.steps.length}`)}${together}`];
  const shown = new Set<unknown>();
  for (const site of step) lines.push(...renderSite(site, result, shown, width, paint));
  lines.push("", ...renderCandidates(step, width, paint));
  const earlier = session.answers.get(step[0]!.id);
  if (earlier)
    lines.push(
      paint.dim(`  decided before: ${earlier.action} ${neutralise(earlier.key ?? "")}`.trimEnd()),
      paint.dim("  k keeps that"),
    );
  if (session.refusal !== null)
    lines.push(...wrapText(neutralise(session.refusal), width).map((line) => paint.red(line)));
  return `${lines.join("\n")}\n`;
}

function renderSite(
  site: SiteDecision,
  result: RunResult,
  shown: Set<unknown>,
  width: number,
  paint: Paint,
): string[] {
  const reason = site.reason === null ? "" : ` (${neutralise(site.reason)})`;
  const lines = [
    "",
    `${paint.bold(neutralise(`${site.file}:${site.line}:${site.column}`))} in ${neutralise(site.function)}`,
    `  ${site.decision}${reason}  ${cutEnd(neutralise(describeCall(site)), Math.max(20, width - 30))}`,
  ];
  if (site.replacement !== null)
    lines.push(
      ...site.replacement.split("\n").map((text) => paint.green(`  becomes  ${neutraliseCode(text)}`)),
    );
  lines.push(...renderCode(site, result, shown, width, paint));
  for (const hop of site.evidence) {
    const text = `${placeOf(hop, site.file)} ${hop.note}`;
    wrapText(neutralise(text), width - 8).forEach((line, i) => {
      lines.push(paint.dim(`  ${i === 0 ? "proof" : "     "} ${line}`));
    });
  }
  const docs = site.decision === "manual" ? describeReason(site.reason) : null;
  const advice = docs
    ? [
        ["why  ", docs.meaning],
        ["look ", docs.whatToDo],
      ]
    : [];
  for (const [label, text] of advice)
    wrapText(text!, width - 8).forEach((line, i) => {
      lines.push(`  ${i === 0 ? label : "     "} ${line}`);
    });
  return lines;
}

/** The hunk that a rewrite makes, once where several calls share it; the code as it is where nothing would change. */
function renderCode(
  site: SiteDecision,
  result: RunResult,
  shown: Set<unknown>,
  width: number,
  paint: Paint,
): string[] {
  const change = result.changes.find(({ file }) => file === site.file);
  const hunk = change?.hunks.find(({ oldStart, lines }) => {
    const length = lines.filter((text) => text[0] !== "+").length;
    return site.line >= oldStart && site.line < oldStart + length;
  });
  if (site.decision === "rewrite" && hunk) {
    if (shown.has(hunk)) return [];
    shown.add(hunk);
    return renderHunk(hunk, width, paint);
  }
  const { file, line, column, callee } = site;
  const range = { file, line, column, endLine: line, endColumn: column + callee.length };
  return frameCode(result.excerpts, range, width - 4, paint).map((text) => `    ${text}`);
}

function renderCandidates(step: readonly SiteDecision[], width: number, paint: Paint): string[] {
  const why = new Map(step.flatMap((site) => site.rejected.map((rival) => [rival.key, rival.why] as const)));
  const proposed = new Set(step.map((site) => site.key));
  const candidates = candidatesOf(step);
  if (candidates.length === 0) return [paint.dim("  no candidate: type an expression, skip or mark")];
  return candidates.flatMap((key, index) => {
    const note = proposed.has(key) ? "proposed" : neutralise(why.get(key) ?? "no reason given");
    const [first, ...rest] = wrapText(note, width - 6);
    return [
      `  ${index + 1}  ${paint.cyan(neutralise(key))}`,
      ...[first!, ...rest].map((line) => `     ${paint.dim(line)}`),
    ];
  });
}
