import { ts } from "./typescript.ts";
import type { StubFact } from "./analysis.ts";
import { returnedExpressions, unwrap } from "./syntax.ts";

/**
 * How a function does nothing: it returns a constant, is empty, or only throws, and never reads a
 * parameter. @returns null for a function that does something, an overload or a declaration
 */
export function inertForm(fn: ts.SignatureDeclaration): StubFact["form"] | null {
  if (!("body" in fn) || !fn.body) return null;
  const body = fn.body as ts.ConciseBody;
  if (readsParameter(fn, body)) return null;
  if (!ts.isBlock(body)) return isConstant(body) ? "constant" : null;
  const statements = body.statements.filter((statement) => !isLogging(statement));
  if (statements.length === 0) return "empty";
  if (statements.every((statement) => ts.isThrowStatement(statement))) return "throws";
  const inert = statements.every(
    (statement) =>
      (ts.isReturnStatement(statement) && (!statement.expression || isConstant(statement.expression))) ||
      (ts.isExpressionStatement(statement) && ts.isVoidExpression(statement.expression)),
  );
  if (!inert) return null;
  return returnedExpressions(fn as never).some((value) => value !== undefined) ? "constant" : "empty";
}

/** `log.debug("skipping");`: words are no deed. */
export function isLogging(statement: ts.Node): boolean {
  if (!ts.isExpressionStatement(statement)) return false;
  const call = unwrap(statement.expression);
  if (!ts.isCallExpression(call)) return false;
  let base = unwrap(call.expression);
  while (ts.isPropertyAccessExpression(base) || ts.isCallExpression(base)) base = unwrap(base.expression);
  return (
    ts.isIdentifier(base) &&
    /^(?:console|log|logger|\w+(?:Log|Logger)|log(?:Debug|Info|Warn|Verbose))$/.test(base.text)
  );
}

/** Literals, undefined, `Promise.resolve(constant)`, `{ drained: true }`, and casts of them. */
export function isConstant(expression: ts.Expression): boolean {
  const at = unwrap(expression);
  if (
    ts.isLiteralExpression(at) ||
    at.kind === ts.SyntaxKind.TrueKeyword ||
    at.kind === ts.SyntaxKind.FalseKeyword ||
    at.kind === ts.SyntaxKind.NullKeyword ||
    ts.isVoidExpression(at)
  )
    return true;
  if (ts.isIdentifier(at)) return at.text === "undefined";
  if (ts.isPrefixUnaryExpression(at)) return isConstant(at.operand);
  if (ts.isObjectLiteralExpression(at))
    return at.properties.every(
      (property) => ts.isPropertyAssignment(property) && isConstant(property.initializer),
    );
  if (ts.isArrayLiteralExpression(at)) return at.elements.every(isConstant);
  if (ts.isCallExpression(at) && ts.isPropertyAccessExpression(at.expression))
    return (
      at.expression.expression.getText() === "Promise" &&
      ["resolve", "reject"].includes(at.expression.name.text) &&
      at.arguments.every(isConstant)
    );
  return false;
}

function readsParameter(fn: ts.SignatureDeclaration, body: ts.Node): boolean {
  const names = new Set<string>();
  for (const parameter of fn.parameters) {
    const collect = (name: ts.BindingName): void => {
      if (ts.isIdentifier(name)) names.add(name.text);
      else for (const element of name.elements) if (ts.isBindingElement(element)) collect(element.name);
    };
    collect(parameter.name);
  }
  let reads = false;
  const visit = (node: ts.Node): void => {
    if (isLogging(node)) return;
    // `void sessionId;` only quiets the linter.
    if (ts.isIdentifier(node) && names.has(node.text) && !ts.isVoidExpression(node.parent)) reads = true;
    ts.forEachChild(node, visit);
  };
  visit(body);
  return reads;
}
