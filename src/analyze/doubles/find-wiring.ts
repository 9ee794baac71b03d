import { ts } from "../typescript.ts";
import { legacyWord } from "../../migration/double-names.ts";
import type { Evaluator } from "../evaluate.ts";
import { type FunctionNode, isFunctionNode, returnedExpressions, unwrap, walk } from "../syntax.ts";
import { isTestFile } from "../../shared/test-files.ts";
import { propertyValue } from "./fixture-keys.ts";
import type { FoundMock } from "./find-mocks.ts";

/** What the mocks of legacy modules are made of. */
export interface Wiring {
  /** variables, and the classes of their objects, that factories and their helpers take values from; what they hold is part of the double */
  readonly variables: ReadonlySet<ts.Node>;
  /** variables that hold a factory's whole object */
  readonly whole: ReadonlySet<ts.Node>;
  /** functions that make a factory's object */
  readonly helpers: ReadonlySet<FunctionNode>;
}

/** Follows the factories of the mocks to the variables and helpers that they are made of. */
export function findWiring(
  evaluator: Evaluator,
  mocks: readonly FoundMock[],
  leadsTo: FoundMock["leadsTo"],
  /** statements that say what a spy does */
  spied: readonly ts.Node[],
): Wiring {
  const variables = new Set<ts.Node>();
  const whole = new Set<ts.Node>();
  const helpers = new Set<FunctionNode>();
  const open: ts.Node[] = [];
  for (const mock of mocks) {
    if (mock.leadsTo !== leadsTo) continue;
    for (const helper of mock.helpers) {
      helpers.add(helper);
      open.push(helper);
    }
    const held = mock.factory.kind === "object" ? variableBehind(evaluator, mock.factory.name) : undefined;
    if (held) whole.add(held);
    if (mock.call.arguments[1]) open.push(mock.call.arguments[1]);
  }
  open.push(...spied);
  for (let at = open.pop(); at; at = open.pop()) {
    const enter = (node: ts.Node): void => {
      if (!ts.isIdentifier(node) || isMember(node)) return;
      const variable = variableBehind(evaluator, node) ?? classBehind(evaluator, node);
      if (!variable || variables.has(variable)) return;
      variables.add(variable);
      const value = ts.isVariableDeclaration(variable) ? variable.initializer : variable;
      if (value) open.push(value);
    };
    enter(at);
    walk(at, enter);
  }
  return { variables, whole, helpers };
}

/** The declaration, in a test file, of the variable that an identifier names; through imports and destructuring. */
export function variableBehind(
  evaluator: Evaluator,
  name: ts.Identifier,
): ts.VariableDeclaration | undefined {
  const { project } = evaluator;
  const declaration = project.declarationOf(name);
  if (!declaration) return undefined;
  if (ts.isVariableDeclaration(declaration)) return declaration;
  if (ts.isBindingElement(declaration)) {
    let at: ts.Node = declaration;
    while (ts.isBindingElement(at) || ts.isObjectBindingPattern(at)) at = at.parent;
    return ts.isVariableDeclaration(at) ? at : undefined;
  }
  if (ts.isImportSpecifier(declaration)) {
    const specifier = declaration.parent.parent.parent.moduleSpecifier;
    if (!ts.isStringLiteral(specifier)) return undefined;
    const file = project.resolve(project.pathOf(declaration), specifier.text);
    if (file === undefined || !isTestFile(file)) return undefined;
    const target = project.exported(file, (declaration.propertyName ?? declaration.name).text);
    return target && ts.isVariableDeclaration(target.node) ? target.node : undefined;
  }
  return undefined;
}

/** The class of a test file that an identifier names. */
function classBehind({ project }: Evaluator, name: ts.Identifier): ts.ClassLikeDeclaration | undefined {
  const declaration = project.declarationOf(name);
  return declaration && ts.isClassLike(declaration) && isTestFile(project.pathOf(declaration))
    ? declaration
    : undefined;
}

