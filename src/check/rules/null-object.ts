import { defineRule, placeOf } from "../rule.ts";

export const rule = defineRule({
  id: "null-object",
  severity: "error",
  fixable: false,
  docs: {
    what: "Something is awaited to stop, cancel or close, and every function of the object that it is asked of does nothing.",
    why: "Callers await it, see no error and report success; nothing about the call says that it is hollow.",
    fix: "Call what does the work now, or let the factory fail, so that callers can say that nothing was done.",
  },
  check(analysis) {
    return analysis.effects().nullObjectCalls.map((call) => ({
      ...placeOf(call),
      message: `${call.function} awaits ${call.method}, and every function of what ${call.factory} returns does nothing. Call what does the work now, or answer that nothing was done.`,
      evidence: call.evidence,
      shape: `${call.factory} ${call.method}`,
    }));
  },
});
