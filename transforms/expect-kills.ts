import { defineTransform, StepMismatchError } from "./ast/span-transform.ts";

/**
 * expect(result.stoppedSubagents).toBe(1);
 *   → expect(killSessionRun).toHaveBeenCalledWith(childKey);   follows
 *
 * Only in tests about a stop that look at no double of the kill, where the migration says what shows that it was
 * reached and the test's own fixtures give the key. Other silent tests are left to `check`, which reports them.
 */
export default defineTransform("expect-kills", (steps, finder) =>
  steps.map((step) => {
    if (!/[;)]\s*$/.test(finder.source.slice(0, step.end)))
      throw new StepMismatchError(step, "there is no expectation");
    return { start: step.start, end: step.end, text: String(step.data["text"]) };
  }),
);
