import { defineTransform, StepMismatchError } from "./ast/span-transform.ts";

/**
 * const aborted = false;   → const aborted = killSessionRun(childKey);
 * const ended = true;      → const ended = await waitForSessionRunEnd(key, 15_000);
 *
 * Only in declared entry points, where the session id that is still computed proves the key. Flags that
 * merely start as false (`let`), and constants elsewhere, are left alone.
 */
export default defineTransform("restore-placeholders", (steps, finder) =>
  steps.map((step) => {
    if (!finder.has(step, "BooleanLiteral")) throw new StepMismatchError(step, "there is no constant");
    return { start: step.start, end: step.end, text: String(step.data["text"]) };
  }),
);
