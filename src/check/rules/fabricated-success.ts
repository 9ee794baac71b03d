import { defineRule, placeOf } from "../rule.ts";

export const rule = defineRule({
  id: "fabricated-success",
  severity: "error",
  fixable: false,
  docs: {
    what: "A function answers a success, and all that it calls are stubs that do nothing.",
    why: "Fabricated success is the worst answer: callers go on, users are told that it is done, and no error will ever say otherwise.",
    fix: "Do the work, or answer honestly: an error that says that nothing was done.",
  },
  check(analysis) {
    return analysis.effects().fabricatedSuccesses.map((success) => ({
      ...placeOf(success),
      message: `${success.function} answers ${success.answer}, and nothing that it calls does anything. Do the work, or answer that nothing was done.`,
      evidence: success.evidence,
    }));
  },
});
