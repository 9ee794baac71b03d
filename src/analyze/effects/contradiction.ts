import { ts } from "../typescript.ts";
import { isWrite } from "../evaluate.ts";
import type { SourceProject } from "../source-project.ts";
import { conjuncts, disjuncts, unwrap } from "../syntax.ts";
import type { PathGuard } from "./dead-code.ts";

/** @returns a condition that must hold on the way to a node although another one there says the opposite of it */
export function contradiction(
  project: SourceProject,
  guards: readonly PathGuard[],
): ts.Expression | undefined {
  const said = new Map<string, boolean>();
  for (const { guard, when } of guards)
    for (const { at, holds } of claims(guard, when)) {
      const subject = subjectOf(at);
      if (!subject || !isFixed(project, subject)) continue;
      const text = at.getText().replace(/\s+/g, " ");
      if (said.get(text) === !holds) return at;
      said.set(text, holds);
    }
  return undefined;
}

interface Claim {
  readonly at: ts.Expression;
  readonly holds: boolean;
}

/** What is certain once a condition has this value. */
function claims(condition: ts.Expression, when: boolean): Claim[] {
  const parts = when ? conjuncts(condition) : disjuncts(condition);
  if (parts.length > 1) return parts.flatMap((part) => claims(part, when));
  const at = unwrap(condition);
  if (ts.isPrefixUnaryExpression(at) && at.operator === ts.SyntaxKind.ExclamationToken)
    return claims(at.operand, !when);
  return [{ at, holds: when }];
}

/** The name that a claim is about: `soft`, `mode === "soft"`. */
function subjectOf(claim: ts.Expression): ts.Identifier | undefined {
  if (ts.isIdentifier(claim)) return claim;
  if (!ts.isBinaryExpression(claim) || !ts.isLiteralExpression(unwrap(claim.right))) return undefined;
  const left = unwrap(claim.left);
  return ts.isIdentifier(left) ? left : undefined;
}

/** A const, or a parameter that is assigned nowhere: it is the same at both conditions. */
function isFixed(project: SourceProject, name: ts.Identifier): boolean {
  const declaration = project.declarationOf(name);
  if (!declaration) return false;
  if (ts.isVariableDeclaration(declaration)) return (declaration.parent.flags & ts.NodeFlags.Const) !== 0;
  if (!ts.isParameter(declaration) || !ts.isIdentifier(declaration.name)) return false;
  const symbol = project.symbolOf(declaration.name);
  return (
    symbol !== undefined &&
    project.references(project.pathOf(declaration), symbol).every((read) => !isWrite(read))
  );
}
