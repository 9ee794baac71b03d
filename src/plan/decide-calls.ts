import type { Analysis, RunCall } from "../analyze/analysis.ts";
import { type LegacyFunction, legacyFunction, type Migration } from "../migration/migration.ts";
import { decideAllRuns, keepAllRunsTogether } from "./all-runs.ts";
import { judgeKey, type Verdict } from "./judge-key.ts";
import type { Confidence, DecisionKind } from "./plan.ts";
import type { ReasonCode } from "./reasons.ts";
import type { OnProgress } from "../shared/on-progress.ts";

/** What is to become of one call. */
export interface CallDecision {
  readonly call: RunCall;
  readonly fn: LegacyFunction;
  readonly decision: DecisionKind;
  readonly reason: ReasonCode | null;
  readonly verdict: Verdict | null;
  /** source text of the key that the new call gets; null for calls without one */
  readonly key: string | null;
  readonly confidence: Confidence | null;
  /** the site whose refusal this one follows */
  readonly because: RunCall | null;
  /** what the later stage said that could not carry it out */
  readonly why?: string;
}

export interface DecideOptions {
  /** weighs the candidates of a call. @default judgeKey */
  readonly judge?: typeof judgeKey;
  readonly minConfidence: Confidence;
  /** sites that a later stage could not carry out */
  refused?: ReadonlyMap<string, { readonly reason: ReasonCode; readonly why: string }>;
  /** answers of a person, by place: a key to use, or a refusal */
  readonly answers?: ReadonlyMap<
    string,
    { readonly action: "key" | "skip" | "mark"; readonly key: string | null }
  >;
  /** told how much of the plan is made */
  readonly onProgress?: OnProgress;
}

/** Name of a place in the code before the change, as decisions and answers use it. */
export function siteId(site: { file: string; line: number; column: number; name: string }): string {
  return `${site.file}:${site.line}:${site.column}:${site.name}`;
}

/** One decision for each call; the calls of one flow are migrated together or refused together. */
export function decideCalls(
  analysis: Analysis,
  migration: Migration,
  options: DecideOptions,
): CallDecision[] {
  const first = decideWrappers(
    analysis,
    [...analysis.calls, ...analysis.restores]
      .map((call) => decideAllRuns(call, analysis, migration) ?? decideAlone(call, migration, options))
      // A placeholder without a proven key stays a finding of the gate.
      .filter(({ call, decision }) => call.via !== "placeholder" || decision === "rewrite"),
    migration,
    options,
  );
  return keepAllRunsTogether(refuseAllTogether(first));
}

/**
 * A call whose id is its function's own parameter: every caller must have a proven key to pass; then the
 * parameter becomes the key. One caller without, and the wrapper stays as it is with all its callers.
 */
function decideWrappers(
  analysis: Analysis,
  decisions: readonly CallDecision[],
  migration: Migration,
  options: DecideOptions,
): CallDecision[] {
  let all = [...decisions];
  for (const wrapper of analysis.wrappers) {
    const inner = all.filter(({ call }) => call.wrapper === wrapper.id && call.via !== "wrapper");
    // A person said to leave it.
    if (inner.some(({ call }) => ["skip", "mark"].includes(options.answers?.get(siteId(call))?.action ?? "")))
      continue;
    // A key that comes in beside the id needs no change of the callers.
    if (
      !inner.some(({ decision }) => decision === "manual") ||
      inner.some(({ decision }) => decision === "rewrite")
    )
      continue;
    const callers = wrapper.calls.map((call) => decideAlone(call, migration, options));
    const refused = callers.find(({ decision }) => decision !== "rewrite") ?? inner.find(({ why }) => why);
    const open = inner.filter(({ reason }) => reason !== "no-counterpart");
    all = all.map((decision) => {
      if (!open.includes(decision) || decision.why) return decision;
      return refused
        ? { ...decision, reason: "wrapper-callers", because: refused.call }
        : { ...decision, decision: "rewrite", reason: null, key: wrapper.newName, confidence: "proven" };
    });
    all.push(
      ...callers.map(
        (decision): CallDecision =>
          refused && decision.decision === "rewrite"
            ? {
                ...decision,
                decision: "manual",
                reason: "wrapper-callers",
                because: refused.call,
                key: null,
                confidence: null,
              }
            : decision,
      ),
    );
  }
  return all;
}

