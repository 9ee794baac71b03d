import { ts } from "../typescript.ts";
import type { Evidence } from "../../shared/location.ts";
import { legacyFunction } from "../../migration/migration.ts";
import { calleeName, type Evaluator } from "../evaluate.ts";
import { unwrap } from "../syntax.ts";
import { type DeadCode, type DeadReason, guardsOf } from "./dead-code.ts";
import { calledName } from "./called.ts";
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
  for (const node of project.nodesOf(file).calls) {
    if (!sinks.ofRegistry(node)) continue;
    const callee = calledName(evaluator, node.expression)!;
    const hollow = sinks.hollowBehind(node);
    const reason: DeadReason | null = hollow
      ? { at: hollow, why: "the function of that name does nothing to a run" }
      : deadCode.reason(node);
    if (reason) {
      found.push({
        ...placeOf(project, node, evidenceOf(evaluator, reason)),
        callee,
        guard: reason.why,
        why: reason.folded ? "constant" : "unreachable",
      });
      continue;
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
  }
  return found;
}

function evidenceOf({ project }: Evaluator, { at, why, folded }: DeadReason): Evidence[] {
  if (!folded) return [project.evidence(at, why)];
  const { because, truthy } = folded;
  return [
    project.evidence(at, `the condition: ${shortText(at)}`),
    project.evidence(because, `which is always ${truthy ? "true" : "false"}: ${shortText(because)}`),
  ];
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
