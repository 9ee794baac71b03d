import path from "node:path/posix";
import { analyze } from "../analyze/analyze.ts";
import { migrateWords } from "../migration/migration.ts";
import { piToSessionRun } from "../migration/pi-to-session-run.ts";
import { makePlan } from "../plan/make-plan.ts";
import type { PlannedStep } from "../plan/plan.ts";
import { textWorkspace } from "./text-workspace.ts";

/**
 * Steps for one file that stands alone, as jscodeshift hands it over: the same analysis, without callers
 * and declarations in other files, so that it proves less and refuses more.
 */
export function singleFileSteps(file: string, source: string): readonly PlannedStep[] {
  if (!migrateWords(piToSessionRun).test(source)) return [];
  const name = path.normalize(file.replaceAll("\\", "/")).replace(/^([a-zA-Z]:)?\/+|^(\.\.\/)+/, "");
  const analysis = analyze(textWorkspace(new Map([[name, source]])), piToSessionRun);
  const plan = makePlan(analysis, piToSessionRun, { minConfidence: "proven", settle: true });
  return plan.steps.get(name) ?? [];
}
