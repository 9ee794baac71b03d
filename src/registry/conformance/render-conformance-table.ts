import type { CaseResult, CaseStatus, ConformanceReport } from "./conformance-report.ts";

const WORDS: Record<CaseStatus, string> = { pass: "pass", fail: "FAIL", "not-applicable": "n/a" };

/** One line per case: id, verdict, what was tried, what it protects from; reasons and notes below it. */
export function renderConformanceTable(report: ConformanceReport): string {
  const width = Math.max(0, ...report.results.map((result) => result.title.length));
  const lines = report.results.flatMap((result) => renderResult(result, width));
  const { total, pass, fail, notApplicable } = report.summary;
  const head = `${"case"}  ${"result"}  ${"what is tried".padEnd(width)}  protects from`;
  return [
    `${report.module} on Node ${report.node}, ${report.platform}, scale ${report.scale}`,
    "",
    head,
    ...lines,
    "",
    `${total} cases: ${pass} pass, ${fail} fail, ${notApplicable} not applicable`,
    "",
  ].join("\n");
}

function renderResult(result: CaseResult, width: number): string[] {
  const line = `${result.id}   ${WORDS[result.status].padEnd(6)}  ${result.title.padEnd(width)}  ${result.protectsFrom}`;
  const below = [...(result.reason === undefined ? [] : [result.reason]), ...result.notes];
  return [line, ...below.map((text) => `${" ".repeat(14)}${visible(text)}`)];
}

/** A reason may quote what the module threw: it stays on its line and moves no cursor. */
function visible(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\uFFFD");
}
