import { defineTransform, StepMismatchError } from "./ast/span-transform.ts";

/**
 * const defaultDeps = { abortEmbeddedPiRun }            → { killSessionRun }
 * deps.abortEmbeddedPiRun = override ?? defaultDeps.…   → deps.killSessionRun = …
 *
 * The property of a dependency object moves with its calls, its setter and its resetter.
 */
export default defineTransform("rename-dependencies", (steps, finder) =>
  steps.map((step) => {
    if (!finder.has(step, "Identifier")) throw new StepMismatchError(step, "there is no name");
    return { start: step.start, end: step.end, text: String(step.data["newName"]) };
  }),
);
