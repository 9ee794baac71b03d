import { ts } from "../typescript.ts";
import type { SourceProject } from "../source-project.ts";
import { contains, type FunctionNode, hasExportKeyword, isEquality } from "../syntax.ts";

/** True for reads that never happen. */
type IsDead = (read: ts.Node) => boolean;

/** True when nothing can call the function: it is a value that is dropped, or nobody reads the name that holds it. */
export function isNeverCalled(project: SourceProject, fn: FunctionNode, isDead: IsDead): boolean {
  if (ts.isFunctionDeclaration(fn))
    return fn.name !== undefined && isNeverRead(project, fn, fn.name, fn, isDead);
  if (ts.isMethodDeclaration(fn))
    return ts.isObjectLiteralExpression(fn.parent) && isDropped(project, fn.parent, isDead, fn);
  return (ts.isArrowFunction(fn) || ts.isFunctionExpression(fn)) && isDropped(project, fn, isDead);
}

/** True when a value goes nowhere: it is no more than mentioned, or stands in an object or a const that nobody reads. */
export function isDropped(
  project: SourceProject,
  value: ts.Node,
  isDead: IsDead,
  inside: ts.Node = value,
): boolean {
  let at = value;
  while (isTransparent(at.parent)) at = at.parent;
  const parent = at.parent;
  if (
    ts.isExpressionStatement(parent) ||
    ts.isVoidExpression(parent) ||
    ts.isTypeOfExpression(parent) ||
    ts.isIfStatement(parent) ||
    (ts.isPrefixUnaryExpression(parent) && parent.operator === ts.SyntaxKind.ExclamationToken)
  )
    return true;
  if (ts.isBinaryExpression(parent)) {
    const kind = parent.operatorToken.kind;
    if (isEquality(kind) || (kind === ts.SyntaxKind.CommaToken && parent.left === at)) return true;
    return kind !== ts.SyntaxKind.EqualsToken && isDropped(project, parent, isDead, inside);
  }
  if (ts.isConditionalExpression(parent))
    return parent.condition === at || isDropped(project, parent, isDead, inside);
  if (ts.isCallExpression(parent) && parent.expression !== at)
    return CONVERSIONS.has(parent.expression.getText());
  if (
    ts.isPropertyAssignment(parent) ||
    ts.isShorthandPropertyAssignment(parent) ||
    ts.isArrayLiteralExpression(parent)
  )
    return isDropped(project, ts.isArrayLiteralExpression(parent) ? parent : parent.parent, isDead, inside);
  if (!ts.isVariableDeclaration(parent) || parent.initializer !== at) return false;
  return ts.isIdentifier(parent.name) && isNeverRead(project, parent, parent.name, inside, isDead);
}

/** Nobody reads the name, besides what it holds and what does no more than mention it. */
function isNeverRead(
  project: SourceProject,
  declaration: ts.FunctionDeclaration | ts.VariableDeclaration,
  name: ts.Identifier,
  inside: ts.Node,
  isDead: IsDead,
): boolean {
  if (hasExportKeyword(declaration)) return false;
  const symbol = project.symbolOf(name);
  if (!symbol) return false;
  return project
    .references(project.pathOf(name), symbol)
    .every(
      (read) =>
        read === name ||
        contains(inside, read) ||
        ts.isTypeQueryNode(read.parent) ||
        (!ts.isExportSpecifier(read.parent) && (isMention(read) || isDead(read))),
    );
}

/** `void stop;`, `typeof stop`, `Boolean(stop)`: the name is said, and nothing is done with it. */
function isMention(read: ts.Node): boolean {
  let at = read;
  while (isTransparent(at.parent)) at = at.parent;
  const parent = at.parent;
  return (
    ts.isExpressionStatement(parent) ||
    ts.isVoidExpression(parent) ||
    ts.isTypeOfExpression(parent) ||
    (ts.isBinaryExpression(parent) && isEquality(parent.operatorToken.kind)) ||
    (ts.isCallExpression(parent) && parent.expression !== at && CONVERSIONS.has(parent.expression.getText()))
  );
}

function isTransparent(node: ts.Node): boolean {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node)
  );
}

const CONVERSIONS = new Set(["Boolean", "String", "Number", "Object", "JSON.stringify"]);
