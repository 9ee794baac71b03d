import { defineTransform, StepMismatchError } from "./ast/span-transform.ts";

/**
 * import { abortEmbeddedPiRun } from "../../agents/pi-embedded.js"
 *   → import { killSessionRun } from "../../agents/session-run-registry.js"
 *
 * An import whose names all move is edited in place; otherwise the names that nobody reads any more go
 * and the registry's import is added below. Quotes, extensions and semicolons follow the file.
 */
export default defineTransform("rewire-imports", (steps, finder) =>
  steps.map((step) => {
    const insertion = step.start === step.end;
    const trimmed = trim(step, finder.source);
    if (!insertion && !finder.within(trimmed, "ImportDeclaration"))
      throw new StepMismatchError(step, "there is no import");
    return { start: step.start, end: step.end, text: String(step.data["text"]) };
  }),
);

/** The span without the line break that goes with a whole line. */
function trim(step: { start: number; end: number }, source: string): { start: number; end: number } {
  const text = source.slice(step.start, step.end);
  return { start: step.start, end: step.start + text.trimEnd().length };
}
