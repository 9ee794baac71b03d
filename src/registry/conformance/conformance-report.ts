export type CaseStatus = "pass" | "fail" | "not-applicable";

export interface CaseResult {
  id: string;
  title: string;
  protectsFrom: string;
  status: CaseStatus;
  /** Why it failed, or why it is not applicable. */
  reason?: string;
  /** Parts of a passing case that were left out or done differently here, and why. */
  notes: string[];
}

/** JSON-able, without times: the same module on the same machine gives the same report. */
export interface ConformanceReport {
  schemaVersion: 1;
  module: string;
  node: string;
  platform: string;
  /** 1 is the full length of the long cases. */
  scale: number;
  results: CaseResult[];
  summary: { total: number; pass: number; fail: number; notApplicable: number };
  /** No case failed and at least one passed. */
  ok: boolean;
}

/** The module or the suite could not be run at all: not a verdict about the module. */
export class RegistryModuleError extends Error {
  override readonly name = "RegistryModuleError";
}

export function makeReport(module: string, scale: number, results: readonly CaseResult[]): ConformanceReport {
  const count = (status: CaseStatus) => results.filter((result) => result.status === status).length;
  const summary = {
    total: results.length,
    pass: count("pass"),
    fail: count("fail"),
    notApplicable: count("not-applicable"),
  };
  return {
    schemaVersion: 1,
    module,
    node: process.version,
    platform: process.platform,
    scale,
    results: [...results].sort((a, b) => (a.id < b.id ? -1 : 1)),
    summary,
    ok: summary.fail === 0 && summary.pass > 0,
  };
}
