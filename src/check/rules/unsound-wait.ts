import type { UnsoundWait } from "../../analyze/effects/effect-facts.ts";
import { defineRule, placeOf } from "../rule.ts";

export const rule = defineRule({
  id: "unsound-wait",
  severity: "error",
  fixable: false,
  docs: {
    what: "A wait for the end of a run is not awaited, its answer is not read before something is taken away, its timeout leaves no time, there is none between a kill and what is taken away, or that comes before the kill.",
    why: "The run may still be writing to the session that is reset, archived or deleted next.",
    fix: "Await it with a real timeout, and stop with an error when it says that the run has not ended.",
  },
  check(analysis) {
    return analysis.effects().unsoundWaits.map((wait) => ({
      ...placeOf(wait),
      message: `${MESSAGES[wait.problem](wait)} Await ${
        wait.problem === "missing" || wait.problem === "late" ? "the run's end" : "it"
      } with a real timeout and act on its answer.`,
      evidence: wait.evidence,
      shape: `${wait.problem} ${wait.callee}`,
    }));
  },
});

const MESSAGES: Record<UnsoundWait["problem"], (wait: UnsoundWait) => string> = {
  floating: ({ callee }) =>
    `Nobody awaits ${callee}: what follows runs beside the run that should have ended.`,
  ignored: ({ callee, detail }) =>
    detail === ""
      ? `The answer of ${callee} is not read, so a run that has not ended goes unnoticed.`
      : `The answer of ${callee} is not read, and ${detail} follows whether the run has ended or not.`,
  missing: ({ callee, detail }) =>
    `${detail} follows ${callee} at once: the run that was told to end may still be writing.`,
  late: ({ callee, detail }) => `${detail} comes before ${callee}: the run may still be writing then.`,
  timeout: ({ callee, detail }) =>
    detail === "NaN"
      ? `${callee} is given no time: it cannot wait.`
      : `${callee} is given ${detail} ms: it cannot wait.`,
};
