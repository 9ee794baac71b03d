import { ts } from "../typescript.ts";
import type { Evaluator } from "../evaluate.ts";
import { inertForm, isLogging } from "../inert.ts";
import { isFunctionNode, unwrap } from "../syntax.ts";
import type { Folder } from "./folder.ts";

/** `await wait(key, 1);`, an answer that is always taken for the same, or a const that nobody acts on. */
export function isIgnored(evaluator: Evaluator, folder: Folder, call: ts.CallExpression): boolean {
  let at: ts.Node = call;
  for (;;) {
    const { parent } = at;
    if (ts.isParenthesizedExpression(parent) || ts.isAwaitExpression(parent)) at = parent;
    else if (ts.isBinaryExpression(parent)) {
      if (parent.operatorToken.kind === ts.SyntaxKind.CommaToken && parent.left === at) return true;
      if (folder.fold(parent)) return true;
      at = parent;
    } else break;
  }
  const { parent } = at;
  if (ts.isExpressionStatement(parent)) return true;
  if (ts.isIfStatement(parent)) return parent.expression === at && !decides(parent);
  if (ts.isConditionalExpression(parent)) return parent.condition === at && isOneAnswer(folder, parent);
  if (ts.isPropertyAccessExpression(parent)) return isAnsweredOtherwise(parent);
  const name = ts.isArrayLiteralExpression(parent)
    ? nameOfAnswer(parent, at)
    : ts.isVariableDeclaration(parent)
      ? parent.name
      : undefined;
  if (name === null) return true;
  if (!name || !ts.isIdentifier(name)) return false;
  return readsOf(evaluator, name).every((read) => isRead(folder, read));
}

/** `const ended = wait(key, 1); if (!ended) …`: a promise that nobody awaits is taken for its answer. */
export function isTakenForAnswer(evaluator: Evaluator, call: ts.CallExpression): boolean {
  const { parent } = call;
  if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name)) return false;
  const reads = readsOf(evaluator, parent.name);
  return reads.length > 0 && reads.every(isCondition);
}

/** What is asked whether it is true, as it stands. */
function isCondition(read: ts.Node): boolean {
  let at = read;
  while (
    ts.isParenthesizedExpression(at.parent) ||
    (ts.isPrefixUnaryExpression(at.parent) && at.parent.operator === ts.SyntaxKind.ExclamationToken)
  )
    at = at.parent;
  const { parent } = at;
  return (
    ts.isPrefixUnaryExpression(at) ||
    (ts.isIfStatement(parent) && parent.expression === at) ||
    (ts.isConditionalExpression(parent) && parent.condition === at)
  );
}

/** Where a name is read. */
export function readsOf({ project }: Evaluator, name: ts.Identifier): readonly ts.Node[] {
  const symbol = project.symbolOf(name);
  // Nothing is known about a name without a symbol: it stands for a read that counts.
  if (!symbol) return [name];
  return project.references(project.pathOf(name), symbol).filter((read) => read !== name);
}

/**
 * The name that one answer of `await Promise.all([wait(key, 1), …])` is given.
 * @returns null where it is given none
 */
function nameOfAnswer(list: ts.ArrayLiteralExpression, answer: ts.Node): ts.BindingName | null | undefined {
  const all = list.parent;
  if (!ts.isCallExpression(all) || !/^Promise\.all(?:Settled)?$/.test(all.expression.getText()))
    return undefined;
  let at: ts.Node = all;
  while (ts.isParenthesizedExpression(at.parent) || ts.isAwaitExpression(at.parent)) at = at.parent;
  if (ts.isExpressionStatement(at.parent)) return null;
  if (!ts.isVariableDeclaration(at.parent) || !ts.isArrayBindingPattern(at.parent.name)) return undefined;
  const element = at.parent.name.elements[list.elements.indexOf(answer as ts.Expression)];
  return element && ts.isBindingElement(element) ? element.name : null;
}

/** `ended ? undefined : undefined` */
function isOneAnswer(folder: Folder, { whenTrue, whenFalse }: ts.ConditionalExpression): boolean {
  const [one, other] = [folder.fold(whenTrue)?.value, folder.fold(whenFalse)?.value];
  return one !== undefined && other !== undefined && one.is === other.is;
}

/** A read of the answer after which everything goes on as before. */
function isRead(folder: Folder, read: ts.Node): boolean {
  let at: ts.Node = read;
  for (;;) {
    const { parent } = at;
    if (ts.isBinaryExpression(parent) && folder.fold(parent)) return true;
    if (
      ts.isParenthesizedExpression(parent) ||
      ts.isBinaryExpression(parent) ||
      (ts.isPrefixUnaryExpression(parent) && parent.operator === ts.SyntaxKind.ExclamationToken)
    )
      at = parent;
    else break;
  }
  const { parent } = at;
  if (ts.isVoidExpression(parent) || ts.isTypeOfExpression(parent)) return true;
  if (ts.isConditionalExpression(parent)) return parent.condition === at && isOneAnswer(folder, parent);
  return ts.isIfStatement(parent) && parent.expression === at && !decides(parent);
}

/** Something else happens in one of the branches than a line in the log. */
function decides({ thenStatement, elseStatement }: ts.IfStatement): boolean {
  return [thenStatement, elseStatement].some((branch) => {
    if (!branch) return false;
    const statements = ts.isBlock(branch) ? branch.statements : [branch];
    return statements.some(
      (statement) => !isLogging(statement) && !ts.isEmptyStatement(statement) && !isSwallowed(statement),
    );
  });
}

/** A throw that a catch takes without a word, with nothing left in its block that it keeps from running. */
function isSwallowed(statement: ts.Statement): boolean {
  if (!ts.isThrowStatement(statement)) return false;
  let at: ts.Node = statement;
  while (at.parent && !isFunctionNode(at) && !(ts.isTryStatement(at.parent) && at.parent.tryBlock === at)) {
    const { parent } = at;
    if (ts.isBlock(parent) && parent.statements.at(-1) !== at) return false;
    at = at.parent;
  }
  const taken = ts.isTryStatement(at.parent) ? at.parent.catchClause : undefined;
  return taken?.block.statements.every((inner) => isLogging(inner) || ts.isEmptyStatement(inner)) ?? false;
}

/** `.then(() => true)` */
function isAnsweredOtherwise(access: ts.PropertyAccessExpression): boolean {
  const call = access.parent;
  if (access.name.text !== "then" || !ts.isCallExpression(call) || call.expression !== access) return false;
  const fn = call.arguments[0] && unwrap(call.arguments[0]);
  return fn !== undefined && isFunctionNode(fn) && fn.parameters.length === 0 && inertForm(fn) !== null;
}
