import type { SiteDecision } from "../../../src/plan/plan.ts";

/** A likely rewrite on its own; `line` also makes id and cluster unique. */
export function makeSite(fields: Partial<SiteDecision> = {}): SiteDecision {
  const line = fields.line ?? 1;
  return {
    id: `src/a.ts:${line}:3:stop`,
    file: "src/a.ts",
    line,
    column: 3,
    function: "handle",
    callee: "stop",
    argument: "id",
    kind: "call",
    decision: "rewrite",
    reason: null,
    key: "childKey",
    confidence: "likely",
    replacement: "kill(childKey)",
    cluster: `src/a.ts:${line}`,
    evidence: [{ file: "src/a.ts", line: 1, note: "read from store[childKey]" }],
    rejected: [{ key: "requesterKey", why: "names the requester" }],
    ...fields,
  };
}
