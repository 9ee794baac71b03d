import { ts } from "ts-morph";
import { calleeName, type Evaluator } from "../evaluate.ts";
import { functionName, unwrap, walk } from "../syntax.ts";
import { covers } from "./coverage.ts";
import type { UnsoundWait } from "./effect-facts.ts";
import { outermost } from "./find-reports.ts";
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
  walk(project.file(file), (node) => {
    if (!ts.isCallExpression(node)) return;
    const effect = sinks.ofRegistry(node);
    if (effect === "kill") found.push(...withoutWait(evaluator, reach, node));
    if (effect !== "wait") return;
    const callee = calleeName(node.expression)!;
    const add = (problem: UnsoundWait["problem"], detail: string, at?: ts.Node): void => {
      const evidence = at ? [project.evidence(at, shortText(at))] : [];
      found.push({ ...placeOf(project, node, evidence), callee, problem, detail });
    };
    const timeout = node.arguments[callee === migration.registry.wait ? 1 : 0];
    const text = timeout && uselessTimeout(evaluator, timeout);
    if (text) add("timeout", text);
    if (isFloating(node)) {
      add("floating", "");
      return;
    }
    if (!isIgnored(evaluator, node)) return;
    const fn = outermost(node);
    if (!fn) return;
    const entry = migration.entryPoints.find(({ name }) => name === functionName(fn));
    if (entry?.actsOnWait) {
      add("ignored", "");
      return;
    }
    const mutation = mutationAfter(fn, node);
    if (mutation) add("ignored", shortText(mutation), mutation);
  });
  return found;
}

/** A kill whose answer is dropped, and what is taken away after it in a function that awaits no end. */
function withoutWait({ project }: Evaluator, reach: Reach, kill: ts.CallExpression): UnsoundWait[] {
  const fn = outermost(kill);
  if (!fn || !ts.isExpressionStatement(kill.parent)) return [];
  const mutation = mutationAfter(fn, kill);
  if (!mutation || reach.has(fn, "wait")) return [];
  return [
    {
      ...placeOf(project, kill, [project.evidence(mutation, shortText(mutation))]),
      callee: calleeName(kill.expression)!,
      problem: "missing",
      detail: shortText(mutation),
    },
  ];
}

/** 0, a negative number or NaN, directly or in a const. */
function uselessTimeout(evaluator: Evaluator, timeout: ts.Expression, depth = 0): string | undefined {
  const at = unwrap(timeout);
  if (ts.isNumericLiteral(at)) return Number(at.text.replaceAll("_", "")) === 0 ? at.text : undefined;
  if (ts.isPrefixUnaryExpression(at) && at.operator === ts.SyntaxKind.MinusToken)
    return ts.isNumericLiteral(at.operand) ? at.getText() : undefined;
  if (at.getText() === "NaN" || at.getText() === "Number.NaN") return at.getText();
  if (ts.isIdentifier(at) && depth < 3) {
    const declaration = evaluator.project.declarationOf(at);
    if (
      declaration &&
      ts.isVariableDeclaration(declaration) &&
      declaration.initializer &&
      declaration.parent.flags & ts.NodeFlags.Const
    )
      return uselessTimeout(evaluator, declaration.initializer, depth + 1);
  }
  return undefined;
}

/** `wait(key, 1);` and `void wait(key, 1);` */
function isFloating(call: ts.CallExpression): boolean {
  let at: ts.Node = call;
  while (ts.isParenthesizedExpression(at.parent) || ts.isVoidExpression(at.parent)) at = at.parent;
  return ts.isExpressionStatement(at.parent);
}

/** `await wait(key, 1);`, or a const that nobody reads. */
function isIgnored(evaluator: Evaluator, call: ts.CallExpression): boolean {
  let at: ts.Node = call;
  while (ts.isParenthesizedExpression(at.parent) || ts.isAwaitExpression(at.parent)) at = at.parent;
  const parent = at.parent;
  if (ts.isExpressionStatement(parent)) return true;
  if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name)) return false;
  const { project } = evaluator;
  const symbol = project.symbolOf(parent.name);
  return (
    symbol !== undefined &&
    project.references(project.pathOf(call), symbol).every((reference) => reference === parent.name)
  );
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
