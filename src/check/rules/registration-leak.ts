import type { RegistrationFact } from "../../analyze/effects/effect-facts.ts";
import { defineRule, placeOf } from "../rule.ts";

export const rule = defineRule({
  id: "registration-leak",
  severity: "error",
  fixable: false,
  docs: {
    what: "A run is registered and not certainly unregistered: never, only when nothing throws, or in a way that may take away its successor.",
    why: "A dead run that stays registered makes every reset of its session wait for the whole timeout and fail; a successor that is gone from the registry cannot be stopped.",
    fix: "Unregister in a finally block, with the handle that was registered.",
  },
  check(analysis) {
    return analysis.effects().registrations.map((registration) => ({
      ...placeOf(registration),
      message: MESSAGES[registration.problem](registration.key),
      evidence: registration.evidence,
      severity: registration.problem === "any-run" ? "warning" : "error",
    }));
  },
});

const MESSAGES: Record<RegistrationFact["problem"], (key: string) => string> = {
  never: (key) => `The run registered under ${key} is never unregistered. Unregister it in a finally block.`,
  "not-on-throw": (key) =>
    `The run registered under ${key} stays registered when something throws on the way. Unregister it in a finally block.`,
  "any-run": (key) =>
    `Whatever run is registered under ${key} is taken away, a successor too. Pass the handle that was registered.`,
};
