import { defineTransform } from "./ast/span-transform.ts";

/**
 * abortEmbeddedPiRun(sessionId)
 *   → // @rewire-abort-manual no-key-in-scope: …   on the line above, once
 *
 * Marks what is left for a person; `check` fails while a marker is there.
 */
export default defineTransform("mark-manual", (steps) =>
  steps.map((step) => ({ start: step.start, end: step.end, text: String(step.data["text"]) })),
);
