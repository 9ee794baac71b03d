import type { Analysis, RunCall } from "../analyze/analysis.ts";
import { type LegacyFunction, legacyFunction, type Migration } from "../migration/migration.ts";
import type { Edit } from "../shared/location.ts";
import type { CallDecision } from "./decide-calls.ts";

const ALL_RUNS = /^undefined,\s*\{\s*mode:\s*["']all["'],?\s*\}$/;
const COMPACTING = /^undefined,\s*\{\s*mode:\s*["']compacting["'],?\s*\}$/;

/** An abort or a drain that names no session. */
export function concernsAllRuns(call: RunCall): boolean {
  return call.role === "wait-all" || (call.role === "abort" && call.global);
}

/** `abort(undefined, { mode: "all" })` and drains, where the registry at hand has the counterpart. */
export function decideAllRuns(call: RunCall, analysis: Analysis, migration: Migration): CallDecision | null {
  // The property of a dependency object moves with all its uses, which may be keyed ones.
  if (call.inTest || call.unsupported || call.via === "unknown" || call.via === "dependency") return null;
  const exports = analysis.registry?.exports ?? [];
  const { killAll, waitAll } = migration.registry;
  const isKillAll = call.role === "abort" && call.global && ALL_RUNS.test(call.argumentText);
  const isDrain =
    call.role === "wait-all" && newArguments(call, legacyFunction(migration, call.legacy)!) !== null;
  const name = isKillAll ? killAll : isDrain ? waitAll : null;
  if (name === null) return null;
  const base = { call, verdict: null, key: null, because: null };
  if (!exports.includes(name))
    return {
      ...base,
      fn: legacyFunction(migration, call.legacy)!,
      confidence: null,
      decision: "keep",
      reason: "no-counterpart",
      why: analysis.registry?.exists
        ? `it moves to ${name} when the registry exports that`
        : `it moves to ${name} when a registry that exports that is there: plan once more then`,
    };
  const fn = { ...legacyFunction(migration, call.legacy)!, replacement: name, keyed: false };
  return { ...base, fn, confidence: "proven", reason: null, decision: "rewrite" };
}

/**
 * Count, drain and abort of all runs in one function ask one engine: a drain of the registry behind a count of the
 * engine that is gone is never reached. So all move, or none. An abort of the compacting runs only is no part of
 * that: the registry's runs do not compact, and nothing waits for it.
 */
export function keepAllRunsTogether(decisions: readonly CallDecision[]): CallDecision[] {
  const ofAllRuns = ({ call }: CallDecision): boolean =>
    concernsAllRuns(call) && !COMPACTING.test(call.argumentText);
  const scopes = (some: readonly CallDecision[]) => new Set(some.map(({ call }) => call.scope));
  const moving = scopes(decisions.filter((each) => ofAllRuns(each) && each.decision === "rewrite"));
  const staying = scopes(decisions.filter((each) => ofAllRuns(each) && each.decision !== "rewrite"));
  const otherwiseKept = scopes(decisions.filter(({ decision }) => decision === "keep"));
  return decisions.map((decision): CallDecision => {
    if (decision.decision !== "rewrite") return decision;
    const { role, scope } = decision.call;
    if (ofAllRuns(decision) && staying.has(scope))
      return { ...decision, decision: "keep", reason: "no-counterpart", confidence: null };
    const countStays = staying.has(scope) || (!moving.has(scope) && otherwiseKept.has(scope));
    return role === "count" && countStays
      ? { ...decision, decision: "keep", reason: "feeds-no-counterpart", confidence: null }
      : decision;
  });
}

/**
 * What the arguments of a call about all runs become: the edit, and the text that it leaves. Null where they say
 * something that the counterpart does not know.
 */
export function newArguments(
  call: RunCall,
  fn: LegacyFunction,
): { readonly edit: Edit | null; readonly text: string } | null {
  const [first, second, ...more] = call.arguments;
  // A kill of all runs takes no arguments.
  if (call.role === "abort")
    return {
      edit: first ? { start: first.start, end: call.arguments.at(-1)!.end, text: "" } : null,
      text: "",
    };
  if (!first) {
    const text = fn.defaultTimeout ?? "";
    return { edit: { start: call.span.end - 1, end: call.span.end - 1, text }, text };
  }
  if (!second) return { edit: null, text: call.argumentText };
  const text = call.argumentText.slice(0, first.end - first.start);
  const options = call.argumentText.slice(text.length);
  const lost = new RegExp(
    `^,\\s*\\{\\s*(?:${(fn.lostOptions ?? []).join("|")})(?:\\s*:\\s*[\\w$.]+)?\\s*,?\\s*\\}$`,
  );
  if (more.length > 0 || !fn.lostOptions || !lost.test(options)) return null;
  return { edit: { start: first.end, end: second.end, text: "" }, text };
}
