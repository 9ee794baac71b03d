import type { Analysis } from "../analyze/analysis.ts";
import { LineIndex } from "../shared/location.ts";
import { type CallDecision, siteId } from "./decide-calls.ts";
import type { PlanOptions } from "./make-plan.ts";
import type { PlannedStep } from "./plan.ts";
import { lineEnding } from "../shared/layout.ts";
import { REASONS } from "./reasons.ts";

/** Comments that speak about the next line: nothing may come between. */
const DIRECTIVE =
  /^\s*(\/\/|\/\*)\s*(@ts-|eslint-|biome-|oxlint-|prettier-|deno-|rewire-abort|@rewire-abort|v8 |c8 |istanbul )/;

/**
 * A comment with the reason above each call that is left for a person, by file. Where one stands already, nothing is
 * added, so that a second run changes nothing.
 */
export function planMarks(
  decisions: readonly CallDecision[],
  analysis: Analysis,
  options: PlanOptions,
): Map<string, PlannedStep[]> {
  const marks = new Map<string, PlannedStep[]>();
  for (const decision of decisions) {
    const { call, reason } = decision;
    const wanted = options.mark === true || options.answers?.get(siteId(call))?.action === "mark";
    const text = analysis.texts.get(call.file);
    if (!wanted || decision.decision !== "manual" || reason === null || call.inTest) continue;
    if (typeof call.lineStart !== "number" || text === undefined) continue;
    const lines = new LineIndex(text);
    const { line, marked } = placeAbove(text, lines, lines.at(call.lineStart).line);
    const start = line === 1 && text.startsWith("\uFEFF") ? 1 : lines.startOf(line);
    const inFile = marks.get(call.file) ?? [];
    if (marked || inFile.some((step) => step.start === start)) continue;
    const indent = /^\uFEFF?([\t ]*)/.exec(text.slice(call.lineStart))![1]!;
    const comment = `// @rewire-abort-manual ${reason}: ${REASONS[reason].title}`;
    inFile.push({
      transform: "mark-manual",
      start,
      end: start,
      expect: "",
      data: { text: indent + comment + lineEnding(text) },
      site: siteId(call),
    });
    marks.set(call.file, inFile);
  }
  return marks;
}

/** Joins marks with the other steps of a file; a place that is rewritten as a whole takes none. */
export function joinMarks(steps: readonly PlannedStep[], marks: readonly PlannedStep[]): PlannedStep[] {
  const free = marks.filter(({ start }) => !steps.some((step) => step.start < start && start < step.end));
  return [...steps, ...free].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** The line above which the mark goes, past directives, and whether a mark is among them. */
function placeAbove(text: string, lines: LineIndex, from: number): { line: number; marked: boolean } {
  let line = from;
  let marked = false;
  while (line > 1) {
    const above = text.slice(lines.startOf(line - 1), lines.startOf(line));
    if (!DIRECTIVE.test(above)) break;
    marked ||= above.includes("@rewire-abort-manual");
    line -= 1;
  }
  return { line, marked };
}
