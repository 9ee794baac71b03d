import { ts } from "./typescript.ts";
import type { Span } from "../shared/location.ts";
import type { Guard } from "./analysis.ts";
import { type Evaluator, isWrite } from "./evaluate.ts";
import { alwaysExits, conjuncts, disjuncts, isFunctionNode, unwrap } from "./syntax.ts";
import type { Term } from "./term.ts";

/** What the search for guards needs to know about one call. */
export interface GuardQuestion {
  readonly evaluator: Evaluator;
  readonly call: ts.CallExpression;
  readonly idTerm: Term;
  /** arguments of the run calls of the same flow: reads that go with the migration */
  readonly migratedArguments: ReadonlySet<ts.Node>;
}

/** Conditions between a call and its function that test whether the id is there, innermost first. */
export function collectGuards(question: GuardQuestion): Guard[] {
  const { call } = question;
  const guards: Guard[] = [];
  let at: ts.Node = call;
  while (at.parent && !isFunctionNode(at)) {
    const parent: ts.Node = at.parent;
    if (ts.isConditionalExpression(parent) && parent.whenTrue === at) {
      const whole = withParentheses(parent, at);
      push(guards, question, "ternary", whole, parent.condition, parent.whenTrue, null, parent.whenFalse);
    } else if (
      ts.isBinaryExpression(parent) &&
      parent.right === at &&
      parent.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken
    ) {
      push(guards, question, "and", withParentheses(parent, at), parent.left, parent.right, null);
    } else if (ts.isIfStatement(parent) && parent.thenStatement === at) {
      const sole = soleStatement(parent);
      const { expression, thenStatement, elseStatement } = parent;
      push(guards, question, "if", parent, expression, thenStatement, sole, elseStatement);
    } else if (ts.isBlock(parent) || ts.isCaseOrDefaultClause(parent)) {
      for (const statement of parent.statements) {
        if (statement === at) break;
        if (ts.isIfStatement(statement) && !statement.elseStatement && alwaysExits(statement.thenStatement))
          pushExit(guards, question, statement);
      }
    }
    at = parent;
  }
  return guards.filter((guard) => guard.operands.some((operand) => operand.testsId));
}

/** `(id ? stop(id) : false)`: a call that is left alone needs no parentheses. */
function withParentheses(test: ts.Expression, body: ts.Node): ts.Node {
  const around = test.parent;
  return ts.isCallExpression(body) && ts.isParenthesizedExpression(around) ? around : test;
}

function push(
  guards: Guard[],
  question: GuardQuestion,
  form: Guard["form"],
  whole: ts.Node,
  test: ts.Expression,
  body: ts.Node,
  sole: ts.Statement | null,
  otherwise?: ts.Node,
): void {
  // `typeof id === "string" && id` is one presence test in two halves.
  const operands = conjuncts(test).map((operand) => ({
    span: spanOf(operand),
    testsId: testsPresence(operand, question),
  }));
  guards.push({
    form,
    span: spanOf(whole),
    test: spanOf(test),
    operands,
    body: spanOf(body),
    soleStatement: sole ? spanOf(sole) : null,
    // What is done where there is no id still asks for the id.
    otherReads: (otherwise && !isPlainAnswer(otherwise)) || readsIn(question, body.getStart(), body.end),
  });
}

function pushExit(guards: Guard[], question: GuardQuestion, statement: ts.IfStatement): void {
  const operands = disjuncts(statement.expression).map((operand) => ({
    span: spanOf(operand),
    testsId: testsAbsence(operand, question),
  }));
  const fn = functionAround(statement);
  guards.push({
    form: "early-exit",
    span: spanOf(statement),
    test: spanOf(statement.expression),
    operands,
    body: spanOf(statement.thenStatement),
    soleStatement: null,
    otherReads: readsIn(question, statement.end, fn.end),
  });
}

function functionAround(node: ts.Node): ts.Node {
  let at: ts.Node = node;
  while (at.parent && !isFunctionNode(at)) at = at.parent;
  return at;
}

/** The only statement of an if without else, when the block holds no comment that would be lost. */
function soleStatement(node: ts.IfStatement): ts.Statement | null {
  if (node.elseStatement) return null;
  const body = node.thenStatement;
  if (!ts.isBlock(body)) return body;
  const [only, ...more] = body.statements;
  if (!only || more.length > 0 || !ts.isExpressionStatement(only)) return null;
  const text = body.getSourceFile().text;
  const before = text.slice(body.getStart() + 1, only.getStart());
  const after = text.slice(only.end, body.end - 1);
  return (before + after).trim() === "" ? only : null;
}

