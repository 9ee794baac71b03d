import type { Finding } from "../../src/check/finding.ts";

/** A finding with harmless defaults. */
export function makeFinding(fields: Partial<Finding> = {}): Finding {
  const line = fields.line ?? 1;
  return {
    rule: "no-legacy-call",
    severity: "error",
    file: "src/a.ts",
    line,
    column: 1,
    endLine: line,
    endColumn: 10,
    message: "A message.",
    evidence: [],
    fingerprint: "f1",
    fixable: false,
    function: "stop",
    ...fields,
  };
}
