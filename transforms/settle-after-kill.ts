import { defineTransform } from "./ast/span-transform.ts";

/**
 * const aborted = killSessionRun(key);
 *   → if (aborted) { await waitForSessionRunEnd(key, 5_000); } follows
 *
 * Only where the migration declares that the user sees the result, in an async function.
 */
export default defineTransform("settle-after-kill", (steps) =>
  steps.map((step) => ({ start: step.start, end: step.end, text: String(step.data["text"]) })),
);
