import { neutralise, neutraliseCode } from "../../report/escape-text.ts";
import type { RunResult } from "../../report/run-result.ts";
import { candidatesOf, type ReviewSession } from "./review-session.ts";

/** The few styles of the prompt; each is the identity when colours are off. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
}

const AROUND = 2;

/** What is shown about one step: its sites with their code, the proof, and the candidates. */
export function renderStep(session: ReviewSession, result: RunResult, style: Style): string {
  const step = session.steps[session.at];
  if (step === undefined) return "";
  const lines = ["", style.bold(`Site ${session.at + 1} of ${session.steps.length}`)];
  for (const site of step) {
    const reason = site.reason === null ? "" : ` (${site.reason})`;
    lines.push(
      "",
      `${neutralise(`${site.file}:${site.line}:${site.column}`)} in ${neutralise(site.function)}, ${site.decision}${reason}`,
      ...codeAround(result, site.file, site.line, style),
    );
    if (site.replacement !== null)
      lines.push(
        ...site.replacement.split("\n").map((text) => style.green(`  becomes  ${neutraliseCode(text)}`)),
      );
    for (const { file, line, note } of site.evidence)
      lines.push(style.dim(`    ${neutralise(file)}:${line} ${neutralise(note)}`));
  }
  const why = new Map(step.flatMap((site) => site.rejected.map((rival) => [rival.key, rival.why] as const)));
  const proposed = new Set(step.map((site) => site.key));
  lines.push("");
  candidatesOf(step).forEach((key, index) => {
    const note = proposed.has(key)
      ? "proposed"
      : `not taken: ${neutralise(why.get(key) ?? "no reason given")}`;
    lines.push(`  ${index + 1}  ${neutralise(key)}  ${style.dim(note)}`);
  });
  const earlier = session.answers.get(step[0]!.id);
  if (earlier)
    lines.push(style.dim(`  decided before: ${earlier.action} ${neutralise(earlier.key ?? "")}`.trimEnd()));
  if (session.refusal !== null) lines.push(style.red(session.refusal));
  return `${lines.join("\n")}\n`;
}

function codeAround(result: RunResult, file: string, line: number, style: Style): string[] {
  const texts = result.excerpts[file] ?? {};
  const shown: string[] = [];
  for (let at = line - AROUND; at <= line + AROUND; at += 1) {
    const text = texts[String(at)];
    if (text === undefined) continue;
    const row = `${String(at).padStart(6)} | ${neutraliseCode(text)}`;
    shown.push(at === line ? `>${row}` : style.dim(` ${row}`));
  }
  return shown;
}
