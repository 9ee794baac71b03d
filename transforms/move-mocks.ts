import { defineTransform } from "./ast/span-transform.ts";

/**
 * vi.mock("../agents/pi-embedded.js", () => ({ abortEmbeddedPiRun: vi.fn(), runEmbeddedPiAgent: vi.fn() }))
 *   → vi.mock("../agents/pi-embedded.js", () => ({ runEmbeddedPiAgent: vi.fn() }))
 *     vi.mock("../agents/session-run-registry.js", async (importOriginal) => ({
 *       ...(await importOriginal()), killSessionRun: vi.fn() }))
 *
 * What moved goes to a mock of the registry; the old factory keeps the rest. A mock whose every function moved changes
 * its path and keys in place. Mocks of other modules with the same names are left alone.
 */
export default defineTransform("move-mocks", (steps) =>
  steps.map((step) => ({ start: step.start, end: step.end, text: String(step.data["text"]) })),
);
