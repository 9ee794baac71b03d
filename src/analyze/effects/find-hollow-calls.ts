import { ts } from "../typescript.ts";
import type { Evaluator } from "../evaluate.ts";
import { inertForm, isLogging } from "../inert.ts";
import {
  enclosingFunction,
  type FunctionNode,
  isFunctionNode,
  returnedExpressions,
  unwrap,
} from "../syntax.ts";
import type { FabricatedSuccess, NullObjectCall } from "./effect-facts.ts";
import { outermost } from "./find-reports.ts";
import { isOnNothing } from "./find-undefined-calls.ts";
import { nearestFirst } from "./called.ts";
import { importedCallee } from "./imported-callee.ts";
import { placeOf, shortText } from "./place-of.ts";

/** Names of methods that promise an end of something. */
const STOPS = /^(?:abort|cancel|close|dispose|end|interrupt|kill|reset|shutdown|stop|terminate)(?:$|[A-Z_])/;

/**
 * Awaited calls of a manager whose factory returns an object of functions that all do nothing, in functions that answer
 * something afterwards. An object that stands in only while a feature is off is none: its factory has another way out.
 */
export function findNullObjectCalls(evaluator: Evaluator, file: string): NullObjectCall[] {
  const { project } = evaluator;
  const found: NullObjectCall[] = [];
  for (const node of project.nodesOf(file).calls) {
    if (!ts.isAwaitExpression(node.parent)) continue;
    const callee = unwrap(node.expression);
    if (!ts.isPropertyAccessExpression(callee) || !STOPS.test(callee.name.text)) continue;
    const made = factoryCall(evaluator, callee.expression);
    const factory = made && functionOf(evaluator, made.expression);
    if (!factory || !isNullFactory(factory) || !answers(outermost(node))) continue;
    found.push({
      ...placeOf(project, node, [
        project.evidence(factory, "every function of what this makes does nothing"),
      ]),
      method: callee.name.text,
      factory: shortText(made.expression),
    });
  }
  return found;
}

/**
 * Functions that answer a success although all that they call does nothing: stubs, or calls on a literal undefined.
 * A stub that says so (`{ ok: false, error }`, a throw) is honest and none of them.
 */
export function findFabricatedSuccesses(evaluator: Evaluator, file: string): FabricatedSuccess[] {
  const { project } = evaluator;
  const found: FabricatedSuccess[] = [];
  const { functions, returns } = project.nodesOf(file);
  const successes = new Map<FunctionNode | undefined, ts.Expression>();
  for (const answer of returns) {
    if (!answer.expression || !isSuccess(answer.expression)) continue;
    const fn = enclosingFunction(answer);
    if (!successes.has(fn)) successes.set(fn, answer.expression);
  }
  for (const node of functions) {
    const success = successes.get(node);
    if (!success || !node.body) continue;
    const calls: ts.CallExpression[] = [];
    const visit = (inner: ts.Node): void => {
      if (isLogging(inner)) return;
      if (ts.isCallExpression(inner)) calls.push(inner);
      ts.forEachChild(inner, visit);
    };
    visit(node.body);
    // Whatever is asked of an object may do something; only then is it worth to look at what functions do.
    if (
      calls.length === 0 ||
      !calls.every((call) => ts.isIdentifier(unwrap(call.expression)) || isOnNothing(call))
    )
      continue;
    if (!nearestFirst(evaluator, calls).every((call) => isOnNothing(call) || isHollow(evaluator, call)))
      continue;
    found.push({
      ...placeOf(
        project,
        success,
        calls.map((call) => project.evidence(call, `does nothing: ${shortText(call)}`)),
      ),
      answer: shortText(success),
    });
  }
  return found;
}

/** A stub that takes something and ignores it. Functions without parameters may well be what they look like. */
function isHollow(evaluator: Evaluator, call: ts.CallExpression): boolean {
  const fn = functionOf(evaluator, call.expression);
  return fn !== undefined && fn.parameters.length > 0 && ["constant", "empty"].includes(inertForm(fn) ?? "");
}

function functionOf(evaluator: Evaluator, callee: ts.Expression): FunctionNode | undefined {
  return evaluator.calleeFunction(callee) ?? importedCallee(evaluator, callee);
}

/** `{ ok: true }`, `true`, `"ok"`, `{ status: "ok" }` */
function isSuccess(value: ts.Expression): boolean {
  const at = unwrap(value);
  if (at.kind === ts.SyntaxKind.TrueKeyword) return true;
  if (ts.isStringLiteralLike(at)) return at.text === "ok";
  if (!ts.isObjectLiteralExpression(at)) return false;
  return at.properties.some(
    (property) =>
      ts.isPropertyAssignment(property) &&
      ["ok", "success", "status"].includes(property.name.getText()) &&
      isSuccess(property.initializer),
  );
}

/** The call that made an object: `manager()`, or the const that holds its result. */
function factoryCall(evaluator: Evaluator, object: ts.Expression): ts.CallExpression | undefined {
  const at = unwrap(object);
  if (ts.isCallExpression(at)) return at;
  if (!ts.isIdentifier(at)) return undefined;
  const declaration = evaluator.project.declarationOf(at);
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
  const made = unwrap(declaration.initializer);
  return ts.isCallExpression(made) ? made : undefined;
}

/** One way out, and each function of what it returns does nothing. */
function isNullFactory(fn: FunctionNode): boolean {
  if (fn.body && ts.isBlock(fn.body) && fn.body.statements.length !== 1) return false;
  const values = returnedExpressions(fn);
  const made = values.length === 1 && values[0] ? unwrap(values[0]) : undefined;
  if (!made || !ts.isObjectLiteralExpression(made)) return false;
  const members = made.properties.flatMap((property): ts.Node[] =>
    ts.isMethodDeclaration(property)
      ? [property]
      : ts.isPropertyAssignment(property) && isFunctionNode(unwrap(property.initializer))
        ? [unwrap(property.initializer)]
        : [],
  );
  return (
    members.length === made.properties.length &&
    members.length >= 2 &&
    members.every((member) => isFunctionNode(member) && isNothingDone(member))
  );
}

function isNothingDone(fn: FunctionNode): boolean {
  const form = inertForm(fn);
  return form === "constant" || form === "empty";
}

/** The function tells somebody something: a value, or a record that it marks. */
function answers(fn: FunctionNode | undefined): boolean {
  return fn !== undefined && returnedExpressions(fn).some((value) => value !== undefined);
}
