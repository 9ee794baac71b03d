import type { Severity } from "../check/finding.ts";
import type { EntryPoint, LookupFunction, NormalizerFunction } from "../migration/migration.ts";

/**
 * What a fork adds to the built-in migration; `src/migration` merges it. Lists are added to the built-in ones.
 */
export interface MigrationExtension {
  /** further legacy functions: the fork's name → the built-in legacy function that it stands for */
  readonly legacyFunctions?: Readonly<Record<string, string>>;
  /** tails of module paths, without extension, that define or hand on legacy functions */
  readonly legacyModules?: readonly string[];
  /** tail of the registry's module path, without extension, in place of the built-in one */
  readonly registryModule?: string;
  /** names that hold a store key, most canonical first */
  readonly keyNames?: readonly string[];
  /** names that hold a key as a request carried it */
  readonly rawKeyNames?: readonly string[];
  /** names that hold a session id */
  readonly idNames?: readonly string[];
  readonly entryNames?: readonly string[];
  readonly foreignWords?: readonly string[];
  readonly storeNames?: readonly string[];
  /** functions that find an entry by key */
  readonly lookups?: readonly LookupFunction[];
  /** functions whose result is the canonical form of a key */
  readonly normalizers?: readonly NormalizerFunction[];
  /** functions that take the key and the id of one session together */
  readonly companions?: readonly string[];
  readonly pureFunctions?: readonly string[];
  /** functions that users reach and that must reach a kill */
  readonly entryPoints?: readonly EntryPoint[];
}

/** `off` leaves the rule out of the run, and the run says so. */
export type RuleLevel = Severity | "off";

/** A validated `rewire-abort.json`, every field filled from the defaults. */
export interface Config {
  readonly migration: MigrationExtension;
  /** globs relative to the root */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** folder (posix, relative to the root, "." for all) → least number of files that a scan of it must reach */
  readonly floors: Readonly<Record<string, number>>;
  /** rule id → level, over the rule's own */
  readonly rules: Readonly<Record<string, RuleLevel>>;
  /** the ledger of accepted findings, relative to the root */
  readonly ledger: string;
}
