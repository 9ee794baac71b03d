import { analyze } from "./analyze/analyze.ts";
import type { Analysis } from "./analyze/analysis.ts";
import type { Revival } from "./analyze/revive/revival.ts";
import type { ChangeSet } from "./apply/change-set.ts";
import { type RevivedWorkspace, reviveWorkspace } from "./apply/revive-workspace.ts";
import type { MigrateOptions } from "./cli/stages.ts";
import type { Workspace } from "./discover/workspace.ts";
import type { Migration } from "./migration/migration.ts";
import type { FileChange, Plan, PlannedStep, SiteDecision } from "./plan/plan.ts";
import { planWithVerification } from "./plan-and-verify.ts";
import { composeEdits } from "./shared/compose-edits.ts";
import { applyEdits, type Evidence, LineIndex } from "./shared/location.ts";
import { TypeCheck } from "./verify/check-types.ts";
import { OffsetMap } from "./verify/map-offset.ts";
import type { Verification } from "./verify/verification.ts";

/** A plan over the code as it is, what abort paths lost included. */
export interface RevivedPlan {
  readonly plan: Plan;
  readonly changeSet: ChangeSet;
  readonly verification: Verification;
  /** the facts that the plan was made from */
  readonly analysis: Analysis;
}

/**
 * Puts lost statements back in memory and plans over the result: each of their calls is proved as a live one is. What
 * cannot be proved, or does not compile, is taken out again and stays a finding of the gate.
 */
export async function reviveAndPlan(
  facts: Analysis,
  lost: readonly Revival[],
  workspace: Workspace,
  migration: Migration,
  options: MigrateOptions,
): Promise<RevivedPlan> {
  let revivals = separate(lost);
  const warnings: string[] = [];
  for (;;) {
    const revived = reviveWorkspace(workspace, revivals);
    const analysis = revivals.length === 0 ? facts : analyze(revived.workspace, migration, { before: facts });
    const planned = await planWithVerification(analysis, revived.workspace, migration, options);
    const composed = compose(planned.changeSet, revived, workspace);
    const types = options.verifyTypes
      ? new TypeCheck(workspace, facts.registry, migration.registry.module)
      : null;
    const withdrawn = new Map<Revival, string>();
    for (const revival of revivals) {
      const why = unproved(revival, revived, planned.plan) ?? uncompiled(revival, composed, types);
      if (why !== null) withdrawn.set(revival, why);
    }
    if (withdrawn.size === 0) {
      const plan = {
        ...planned.plan,
        sites: [
          ...planned.plan.sites.map((site) => siteBefore(site, revived, revivals, workspace)),
          ...revivals.flatMap((revival) => restoredSites(revival, workspace)),
        ].sort((a, b) =>
          a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1,
        ),
        warnings: [...planned.plan.warnings, ...warnings],
      };
      return { ...planned, plan, changeSet: composed, analysis };
    }
    for (const [{ file, function: name }, why] of withdrawn)
      warnings.push(`${name} in ${file} lost its kill or wait, and it cannot be put back: ${why}.`);
    revivals = revivals.filter((revival) => !withdrawn.has(revival));
  }
}

/** One revival for each place: history and a contract may both know of it; history comes first. */
function separate(lost: readonly Revival[]): Revival[] {
  const places = new Set<string>();
  return lost.filter((revival) => {
    const place = `${revival.file}#${revival.function}`;
    if (places.has(place)) return false;
    places.add(place);
    return true;
  });
}

/** Why a revival cannot stay: a call in it has no proven key. */
function unproved(revival: Revival, revived: RevivedWorkspace, plan: Plan): string | null {
  const text = revived.workspace.read(revival.file);
  const lines = new LineIndex(text);
  const map = new OffsetMap(revived.edits.get(revival.file)!);
  for (const site of plan.sites) {
    if (site.file !== revival.file || site.decision === "rewrite") continue;
    const { edit, offset } = map.before(lines.startOf(site.line) + site.column - 1);
    if (edit && revival.edits.some((own) => own.start === offset))
      return `${site.callee}(${site.argument ?? ""}) is refused (${site.reason ?? "kept"})`;
  }
  return null;
}

