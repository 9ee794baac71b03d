import * as v from "valibot";
import { UserError } from "../shared/errors.ts";
import type { Config } from "./config.ts";
import { DEFAULT_CONFIG } from "./defaults.ts";
import { nearestName } from "./nearest-name.ts";
import { validateShape } from "./validate-shape.ts";

const text = v.pipe(v.string(), v.nonEmpty("must not be empty"));
const texts = v.array(text);
const insideRoot = v.pipe(
  text,
  v.check(
    (path) => !/^([\\/]|[A-Za-z]:)/.test(path) && !path.split(/[\\/]/).includes(".."),
    "must be a path inside the root, without a leading slash and without ..",
  ),
);

// An argument by its position, or the property of the first argument that holds it.
const argument = v.union(
  [v.pipe(v.number(), v.integer(), v.minValue(0)), text],
  "must be a position or a property name",
);

const milliseconds = v.pipe(text, v.regex(/^\d[\d_]*$/, "must be a number of milliseconds in quotes"));
const effect = v.picklist(["kill", "wait"], 'must be "kill" or "wait"');

const migration = v.strictObject({
  legacyFunctions: v.optional(v.record(text, text)),
  legacyModules: v.optional(texts),
  registryModule: v.optional(insideRoot),
  keyNames: v.optional(texts),
  rawKeyNames: v.optional(texts),
  idNames: v.optional(texts),
  entryNames: v.optional(texts),
  foreignWords: v.optional(texts),
  storeNames: v.optional(texts),
  lookups: v.optional(
    v.array(
      v.strictObject({
        name: text,
        key: argument,
        entry: v.nullable(text),
        canonicalKeys: v.optional(texts, []),
      }),
    ),
  ),
  normalizers: v.optional(v.array(v.strictObject({ name: text, key: argument, output: v.nullable(text) }))),
  companions: v.optional(texts),
  pureFunctions: v.optional(texts),
  entryPoints: v.optional(
    v.array(
      v.strictObject({
        name: text,
        settleTimeout: v.optional(milliseconds),
        reaches: v.optional(v.pipe(v.array(effect), v.nonEmpty("must name an effect"))),
        actsOnWait: v.optional(v.boolean()),
        of: v.optional(v.picklist(["own", "children"], 'must be "own" or "children"')),
        handler: v.optional(v.boolean()),
        stood: v.optional(v.strictObject({ of: text })),
        onlyWith: v.optional(text),
      }),
    ),
  ),
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

/**
 * Refuses what is no config, with a sentence; fills the rest from the defaults.
 * @param value  parsed JSON (see `parseJson`)
 * @param source the name of the file, for the message
 * @throws UserError
 */
export function validateConfig(value: unknown, source: string): Config {
  const { $schema: _, ...file } = validateShape(configFile, value, source);
  return { ...DEFAULT_CONFIG, ...file };
}

/** Refuses a level for a rule that does not exist: a typo would leave the rule at its own level. @throws UserError */
export function refuseUnknownRules(config: Config, known: readonly string[], source: string): void {
  for (const id of Object.keys(config.rules)) {
    if (known.includes(id)) continue;
    const near = nearestName(id, known);
    throw new UserError(
      `${source}: unknown rule "rules.${id}"${near === undefined ? "." : `; did you mean "${near}"?`}`,
      `Known rules: ${[...known].sort().join(", ")}.`,
    );
  }
}
