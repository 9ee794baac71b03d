import type { Analysis } from "../../src/analyze/analysis.ts";
import { analyze } from "../../src/analyze/analyze.ts";
import { type CheckOutcome, checkAnalysis, type CheckRequest } from "../../src/check/check.ts";
import { discover } from "../../src/discover/discover.ts";
import { checkWords } from "../../src/migration/migration.ts";
import { piToSessionRun } from "../../src/migration/pi-to-session-run.ts";

/** The gate over a real folder: discover, analyze, check. */
export function checkFolder(
  root: string,
  more: Partial<CheckRequest> = {},
): { readonly outcome: CheckOutcome; readonly analysis: Analysis } {
  const workspace = discover({ root, words: checkWords(piToSessionRun) });
  const analysis = analyze(workspace, piToSessionRun);
  const outcome = checkAnalysis({
    analysis,
    migration: piToSessionRun,
    files: workspace.hits,
    today: "2026-01-01",
    ...more,
  });
  return { outcome, analysis };
}
