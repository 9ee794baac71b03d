import type { Analysis } from "./analyze/analysis.ts";
import { applyPlan } from "./apply/apply-plan.ts";
import type { ChangeSet } from "./apply/change-set.ts";
import type { MigrateOptions } from "./cli/stages.ts";
import { placeOfDecision, type ReplayedDecision } from "./config/decisions-file.ts";
import type { Workspace } from "./discover/workspace.ts";
import type { Migration } from "./migration/migration.ts";
import { checkKey, decidableCalls } from "./plan/check-key.ts";
import { siteId } from "./plan/decide-calls.ts";
import { makePlan, type PlanOptions } from "./plan/make-plan.ts";
import type { Plan } from "./plan/plan.ts";
import { UserError } from "./shared/errors.ts";
import { TypeCheck } from "./verify/check-types.ts";
import type { Verification } from "./verify/verification.ts";
import { verifyChanges } from "./verify/verify-changes.ts";
import type { OnProgress } from "./shared/on-progress.ts";

type Check = Verification["checks"][number];

/** The middle of `migrate`: plan, apply in memory, verify; a cluster that does not hold is refused and planned again. */
export async function planWithVerification(
  analysis: Analysis,
  workspace: Workspace,
  migration: Migration,
  options: MigrateOptions,
): Promise<{ plan: Plan; changeSet: ChangeSet; verification: Verification }> {
  const answers = answersOf(options.decisions ?? [], analysis);
  const reporting =
    (stage: string): OnProgress =>
    (done, total) =>
      options.onProgress?.(stage, done, total);
  const planOptions: PlanOptions = {
    minConfidence: options.minConfidence,
    settle: options.settle,
    mark: options.mark,
    answers,
    refused: new Map(),
    onProgress: reporting("plan"),
  };
  const types = options.verifyTypes
    ? new TypeCheck(workspace, analysis.registry, migration.registry.module, reporting("types"))
    : null;
  let withdrawn = 0;
  for (;;) {
    options.onProgress?.("plan", 0, 0);
    // What the analysis asked is asked no more, and what the plan asks is held beside it otherwise.
    analysis.forget();
    const plan = makePlan(analysis, migration, planOptions);
    analysis.forget();
    const changeSet = await applyPlan(plan, workspace, reporting("apply"));
    const refused = new Map(planOptions.refused);
    for (const { site, why } of changeSet.refused) refused.set(site, { reason: "unsupported-shape", why });
    const before = refused.size;
    const left = before > planOptions.refused!.size ? [] : (types?.refusals(changeSet, plan) ?? []);
    for (const { site, reason, why } of left) if (!refused.has(site)) refused.set(site, { reason, why });
    withdrawn += refused.size - before;
    if (refused.size > planOptions.refused!.size) {
      planOptions.refused = refused;
      continue;
    }
    options.onProgress?.("verify", 0, 0);
    const verification = verifyChanges(
      changeSet,
      plan,
      analysis,
      workspace,
      migration,
      planOptions,
      reporting("verify"),
    );
    const check = types ? types.outcome(left, withdrawn) : typesNotRun(options.write);
    return { plan, changeSet, verification: withCheck(verification, check) };
  }
}

function typesNotRun(write: boolean): Check {
  const why = write
    ? "--no-verify-types: the compiler was not asked"
    : "a dry run asks the compiler only with --verify-types; --write does by default";
  return { name: "types", status: "not-run", details: [why] };
}

function withCheck({ ok, checks }: Verification, check: Check): Verification {
  return { ok: ok && check.status !== "failed", checks: [...checks, check] };
}

/** Decisions of a person by site; one whose site reads differently now is refused, never applied to another call. */
function answersOf(
  decisions: readonly ReplayedDecision[],
  analysis: Analysis,
): NonNullable<PlanOptions["answers"]> {
  const answers = new Map<string, { action: "key" | "skip" | "mark"; key: string | null }>();
  const places = [
    ...new Map(
      decidableCalls(analysis).map((call) => {
        const { file, function: within, name, argumentText } = call;
        const id = siteId(call);
        return [id, { id, file, function: within, callee: name, argument: argumentText }] as const;
      }),
    ).values(),
  ];
  for (const decision of decisions) {
    const site = placeOfDecision(decision, places)?.id;
    // Two decisions for one call: one of them was about a call that is gone.
    if (site === undefined || answers.has(site))
      throw new UserError(
        `The decision for ${decision.site} does not fit: the code there has changed.`,
        "Run migrate --interactive again for this site, or take the decision out of the file.",
      );
    const problem =
      decision.action === "key" && decision.key !== null ? checkKey(analysis, site, decision.key) : null;
    if (problem !== null)
      throw new UserError(
        `The key ${decision.key} cannot be used at ${decision.site}: ${problem}`,
        "Decide the site again with migrate --interactive, or take the decision out of the file.",
      );
    answers.set(site, {
      action: decision.action === "accept" ? "key" : decision.action,
      key: decision.key,
    });
  }
  return answers;
}
