import { defineRule, placeOf } from "../rule.ts";

export const rule = defineRule({
  id: "dead-guard",
  severity: "error",
  fixable: false,
  docs: {
    what: "A kill or wait of the registry stands where it never runs: behind a stub, a constant or a question to the engine that is gone, after an exit, in a function that nobody calls.",
    why: "The call is there and reads well, and it never runs.",
    fix: "Ask the registry (isSessionRunActive) in place of the old engine, or take the dead condition away.",
  },
  check(analysis) {
    return analysis.effects().deadCalls.map((call) => ({
      ...placeOf(call),
      message:
        call.why === "legacy"
          ? `${call.callee} only runs when the engine that is gone says so: ${call.guard}. Ask the registry instead.`
          : `${call.callee} never runs: ${call.guard}. ${
              call.why === "constant" ? "Take the dead condition away." : "Put it where it runs."
            }`,
      evidence: call.evidence,
    }));
  },
});
