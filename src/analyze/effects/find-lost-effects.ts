import { ts } from "ts-morph";
import type { FunctionNode } from "../syntax.ts";
import type { AlignedRevisions } from "./align-functions.ts";
import type { EffectPlace } from "./effect-facts.ts";
import { placeOf, shortText } from "./place-of.ts";
import type { Effect } from "./sinks.ts";

/** A function that killed or awaited runs in an earlier revision and does neither now. */
export interface LostEffect extends EffectPlace {
  readonly name: string;
  readonly effect: Effect;
  /** the call that stood there */
  readonly call: string;
}

/** What functions lost between two revisions, one fact for each function and effect. */
export function findLostEffects({ then, today, functions }: AlignedRevisions): LostEffect[] {
  return functions.flatMap(({ name, heir, lost }) =>
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
}

function nameNode(fn: FunctionNode): ts.Node {
  if (fn.name) return fn.name;
  const parent = fn.parent;
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) ? parent.name : fn;
}
