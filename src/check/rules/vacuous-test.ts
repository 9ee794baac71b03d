import type { VacuousTest } from "../../analyze/effects/effect-facts.ts";
import { defineRule, placeOf } from "../rule.ts";

export const rule = defineRule({
  id: "vacuous-test",
  severity: "warning",
  fixable: false,
  docs: {
    what: "A test would be green if nothing was ever stopped: it mocks what nobody calls, asserts that a dead function was not called, or replaces the kill and never looks at it.",
    why: "Such tests were green all the time that abort paths were dead; they are worse than none, because they look like cover.",
    fix: "Mock and assert on the registry's functions, with the session's key.",
  },
  check(analysis) {
    return analysis.effects().vacuousTests.map((test) => ({
      ...placeOf(test),
      message: MESSAGES[test.problem](test.name),
      evidence: test.evidence,
      shape: `${test.problem} ${test.name}`,
    }));
  },
});

const MESSAGES: Record<VacuousTest["problem"], (name: string) => string> = {
  "mock-without-effect": (name) =>
    `This mock of ${name} has no effect: production code does not use it any more. Mock the registry.`,
  "negative-assertion": (name) =>
    `${name} is never called by production code, so this holds for ever. Assert on the registry.`,
  "kill-never-asserted": (name) =>
    `${name} is replaced, a test here is about a stop, and none looks at it. Assert that it is called with the session's key.`,
};
