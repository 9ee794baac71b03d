import type { Evidence } from "../shared/location.ts";
import { concernsAllRuns, newArguments } from "./all-runs.ts";
import { type CallDecision, siteId } from "./decide-calls.ts";
import type { SiteDecision } from "./plan.ts";

/** The new call as it will read, for reports. */
export function callText({ call, fn, key }: CallDecision): string {
  if (call.via === "wrapper") {
    const args = call.argumentText
      .split(/,\s*/)
      .map((argument, index) => (index === call.idIndex ? key : argument));
    return `${call.name}(${args.join(", ")})`;
  }
  if (call.via === "placeholder")
    return `${fn.role === "wait" ? "await " : ""}${fn.replacement}(${[key, ...(fn.defaultTimeout ? [fn.defaultTimeout] : [])].join(", ")})`;
  if (!fn.keyed)
    return `${fn.replacement}(${concernsAllRuns(call) ? (newArguments(call, fn)?.text ?? "") : call.argumentText})`;
  const [, ...rest] = call.argumentText.split(/,\s*/);
  const more =
    fn.role === "wait" ? (rest.length > 0 ? rest : fn.defaultTimeout ? [fn.defaultTimeout] : []) : [];
  return `${fn.replacement}(${[...(key === null ? [] : [key]), ...more].join(", ")})`;
}

/** The report's view of a decision about a call. */
export function describeCall(decision: CallDecision, notes: readonly Evidence[]): SiteDecision {
  const { call, verdict } = decision;
  const evidence: Evidence[] = [...call.evidence, ...(verdict?.key?.evidence ?? [])];
  if (decision.why) evidence.push({ file: call.file, line: call.line, note: decision.why });
  if (decision.because)
    evidence.push({
      file: decision.because.file,
      line: decision.because.line,
      note: `${decision.because.name} of the same flow was refused`,
    });
  evidence.push(...notes);
  return {
    id: siteId(call),
    file: call.file,
    line: call.line,
    column: call.column,
    function: call.function,
    callee: call.name,
    argument: call.argumentText,
    kind: call.via === "wrapper" || call.via === "placeholder" ? call.via : "call",
    decision: decision.decision,
    reason: decision.reason,
    key: decision.key,
    confidence: decision.confidence,
    replacement: decision.decision === "rewrite" ? callText(decision) : null,
    cluster: call.cluster,
    evidence: evidence.filter(
      (hop, index) =>
        evidence.findIndex(
          (other) => other.file === hop.file && other.line === hop.line && other.note === hop.note,
        ) === index,
    ),
    rejected: rejectedOf(decision),
  };
}

/** Rivals; for a refusal the best candidate is one of them, so that a reader sees what could be taken. */
function rejectedOf({ verdict, decision }: CallDecision): SiteDecision["rejected"] {
  if (!verdict) return [];
  const spared =
    decision === "manual" && verdict.key
      ? [
          {
            key: verdict.key.expression,
            why: `the best candidate, proposed by ${verdict.key.rules.join(", ") || "its name"}`,
          },
        ]
      : [];
  return [...spared, ...verdict.rejected];
}
