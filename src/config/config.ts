import type { Severity } from "../check/finding.ts";

/** Plain JSON, as `rewire-abort.json` holds it. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: JsonValue;
}

/**
 * What a fork adds to the built-in migration. The names of the fields are checked when the file is read;
 * `src/migration` gives the open ones (`JsonValue`) their meaning and merges them into the migration.
 */
export interface MigrationExtension {
  /** further legacy functions: the fork's name → the built-in function that it stands for */
  readonly legacyFunctions?: Readonly<Record<string, string>>;
  /** modules that define or hand on legacy functions, without extension, relative to the source root */
  readonly legacyModules?: readonly string[];
  /** where imports of the registry point, without extension, relative to the source root */
  readonly registryModule?: string;
  /** functions that return an entry for a key */
  readonly lookups?: readonly JsonValue[];
  /** functions that return the canonical form of a key */
  readonly normalizers?: readonly JsonValue[];
  /** functions that get the store key beside the id */
  readonly companions?: readonly JsonValue[];
  /** names that hold session keys */
  readonly keyNames?: readonly string[];
  /** names that hold session ids */
  readonly idNames?: readonly string[];
  /** functions that must reach a kill, with their declared effects */
  readonly entryPoints?: readonly JsonValue[];
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
