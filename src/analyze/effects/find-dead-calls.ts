import { ts } from "ts-morph";
import { legacyFunction } from "../../migration/migration.ts";
import { calleeName, type Evaluator } from "../evaluate.ts";
import { unwrap, walk } from "../syntax.ts";
import { type DeadCode, guardsOf } from "./dead-code.ts";
import type { DeadCall } from "./effect-facts.ts";
import { placeOf, shortText } from "./place-of.ts";
import type { Sinks } from "./sinks.ts";

/** Calls of the registry that a constant condition or a question to the old engine keeps from running. */
export function findDeadCalls(
  evaluator: Evaluator,
  sinks: Sinks,
  deadCode: DeadCode,
  file: string,
): DeadCall[] {
  const { project } = evaluator;
  const found: DeadCall[] = [];
  if (!project.mentions(file, sinks.registryNames)) return found;
  walk(project.file(file), (node) => {
    if (!ts.isCallExpression(node) || !sinks.ofRegistry(node)) return;
    const callee = calleeName(node.expression)!;
    const reason = deadCode.reason(node);
    if (reason) {
      found.push({
        ...placeOf(project, node, [
          project.evidence(reason.guard, `the condition: ${shortText(reason.guard)}`),
          project.evidence(
            reason.folded.because,
            `which is always ${reason.folded.truthy ? "true" : "false"}: ${shortText(reason.folded.because)}`,
          ),
        ]),
        callee,
        guard: shortText(reason.guard),
        why: "constant",
      });
      return;
    }
    for (const { guard } of guardsOf(node)) {
      const asked = legacyQuestion(evaluator, guard);
      if (!asked) continue;
      found.push({
        ...placeOf(project, node, [project.evidence(asked, `the old engine is asked: ${shortText(asked)}`)]),
        callee,
        guard: shortText(guard),
        why: "legacy",
      });
      break;
    }
  });
  return found;
}

/** A call of a legacy predicate in a condition, or in the const that the condition reads. */
function legacyQuestion(evaluator: Evaluator, guard: ts.Expression): ts.Node | undefined {
  let asked: ts.Node | undefined;
  const visit = (node: ts.Node, depth: number): void => {
    if (asked) return;
    if (ts.isCallExpression(node)) {
      const name = calleeName(node.expression);
      const role = name === undefined ? undefined : legacyFunction(evaluator.migration, name)?.role;
      if (role === "is-active" || role === "is-streaming" || role === "count") {
        asked = node;
        return;
      }
    }
    if (ts.isIdentifier(node) && depth < 3 && !isMember(node)) {
      const declaration = evaluator.project.declarationOf(node);
      if (declaration && ts.isVariableDeclaration(declaration) && declaration.initializer) {
        const value = unwrap(declaration.initializer);
        if (ts.isCallExpression(value)) visit(value, depth + 1);
      }
    }
    ts.forEachChild(node, (child) => visit(child, depth));
  };
  visit(guard, 0);
  return asked;
}

function isMember(node: ts.Identifier): boolean {
  return ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
}
