/**
 * The public API: one function for each stage, in the order in which a run takes them, and the types that they hand on.
 * `rewire-abort/registry` and `rewire-abort/registry/conformance` are entry points of their own.
 *
 * @example A plan, without writing anything
 * ```ts
 * const workspace = discover({ root, words: migrateWords(piToSessionRun) });
 * const plan = makePlan(analyze(workspace, piToSessionRun), piToSessionRun, { minConfidence: "proven", settle: true });
 * ```
 */

export type * from "./analyze/analysis.ts";
export { type AnalyzeOptions, analyze } from "./analyze/analyze.ts";
export { applyPlan } from "./apply/apply-plan.ts";
export type { ChangeSet } from "./apply/change-set.ts";
export { type CheckOutcome, type CheckRequest, checkAnalysis } from "./check/check.ts";
export type { Finding, RuleDocs, Severity, SuppressedFinding } from "./check/finding.ts";
export { listRules, type RuleDescription } from "./check/load-rules.ts";
export type { Config, MigrationExtension, RuleLevel } from "./config/config.ts";
export { DEFAULT_CONFIG } from "./config/defaults.ts";
export { type LoadConfigOptions, loadConfig } from "./config/load-config.ts";
export { discover } from "./discover/discover.ts";
export type { DiscoverOptions, SkipReason, SourceFileText, Workspace } from "./discover/workspace.ts";
export { extendMigration } from "./migration/extend-migration.ts";
export { checkWords, type Migration, migrateWords } from "./migration/migration.ts";
export { piToSessionRun } from "./migration/pi-to-session-run.ts";
export { makePlan, type PlanOptions } from "./plan/make-plan.ts";
export type { Confidence, DecisionKind, FileChange, Plan, PlannedStep, SiteDecision } from "./plan/plan.ts";
export { REASONS, type ReasonDocs } from "./plan/reasons.ts";
export { getReporter, listReporters } from "./report/load-reporters.ts";
export { makeRunResult, type RunFacts } from "./report/make-run-result.ts";
export type { Reporter, ReporterOptions } from "./report/reporter.ts";
export type { DiffHunk, RunResult, RunSummary } from "./report/run-result.ts";
export { NothingScannedError, UserError } from "./shared/errors.ts";
export type { Edit, Evidence, Span } from "./shared/location.ts";
export type { Words } from "./shared/words.ts";
export type { Verification } from "./verify/verification.ts";
export { verifyChanges } from "./verify/verify-changes.ts";
export { writeChanges } from "./write/write-changes.ts";
export type { WriteRequest, WriteResult } from "./write/write-request.ts";
