import { defineTransform } from "./ast/span-transform.ts";

/**
 * sessionId ? abort(sessionId) : false     → kill(childKey)              (the key is always there)
 * if (target.sessionId) { … }              → if (target.key) { … }       (the key may be undefined)
 * if (!params.sessionId) return            → if (!params.target.canonicalKey) return
 *
 * A presence test on the id that dominates a kill moves to the key, or goes where the key cannot be
 * nullish. Tests that other reads of the id rely on are left alone.
 */
export default defineTransform("move-presence-guards", (steps) =>
  steps.map((step) => ({ start: step.start, end: step.end, text: String(step.data["text"]) })),
);
