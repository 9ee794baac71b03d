import { ts } from "../typescript.ts";
import { calleeName, type Evaluator } from "../evaluate.ts";
import { enclosingFunctions, isFunctionNode, walk } from "../syntax.ts";
import type { RegistrationFact } from "./effect-facts.ts";
import { outermost } from "./find-reports.ts";
import { placeOf } from "./place-of.ts";

/** Registrations that outlive their run on some path, and ends that may hit another run. */
export function findRegistrations(
  evaluator: Evaluator,
  file: string,
  unregisteredSomewhere: boolean,
): RegistrationFact[] {
  const { project, migration } = evaluator;
  const { register, unregister } = migration.registry;
  const found: RegistrationFact[] = [];
  if (!project.mentions(file, [register, unregister])) return found;
  const registers: ts.CallExpression[] = [];
  const unregisters: ts.CallExpression[] = [];
  for (const node of project.nodesOf(file).calls) {
    const name = calleeName(node.expression);
    if (name === register) registers.push(node);
    if (name === unregister) unregisters.push(node);
  }
  for (const call of registers) {
    const key = call.arguments[0]?.getText() ?? "";
    const flow = outermost(call);
    const ends = unregisters.filter((end) => outermost(end) === flow);
    if (!unregisteredSomewhere) found.push({ ...placeOf(project, call), key, problem: "never" });
    else if (ends.length > 0 && !ends.some(isCertain) && flow && mayThrowBetween(flow, call, ends))
      found.push({
        ...placeOf(
          project,
          call,
          ends.map((end) => project.evidence(end, "the only end, on the way without errors")),
        ),
        key,
        problem: "not-on-throw",
      });
  }
  for (const call of unregisters)
    if (call.arguments.length === 1 && !ts.isSpreadElement(call.arguments[0]!))
      found.push({ ...placeOf(project, call), key: call.arguments[0]!.getText(), problem: "any-run" });
  return found;
}

/** In a finally, a catch, or a callback that runs at the end of something. */
function isCertain(end: ts.CallExpression): boolean {
  for (let at: ts.Node = end; at.parent; at = at.parent) {
    const parent = at.parent;
    if (ts.isTryStatement(parent) && parent.finallyBlock === at) return true;
    if (ts.isCatchClause(parent)) return true;
    if (isFunctionNode(at) && enclosingFunctions(at).length > 0) return true;
  }
  return false;
}

function mayThrowBetween(
  flow: ts.Node,
  start: ts.CallExpression,
  ends: readonly ts.CallExpression[],
): boolean {
  const last = Math.max(...ends.map((end) => end.pos));
  let found = false;
  walk(flow, (node) => {
    if ((ts.isAwaitExpression(node) || ts.isThrowStatement(node)) && node.pos > start.end && node.end <= last)
      found = true;
  });
  return found;
}
