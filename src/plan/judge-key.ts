import type { KeyCandidate, KeyRule } from "../analyze/analysis.ts";
import type { ReasonCode } from "./reasons.ts";
import type { Confidence } from "./plan.ts";

/** What the judge says of one call: a key with its confidence, or a refusal with its reason. */
export interface Verdict {
  readonly key: KeyCandidate | null;
  readonly confidence: Confidence | null;
  readonly reason: ReasonCode | null;
  /** every other candidate, and why it was not taken */
  readonly rejected: readonly { readonly key: string; readonly why: string }[];
}

/**
 * Weighs what the rules propose. Data flow that reaches the entry's own lookup proves a key; without it
 * two rules must agree. A key that is raw, another session's, not initialised, reassigned or disputed by
 * a caller is never taken. What is left undecided is refused.
 */
export function judgeKey(candidates: readonly KeyCandidate[]): Verdict {
  const rejected: { key: string; why: string }[] = [];
  const standing: KeyCandidate[] = [];
  for (const candidate of candidates) {
    const why = objection(candidate);
    if (why) rejected.push({ key: candidate.expression, why });
    else standing.push(candidate);
  }
  const shown = standing.filter(isShown);
  if (shown.length > 0) return choose(shown, "proven", standing, rejected);
  const voted = standing.filter((candidate) => candidate.rules.length > 0);
  const best = strongest(voted);
  if (best.length > 0) {
    const rival = rivalOf(best, voted);
    if (rival)
      return { key: null, confidence: null, reason: "rival-keys", rejected: [...rejected, ...rivals(voted)] };
    return choose(best, votes(best[0]!) >= 2 ? "proven" : "likely", standing, rejected);
  }
  return {
    key: null,
    confidence: null,
    reason: refusal(candidates),
    rejected: [...rejected, ...unproven(standing)],
  };
}

/** Lookups and callers show that it is the id's session, under its canonical key. */
function isShown(candidate: KeyCandidate): boolean {
  return candidate.relation.verdict === "same" && candidate.relation.by === "data-flow";
}

/** Why a candidate cannot be the key, or null. */
function objection(candidate: KeyCandidate): string | null {
  const { verdict, by } = candidate.relation;
  switch (candidate.unusable) {
    case "not-initialised":
      return "declared below the call: not initialised there";
    case "reassigned":
      return "assigned again: its value at the call is not shown";
    case "shadowed":
      return "another variable of that name hides it at the call";
    case "out-of-scope":
      return "not in scope at the call";
  }
  if (candidate.foreignWord === "sessionId") return "may be the session id itself";
  if (verdict === "disagree") return "callers pass the keys of different sessions";
  if (verdict === "different") return "names another session: the id's entry was read under another key";
  if (verdict === "raw") return "un-normalised: the id's entry stands under its canonical form";
  if (verdict === "same" && by === "data-flow") return null;
  if (candidate.rawName && !candidate.rules.includes("provenance") && !candidate.rules.includes("companion"))
    return "named as the key that a request carried";
  if (candidate.foreignWord) return `"${candidate.foreignWord}" in its name points at another session`;
  return null;
}

function choose(
  from: readonly KeyCandidate[],
  confidence: Confidence,
  standing: readonly KeyCandidate[],
  rejected: readonly { key: string; why: string }[],
): Verdict {
  const [key] = [...from].sort(isShown(from[0]!) ? shownPreference : preference);
  const others = standing
    .filter((candidate) => candidate !== key)
    .map((candidate) => ({ key: candidate.expression, why: lostTo(candidate, key!) }));
  return {
    key: key!,
    confidence,
    reason: confidence === "proven" ? null : "single-rule",
    rejected: [...rejected, ...others],
  };
}

/**
 * Among keys of the same session: the one the maintainers themselves put beside the id, then one that is
 * always there, then the more canonical name, then the simpler expression.
 */
function preference(a: KeyCandidate, b: KeyCandidate): number {
  return (
    Number(b.rules.includes("companion")) - Number(a.rules.includes("companion")) ||
    Number(a.nullable === true) - Number(b.nullable === true) ||
    a.nameRank - b.nameRank ||
    votes(b) - votes(a) ||
    Number(b.plain) - Number(a.plain) ||
    a.expression.length - b.expression.length ||
    (a.expression < b.expression ? -1 : 1)
  );
}

/** All name the id's session for certain: the name says nothing more, the simplest expression reads best. */
function shownPreference(a: KeyCandidate, b: KeyCandidate): number {
  return (
    Number(b.rules.includes("companion")) - Number(a.rules.includes("companion")) ||
    Number(b.plain) - Number(a.plain) ||
    preference(a, b)
  );
}

/** Rules that rest on the same observation: a key-like name beside the id. */
const FAMILIES: Readonly<Record<KeyRule, string>> = {
  provenance: "data-flow",
  companion: "companion",
  "co-passed": "co-passed",
  "store-write": "store-write",
  "sibling-property": "beside",
  "parameter-bag": "beside",
  "same-name-parameter": "beside",
};

/** Independent rules that speak for a candidate. */
function votes(candidate: KeyCandidate): number {
  return new Set(candidate.rules.map((rule) => FAMILIES[rule])).size;
}

function strongest(candidates: readonly KeyCandidate[]): KeyCandidate[] {
  const most = Math.max(0, ...candidates.map(votes));
  return candidates.filter((candidate) => votes(candidate) === most);
}

/** A candidate that rules propose from elsewhere than the best ones: nothing shows that they are one session. */
function rivalOf(best: readonly KeyCandidate[], voted: readonly KeyCandidate[]): KeyCandidate | undefined {
  const [first] = [...best].sort(preference);
  return voted.find((candidate) => candidate.value !== first!.value && candidate.owner !== first!.owner);
}

function rivals(voted: readonly KeyCandidate[]): { key: string; why: string }[] {
  return voted.map((candidate) => ({
    key: candidate.expression,
    why: `proposed by ${candidate.rules.join(", ")}, disputed`,
  }));
}

function unproven(standing: readonly KeyCandidate[]): { key: string; why: string }[] {
  return standing.map((candidate) => ({
    key: candidate.expression,
    why: "nothing shows that it names the id's session",
  }));
}

function lostTo(candidate: KeyCandidate, key: KeyCandidate): string {
  if (isShown(candidate)) return `names the same session; ${key.expression} is preferred`;
  return "nothing shows that it names the id's session";
}

/** The most telling reason among the objections. */
function refusal(candidates: readonly KeyCandidate[]): ReasonCode {
  const has = (test: (candidate: KeyCandidate) => boolean): boolean => candidates.some(test);
  if (has((candidate) => candidate.relation.verdict === "disagree")) return "callers-disagree";
  if (has((candidate) => candidate.relation.verdict === "raw" && !candidate.unusable))
    return "key-not-canonical";
  if (has((candidate) => candidate.unusable === "reassigned" && candidate.relation.verdict === "same"))
    return "key-reassigned";
  if (
    has(
      (candidate) =>
        candidate.foreignWord !== null && candidate.unusable === null && candidate.rules.length > 0,
    )
  )
    return "foreign-key";
  return "no-key-in-scope";
}
