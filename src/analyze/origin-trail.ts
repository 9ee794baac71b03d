import { ts } from "./typescript.ts";
import type { Evidence } from "../shared/location.ts";
import type { SourceProject } from "./source-project.ts";
import { unwrap } from "./syntax.ts";

const MAX_HOPS = 6;
const MAX_TEXT = 96;

/** The declarations that an expression leads back through, one hop each: what a reader would click along. */
export function originTrail(project: SourceProject, expression: ts.Expression): Evidence[] {
  const hops: Evidence[] = [];
  const seen = new Set<ts.Node>();
  let at: ts.Expression | undefined = expression;
  while (at && hops.length < MAX_HOPS) {
    const base: ts.Expression = baseOf(at);
    if (!ts.isIdentifier(base)) break;
    const declaration = project.declarationOf(base);
    if (!declaration || seen.has(declaration)) break;
    seen.add(declaration);
    const variable = variableOf(declaration);
    if (variable?.initializer) {
      hops.push(project.evidence(variable, shorten(variable.getText())));
      at = variable.initializer;
    } else if (ts.isParameter(declaration) || ts.isBindingElement(declaration)) {
      hops.push(project.evidence(declaration, `${base.text} is a parameter`));
      break;
    } else break;
  }
  return hops;
}

/** The name that an expression starts from: `a` of `a?.b.trim()`; a lookup starts from its key. */
function baseOf(expression: ts.Expression): ts.Expression {
  const at = unwrap(expression);
  if (ts.isPropertyAccessExpression(at)) return baseOf(at.expression);
  if (ts.isElementAccessExpression(at)) return baseOf(at.argumentExpression);
  if (ts.isConditionalExpression(at)) return baseOf(at.whenTrue);
  if (ts.isBinaryExpression(at)) return baseOf(at.left);
  if (ts.isCallExpression(at)) {
    const callee = unwrap(at.expression);
    if (ts.isPropertyAccessExpression(callee) && at.arguments.length === 0) return baseOf(callee.expression);
  }
  return at;
}

function variableOf(declaration: ts.Node): ts.VariableDeclaration | undefined {
  for (let at: ts.Node = declaration; at; at = at.parent) {
    if (ts.isVariableDeclaration(at)) return at;
    if (ts.isParameter(at) || ts.isStatement(at)) return undefined;
  }
  return undefined;
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT - 1)}…` : line;
}
