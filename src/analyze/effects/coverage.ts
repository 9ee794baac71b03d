import { ts } from "../typescript.ts";
import { alwaysExits, isFunctionNode } from "../syntax.ts";

/**
 * True when an action stands on the way to (or on from) a report about it: in the same function, not in a branch that
 * the report's path never takes, and not in a function that is only declared there.
 */
export function covers(action: ts.Node, report: ts.Node): boolean {
  const above = new Set<ts.Node>();
  for (let at: ts.Node | undefined = report; at; at = at.parent) above.add(at);
  let exits = false;
  let child: ts.Node = action;
  while (child.parent && !above.has(child.parent)) {
    if (isFunctionNode(child)) {
      if (isOnlyDeclared(child)) return false;
      exits = false;
    } else if (isBranch(child) && alwaysExits(child as ts.Statement)) exits = true;
    // What is done only when something goes wrong is not done on the way here.
    if (ts.isCatchClause(child)) return false;
    child = child.parent;
  }
  if (above.has(child)) return true;
  if (isFunctionNode(child) && isOnlyDeclared(child)) return false;
  if (isBranch(child) && alwaysExits(child as ts.Statement)) exits = true;
  const meeting = child.parent;
  if (!meeting) return false;
  const other = childOf(meeting, report);
  if (ts.isIfStatement(meeting) || ts.isConditionalExpression(meeting)) {
    const condition = ts.isIfStatement(meeting) ? meeting.expression : meeting.condition;
    return child === condition || other === condition;
  }
  if (ts.isCaseBlock(meeting) || ts.isObjectLiteralExpression(meeting) || ts.isClassLike(meeting))
    return false;
  if (exits) return false;
  // What is reported and left behind before the action comes is not covered by it.
  if (other && ts.isStatement(other) && other.end <= child.pos && leavesWith(other, report)) return false;
  return true;
}

/** The branch of a statement that holds the report always leaves. */
function leavesWith(statement: ts.Statement, report: ts.Node): boolean {
  if (alwaysExits(statement)) return true;
  for (let at: ts.Node = report; at !== statement && at.parent; at = at.parent)
    if (isBranch(at) && alwaysExits(at as ts.Statement)) return true;
  return false;
}

function isBranch(node: ts.Node): boolean {
  const parent = node.parent;
  return (
    ts.isStatement(node) &&
    ts.isIfStatement(parent) &&
    (parent.thenStatement === node || parent.elseStatement === node)
  );
}

function isOnlyDeclared(fn: ts.Node): boolean {
  if (ts.isFunctionDeclaration(fn) || ts.isMethodDeclaration(fn)) return true;
  let parent = fn.parent;
  while (ts.isParenthesizedExpression(parent) || ts.isAsExpression(parent)) parent = parent.parent;
  return ts.isVariableDeclaration(parent);
}

function childOf(ancestor: ts.Node, node: ts.Node): ts.Node | undefined {
  for (let at: ts.Node = node; at.parent; at = at.parent) if (at.parent === ancestor) return at;
  return undefined;
}
