import { defineRule, placeOf } from "../rule.ts";

export const rule = defineRule({
  id: "dead-guard",
  severity: "error",
  fixable: false,
  docs: {
    what: "A kill or wait of the registry stands behind a condition that never lets it through: a stub, a constant, or a question to the engine that is gone.",
    why: "The call is there and reads well, and it never runs.",
    fix: "Ask the registry (isSessionRunActive) in place of the old engine, or take the dead condition away.",
  },
  check(analysis) {
    return analysis.effects().deadCalls.map((call) => ({
      ...placeOf(call),
      message:
        call.why === "legacy"
          ? `${call.callee} only runs when the engine that is gone says so: ${call.guard}. Ask the registry instead.`
          : `${call.callee} never runs: ${call.guard} always decides against it. Take the dead condition away.`,
      evidence: call.evidence,
    }));
  },
});
