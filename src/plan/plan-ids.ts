import type { Analysis } from "../analyze/analysis.ts";
import { siteId } from "./decide-calls.ts";
import { type IdDecision, idSite } from "./decide-ids.ts";
import type { PlannedStep, SiteDecision } from "./plan.ts";
import { lineEnding } from "../shared/layout.ts";
import { startOfLine } from "./plan-imports.ts";

/** The steps that put keys in the place of ids, by file. */
export function planIds(analysis: Analysis, decisions: readonly IdDecision[]): Map<string, PlannedStep[]> {
  const steps = new Map<string, PlannedStep[]>();
  for (const { id, action, key } of decisions) {
    if (action === "leave" || key === null) continue;
    const text = analysis.doubles().text(id.file);
    const site = siteId(idSite(id));
    const step = (start: number, end: number, replacement: string): PlannedStep => ({
      transform: "rekey-tests",
      start,
      end,
      expect: text.slice(start, end),
      data: { text: replacement, id: id.span },
      site,
    });
    const planned = steps.get(id.file) ?? [];
    steps.set(id.file, planned);
    if (action === "replace") planned.push(step(id.span.start, id.span.end, key.expression));
    else {
      const { start, end } = id.statement!;
      const indent = /^[ \t]*/.exec(text.slice(startOfLine(text, start)))![0];
      const copy = text.slice(start, id.span.start) + key.expression + text.slice(id.span.end, end);
      planned.push(step(end, end, `${lineEnding(text)}${indent}${copy}`));
    }
  }
  return steps;
}

/** The report's view of a decision about an id. */
export function describeId({ id, action, key, reason, why, candidates, evidence }: IdDecision): SiteDecision {
  const rewritten = action !== "leave";
  const { file, line } = id;
  return {
    id: siteId(idSite(id)),
    file,
    line,
    column: id.column,
    function: id.function,
    callee: id.doubles[0]!.word.name,
    argument: id.text,
    kind: "assertion",
    decision: rewritten ? "rewrite" : "manual",
    reason,
    key: key?.expression ?? null,
    confidence: rewritten ? "proven" : null,
    replacement: key?.expression ?? null,
    cluster: `${file}:${line}:${id.column}`,
    evidence: [
      {
        file,
        line,
        note: `${id.text} is the session id that the double ${id.kind === "seed" ? "is set up for" : "is expected to get"}`,
      },
      ...id.keys.map(({ evidence }) => evidence),
      ...(why === null ? [] : [{ file, line, note: why }]),
      ...(evidence ?? []),
      ...(!rewritten && id.trusted
        ? [
            {
              file,
              line,
              note: "the double answers true for what it does not know: a test stays green with the id, and shows nothing",
            },
          ]
        : []),
    ],
    rejected: candidates.map((candidate) => ({ key: candidate, why: "candidate: from the test's fixtures" })),
  };
}
