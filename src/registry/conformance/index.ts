/**
 * The conformance suite for session-run registries, as a library. Under vitest:
 *
 *   const report = await runConformance("src/agents/session-run-registry.ts");
 *   for (const result of report.results) test(`${result.id} ${result.title}`, () => expect(result.status).not.toBe("fail"));
 */
export { BASELINE_FAILURES } from "./cases-self-check.ts";
export { type CompatibilityCheck, compatibilityChecks } from "./compatibility-checks.ts";
export { conformanceCases } from "./conformance-cases.ts";
export type { ConformanceCase } from "./conformance-case.ts";
export {
  type CaseResult,
  type CaseStatus,
  type ConformanceReport,
  RegistryModuleError,
} from "./conformance-report.ts";
export type { RegistryModule, RunHandle } from "./registry-module.ts";
export { renderConformanceTable } from "./render-conformance-table.ts";
export { type ConformanceOptions, runConformance } from "./run-conformance.ts";
