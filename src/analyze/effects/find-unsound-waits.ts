import { ts } from "../typescript.ts";
import { calleeName, type Evaluator } from "../evaluate.ts";
import { isConstant } from "../inert.ts";
import { contains, functionName, returnedExpressions, unwrap, walk } from "../syntax.ts";
import { isIgnored, isTakenForAnswer, readsOf } from "./answers.ts";
import { calledFunction, calledName } from "./called.ts";
import { covers } from "./coverage.ts";
import type { UnsoundWait } from "./effect-facts.ts";
import { outermost } from "./find-reports.ts";
import type { Folder } from "./folder.ts";
import { placeOf, shortText } from "./place-of.ts";
import type { Reach } from "./reach.ts";

/** Names of calls that take away what a run may still be writing. */
const DESTRUCTIVE =
  /^(?:delete|remove|unlink|rm|archive|purge|destroy|wipe)(?:Sync)?(?:$|[A-Z_])|^(?:rename|truncate)(?:Sync)?$/;

/** Waits of the registry that nobody awaits, whose answer nobody reads before a mutation, or that cannot wait. */
export function findUnsoundWaits(evaluator: Evaluator, reach: Reach, file: string): UnsoundWait[] {
  const { sinks } = reach;
  const { project, migration } = evaluator;
  const found: UnsoundWait[] = [];
  const cleanups = migration.entryPoints.flatMap(({ name, actsOnWait }) => (actsOnWait ? [name] : []));
  if (!project.mentions(file, [...sinks.registryNames, ...cleanups])) return found;
  const { folder } = reach.deadCode;
  for (const node of project.nodesOf(file).calls) {
    const effect = sinks.ofRegistry(node);
    const isCleanup = cleanups.includes(calleeName(node.expression) ?? "");
    if (effect === "kill" || isCleanup) found.push(...tooLate(evaluator, cleanups, node));
    if (effect === "kill") found.push(...withoutWait(evaluator, reach, node));
    if (isCleanup) found.push(...withoutAnswer(evaluator, node));
    if (effect !== "wait") continue;
    const callee = calledName(evaluator, node.expression)!;
    const add = (problem: UnsoundWait["problem"], detail: string, at?: ts.Node): void => {
      const evidence = at ? [project.evidence(at, shortText(at))] : [];
      found.push({ ...placeOf(project, node, evidence), callee, problem, detail });
    };
    const timeout = node.arguments[callee === migration.registry.wait ? 1 : 0];
    const limit = timeout ? atMost(folder, timeout) : withoutTimeout(evaluator, node, callee);
    if (limit !== undefined && !(limit >= SHORTEST_MS)) add("timeout", String(limit));
    if (isFloating(evaluator, node) || isRaced(node) || isTakenForAnswer(evaluator, node)) {
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
    const mutation = mutationAfter(evaluator, fn, node);
    if (mutation) add("ignored", shortText(mutation), mutation);
  }
  return found;
}

/** The longest that a timeout can be. */
function atMost(folder: Folder, timeout: ts.Expression): number | undefined {
  const at = unwrap(timeout);
  if (ts.isCallExpression(at) && at.expression.getText() === "Math.min") {
    const known = at.arguments.flatMap((one) => folder.number(one) ?? []);
    return known.length > 0 ? Math.min(...known) : undefined;
  }
  const folded = folder.fold(at)?.value;
  return folded && folded.is === undefined ? Number.NaN : folder.number(at);
}

/** Nothing is no time, unless the function that is there says what it means. */
function withoutTimeout(evaluator: Evaluator, call: ts.CallExpression, callee: string): number | undefined {
  if (callee !== evaluator.migration.registry.wait || call.arguments.some(ts.isSpreadElement))
    return undefined;
  const fn = calledFunction(evaluator, call.expression);
  const parameter = fn?.parameters[1];
  return parameter && !parameter.initializer && !parameter.questionToken ? Number.NaN : undefined;
}

/** A kill whose answer is dropped, and what is taken away after it in a function that awaits no end. */
function withoutWait(evaluator: Evaluator, reach: Reach, kill: ts.CallExpression): UnsoundWait[] {
  const { project } = evaluator;
  const fn = outermost(kill);
  if (!fn) return [];
  const mutation = mutationAfter(evaluator, fn, kill);
  if (!mutation || !isUnasked(evaluator, kill, mutation) || reach.has(fn, "wait")) return [];
  return [
    {
      ...placeOf(project, kill, [project.evidence(mutation, shortText(mutation))]),
      callee: calledName(evaluator, kill.expression)!,
      problem: "missing",
      detail: shortText(mutation),
    },
  ];
}

/** A cleanup that says by its answer that the run has not ended, where nobody looks at it before something is taken away. */
function withoutAnswer(evaluator: Evaluator, cleanup: ts.CallExpression): UnsoundWait[] {
  const { project } = evaluator;
  const flow = outermost(cleanup);
  const fn = calledFunction(evaluator, cleanup.expression);
  let at: ts.Node = cleanup;
  while (ts.isParenthesizedExpression(at.parent) || ts.isAwaitExpression(at.parent)) at = at.parent;
  if (!flow || !fn || !ts.isExpressionStatement(at.parent) || !returnedExpressions(fn).some(isAnswer))
    return [];
  const mutation = mutationAfter(evaluator, flow, cleanup);
  if (!mutation) return [];
  return [
    {
      ...placeOf(project, cleanup, [project.evidence(mutation, shortText(mutation))]),
      callee: calleeName(cleanup.expression)!,
      problem: "ignored",
      detail: shortText(mutation),
    },
  ];
}

function isAnswer(value: ts.Expression | undefined): boolean {
  return value !== undefined && !isConstant(value);
}

/** In an entry point that promises to act on the end of a run: what is taken away before the run is told to end. */
function tooLate(
  evaluator: Evaluator,
  cleanups: readonly string[],
  action: ts.CallExpression,
): UnsoundWait[] {
  const { project } = evaluator;
  const flow = outermost(action);
  if (!flow || !cleanups.includes(functionName(flow) ?? "")) return [];
  let before: ts.Node | undefined;
  walk(flow, (node) => {
    if (before || node.end > action.pos) return;
    if (takesAway(evaluator, node, action.arguments[0]?.getText()) && covers(node, action)) before = node;
  });
  if (!before) return [];
  return [
    {
      ...placeOf(project, action, [project.evidence(before, shortText(before))]),
      callee: calleeName(action.expression) ?? shortText(action.expression),
      problem: "late",
      detail: shortText(before),
    },
  ];
}

/** Nobody looks at the kill's answer before something is taken away. */
function isUnasked(evaluator: Evaluator, kill: ts.CallExpression, mutation: ts.Node): boolean {
  const { parent } = kill;
  if (ts.isExpressionStatement(parent)) return true;
  if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name)) return false;
  return readsOf(evaluator, parent.name).every((read) => read.pos > mutation.end);
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

