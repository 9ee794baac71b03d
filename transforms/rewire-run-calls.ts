import type { PlannedStep } from "../src/plan/plan.ts";
import type { Edit, Span } from "../src/shared/location.ts";
import { defineTransform, StepMismatchError } from "./ast/span-transform.ts";
import type { SyntaxFinder } from "./ast/syntax-finder.ts";

/**
 * abortEmbeddedPiRun(sessionId)            → killSessionRun(sessionKey)
 * waitForEmbeddedPiRunEnd(sessionId)       → waitForSessionRunEnd(sessionKey, 15_000)
 * runtime?.isEmbeddedPiRunActive(id)       → isSessionRunActive(sessionKey)
 *
 * 1. the call stands where the plan saw it; 2. the callee is renamed; 3. the id becomes the key;
 * 4. a timeout that the old call left to its default is written out; 5. a key that may be undefined,
 * with no guard of its own, is tested. Calls without a decision are left alone.
 */
export default defineTransform("rewire-run-calls", (steps, finder) =>
  steps.flatMap((step) => editsOf(step, finder)),
);

interface CallData {
  readonly nameSpan: Span;
  readonly newName: string;
  readonly key: string | null;
  readonly argument: Span | null;
  readonly timeout: string | null;
  readonly guard: "if" | "false" | "true" | null;
  /** what becomes of the arguments of a call about all runs */
  readonly arguments: Edit | null;
}

function editsOf(step: PlannedStep, finder: SyntaxFinder): Edit[] {
  if (!finder.has(step, "CallExpression", "OptionalCallExpression"))
    throw new StepMismatchError(step, "there is no call");
  const data = step.data as unknown as CallData;
  const edits: Edit[] = [{ ...data.nameSpan, text: data.newName }];
  if (data.key !== null && data.argument) {
    edits.push({ ...data.argument, text: data.key });
    if (data.timeout !== null)
      edits.push({ start: data.argument.end, end: data.argument.end, text: `, ${data.timeout}` });
  }
  if (data.arguments) edits.push(data.arguments);
  if (data.guard !== null && data.key !== null) {
    const key = /^[\w$.]+$/.test(data.key) ? data.key : `(${data.key})`;
    if (data.guard === "if") edits.push({ start: step.start, end: step.start, text: `if (${data.key}) ` });
    else {
      edits.push({ start: step.start, end: step.start, text: `(${key} ? ` });
      edits.push({ start: step.end, end: step.end, text: ` : ${data.guard})` });
    }
  }
  return edits;
}