/** Why a revival cannot stay: with it, the file has diagnostics that it has not without it. */
function uncompiled(revival: Revival, composed: ChangeSet, types: TypeCheck | null): string | null {
  const change = composed.changes.find(({ file }) => file === revival.file);
  if (!types || !change) return null;
  const steps = change.edits.map(
    (edit): PlannedStep => ({
      transform: "rewire-run-calls",
      start: edit.start,
      end: edit.end,
      expect: change.before.slice(edit.start, edit.end),
      data: {},
      site: revival.function,
    }),
  );
  const plan: Plan = { sites: [], steps: new Map([[change.file, steps]]), registry: null, warnings: [] };
  return types.refusals({ changes: [change], refused: [] }, plan)[0]?.why ?? null;
}

/** Changes of the revived texts as changes of the texts on the disk. */
function compose(changeSet: ChangeSet, { edits }: RevivedWorkspace, workspace: Workspace): ChangeSet {
  const composed = changeSet.changes.map((change): FileChange => {
    const first = edits.get(change.file);
    if (!first) return change;
    const before = workspace.read(change.file);
    return { ...change, before, edits: composeEdits(before.length, first, change.edits) };
  });
  // Where only calls of the registry came back, there is nothing left to rewire.
  const others = [...edits]
    .filter(([file]) => !changeSet.changes.some((change) => change.file === file))
    .map(([file, own]): FileChange => {
      const before = workspace.read(file);
      return { file, before, after: applyEdits(before, own), edits: own, sites: [] };
    });
  return {
    ...changeSet,
    changes: [...composed, ...others].sort((a, b) => (a.file < b.file ? -1 : 1)),
  };
}

/** Calls of the registry that came back with their keys. */
function restoredSites(revival: Revival, workspace: Workspace): SiteDecision[] {
  const { file, function: name, evidence, edits } = revival;
  const { line, column } = new LineIndex(workspace.read(file)).at(edits[0]!.start);
  return revival.calls.map(({ callee, key }) => ({
    id: `${file}:${line}:${column}:${callee}`,
    file,
    line,
    column,
    function: name,
    kind: "placeholder",
    callee,
    argument: null,
    decision: "rewrite",
    reason: null,
    key,
    confidence: "proven",
    replacement: callee,
    cluster: `${file}#${name}`,
    evidence: [evidence],
    rejected: [],
  }));
}

/** A site where it stands in the file on the disk; what was put back stands where it goes. The id stays. */
function siteBefore(
  site: SiteDecision,
  revived: RevivedWorkspace,
  revivals: readonly Revival[],
  workspace: Workspace,
): SiteDecision {
  const place = (
    file: string,
    line: number,
    column: number,
  ): { line: number; column: number; at: number | null } => {
    const edits = revived.edits.get(file);
    if (!edits) return { line, column, at: null };
    const { edit, offset } = new OffsetMap(edits).before(
      new LineIndex(revived.workspace.read(file)).startOf(line) + column - 1,
    );
    return { ...new LineIndex(workspace.read(file)).at(offset), at: edit ? edit.start : null };
  };
  const evidence = (list: readonly Evidence[]): Evidence[] =>
    list.map((hop) => ({ ...hop, line: place(hop.file, hop.line, 1).line }));
  const { line, column, at } = place(site.file, site.line, site.column);
  const revival = revivals.find(
    (one) => at !== null && one.file === site.file && one.edits.some(({ start }) => start === at),
  );
  return {
    ...site,
    line,
    column,
    evidence: [...(revival ? [revival.evidence] : []), ...evidence(site.evidence)],
  };
}
