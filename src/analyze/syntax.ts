import { ts } from "./typescript.ts";

/** Any function that has a body of its own. */
export type FunctionNode =
  | ts.FunctionDeclaration
  | ts.FunctionExpression
  | ts.ArrowFunction
  | ts.MethodDeclaration
  | ts.GetAccessorDeclaration
  | ts.SetAccessorDeclaration
  | ts.ConstructorDeclaration;

export function isFunctionNode(node: ts.Node): node is FunctionNode {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isGetAccessorDeclaration(node) ||
    ts.isSetAccessorDeclaration(node) ||
    ts.isConstructorDeclaration(node)
  );
}

/** The nearest function around a node, or undefined at module level. */
export function enclosingFunction(node: ts.Node): FunctionNode | undefined {
  for (let at = node.parent; at; at = at.parent) if (isFunctionNode(at)) return at;
  return undefined;
}

/** True when a node stands inside another of the same file, or is it. */
export function contains(outer: ts.Node, inner: ts.Node): boolean {
  return outer.getSourceFile() === inner.getSourceFile() && outer.pos <= inner.pos && inner.end <= outer.end;
}

/** The functions around a node, innermost first. */
export function enclosingFunctions(node: ts.Node): FunctionNode[] {
  const functions: FunctionNode[] = [];
  for (let at = node.parent; at; at = at.parent) if (isFunctionNode(at)) functions.push(at);
  return functions;
}

/** A name for a function as a reader would call it: its own, its variable's, or its property's. */
export function functionName(fn: FunctionNode): string | undefined {
  if (fn.name && (ts.isIdentifier(fn.name) || ts.isStringLiteral(fn.name))) return fn.name.text;
  const parent = fn.parent;
  if (ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name)) return parent.name.text;
  if (ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent))
    return ts.isIdentifier(parent.name) || ts.isStringLiteral(parent.name) ? parent.name.text : undefined;
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken)
    return ts.isPropertyAccessExpression(parent.left) ? parent.left.name.text : undefined;
  return undefined;
}

/** Name of the nearest function that has one, or "<module>". */
export function enclosingName(node: ts.Node): string {
  for (const fn of enclosingFunctions(node)) {
    const name = functionName(fn);
    if (name) return name;
  }
  return "<module>";
}

/** The variable or parameter that a name belongs to: of `{ a: [b] }`, the declaration that is taken apart. */
export function ownerOf(declaration: ts.Node): ts.Node {
  let at = declaration;
  while (ts.isBindingElement(at)) at = at.parent.parent;
  return at;
}

/** Takes off parentheses, casts, non-null marks, `satisfies` and `await`: none of them changes the value. */
export function unwrap(node: ts.Expression): ts.Expression {
  let at: ts.Expression = node;
  for (;;) {
    if (
      ts.isParenthesizedExpression(at) ||
      ts.isAsExpression(at) ||
      ts.isNonNullExpression(at) ||
      ts.isSatisfiesExpression(at) ||
      ts.isTypeAssertionExpression(at) ||
      ts.isAwaitExpression(at)
    )
      at = at.expression;
    else return at;
  }
}

