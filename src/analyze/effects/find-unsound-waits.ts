import { ts } from "../typescript.ts";
import { calleeName, type Evaluator } from "../evaluate.ts";
import { inertForm, isConstant, isLogging } from "../inert.ts";
import { functionName, isFunctionNode, unwrap, walk } from "../syntax.ts";
import { calledName } from "./called.ts";
import { covers } from "./coverage.ts";
import type { UnsoundWait } from "./effect-facts.ts";
import { outermost } from "./find-reports.ts";
import type { Folder } from "./folder.ts";
import { placeOf, shortText } from "./place-of.ts";
import type { Reach } from "./reach.ts";

/** Names of calls that take away what a run may still be writing. */
const DESTRUCTIVE = /^(?:delete|remove|unlink|rm|archive|purge|destroy|wipe)(?:Sync)?(?:$|[A-Z_])/;

/** Waits of the registry that nobody awaits, whose answer nobody reads before a mutation, or that cannot wait. */
export function findUnsoundWaits(evaluator: Evaluator, reach: Reach, file: string): UnsoundWait[] {
  const { sinks } = reach;
  const { project, migration } = evaluator;
  const found: UnsoundWait[] = [];
  if (!project.mentions(file, sinks.registryNames)) return found;
  const { folder } = reach.deadCode;
  for (const node of project.nodesOf(file).calls) {
    const effect = sinks.ofRegistry(node);
    if (effect === "kill") found.push(...withoutWait(evaluator, reach, node));
    if (effect !== "wait") continue;
    const callee = calledName(evaluator, node.expression)!;
    const add = (problem: UnsoundWait["problem"], detail: string, at?: ts.Node): void => {
      const evidence = at ? [project.evidence(at, shortText(at))] : [];
      found.push({ ...placeOf(project, node, evidence), callee, problem, detail });
    };
    const timeout = node.arguments[callee === migration.registry.wait ? 1 : 0];
    const limit = timeout && folder.number(timeout);
    if (limit !== undefined && !(limit >= SHORTEST_MS)) add("timeout", String(limit));
    if (isFloating(node) || isRaced(node)) {
      add("floating", "");
      continue;
    }
    if (!isIgnored(evaluator, folder, node)) continue;
    const fn = outermost(node);
    if (!fn) continue;
    const entry = migration.entryPoints.find(({ name }) => name === functionName(fn));
    if (entry?.actsOnWait) {
      add("ignored", "");
      continue;
    }
    const mutation = mutationAfter(fn, node);
    if (mutation) add("ignored", shortText(mutation), mutation);
  }
  return found;
}

/** A kill whose answer is dropped, and what is taken away after it in a function that awaits no end. */
function withoutWait(evaluator: Evaluator, reach: Reach, kill: ts.CallExpression): UnsoundWait[] {
  const { project } = evaluator;
  const fn = outermost(kill);
  if (!fn || !ts.isExpressionStatement(kill.parent)) return [];
  const mutation = mutationAfter(fn, kill);
  if (!mutation || reach.has(fn, "wait")) return [];
  return [
    {
      ...placeOf(project, kill, [project.evidence(mutation, shortText(mutation))]),
      callee: calledName(evaluator, kill.expression)!,
      problem: "missing",
      detail: shortText(mutation),
    },
  ];
}

/** Less than this is no time for a process to end. */
const SHORTEST_MS = 50;

/** `Promise.race([wait(key, 1), Promise.resolve(true)])`: the other one is always first. */
function isRaced(call: ts.CallExpression): boolean {
  let at: ts.Node = call;
  while (ts.isParenthesizedExpression(at.parent) || ts.isAwaitExpression(at.parent)) at = at.parent;
  const list = at.parent;
  if (!ts.isArrayLiteralExpression(list) || !ts.isCallExpression(list.parent)) return false;
  return (
    /^Promise\.(?:race|any)$/.test(list.parent.expression.getText()) &&
    list.elements.some((other) => other !== at && isConstant(other))
  );
}

/** `wait(key, 1);` and `void wait(key, 1);` */
function isFloating(call: ts.CallExpression): boolean {
  let at: ts.Node = call;
  while (ts.isParenthesizedExpression(at.parent) || ts.isVoidExpression(at.parent)) at = at.parent;
  return ts.isExpressionStatement(at.parent);
}

/** `await wait(key, 1);`, an answer that is always taken for the same, or a const that nobody acts on. */
function isIgnored(evaluator: Evaluator, folder: Folder, call: ts.CallExpression): boolean {
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
  if (ts.isPropertyAccessExpression(parent)) return isAnsweredOtherwise(parent);
  if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name)) return false;
  const { project } = evaluator;
  const symbol = project.symbolOf(parent.name);
  return (
    symbol !== undefined &&
    project
      .references(project.pathOf(call), symbol)
      .every((read) => read === parent.name || isRead(folder, read))
  );
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
  return ts.isIfStatement(parent) && parent.expression === at && !decides(parent);
}

/** Something else happens in one of the branches than a line in the log. */
function decides({ thenStatement, elseStatement }: ts.IfStatement): boolean {
  return [thenStatement, elseStatement].some((branch) => {
    if (!branch) return false;
    const statements = ts.isBlock(branch) ? branch.statements : [branch];
    return statements.some((statement) => !isLogging(statement) && !ts.isEmptyStatement(statement));
  });
}

/** `.then(() => true)` */
function isAnsweredOtherwise(access: ts.PropertyAccessExpression): boolean {
  const call = access.parent;
  if (access.name.text !== "then" || !ts.isCallExpression(call) || call.expression !== access) return false;
  const fn = call.arguments[0] && unwrap(call.arguments[0]);
  return fn !== undefined && isFunctionNode(fn) && fn.parameters.length === 0 && inertForm(fn) !== null;
}

/** The first call after the wait, on its way, whose name says that it takes something away. */
function mutationAfter(fn: ts.Node, wait: ts.CallExpression): ts.Node | undefined {
  let found: ts.Node | undefined;
  walk(fn, (node) => {
    if (found || !ts.isCallExpression(node) || node.pos < wait.end) return;
    const name = calleeName(node.expression);
    if (name !== undefined && DESTRUCTIVE.test(name) && covers(wait, node)) found = node;
  });
  return found;
}
