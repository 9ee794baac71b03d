import { ts } from "../typescript.ts";
import { legacyFunction, legacyNames } from "../../migration/migration.ts";
import type { RunCall } from "../analysis.ts";
import type { Evaluator } from "../evaluate.ts";
import { walk } from "../syntax.ts";
import type { VacuousTest } from "./effect-facts.ts";
import { placeOf } from "./place-of.ts";

const NEGATIVE = new Set(["toHaveBeenCalled", "toBeCalled", "toHaveBeenCalledWith", "toHaveBeenCalledTimes"]);

/**
 * What tests say about functions that production code does not call any more, and tests about a stop that replace the
 * kill and never look at it.
 * @param alive legacy functions that production code still calls, hands on or imports, by their first name
 */
export function findVacuousTests(
  evaluator: Evaluator,
  file: string,
  alive: ReadonlySet<string>,
): VacuousTest[] {
  const { project, migration } = evaluator;
  const { kill, killAll } = migration.registry;
  const found: VacuousTest[] = [];
  if (!project.mentions(file, [...legacyNames(migration), kill, killAll])) return found;
  const mockedKills: ts.Identifier[] = [];
  let killAsserted = false;
  let stopTitle: ts.Node | undefined;
  walk(project.file(file), (node) => {
    if (ts.isCallExpression(node)) {
      const title = titleOf(node);
      if (title && /\b(?:abort|kill|stop|terminat)/i.test(title.text)) stopTitle ??= title;
      if (isNegative(node)) {
        const name = mockName(evaluator, node);
        if (name && !alive.has(name.legacy))
          found.push({ ...placeOf(project, node), name: name.written, problem: "negative-assertion" });
      }
      if (isExpectation(node) && mentions(node, [kill, killAll])) killAsserted = true;
    }
    if (!ts.isIdentifier(node)) return;
    const fn = legacyFunction(migration, node.text);
    const isKill = node.text === kill || node.text === killAll;
    if ((fn || isKill) && isFactoryKey(node)) {
      if (fn && !alive.has(fn.names[0]!))
        found.push({ ...placeOf(project, node), name: node.text, problem: "mock-without-effect" });
      if (isKill) mockedKills.push(node);
    }
  });
  if (stopTitle && !killAsserted)
    for (const mock of mockedKills.slice(0, 1))
      found.push({
        ...placeOf(project, mock, [project.evidence(stopTitle, "this test is about a stop")]),
        name: mock.text,
        problem: "kill-never-asserted",
      });
  return found;
}

/** Legacy functions that production code still uses in some way. */
export function aliveFunctions(
  calls: readonly RunCall[],
  uses: readonly { readonly legacy: string; readonly inTest: boolean; readonly kind: string }[],
): Set<string> {
  return new Set([
    ...calls.filter(({ inTest }) => !inTest).map(({ legacy }) => legacy),
    ...uses
      .filter(({ inTest, kind }) => !inTest && kind !== "text" && kind !== "re-export" && kind !== "stub")
      .map(({ legacy }) => legacy),
  ]);
}

function titleOf(call: ts.CallExpression): ts.StringLiteralLike | undefined {
  const first = call.arguments[0];
  if (!first || !ts.isStringLiteralLike(first)) return undefined;
  return /^(?:it|test)(?:\.\w+)*$/.test(call.expression.getText()) ? first : undefined;
}

/** The key of an object that a mock's factory returns. */
function isFactoryKey(node: ts.Identifier): boolean {
  const parent = node.parent;
  const isKey =
    (ts.isPropertyAssignment(parent) && parent.name === node) || ts.isShorthandPropertyAssignment(parent);
  if (!isKey) return false;
  for (let at: ts.Node = parent; at.parent; at = at.parent)
    if (ts.isCallExpression(at) && /^(?:vi|jest)\.(?:mock|doMock)$/.test(at.expression.getText()))
      return true;
  return false;
}

/** `expect(x).not.toHaveBeenCalled()` */
function isNegative(call: ts.CallExpression): boolean {
  const callee = call.expression;
  return (
    ts.isPropertyAccessExpression(callee) &&
    NEGATIVE.has(callee.name.text) &&
    ts.isPropertyAccessExpression(callee.expression) &&
    callee.expression.name.text === "not"
  );
}

function isExpectation(call: ts.CallExpression): boolean {
  return ts.isIdentifier(call.expression) && call.expression.text === "expect";
}

/** The mocked legacy function that an expectation is about. */
function mockName(
  evaluator: Evaluator,
  call: ts.CallExpression,
): { readonly legacy: string; readonly written: string } | undefined {
  let found: { legacy: string; written: string } | undefined;
  walk(call, (node) => {
    if (!ts.isIdentifier(node)) return;
    const fn = legacyFunction(evaluator.migration, node.text);
    if (fn) found ??= { legacy: fn.names[0]!, written: node.text };
  });
  return found;
}

function mentions(call: ts.CallExpression, names: readonly string[]): boolean {
  const text = call.getText().toLowerCase();
  return names.some((name) => text.includes(name.toLowerCase()));
}