/** The text that an expression always is: a literal, or literals put together. */
export function constantText(node: ts.Expression | undefined): string | undefined {
  const at = node && unwrap(node);
  if (!at) return undefined;
  if (ts.isStringLiteralLike(at)) return at.text;
  if (ts.isTemplateExpression(at)) {
    const parts = at.templateSpans.map(({ expression, literal }) => {
      const text = constantText(expression);
      return text === undefined ? undefined : text + literal.text;
    });
    return parts.includes(undefined) ? undefined : at.head.text + parts.join("");
  }
  if (!ts.isBinaryExpression(at) || at.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [constantText(at.left), constantText(at.right)];
  return left === undefined || right === undefined ? undefined : left + right;
}

/** `true`, and `!0` as bundlers write it; false likewise. */
export function constantFlag(node: ts.Expression): boolean | undefined {
  const at = unwrap(node);
  if (at.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (at.kind === ts.SyntaxKind.FalseKeyword) return false;
  return ts.isPrefixUnaryExpression(at) &&
    at.operator === ts.SyntaxKind.ExclamationToken &&
    ts.isNumericLiteral(at.operand)
    ? Number(at.operand.text) === 0
    : undefined;
}

/** Visits every node below (and without) nested functions when `inner` is false. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void, inner = true): void {
  ts.forEachChild(node, (child) => {
    visit(child);
    if (inner || !isFunctionNode(child)) walk(child, visit, inner);
  });
}

/** The values a function can return, `undefined` included when it can fall off its end. */
export function returnedExpressions(fn: FunctionNode): readonly (ts.Expression | undefined)[] {
  if (!fn.body) return [];
  if (!ts.isBlock(fn.body)) return [fn.body];
  const returned: (ts.Expression | undefined)[] = [];
  walk(
    fn.body,
    (node) => {
      if (ts.isReturnStatement(node)) returned.push(node.expression);
    },
    false,
  );
  const last = fn.body.statements.at(-1);
  if (!last || !(ts.isReturnStatement(last) || ts.isThrowStatement(last))) returned.push(undefined);
  return returned;
}

/** True when the statement always leaves the block it stands in. */
export function alwaysExits(statement: ts.Statement): boolean {
  if (
    ts.isReturnStatement(statement) ||
    ts.isThrowStatement(statement) ||
    ts.isContinueStatement(statement) ||
    ts.isBreakStatement(statement)
  )
    return true;
  if (ts.isBlock(statement)) return statement.statements.some(alwaysExits);
  if (ts.isIfStatement(statement))
    return (
      statement.elseStatement !== undefined &&
      alwaysExits(statement.thenStatement) &&
      alwaysExits(statement.elseStatement)
    );
  return false;
}

/** `===`, `!==`, `==` and `!=`. */
export function isEquality(kind: ts.SyntaxKind): boolean {
  return (
    kind === ts.SyntaxKind.EqualsEqualsEqualsToken ||
    kind === ts.SyntaxKind.ExclamationEqualsEqualsToken ||
    kind === ts.SyntaxKind.EqualsEqualsToken ||
    kind === ts.SyntaxKind.ExclamationEqualsToken
  );
}

/** Operands of a chain of `&&`, left to right. */
export function conjuncts(expression: ts.Expression): ts.Expression[] {
  const inner = ts.isParenthesizedExpression(expression) ? expression.expression : expression;
  if (ts.isBinaryExpression(inner) && inner.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken)
    return [...conjuncts(inner.left), ...conjuncts(inner.right)];
  return [expression];
}

/** Operands of a chain of `||`, left to right. */
export function disjuncts(expression: ts.Expression): ts.Expression[] {
  const inner = ts.isParenthesizedExpression(expression) ? expression.expression : expression;
  if (ts.isBinaryExpression(inner) && inner.operatorToken.kind === ts.SyntaxKind.BarBarToken)
    return [...disjuncts(inner.left), ...disjuncts(inner.right)];
  return [expression];
}

/**
 * The `U` of `import { U as stopRun }`: a bundler gave the export a name that means nothing, and the importer has the one
 * that somebody wrote.
 */
export function isMangledImport(specifier: ts.ImportSpecifier): boolean {
  const exported = specifier.propertyName?.text;
  return exported !== undefined && exported.length <= 3 && specifier.name.text.length > 3;
}

/** True for a function with the `async` keyword. */
export function isAsync(fn: ts.Node | undefined): boolean {
  return (
    fn !== undefined &&
    ts.canHaveModifiers(fn) &&
    (ts.getModifiers(fn)?.some((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword) ?? false)
  );
}

/** The function in whose course a node runs: one that is invoked where it stands, and awaited, is a part of the outer one. */
export function courseOf(node: ts.Node): FunctionNode | undefined {
  let fn = enclosingFunction(node);
  while (fn) {
    let at: ts.Node = fn;
    while (ts.isParenthesizedExpression(at.parent)) at = at.parent;
    const call = at.parent;
    if (!ts.isCallExpression(call) || call.expression !== at) return fn;
    if ("asteriskToken" in fn && fn.asteriskToken) return fn;
    if (isAsync(fn) && !ts.isAwaitExpression(call.parent)) return fn;
    fn = enclosingFunction(call);
  }
  return undefined;
}

/** True when a declaration, or the statement around it, has the `export` keyword. */
export function hasExportKeyword(node: ts.Node): boolean {
  const statement = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) ?? false)
  );
}
