import type { Analysis } from "../analyze/analysis.ts";
import { analyze } from "../analyze/analyze.ts";
import { SourceProject } from "../analyze/source-project.ts";
import type { ChangeSet } from "../apply/change-set.ts";
import { textWorkspace } from "../apply/text-workspace.ts";
import type { Workspace } from "../discover/workspace.ts";
import type { Migration } from "../migration/migration.ts";
import { makePlan, type PlanOptions } from "../plan/make-plan.ts";
import type { Plan } from "../plan/plan.ts";
import { applyEdits, LineIndex } from "../shared/location.ts";
import { OffsetMap } from "./map-offset.ts";
import type { Verification } from "./verification.ts";
import type { OnProgress } from "../shared/on-progress.ts";

type Check = Verification["checks"][number];

/**
 * Shows, before anything is written, that the results parse, hold only planned changes, and need no second run.
 * @param before facts that the plan was made from, whose unchanged files are not parsed again
 */
export function verifyChanges(
  changes: ChangeSet,
  plan: Plan,
  before: Analysis,
  workspace: Workspace,
  migration: Migration,
  options: PlanOptions,
  onProgress?: OnProgress,
): Verification {
  const texts = new Map(changes.changes.map((change) => [change.file, change.after]));
  const after = textWorkspace(texts, workspace);
  const checks = [
    parses(texts, after),
    plannedLinesOnly(changes, plan),
    idempotent(texts, after, before, migration, {
      ...options,
      ...shiftSites(options, changes),
      ...(onProgress && { onProgress }),
    }),
  ];
  return { ok: checks.every((check) => check.status !== "failed"), checks };
}

function parses(texts: ReadonlyMap<string, string>, after: Workspace): Check {
  const project = new SourceProject(after);
  const failures = [...texts.keys()].flatMap((file) =>
    project.syntaxErrors(file).map((message) => `${file}:${message}`),
  );
  return outcome("parses", failures, `${texts.size} changed file(s) parse`);
}

/** Every changed line must be touched by a step of the plan, and nothing outside the edits may differ. */
function plannedLinesOnly(changes: ChangeSet, plan: Plan): Check {
  const failures: string[] = [];
  let lines = 0;
  for (const change of changes.changes) {
    if (applyEdits(change.before, change.edits) !== change.after)
      failures.push(`${change.file}: differs beyond its edits`);
    const index = new LineIndex(change.before);
    const planned = new Set<number>();
    for (const step of plan.steps.get(change.file) ?? [])
      for (let line = index.at(step.start).line; line <= index.at(step.end).line; line += 1)
        planned.add(line);
    for (const edit of change.edits)
      for (let line = index.at(edit.start).line; line <= index.at(edit.end).line; line += 1) {
        lines += 1;
        if (!planned.has(line)) failures.push(`${change.file}:${line} changes without a decision`);
      }
  }
  return outcome("planned-lines-only", failures, `${lines} changed line(s), each with a decision`);
}

/** The plan for the result must be empty. */
function idempotent(
  texts: ReadonlyMap<string, string>,
  after: Workspace,
  before: Analysis,
  migration: Migration,
  options: PlanOptions,
): Check {
  const { onProgress } = options;
  const facts = analyze(after, migration, { before, ...(onProgress && { onProgress }) });
  facts.forget();
  const again = makePlan(facts, migration, options);
  const failures = [...again.steps].map(
    ([file, steps]) => `${file}: a second run would make ${steps.length} more edit(s)`,
  );
  return outcome("idempotent", failures, `a second run over ${texts.size} file(s) plans nothing`);
}

/** Refusals and answers name places before the change; in the result the same calls stand elsewhere. */
function shiftSites(options: PlanOptions, { changes }: ChangeSet): Pick<PlanOptions, "refused" | "answers"> {
  const shifts = new Map(
    changes.map((change) => {
      const [before, after] = [new LineIndex(change.before), new LineIndex(change.after)];
      const map = new OffsetMap(change.edits);
      return [
        change.file,
        (line: number, column: number) => after.at(map.after(before.startOf(line) + column - 1)),
      ];
    }),
  );
  const shifted = <Value>(sites: ReadonlyMap<string, Value> | undefined): Map<string, Value> =>
    new Map(
      [...(sites ?? [])].map(([id, value]) => {
        const [, file, line, column, name] = /^(.*):(\d+):(\d+):([^:]*)$/s.exec(id) ?? [];
        const place = shifts.get(file ?? "")?.(Number(line), Number(column));
        return [place ? `${file}:${place.line}:${place.column}:${name}` : id, value];
      }),
    );
  return { refused: shifted(options.refused), answers: shifted(options.answers) };
}

function outcome(name: Check["name"], failures: readonly string[], passed: string): Check {
  return failures.length > 0
    ? { name, status: "failed", details: failures.slice(0, 20) }
    : { name, status: "passed", details: [passed] };
}
