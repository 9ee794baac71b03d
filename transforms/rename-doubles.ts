import { defineTransform, StepMismatchError } from "./ast/span-transform.ts";

/**
 * mocks.abortEmbeddedPiRun.mockReset()     → mocks.killSessionRun.mockReset()
 * getAbortEmbeddedPiRunMock()              → getKillSessionRunMock()
 * vi.spyOn(runs, "abortEmbeddedPiRun")     → vi.spyOn(sessionRunRegistry, "killSessionRun")
 *
 * Every name that is bound to a double moves with it, in the test and in its harness. Where both engines are asked,
 * what sets the old double up is said of the new one as well.
 */
export default defineTransform("rename-doubles", (steps, finder) =>
  steps.map((step) => {
    const { newName, text } = step.data;
    if (step.start === step.end) return { start: step.start, end: step.end, text: String(text) };
    if (!finder.hasName(step) && !finder.hasAny({ start: step.start - 1, end: step.end + 1 }))
      throw new StepMismatchError(step, "there is no name");
    return { start: step.start, end: step.end, text: String(newName) };
  }),
);
