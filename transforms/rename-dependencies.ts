import { defineTransform, StepMismatchError } from "./ast/span-transform.ts";

/**
 * const defaultDeps = { abortEmbeddedPiRun }            → { killSessionRun }
 * deps.abortEmbeddedPiRun = override ?? defaultDeps.…   → deps.killSessionRun = …
 *
 * The property of a dependency object moves with its calls, its setter and its resetter; the parameter of
 * a wrapper moves with its reads.
 */
export default defineTransform("rename-dependencies", (steps, finder) =>
  steps.map((step) => {
    if (!finder.hasName(step)) throw new StepMismatchError(step, "there is no name");
    return { start: step.start, end: step.end, text: String(step.data["newName"]) };
  }),
);
