import { defineTransform, StepMismatchError } from "./ast/span-transform.ts";

/**
 * expect(killSessionRun).toHaveBeenCalledWith("sess-main")   → …("agent:main:main")
 * fake.activeIds.add("sess-main")                            → fake.activeIds.add("agent:main:main")
 *
 * The key is the one under which the test's own fixtures store the session of the id. Ids that are ids (queue
 * arrays, transcript names, entries) are left alone.
 */
export default defineTransform("rekey-tests", (steps, finder) =>
  steps.map((step) => {
    const id = step.data["id"] as { start: number; end: number };
    if (!finder.hasAny(id)) throw new StepMismatchError(step, "there is no id");
    return { start: step.start, end: step.end, text: String(step.data["text"]) };
  }),
);
