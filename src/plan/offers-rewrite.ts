import type { Analysis } from "../analyze/analysis.ts";
import type { Migration } from "../migration/migration.ts";
import { makePlan } from "./make-plan.ts";

/** True when a plan would still rewrite or put back something: what is left otherwise is for a person. */
export function offersRewrite(analysis: Analysis, migration: Migration): boolean {
  return (
    analysis.revivals().length > 0 ||
    makePlan(analysis, migration, { minConfidence: "proven", settle: true }).sites.some(
      ({ decision }) => decision === "rewrite",
    )
  );
}
