import { ts } from "../typescript.ts";
import type { Evaluator } from "../evaluate.ts";
import { isConstant, isLogging } from "../inert.ts";
import { type FunctionNode, unwrap } from "../syntax.ts";
import { calledFunction } from "./called.ts";
import type { Effect } from "./sinks.ts";

const MAX_DEPTH = 4;
/** Methods that look something up or write it down: nothing is told to stop by them. */
const BOOKKEEPING =
  /^(?:get|has|set|add|delete|clear|push|includes|indexOf|find|some|every|at|keys|values|entries|slice|trim|toString|startsWith|endsWith|toLowerCase|toUpperCase|publish)$/;
/** Functions of the language that reach nothing outside of their arguments. */
const PURE =
  /^(?:Boolean|String|Number|Object|Array|Math|JSON|Date|Reflect|Symbol|Promise|performance|channel)(?:\.|$)/;

/**
 * True when a function of the registry's name does nothing to a run: it looks it up, or writes something down, and tells
 * nobody to stop, and awaits nothing.
 * @param own whether it stands in the registry's own module, where setting a property may be how runs are told
 */
export function isHollow(
  evaluator: Evaluator,
  fn: FunctionNode,
  effect: Effect,
  own: boolean,
  depth = 0,
): boolean {
  if (!fn.body) return false;
  let acts = false;
  const visit = (node: ts.Node): void => {
    if (acts || isLogging(node)) return;
    if (ts.isCallExpression(node)) acts = !doesNothing(evaluator, node, effect, own, depth);
    else if (ts.isNewExpression(node)) acts = /Promise/.test(node.expression.getText());
    else if (ts.isAwaitExpression(node) && effect === "wait") acts = !isPlain(node.expression);
    else if (ts.isReturnStatement(node) && node.expression && effect === "wait")
      acts = !isPlain(node.expression);
    else if (own && ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken)
      acts = ts.isPropertyAccessExpression(node.left);
    if (!acts) ts.forEachChild(node, visit);
  };
  if (effect === "wait" && !ts.isBlock(fn.body) && !isPlain(fn.body)) return false;
  visit(fn.body);
  return !acts;
}

function doesNothing(
  evaluator: Evaluator,
  call: ts.CallExpression,
  effect: Effect,
  own: boolean,
  depth: number,
): boolean {
  const callee = unwrap(call.expression);
  if (PURE.test(callee.getText())) return true;
  const fn = depth < MAX_DEPTH ? calledFunction(evaluator, callee) : undefined;
  if (fn) return isHollow(evaluator, fn, effect, own, depth + 1);
  return ts.isPropertyAccessExpression(callee) && BOOKKEEPING.test(callee.name.text);
}

/** A value that nobody has to wait for: a constant, an answer of yes or no, or a promise of one. */
function isPlain(expression: ts.Expression): boolean {
  const at = unwrap(expression);
  if (isConstant(at)) return true;
  if (ts.isPrefixUnaryExpression(at) || ts.isTypeOfExpression(at)) return true;
  if (ts.isBinaryExpression(at)) return isPlain(at.right) && (isPlain(at.left) || isComparison(at));
  if (ts.isConditionalExpression(at)) return isPlain(at.whenTrue) && isPlain(at.whenFalse);
  if (!ts.isCallExpression(at)) return false;
  const callee = at.expression.getText();
  if (/^Promise\.resolve$/.test(callee)) return at.arguments.every(isPlain);
  return /^Boolean$|\.(?:has|includes|delete)$/.test(callee);
}

function isComparison({ operatorToken }: ts.BinaryExpression): boolean {
  return /^[!=]==?$|^[<>]=?$/.test(operatorToken.getText());
}
