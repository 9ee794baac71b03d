import * as v from "valibot";
import { parseJson } from "./parse-json.ts";
import { validateShape } from "./validate-shape.ts";

/**
 * What a person decided for one site in `migrate --interactive`, to be replayed by `migrate --decisions FILE`.
 * `callee`, `argument` and `function` say what stood there: a decision whose site reads differently now is stale and
 * must be refused, never applied to another call.
 */
export interface ReplayedDecision {
  /** id of the site: `file:line:column:callee` */
  readonly site: string;
  /**
   * the function that holds the site, where nothing else in it read the same; with it the decision finds its call
   * again where only lines moved
   */
  readonly function?: string;
  readonly callee: string;
  readonly argument: string | null;
  /** `accept` and `key` rewrite with `key`; `skip` leaves the site as it is; `mark` leaves it with a marker */
  readonly action: "accept" | "key" | "skip" | "mark";
  /** the session key expression for `accept` and `key`; null for the others and for sites without a key */
  readonly key: string | null;
}

const text = v.pipe(v.string(), v.nonEmpty("must not be empty"));
const decisionsFile = v.strictObject({
  schemaVersion: v.literal(1),
  decisions: v.array(
    v.strictObject({
      site: text,
      function: v.exactOptional(text),
      callee: text,
      argument: v.nullable(v.string()),
      action: v.picklist(["accept", "key", "skip", "mark"], 'must be "accept", "key", "skip" or "mark"'),
      key: v.nullable(text),
    }),
  ),
});

/** Reads a decisions file. @param source its name, for the message. @throws UserError when it is none */
export function parseDecisions(content: string, source: string): ReplayedDecision[] {
  return validateShape(decisionsFile, parseJson(content, source), source).decisions;
}

/** The text of a decisions file, sorted by site, one decision on each line so that it reviews and merges well. */
export function formatDecisions(decisions: readonly ReplayedDecision[]): string {
  const lines = [...decisions]
    .sort((a, b) => (a.site < b.site ? -1 : a.site > b.site ? 1 : 0))
    .map(({ site, function: within, callee, argument, action, key }) =>
      JSON.stringify({ site, function: within, callee, argument, action, key }),
    );
  const list = lines.length === 0 ? "[]" : `[\n    ${lines.join(",\n    ")}\n  ]`;
  return `{\n  "schemaVersion": 1,\n  "decisions": ${list}\n}\n`;
}

/** A call that a decision may be about, as it stands now. */
export interface DecidedPlace {
  readonly id: string;
  readonly file: string;
  readonly function: string;
  readonly callee: string;
  readonly argument: string | null;
}

/**
 * The place that a decision is about: the one that it names, or, where lines moved, the only one in the same function
 * of the same file that reads the same. Two that read alike are none: a key is never carried to another call.
 */
export function placeOfDecision<T extends DecidedPlace>(
  { site, function: within, callee, argument }: ReplayedDecision,
  places: readonly T[],
): T | undefined {
  const alike = places.filter(
    (place) =>
      place.callee === callee &&
      (argument === null || place.argument === argument) &&
      (within === undefined || (place.function === within && site.startsWith(`${place.file}:`))),
  );
  const here = alike.find((place) => place.id === site);
  return here ?? (within !== undefined && alike.length === 1 ? alike[0] : undefined);
}
