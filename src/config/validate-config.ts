import * as v from "valibot";
import { UserError } from "../shared/errors.ts";
import type { Config, JsonValue, MigrationExtension, RuleLevel } from "./config.ts";
import { DEFAULT_CONFIG } from "./defaults.ts";
import { nearestName } from "./nearest-name.ts";
import { validateShape } from "./validate-shape.ts";

const text = v.pipe(v.string(), v.nonEmpty("must not be empty"));
const texts = v.array(text);
const open = v.array(v.custom<JsonValue>(() => true));
const insideRoot = v.pipe(
  text,
  v.check(
    (path) => !/^([\\/]|[A-Za-z]:)/.test(path) && !path.split(/[\\/]/).includes(".."),
    "must be a path inside the root, without a leading slash and without ..",
  ),
);

const migration = v.strictObject({
  legacyFunctions: v.optional(v.record(text, text)),
  legacyModules: v.optional(texts),
  registryModule: v.optional(insideRoot),
  lookups: v.optional(open),
  normalizers: v.optional(open),
  companions: v.optional(open),
  keyNames: v.optional(texts),
  idNames: v.optional(texts),
  entryPoints: v.optional(open),
});

const level = v.picklist(["error", "warning", "info", "off"], 'must be "error", "warning", "info" or "off"');

const configFile = v.strictObject({
  $schema: v.optional(text),
  migration: v.optional(migration),
  include: v.optional(texts),
  exclude: v.optional(texts),
  floors: v.optional(
    v.record(
      insideRoot,
      v.pipe(
        v.number("must be a whole number of files"),
        v.integer("must be a whole number of files"),
        v.minValue(1, "must be at least 1"),
      ),
    ),
  ),
  rules: v.optional(v.record(text, level)),
  ledger: v.optional(insideRoot),
});

export interface ValidateOptions {
  /** when given, a rule level for any other rule is refused */
  readonly ruleIds?: Iterable<string>;
}

/**
 * Refuses what is no config, with a sentence; fills the rest from the defaults.
 * @param value  parsed JSON (see `parseJson`)
 * @param source the name of the file, for the message
 * @throws UserError
 */
export function validateConfig(value: unknown, source: string, options: ValidateOptions = {}): Config {
  const { $schema: _, ...file } = validateShape(configFile, value, source);
  if (options.ruleIds) refuseUnknownRules(file.rules ?? {}, [...options.ruleIds], source);
  return { ...DEFAULT_CONFIG, ...(file as Partial<Config> & { migration?: MigrationExtension }) };
}

function refuseUnknownRules(
  rules: Readonly<Record<string, RuleLevel>>,
  known: string[],
  source: string,
): void {
  for (const id of Object.keys(rules)) {
    if (known.includes(id)) continue;
    const near = nearestName(id, known);
    throw new UserError(
      `${source}: unknown rule "rules.${id}"${near === undefined ? "." : `; did you mean "${near}"?`}`,
      `Known rules: ${known.sort().join(", ")}.`,
    );
  }
}
