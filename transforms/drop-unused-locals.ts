import { defineTransform } from "./ast/span-transform.ts";

/**
 * const entry = store[childKey];
 * const sessionId = entry?.sessionId;      → both go, with the store load and cache behind them
 *
 * Only locals that the migrated calls alone needed, and only code without effects.
 */
export default defineTransform("drop-unused-locals", (steps) =>
  steps.map((step) => ({ start: step.start, end: step.end, text: "" })),
);
