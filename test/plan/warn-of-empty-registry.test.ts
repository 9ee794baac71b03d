import { describe, expect, it } from "vitest";
import { analyze } from "../../src/analyze/analyze.ts";
import { textWorkspace } from "../../src/apply/text-workspace.ts";
import { piToSessionRun } from "../../src/migration/pi-to-session-run.ts";
import { makePlan } from "../../src/plan/make-plan.ts";

const STOP = `import { abortEmbeddedPiRun } from "./agents/pi-embedded.js";
export function stop(store: Record<string, { sessionId: string }>, sessionKey: string) {
  const sessionId = store[sessionKey]?.sessionId;
  if (sessionId) abortEmbeddedPiRun(sessionId);
}
`;
const RUNNER = `import { registerSessionRun } from "./agents/session-run-registry.js";
export const start = (sessionKey: string) => registerSessionRun(sessionKey, { sessionKey });
`;

function warningsFor(files: Readonly<Record<string, string>>): readonly string[] {
  const analysis = analyze(textWorkspace(new Map(Object.entries(files))), piToSessionRun);
  const plan = makePlan(analysis, piToSessionRun, { minConfidence: "proven", settle: true });
  expect(plan.sites.some(({ kind, decision }) => kind === "call" && decision === "rewrite")).toBe(
    "stop.ts" in files,
  );
  return plan.warnings;
}

describe("a plan whose calls will ask the registry", () => {
  it("warns where no production code fills it", () => {
    expect(warningsFor({ "stop.ts": STOP }).join()).toContain("No call of registerSessionRun was found");
    expect(warningsFor({ "stop.ts": STOP, "runner.test.ts": RUNNER })).toHaveLength(1);
  });
  it("is silent where a run is registered, and where nothing is rewired", () => {
    expect(warningsFor({ "stop.ts": STOP, "runner.ts": RUNNER })).toEqual([]);
    expect(warningsFor({ "other.ts": "export const other = 1;\n" })).toEqual([]);
  });
});
