import type { Analysis } from "../analyze/analysis.ts";
import type { Migration } from "../migration/migration.ts";
import { decideCalls } from "./decide-calls.ts";

/**
 * True when a plan would still rewrite a call, or put one back: what is left otherwise is for a person. Tests are not
 * asked: what became of them is known once their code has moved, and to ask takes longer than all the rest.
 */
export function offersRewrite(analysis: Analysis, migration: Migration): boolean {
  return (
    analysis.revivals().length > 0 ||
    decideCalls(analysis, migration, { minConfidence: "proven" }).some(
      ({ decision, call }) => decision === "rewrite" && !call.inTest,
    )
  );
}