/** `false`, `true`, `undefined`, `null`: what the call itself says where nothing runs. */
function isPlainAnswer(node: ts.Node): boolean {
  const at = ts.isExpression(node) ? unwrap(node) : node;
  return (
    [ts.SyntaxKind.FalseKeyword, ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.NullKeyword].includes(at.kind) ||
    ts.isVoidExpression(at) ||
    (ts.isIdentifier(at) && at.text === "undefined")
  );
}

export function spanOf(node: ts.Node): Span {
  return { start: node.getStart(), end: node.end };
}

/** `id`, `!!id`, `Boolean(id)`, `id != null`, `typeof id === "string"`. */
function testsPresence(operand: ts.Expression, question: GuardQuestion): boolean {
  const at = unwrap(operand);
  if (ts.isPrefixUnaryExpression(at) && at.operator === ts.SyntaxKind.ExclamationToken) {
    const inner = unwrap(at.operand);
    return ts.isPrefixUnaryExpression(inner) && inner.operator === ts.SyntaxKind.ExclamationToken
      ? isId(inner.operand, question)
      : false;
  }
  if (ts.isCallExpression(at) && ts.isIdentifier(at.expression) && at.expression.text === "Boolean")
    return at.arguments[0] !== undefined && isId(at.arguments[0], question);
  if (ts.isBinaryExpression(at)) return comparesId(at, question, false);
  return isId(at, question);
}

/** `!id`, `id == null`, `typeof id !== "string"`. */
function testsAbsence(operand: ts.Expression, question: GuardQuestion): boolean {
  const at = unwrap(operand);
  if (ts.isPrefixUnaryExpression(at) && at.operator === ts.SyntaxKind.ExclamationToken)
    return testsPresence(at.operand, question);
  return ts.isBinaryExpression(at) && comparesId(at, question, true);
}

function comparesId(node: ts.BinaryExpression, question: GuardQuestion, negated: boolean): boolean {
  const kind = node.operatorToken.kind;
  const equals = kind === ts.SyntaxKind.EqualsEqualsToken || kind === ts.SyntaxKind.EqualsEqualsEqualsToken;
  const differs =
    kind === ts.SyntaxKind.ExclamationEqualsToken || kind === ts.SyntaxKind.ExclamationEqualsEqualsToken;
  if (!equals && !differs) return false;
  const left = unwrap(node.left);
  const right = unwrap(node.right);
  if (ts.isTypeOfExpression(left) && ts.isStringLiteral(right) && right.text === "string")
    return (negated ? differs : equals) && isId(left.expression, question);
  const isNothing =
    right.kind === ts.SyntaxKind.NullKeyword ||
    (ts.isIdentifier(right) && right.text === "undefined") ||
    (ts.isStringLiteral(right) && right.text === "");
  return isNothing && (negated ? equals : differs) && isId(left, question);
}

function isId(node: ts.Expression, question: GuardQuestion): boolean {
  const at = unwrap(node);
  if (!ts.isIdentifier(at) && !ts.isPropertyAccessExpression(at) && !ts.isCallExpression(at)) return false;
  return question.evaluator.evaluate(at) === question.idTerm;
}

/** Reads of the id in a range, without the arguments that migrate and without presence tests. */
function readsIn(question: GuardQuestion, start: number, end: number): boolean {
  const source = question.call.getSourceFile();
  let found = false;
  const visit = (node: ts.Node): void => {
    if (found || node.end <= start || node.getStart() >= end) return;
    if (question.migratedArguments.has(node)) return;
    if (
      (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) &&
      isValueUse(node) &&
      question.evaluator.evaluate(node) === question.idTerm &&
      node.getStart() >= start &&
      !isTested(node) &&
      !isWrite(node)
    ) {
      found = true;
      return;
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Not a declaration's name, a property's name or a type. */
function isValueUse(node: ts.Node): boolean {
  const parent = node.parent;
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent)) return parent.initializer === node;
  if (ts.isBindingElement(parent) || ts.isPropertySignature(parent) || ts.isImportSpecifier(parent))
    return false;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return false;
  return true;
}

/** The read is itself a presence test of an if, ternary or `&&`. */
function isTested(node: ts.Node): boolean {
  let at: ts.Node = node;
  while (
    ts.isParenthesizedExpression(at.parent) ||
    ts.isPrefixUnaryExpression(at.parent) ||
    ts.isTypeOfExpression(at.parent) ||
    (ts.isBinaryExpression(at.parent) &&
      [
        ts.SyntaxKind.AmpersandAmpersandToken,
        ts.SyntaxKind.BarBarToken,
        ts.SyntaxKind.EqualsEqualsEqualsToken,
        ts.SyntaxKind.ExclamationEqualsEqualsToken,
      ].includes(at.parent.operatorToken.kind))
  )
    at = at.parent;
  const parent = at.parent;
  return (
    (ts.isIfStatement(parent) && parent.expression === at) ||
    (ts.isConditionalExpression(parent) && parent.condition === at)
  );
}
