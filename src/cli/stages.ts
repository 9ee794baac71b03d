import type { RuleDocs } from "../check/finding.ts";
import type { Config } from "../config/config.ts";
import type { ReplayedDecision } from "../config/decisions-file.ts";
import type { ReasonDocs } from "../plan/reasons.ts";
import type { ConformanceReport } from "../registry/conformance/conformance-report.ts";
import type { RunResult } from "../report/run-result.ts";

export interface CommonOptions {
  readonly root: string;
  readonly include?: string[];
  readonly exclude?: string[];
  /** where the include globs come from, for messages. @default "--include" */
  readonly includeName?: string;
  readonly config: Config;
  readonly onProgress?: (stage: string, done: number, total: number) => void;
}

export interface MigrateOptions extends CommonOptions {
  readonly write: boolean;
  readonly allowDirty: boolean;
  /** posix, relative to the root: what this run wrote or read beside the sources, and need not be committed */
  readonly ownFiles?: readonly string[];
  readonly minConfidence: "proven" | "likely";
  readonly settle: boolean;
  readonly mark: boolean;
  readonly verifyTypes: boolean;
  readonly decisions?: ReplayedDecision[];
  readonly failOnManual: boolean;
  /** a revision in which the paths were alive: what it shows is put back */
  readonly history?: string;
}

export interface CheckOptions extends CommonOptions {
  readonly history?: string;
  readonly policyRef?: string;
  /** the config file that the command line names, relative to the working directory */
  readonly configFile?: string;
  /** globs of the command line alone: with a policyRef, those of the config come from that revision */
  readonly askedInclude?: readonly string[];
  readonly askedExclude?: readonly string[];
  readonly reportOnly: boolean;
  /** YYYY-MM-DD, for the expiry of ledger entries */
  readonly today: string;
}

export interface RunOutcome {
  readonly result: RunResult;
  /** why a key that a person typed cannot stand at a site of the plan, as a sentence, or null */
  readonly checkKey?: (site: string, key: string) => string | null;
}

export interface RuleInfo {
  readonly id: string;
  readonly severity: string;
  readonly fixable: boolean;
  readonly docs: RuleDocs;
}

export interface AddRegistryOptions {
  readonly root: string;
  readonly config: Config;
  readonly dryRun: boolean;
  /** replace a copy that was edited, or another registry */
  readonly force: boolean;
  /** where to put it, posix, relative to the root. @default where the plan expects it */
  readonly path?: string;
}

export interface AddRegistryOutcome {
  /** relative to the root */
  readonly path: string;
  /** `same`: it is there already; a copy that must not be replaced is a UserError */
  readonly status: "written" | "updated" | "same" | "dry-run";
}

export interface VerifyRegistryOutcome {
  readonly ok: boolean;
  /** one line for each test of the suite */
  readonly lines: readonly string[];
  /** the same as one JSON document */
  readonly report?: ConformanceReport;
}

/**
 * What the commands ask of the other layers. Each loads its modules when it is called: `--help` loads none of them,
 * and `check` does not load what only `migrate` needs.
 */
export interface Stages {
  runMigrate(options: MigrateOptions): Promise<RunOutcome>;
  runCheck(options: CheckOptions): Promise<RunOutcome>;
  listRules(): Promise<readonly RuleInfo[]>;
  listReasons(): Promise<Readonly<Record<string, ReasonDocs>>>;
  addRegistry(options: AddRegistryOptions): Promise<AddRegistryOutcome>;
  verifyRegistry(file: string): Promise<VerifyRegistryOutcome>;
  /** whether a violation planted in memory comes out of the real check; null when that could not be done */
  plantedViolationFound(): Promise<boolean | null>;
}
