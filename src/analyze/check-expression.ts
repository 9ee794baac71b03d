import { ts } from "./typescript.ts";
import type { SourceProject } from "./source-project.ts";
import { enclosingFunction } from "./syntax.ts";
import type { ValueSymbol } from "./parsed-files.ts";

/** Globals that a key may be made with; the checker knows no library. */
const GLOBALS = new Set(["undefined", "String"]);

/**
 * Why a typed expression cannot stand at a place, as a sentence, or null. It must be one expression without effects
 * of its own, and the names it starts from must be visible and declared above the place. Types are the compiler's.
 */
export function expressionProblem(project: SourceProject, place: ts.Node, text: string): string | null {
  const source = ts.createSourceFile("key.ts", `(${text}\n);`, ts.ScriptTarget.ESNext, true);
  const { parseDiagnostics } = source as ts.SourceFile & { parseDiagnostics?: readonly unknown[] };
  const [statement, ...more] = source.statements;
  if (
    (parseDiagnostics ?? []).length > 0 ||
    more.length > 0 ||
    !statement ||
    !ts.isExpressionStatement(statement) ||
    !ts.isParenthesizedExpression(statement.expression)
  )
    return "That is not one expression.";
  const visible = new Map(project.symbolsInScope(place).map((symbol) => [symbol.name, symbol]));
  let problem: string | null = null;
  const visit = (node: ts.Node): void => {
    problem ??= isEffect(node) ? "A key is read, not made: no functions, assignments, new or await." : null;
    if (ts.isIdentifier(node) && isRead(node) && !GLOBALS.has(node.text)) {
      const symbol = visible.get(node.text);
      if (!symbol) problem ??= `${node.text} is not visible at the call.`;
      else if (isBelow(symbol, place)) problem ??= `${node.text} is declared below the call.`;
    }
    ts.forEachChild(node, visit);
  };
  visit(statement.expression.expression);
  return problem;
}

function isEffect(node: ts.Node): boolean {
  return (
    ts.isFunctionLike(node) ||
    ts.isClassLike(node) ||
    ts.isNewExpression(node) ||
    ts.isAwaitExpression(node) ||
    ts.isYieldExpression(node) ||
    ts.isDeleteExpression(node) ||
    ts.isPostfixUnaryExpression(node) ||
    (ts.isPrefixUnaryExpression(node) &&
      (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken)) ||
    (ts.isBinaryExpression(node) &&
      (node.operatorToken.kind === ts.SyntaxKind.CommaToken ||
        (node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
          node.operatorToken.kind <= ts.SyntaxKind.LastAssignment)))
  );
}

/** False for the `b` of `a.b`, of `{ b: … }` and of types. */
function isRead(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name !== node;
  if (ts.isPropertyAssignment(parent)) return parent.name !== node;
  return !ts.isTypeNode(parent) && !ts.isQualifiedName(parent);
}

function isBelow(symbol: ValueSymbol, place: ts.Node): boolean {
  const declaration = symbol.valueDeclaration;
  return (
    declaration !== undefined &&
    ts.isVariableDeclaration(declaration) &&
    declaration.end > place.getStart() &&
    enclosingFunction(declaration) === enclosingFunction(place)
  );
}