/** `const spy = vi.spyOn(module, "name"); … spy.mockImplementation(…);`: what gives the spies of a module their behaviour. */
export function spySetups(
  evaluator: Evaluator,
  file: string,
  isModule: (expression: ts.Expression) => boolean,
): ts.Node[] {
  const { project } = evaluator;
  const found: ts.Node[] = [];
  walk(project.file(file), (node) => {
    if (!ts.isCallExpression(node) || !/(?:^|\.)spyOn$/.test(node.expression.getText())) return;
    const [target, name] = node.arguments;
    if (!target || !name || !ts.isStringLiteralLike(name)) return;
    if (!legacyWord(evaluator.migration, name.text) || !isModule(target)) return;
    let at: ts.Node = node;
    while (ts.isPropertyAccessExpression(at.parent) || ts.isCallExpression(at.parent)) at = at.parent;
    found.push(at);
    if (!ts.isVariableDeclaration(at.parent) || !ts.isIdentifier(at.parent.name)) return;
    const symbol = project.symbolOf(at.parent.name);
    for (const use of symbol ? project.references(file, symbol) : []) {
      let chain: ts.Node = use;
      while (ts.isPropertyAccessExpression(chain.parent) || ts.isCallExpression(chain.parent))
        chain = chain.parent;
      if (ts.isExpressionStatement(chain.parent)) found.push(chain);
    }
  });
  return found;
}

/** Names of legacy functions among the keys of the object that a variable holds. */
export function keysOf(evaluator: Evaluator, variable: ts.VariableDeclaration): string[] {
  const literal = variable.initializer && literalIn(variable.initializer);
  return (literal?.properties ?? []).flatMap((property) =>
    property.name && ts.isIdentifier(property.name) && legacyWord(evaluator.migration, property.name.text)
      ? [property.name.text]
      : [],
  );
}

/** `{ … }`, `vi.hoisted(() => ({ … }))`, `shared("…", () => ({ … }))`: the object. */
export function literalIn(expression: ts.Expression): ts.ObjectLiteralExpression | undefined {
  const at = unwrap(expression);
  if (ts.isObjectLiteralExpression(at)) return at;
  if (ts.isCallExpression(at))
    for (const argument of at.arguments) {
      const inner = unwrap(argument);
      if (isFunctionNode(inner) && inner.body) {
        const value = ts.isBlock(inner.body)
          ? inner.body.statements.find((statement) => ts.isReturnStatement(statement))?.expression
          : inner.body;
        const found = value && literalIn(value);
        if (found) return found;
      }
    }
  return undefined;
}

/** What a variable, or the member of its object at a path, holds at first. */
export function initialValue(holder: ts.Node, path: string): ts.Expression | undefined {
  const outer = ts.isBindingElement(holder) ? holder.parent.parent : holder;
  if (!ts.isVariableDeclaration(outer) || !outer.initializer) return undefined;
  const names = path.split(".").slice(1);
  if (ts.isBindingElement(holder)) names.unshift((holder.propertyName ?? holder.name).getText());
  let value: ts.Expression | undefined = outer.initializer;
  for (const name of names) {
    const literal: ts.ObjectLiteralExpression | undefined = value && literalIn(value);
    value = literal && propertyValue(literal, name);
  }
  return value && hoistedValue(value);
}

/** `vi.hoisted(() => value)` */
function hoistedValue(value: ts.Expression): ts.Expression {
  const at = unwrap(value);
  const made =
    ts.isCallExpression(at) && /\.hoisted$/.test(at.expression.getText()) ? at.arguments[0] : undefined;
  const factory = made && unwrap(made);
  const [only, ...more] = factory && isFunctionNode(factory) ? returnedExpressions(factory) : [];
  return only && more.length === 0 ? only : value;
}

function isMember(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isMethodDeclaration(parent) && parent.name === node)
  );
}
