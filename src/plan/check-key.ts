import type { Analysis, RunCall } from "../analyze/analysis.ts";
import { siteId } from "./decide-calls.ts";

/** The call that a decision of a person is about; callers of wrappers have decisions of their own. */
export function callOfSite(analysis: Analysis, site: string): RunCall | undefined {
  return decidableCalls(analysis).find((call) => siteId(call) === site);
}

/** Every call that a person can decide about. */
export function decidableCalls(analysis: Analysis): RunCall[] {
  return [...analysis.calls, ...analysis.wrappers.flatMap((wrapper) => wrapper.calls)];
}

/** Why a key that a person gave cannot stand at a site, as a sentence, or null. */
export function checkKey(analysis: Analysis, site: string, key: string): string | null {
  const call = callOfSite(analysis, site);
  if (!call) return "There is no such call any more.";
  const id = call.arguments[call.idIndex];
  const idText = id && analysis.texts.get(call.file)?.slice(id.start, id.end);
  if (idText?.replace(/\s+/g, "") === key.replace(/\s+/g, "")) return "That is the session id, not a key.";
  return analysis.keyProblem(call.file, call.span.start, key);
}
