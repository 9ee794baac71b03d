import { defineRule, placeOf } from "../rule.ts";

export const rule = defineRule({
  id: "undefined-call",
  severity: "error",
  fixable: false,
  docs: {
    what: "A method is called on a literal undefined or null that casts hide.",
    why: "The call never happens (or always throws): it stands where a manager of the engine that is gone was asked to stop or close something, and what follows reports that it did.",
    fix: "Call what does the work now, or take the call out and let the function say that it did nothing.",
  },
  check(analysis) {
    return analysis.effects().undefinedCalls.map((call) => ({
      ...placeOf(call),
      message: `This call on ${call.base} never happens, and ${call.function} goes on as if it had. Call what does the work now, or answer that nothing was done.`,
    }));
  },
});
