import { ts } from "../typescript.ts";
import { legacyFunction, legacyNames } from "../../migration/migration.ts";
import type { RunCall } from "../analysis.ts";
import type { Evaluator } from "../evaluate.ts";
import { unwrap, walk } from "../syntax.ts";
import { initialValue } from "../doubles/find-wiring.ts";
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
  walk(project.file(file), (node) => {
    if (ts.isCallExpression(node) && isNegative(node)) {
      const name = mockName(evaluator, node);
      if (name && !alive.has(name.legacy))
        found.push({ ...placeOf(project, node), name: name.written, problem: "negative-assertion" });
    }
    if (!ts.isIdentifier(node)) return;
    const fn = legacyFunction(migration, node.text);
    if (fn && isFactoryKey(node) && !alive.has(fn.names[0]!))
      found.push({ ...placeOf(project, node), name: node.text, problem: "mock-without-effect" });
  });
  const aliveKills = migration.legacy
    .filter(({ role, names }) => role === "abort" && alive.has(names[0]!))
    .flatMap(({ names }) => names);
  const never = findKillNeverAsserted(evaluator, file, [kill, killAll], aliveKills);
  if (never)
    found.push({
      ...placeOf(project, never.mock, [project.evidence(never.title, "this test is about a stop")]),
      name: never.mock.text,
      problem: "kill-never-asserted",
    });
  return found;
}

/** A file that replaces a kill, has a test about a stop, and expects nothing of any kill. */
export function findKillNeverAsserted(
  { project }: Evaluator,
  file: string,
  kills: readonly string[],
  /** kills that count as looked at, besides */
  others: readonly string[] = [],
): { readonly mock: ts.Identifier; readonly title: ts.StringLiteralLike } | undefined {
  if (!project.mentions(file, kills)) return undefined;
  let mock: ts.Identifier | undefined;
  let title: ts.StringLiteralLike | undefined;
  const expectations: ts.CallExpression[] = [];
  const standIns: string[] = [];
  walk(project.file(file), (node) => {
    if (ts.isCallExpression(node)) {
      const said = titleOf(node);
      if (said && /\b(?:abort|kill|stop|terminat)/i.test(said.text)) title ??= said;
      if (isExpectation(node)) expectations.push(node);
    }
    if (ts.isIdentifier(node) && kills.includes(node.text) && isFactoryKey(node)) {
      mock ??= node;
      if (ts.isPropertyAssignment(node.parent))
        standIns.push(...standInsOf(project, node.parent.initializer));
    }
    // `const stop = vi.mocked(old);`
    if (ts.isIdentifier(node) && kills.includes(node.text)) {
      const holder = variableAround(node);
      if (holder) standIns.push(holder);
    }
  });
  const asserted = expectations.some(
    (node) => mentions(node, [...kills, ...others]) || standIns.some((name) => names(node, name)),
  );
  return mock && title && !asserted ? { mock, title } : undefined;
}

/** The name of the variable that holds what is read from a name: `stop` of `const stop = vi.mocked(old).mock.calls` */
function variableAround(name: ts.Identifier): string | undefined {
  let at: ts.Node = name;
  while (
    ts.isPropertyAccessExpression(at.parent) ||
    ts.isElementAccessExpression(at.parent) ||
    (ts.isCallExpression(at.parent) && at.parent.expression !== name) ||
    ts.isAsExpression(at.parent)
  )
    at = at.parent;
  const { parent } = at;
  return ts.isVariableDeclaration(parent) && parent.initializer === at && ts.isIdentifier(parent.name)
    ? parent.name.text
    : undefined;
}

/** What is asked, or kept, by what stands for a function: `spy`, `mocks.stop`, the list that ids are put on, a fake. */
function standInsOf(project: Evaluator["project"], value: ts.Expression): string[] {
  const at = unwrap(value);
  if (ts.isIdentifier(at) || ts.isPropertyAccessExpression(at)) return [at.getText()];
  const found: string[] = [];
  walk(at, (node) => {
    if (!ts.isCallExpression(node)) return;
    const callee = unwrap(node.expression);
    const holder = ts.isPropertyAccessExpression(callee) ? unwrap(callee.expression) : undefined;
    if (/^(?:vi|jest)\./.test(callee.getText())) return;
    const keeps = ts.isPropertyAccessExpression(callee) && /^(?:push|add|set)$/.test(callee.name.text);
    found.push(keeps && holder ? holder.getText() : callee.getText());
    if (holder && ts.isIdentifier(holder) && isMadeOfAClass(project, holder)) found.push(holder.text);
  });
  return found;
}

/** `const fake = new Fake()`, at the top of a file or in hoisted state. */
function isMadeOfAClass(project: Evaluator["project"], name: ts.Identifier): boolean {
  const declaration = project.declarationOf(name);
  const value = declaration && initialValue(declaration, "");
  return value !== undefined && ts.isNewExpression(unwrap(value));
}

function names(node: ts.CallExpression, expression: string): boolean {
  const escaped = expression.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\w$.])${escaped}(?![\\w$])`).test(node.getText());
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