function decideAlone(call: RunCall, migration: Migration, options: DecideOptions): CallDecision {
  const fn = legacyFunction(migration, call.legacy)!;
  const base = { call, fn, verdict: null, key: null, confidence: null, because: null };
  const manual = (reason: ReasonCode): CallDecision => ({ ...base, decision: "manual", reason });
  if (call.inTest) return manual("test-double");
  if (call.role === "wait-all" || call.global) return { ...base, decision: "keep", reason: "no-counterpart" };
  if (fn.replacement === null) return manual("no-counterpart");
  if (call.unsupported) return manual("unsupported-shape");
  if (call.via === "unknown") return manual("dynamic-callee");
  const refused = options.refused?.get(siteId(call));
  if (!fn.keyed && refused) return { ...manual(refused.reason), why: refused.why };
  if (!fn.keyed) return { ...base, decision: "rewrite", reason: null, confidence: "proven" };
  const verdict = (options.judge ?? judgeKey)(call.candidates);
  if (refused) return { ...base, verdict, decision: "manual", reason: refused.reason, why: refused.why };
  const answer = options.answers?.get(siteId(call));
  if (answer) {
    if (answer.action === "key" && answer.key !== null) {
      const { key } = answer;
      const shown = verdict.confidence === "proven" && verdict.key?.expression === key;
      // What a person typed or accepted is carried out, and stays their word: it is never called proven.
      const decided = { ...base, verdict, key, decision: "rewrite", reason: null } as const;
      return shown
        ? { ...decided, confidence: "proven" }
        : { ...decided, confidence: "likely", why: "a person decided on this key" };
    }
    return { ...base, verdict, decision: "manual", reason: verdict.reason ?? "single-rule" };
  }
  const taken =
    verdict.key !== null && (verdict.confidence === "proven" || options.minConfidence === "likely");
  if (!taken) return { ...base, verdict, decision: "manual", reason: verdict.reason };
  return {
    ...base,
    verdict,
    decision: "rewrite",
    reason: null,
    key: verdict.key!.expression,
    confidence: verdict.confidence,
  };
}

/** Calls that share an id in one function, where the registry has a counterpart. */
function sameFlow(decision: CallDecision): string | null {
  if (decision.call.via === "unknown") return null;
  return decision.fn.keyed && decision.fn.replacement !== null && !decision.call.global
    ? decision.call.cluster
    : null;
}

/** Calls through the property of one dependency object: the property moves with all of them. */
function sameDependency({ call }: CallDecision): string | null {
  return call.via === "dependency" ? `${call.file}#${call.legacy}` : null;
}

/** A wrapper and its callers: the key goes through both or neither. */
function sameWrapper({ call }: CallDecision): string | null {
  return call.wrapper;
}

/** What is refused in one group may stand in another: until nothing more follows. */
function refuseAllTogether(decisions: readonly CallDecision[]): CallDecision[] {
  const count = (of: readonly CallDecision[]): number =>
    of.filter(({ decision }) => decision === "rewrite").length;
  let before = [...decisions];
  for (;;) {
    const after = [sameFlow, sameDependency, sameWrapper].reduce(refuseTogether, before);
    if (count(after) === count(before)) return after;
    before = after;
  }
}

function refuseTogether(
  decisions: readonly CallDecision[],
  groupOf: (decision: CallDecision) => string | null,
): CallDecision[] {
  const groups = new Map<string, CallDecision[]>();
  for (const decision of decisions) {
    const group = groupOf(decision);
    if (group !== null) groups.set(group, [...(groups.get(group) ?? []), decision]);
  }
  return decisions.map((decision) => {
    const group = groupOf(decision);
    if (group === null || decision.decision !== "rewrite") return decision;
    const members = groups.get(group)!;
    const refused = members.find((member) => member.decision === "manual");
    if (refused) return refuse(decision, "cluster-refused", refused.call);
    // A predicate alone that also decides about steering cannot move by itself; left behind it would gate a kill.
    const onlyAsks =
      members.every((member) => member.fn.role === "is-active") &&
      !decisions.some((other) => stopsSameRun(other, decision));
    if (onlyAsks && decision.call.feedsNoCounterpart) return refuse(decision, "feeds-no-counterpart", null);
    return decision;
  });
}

/** A kill or wait that moves to the same key in the same function, whichever variable held the id there. */
function stopsSameRun(other: CallDecision, decision: CallDecision): boolean {
  return (
    other.decision === "rewrite" &&
    other.key === decision.key &&
    other.call.scope === decision.call.scope &&
    (other.fn.role === "abort" || other.fn.role === "wait")
  );
}

function refuse(decision: CallDecision, reason: ReasonCode, because: RunCall | null): CallDecision {
  return { ...decision, decision: "manual", reason, because, key: null, confidence: null };
}

/** How long the end of a killed run is waited for, where the user sees the kill's result; undefined where it is not. */
export function settleTimeout(
  { call, fn, key, decision }: CallDecision,
  migration: Migration,
): string | undefined {
  if (decision !== "rewrite" || key === null || fn.role !== "abort") return undefined;
  if (call.via === "wrapper" || !call.result || !call.inAsync) return undefined;
  return migration.entryPoints.find((entry) => entry.name === call.function)?.settleTimeout;
}
