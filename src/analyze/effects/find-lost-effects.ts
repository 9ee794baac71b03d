import { ts } from "../typescript.ts";
import type { FunctionNode } from "../syntax.ts";
import type { AlignedRevisions } from "./align-functions.ts";
import type { EffectPlace } from "./effect-facts.ts";
import { findTombstones } from "./find-tombstones.ts";
import { placeOf, shortText } from "./place-of.ts";
import type { Effect } from "./sinks.ts";

/** A function that killed, awaited or asked for runs in an earlier revision and does not now. */
export interface LostEffect extends EffectPlace {
  readonly name: string;
  readonly effect: Effect | "question";
  /** the call that stood there */
  readonly call: string;
  /** nothing of the function's name is left; the place is the file that it stood in */
  readonly isGone?: boolean;
}

/** What functions lost between two revisions, one fact for each function and effect. */
export function findLostEffects({ then, today, functions, questions, gone }: AlignedRevisions): LostEffect[] {
  const effects = functions.flatMap(({ name, heir, lost }): LostEffect[] =>
    [...lost].map(([effect, [call]]) => ({
      ...placeOf(
        today.project,
        nameNode(heir),
        [then.project.evidence(call!, `there stood ${shortText(call!)}`)],
        name,
      ),
      name,
      effect,
      call: shortText(call!),
    })),
  );
  const asked = questions.map(
    ({ name, heir, call }): LostEffect => ({
      ...placeOf(
        today.project,
        nameNode(heir),
        [then.project.evidence(call, `there stood ${shortText(expressionAround(call), 120)}`)],
        name,
      ),
      name,
      effect: "question",
      call: shortText(call),
    }),
  );
  const without = gone.map(
    ({ name, file, effect, call }): LostEffect => ({
      file,
      line: 1,
      column: 1,
      span: { start: 0, end: 0 },
      function: name,
      evidence: [then.project.evidence(call, `there stood ${shortText(call)}`)],
      name,
      effect,
      call: shortText(call),
      isGone: true,
    }),
  );
  return [...effects, ...asked, ...without];
}

/** Comments in functions that lost something, about what was taken out of them. */
export function findTombstonesOf({ today, functions, questions }: AlignedRevisions): EffectPlace[] {
  const places = new Map<string, EffectPlace>();
  for (const { heir, name } of [...functions, ...questions])
    for (const place of findTombstones(today.project, heir, name))
      places.set(`${place.file}:${place.span.start}`, place);
  return [...places.values()];
}

/** The sum or the condition that a call was part of. */
function expressionAround(call: ts.Node): ts.Node {
  let at = call;
  while (ts.isBinaryExpression(at.parent) || ts.isParenthesizedExpression(at.parent)) at = at.parent;
  return at;
}

function nameNode(fn: FunctionNode): ts.Node {
  if (fn.name) return fn.name;
  const parent = fn.parent;
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) ? parent.name : fn;
}
