import type { Analysis } from "../analyze/analysis.ts";
import type { DoubleId, DoubleName, FixtureKey } from "../analyze/doubles/double-facts.ts";
import type { Evidence } from "../shared/location.ts";
import { canonicalSessionKey, isCanonical } from "../migration/session-keys.ts";
import type { Migration } from "../migration/migration.ts";
import { type DecideOptions, siteId } from "./decide-calls.ts";
import type { DoubleDecisions } from "./decide-doubles.ts";
import type { ReasonCode } from "./reasons.ts";

/** What becomes of one id that a test gives to a double, or expects of it. */
export interface IdDecision {
  readonly id: DoubleId;
  /** replace: the key takes its place; add: a seed for both engines; leave: for a person */
  readonly action: "replace" | "add" | "leave";
  readonly key: FixtureKey | null;
  readonly reason: ReasonCode | null;
  readonly why: string | null;
  readonly candidates: readonly string[];
  /** where to look */
  readonly evidence?: readonly Evidence[];
}

/** One decision for each id whose double moved. A key is taken only where the test's fixtures give exactly one. */
export function decideIds(
  analysis: Analysis,
  migration: Migration,
  doubles: DoubleDecisions,
  options: DecideOptions,
): IdDecision[] {
  return analysis.doubles().ids.flatMap((id): IdDecision[] => {
    const modes = new Set(id.doubles.map((name) => doubles.get(name)?.mode));
    if (!modes.has("move") && !modes.has("both")) return [];
    if (id.value !== null && isCanonical(migration.keyRule, id.value)) return [];
    const leave = (
      reason: ReasonCode,
      why: string | null,
      candidates: readonly string[] = [],
    ): IdDecision[] => [{ id, action: "leave", key: null, reason, why, candidates }];
    const said = options.refused?.get(siteId(idSite(id)));
    if (said) return leave(said.reason, said.why);
    const [key, ...rivals] = id.keys;
    const candidates = id.keys.flatMap(({ expression, value }) => {
      const canonical = canonicalSessionKey(migration.keyRule, value);
      return canonical === null || canonical === value
        ? [expression]
        : [expression, JSON.stringify(canonical)];
    });
    if (id.unfollowed !== null) return leave("test-double", id.unfollowed, candidates);
    if (id.shared) return leave("test-double", "the double stands in for another function too", candidates);
    if (!key) return leave("no-key-in-scope", "no fixture of this test gives the session of this id a key");
    if (rivals.length > 0)
      return leave("rival-keys", "fixtures give the session of this id several keys", candidates);
    if (!key.canonical)
      return leave(
        "key-not-canonical",
        "whether the code under test normalises the fixture's key is not known",
        candidates,
      );
    // An abort of all runs passes no id.
    const left = id.doubles.flatMap((name) => doubles.get(name)?.idsLeft ?? []);
    const moving = (name: DoubleName): boolean => {
      const decision = doubles.get(name);
      return decision?.mode === "move" || (decision?.mode === "both" && decision.idsLeft.length === 0);
    };
    const alone = id.doubles.every(moving);
    if (alone) return [{ id, action: "replace", key, reason: null, why: null, candidates: [] }];
    if (id.kind === "seed" && id.statement)
      return [{ id, action: "add", key, reason: null, why: null, candidates: [] }];
    return [
      {
        id,
        action: "leave",
        key: null,
        reason: "test-double",
        why: "the key, if every call that this test gets to is rewritten; some calls that reach its doubles still pass an id",
        candidates,
        evidence: left,
      },
    ];
  });
}

/** An id as a place, for decisions and refusals. */
export function idSite({ file, line, column, doubles }: DoubleId): Parameters<typeof siteId>[0] {
  return { file, line, column, name: doubles[0]!.word.name };
}
