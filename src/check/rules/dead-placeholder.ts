import { defineRule, placeOf } from "../rule.ts";

export const rule = defineRule({
  id: "dead-placeholder",
  severity: "error",
  fixable: true,
  docs: {
    what: "A variable that is named for the outcome of a stop (aborted, ended, settled, isActive …) holds a literal and is read later, or an object says `as const` what its outcome is and is then asked for it.",
    why: "A literal stands where a call stood: what reads it takes a wish for a fact, and the answer to the user never changes.",
    fix: "Put the call of the registry back; rewire-abort migrate restores it in declared entry points. If the value is a plain flag, name it for what it is.",
  },
  check(analysis, { entryPoints }) {
    return analysis.placeholders.map((placeholder) => ({
      ...placeOf(placeholder),
      message: `${placeholder.name} is always ${placeholder.literal}, yet ${placeholder.function} goes on as if something had been asked. Put the registry's call back.`,
      evidence: placeholder.flowsTo,
      // Elsewhere nothing says what stood there.
      fixable: !placeholder.isObject && entryPoints.some(({ name }) => name === placeholder.function),
      shape: `${placeholder.name}=${placeholder.literal}`,
    }));
  },
});
