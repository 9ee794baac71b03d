import type { UnprovenTest } from "../../analyze/effects/effect-facts.ts";
import { defineRule, placeOf } from "../rule.ts";

export const rule = defineRule({
  id: "unproven-test",
  severity: "warning",
  fixable: false,
  docs: {
    what: "A test says that something is stopped and proves nothing of it: it does not run, expects nothing about an end, or replaces the helper that would kill by a constant.",
    why: "Its title is read as cover, and the kill behind it can be deleted without a red test.",
    fix: "Let it run, and assert that the registry's kill was called with the session's key, or that the run has ended.",
  },
  check(analysis) {
    return analysis.effects().unprovenTests.map((test) => ({
      ...placeOf(test),
      message: MESSAGES[test.problem](test.name),
      evidence: test.evidence,
      shape: `${test.problem} ${test.name}`,
    }));
  },
});

const MESSAGES: Record<UnprovenTest["problem"], (name: string) => string> = {
  "not-run": (name) => `"${name}" is about a stop and does not run. Let it run, or delete it.`,
  "looks-away": (name) =>
    `"${name}" is about a stop and expects nothing about one. Assert that the run was killed.`,
  "helper-replaced": (name) =>
    `${name} would kill, and a constant stands for it in a test that is about a stop. Replace the registry's kill, and assert on it.`,
};
