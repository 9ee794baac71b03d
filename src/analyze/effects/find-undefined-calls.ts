import { ts } from "../typescript.ts";
import type { SourceProject } from "../source-project.ts";
import { unwrap } from "../syntax.ts";
import type { UndefinedCall } from "./effect-facts.ts";
import { placeOf, shortText } from "./place-of.ts";

/** Calls on a literal `undefined` or `null`, through parentheses, casts, optional chains and members. */
export function findUndefinedCalls(project: SourceProject, file: string): UndefinedCall[] {
  if (!/\b(?:undefined|null|void 0)\s*(?:as\b|satisfies\b|\)|!|\?\.)/.test(project.text(file))) return [];
  const found: UndefinedCall[] = [];
  for (const node of project.nodesOf(file).calls) {
    const base = baseOf(node.expression);
    if (isNothing(base)) found.push({ ...placeOf(project, node), base: shortText(base) });
  }
  return found;
}

/** `(undefined as any)?.close()` */
export function isOnNothing(call: ts.CallExpression): boolean {
  return isNothing(baseOf(call.expression));
}

function baseOf(callee: ts.Expression): ts.Expression {
  let at = unwrap(callee);
  while (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at)) at = unwrap(at.expression);
  return at;
}

function isNothing(at: ts.Expression): boolean {
  return (
    at.kind === ts.SyntaxKind.NullKeyword ||
    ts.isVoidExpression(at) ||
    (ts.isIdentifier(at) && at.text === "undefined")
  );
}
