import type { Guard } from "../analyze/analysis.ts";
import type { Edit, Span } from "../shared/location.ts";
import type { CallDecision } from "./decide-calls.ts";

/** Edits that move a presence test from the id to the key, and the spans that lose their id with them. */
export interface GuardPlan {
  readonly edits: readonly Edit[];
  readonly gone: readonly Span[];
  /** the call still needs a test of its own: its key may be undefined, and no guard moved */
  readonly unguarded: boolean;
}

/**
 * A presence test on the id that dominates a kill becomes one on the key, or goes where the key is
 * always there. A test that other reads of the id rely on stays. Where a flow only waits, the id still
 * says whether there is anything to wait for: its tests stay.
 */
export function planGuards(decision: CallDecision, killsInFlow: boolean, text: string): GuardPlan {
  const { call, key } = decision;
  // Inside a wrapper the tests of the parameter are renamed with it.
  if (
    call.wrapper !== null &&
    call.via !== "wrapper" &&
    !call.candidates.some((other) => other.expression === key)
  )
    return { edits: [], gone: [], unguarded: false };
  const candidate = call.candidates.find((other) => other.expression === key) ?? null;
  const nullable = candidate?.nullable ?? null;
  const edits: Edit[] = [];
  const gone: Span[] = [];
  let tested = false;
  if (key !== null)
    for (const guard of call.guards) {
      if (stays(guard, killsInFlow) || (candidate && candidate.declaredAt > guard.span.start)) continue;
      const planned = planGuard(guard, key, nullable, text);
      edits.push(...planned);
      gone.push(...guard.operands.filter((operand) => operand.testsId).map((operand) => operand.span));
      tested = true;
    }
  return { edits, gone, unguarded: nullable === true && !tested };
}

/** Tests of the id that stay although their call moves: other code relies on them. */
export function staysBehind({ call, key }: CallDecision, killsInFlow: boolean): readonly Guard[] {
  return key === null ? [] : call.guards.filter((guard) => stays(guard, killsInFlow));
}

function stays(guard: Guard, killsInFlow: boolean): boolean {
  // `id && isActive(id)` before a mere wait: the id says whether there is anything to wait for.
  const beside = guard.form === "and" || guard.operands.some((operand) => !operand.testsId);
  return guard.otherReads || (!killsInFlow && beside);
}

function planGuard(guard: Guard, key: string, nullable: boolean | null, text: string): Edit[] {
  const always = nullable === false;
  const onlyId = guard.operands.every((operand) => operand.testsId);
  switch (guard.form) {
    case "ternary":
      if (
        always &&
        onlyId &&
        !hasComment(text, guard.span.start, guard.body.start) &&
        !hasComment(text, guard.body.end, guard.span.end)
      )
        return [
          { start: guard.span.start, end: guard.body.start, text: "" },
          { start: guard.body.end, end: guard.span.end, text: "" },
        ];
      return always ? dropOperands(guard) : testKey(guard, key);
    case "and":
      if (!always) return testKey(guard, key);
      return onlyId && !hasComment(text, guard.span.start, guard.body.start)
        ? [{ start: guard.span.start, end: guard.body.start, text: "" }]
        : dropOperands(guard);
    case "if":
      if (always && onlyId && guard.soleStatement)
        return [
          { start: guard.span.start, end: guard.soleStatement.start, text: "" },
          { start: guard.soleStatement.end, end: guard.span.end, text: "" },
        ];
      return always && !onlyId ? dropOperands(guard) : testKey(guard, key);
    case "early-exit":
      return guard.operands
        .filter((operand) => operand.testsId)
        .map((operand) => ({ ...operand.span, text: `!${atom(key)}` }));
  }
}

/** Replaces the tests of the id by one test of the key. */
function testKey(guard: Guard, key: string): Edit[] {
  const tests = guard.operands.filter((operand) => operand.testsId);
  const single = guard.operands.length === tests.length;
  const first = tests[0]!.span;
  const rest = tests.slice(1);
  if (single) return [{ start: first.start, end: tests.at(-1)!.span.end, text: key }];
  return [{ ...first, text: atom(key) }, ...rest.flatMap((operand) => dropOperand(guard, operand.span))];
}

function dropOperands(guard: Guard): Edit[] {
  const kept = guard.operands.filter((operand) => !operand.testsId);
  if (kept.length === 0) return [];
  return guard.operands
    .filter((operand) => operand.testsId)
    .flatMap((operand) => dropOperand(guard, operand.span));
}

/** Takes an operand out of `a && b`, with the operator beside it. */
function dropOperand(guard: Guard, span: Span): Edit[] {
  const index = guard.operands.findIndex((operand) => operand.span.start === span.start);
  const next = guard.operands[index + 1];
  if (next) return [{ start: span.start, end: next.span.start, text: "" }];
  const before = guard.operands[index - 1];
  return before ? [{ start: before.span.end, end: span.end, text: "" }] : [];
}

/** Text that can stand beside any operator. */
export function atom(expression: string): string {
  return /^[\w$.[\]"']+$/.test(expression) ? expression : `(${expression})`;
}

function hasComment(text: string, start: number, end: number): boolean {
  return /\/[/*]/.test(text.slice(start, end));
}