/** `wait(key, 1);`, `void wait(key, 1);`, and `wait(key, 1).catch(report);` where what follows does not wait for it. */
function isFloating(evaluator: Evaluator, call: ts.CallExpression): boolean {
  let at: ts.Node = call;
  let chained = false;
  for (;;) {
    const { parent } = at;
    if (ts.isParenthesizedExpression(parent) || ts.isVoidExpression(parent)) at = parent;
    else if (
      ts.isPropertyAccessExpression(parent) &&
      /^(?:then|catch|finally)$/.test(parent.name.text) &&
      ts.isCallExpression(parent.parent) &&
      parent.parent.expression === parent
    ) {
      chained = true;
      at = parent.parent;
    } else break;
  }
  if (!ts.isExpressionStatement(at.parent)) return false;
  const fn = outermost(call);
  const mutation = chained && fn ? mutationAfter(evaluator, fn, call) : undefined;
  return !chained || (mutation !== undefined && !contains(at, mutation));
}

/** The first thing after a kill or wait, on its way, that takes something away. */
function mutationAfter(evaluator: Evaluator, fn: ts.Node, action: ts.CallExpression): ts.Node | undefined {
  const key = action.arguments[0]?.getText();
  let found: ts.Node | undefined;
  walk(fn, (node) => {
    if (found || node.pos < action.end) return;
    if (takesAway(evaluator, node, key) && covers(action, node)) found = node;
  });
  return found;
}

/** A call whose name says so, and `delete store[key]`. What is deleted of a Map in memory is no session's file. */
function takesAway(evaluator: Evaluator, node: ts.Node, key: string | undefined): boolean {
  if (ts.isDeleteExpression(node)) {
    const target = unwrap(node.expression);
    return ts.isElementAccessExpression(target) && target.argumentExpression.getText() === key;
  }
  if (!ts.isCallExpression(node)) return false;
  const name = calleeName(node.expression);
  return name !== undefined && DESTRUCTIVE.test(name) && !(name === "delete" && isOfMap(evaluator, node));
}

function isOfMap({ project }: Evaluator, call: ts.CallExpression): boolean {
  const callee = unwrap(call.expression);
  const base = ts.isPropertyAccessExpression(callee) ? unwrap(callee.expression) : undefined;
  const declaration = base && ts.isIdentifier(base) ? project.declarationOf(base) : undefined;
  if (!declaration || !(ts.isVariableDeclaration(declaration) || ts.isParameter(declaration))) return false;
  const { type, initializer } = declaration;
  const made = initializer && unwrap(initializer);
  const name = type?.getText() ?? (made && ts.isNewExpression(made) ? made.expression.getText() : "");
  return /^(?:Weak)?(?:Map|Set)\b/.test(name);
}
