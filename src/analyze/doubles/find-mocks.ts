import { ts } from "../typescript.ts";
import { legacyFunction } from "../../migration/migration.ts";
import { withoutExtension } from "../../migration/module-paths.ts";
import type { Evaluator } from "../evaluate.ts";
import { isLegacyModule } from "../legacy-modules.ts";
import { type FunctionNode, isFunctionNode, returnedExpressions, unwrap, walk } from "../syntax.ts";
import { isTestFile } from "../../shared/test-files.ts";
import { initialValue } from "./find-wiring.ts";

/** A call that replaces a module, and what its factory gives in its place. */
export interface FoundMock {
  readonly call: ts.CallExpression;
  readonly callee: string;
  readonly framework: "vi" | "jest" | "bun";
  readonly specifier: string;
  readonly leadsTo: "legacy" | "registry" | "other";
  readonly paths: readonly ts.Node[];
  readonly factory:
    | {
        readonly kind: "inline";
        readonly object: ts.ObjectLiteralExpression;
        readonly foreignSpreads: number;
      }
    | { readonly kind: "object"; readonly name: ts.Identifier }
    | { readonly kind: "helper" | "automatic" | "unknown" };
  /** calls that take the mock of this path away again: the path in each */
  readonly undone: readonly ts.StringLiteralLike[];
  /** functions of the tests' own that the factory calls, each with what it calls */
  readonly helpers: readonly FunctionNode[];
}

const UNDOES = /^(?:vi|vitest|jest)\.(?:unmock|doUnmock|dontMock)$/;
const CALLEE = /^(?:(vi|vitest|jest)\.(?:mock|doMock|unstable_mockModule)|mock\.module)$/;
/** Asks for the real module. */
export const REAL = /\b(?:importActual|importOriginal|requireActual)\b/;

/** The mock calls of a test file. */
export function findMocks(evaluator: Evaluator, file: string): FoundMock[] {
  const found: FoundMock[] = [];
  const undone: ts.StringLiteralLike[] = [];
  walk(evaluator.project.file(file), (node) => {
    if (!ts.isCallExpression(node)) return;
    const callee = node.expression.getText();
    const away = UNDOES.test(callee) && node.arguments[0] ? literalPath(node.arguments[0]) : undefined;
    if (away) undone.push(away);
    const match = CALLEE.exec(callee);
    const path = node.arguments[0] && literalPath(node.arguments[0]);
    if (!match || !path) return;
    const framework = match[1] === "jest" ? "jest" : match[1] === undefined ? "bun" : "vi";
    found.push({
      call: node,
      callee,
      framework,
      specifier: path.text,
      leadsTo: targetOf(evaluator, file, path.text),
      paths: [path, ...(node.arguments[1] ? legacyPaths(evaluator, file, node.arguments[1], path.text) : [])],
      factory: factoryOf(evaluator, node.arguments[1]),
      helpers: node.arguments[1] ? helpersIn(evaluator, node.arguments[1]) : [],
      undone: [],
    });
  });
  return found.map((mock) => ({ ...mock, undone: undone.filter(({ text }) => text === mock.specifier) }));
}

/** `"./x.js"`, or the `"./x.js"` of `import("./x.js")`. */
function literalPath(node: ts.Expression): ts.StringLiteralLike | undefined {
  if (ts.isStringLiteralLike(node)) return node;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const argument = node.arguments[0];
    return argument && ts.isStringLiteralLike(argument) ? argument : undefined;
  }
  return undefined;
}

function targetOf(evaluator: Evaluator, file: string, specifier: string): FoundMock["leadsTo"] {
  const { project, migration } = evaluator;
  const stem = withoutExtension(specifier);
  const registry = migration.registry.module;
  if (stem === registry || stem.endsWith(`/${registry}`)) return "registry";
  const leads =
    isLegacyModule(project, migration, file, specifier, null) ||
    migration.legacy.some((fn) =>
      fn.names.some((name) => isLegacyModule(project, migration, file, specifier, name)),
    );
  return leads ? "legacy" : "other";
}

/** The paths inside of a factory that lead to what the mock replaces, however they are written. */
function legacyPaths(evaluator: Evaluator, file: string, factory: ts.Node, specifier: string): ts.Node[] {
  const found: ts.Node[] = [];
  walk(factory, (node) => {
    if (!ts.isStringLiteralLike(node)) return;
    const isPath = /^\.{0,2}\//.test(node.text) && targetOf(evaluator, file, node.text) === "legacy";
    if (node.text === specifier || isPath) found.push(node);
  });
  return found;
}

function factoryOf(evaluator: Evaluator, argument: ts.Expression | undefined): FoundMock["factory"] {
  if (!argument) return { kind: "automatic" };
  const factory = unwrap(argument);
  if (ts.isObjectLiteralExpression(factory))
    return { kind: /\bspy\b/.test(factory.getText()) ? "automatic" : "unknown" };
  if (!isFunctionNode(factory)) return { kind: ts.isIdentifier(factory) ? "helper" : "unknown" };
  const returned = returnedExpressions(factory);
  const only = returned.length === 1 ? returned[0] : undefined;
  if (!only) return { kind: "unknown" };
  const value = unwrap(only);
  if (ts.isIdentifier(value)) return { kind: "object", name: value };
  if (ts.isCallExpression(value)) return { kind: "helper" };
  if (!ts.isObjectLiteralExpression(value)) return { kind: "unknown" };
  const spreads = value.properties.filter((property) => ts.isSpreadAssignment(property));
  const foreign = spreads.filter(({ expression }) => !isRealModule(evaluator, expression, factory));
  const own = value.properties.some(
    (property) =>
      property.name &&
      ts.isIdentifier(property.name) &&
      legacyFunction(evaluator.migration, property.name.text),
  );
  const spread = foreign.length === 1 ? unwrap(foreign[0]!.expression) : undefined;
  if (!own && spread && ts.isIdentifier(spread)) return { kind: "object", name: spread };
  if (!own && spread && ts.isCallExpression(spread)) return { kind: "helper" };
  return { kind: "inline", object: value, foreignSpreads: foreign.length };
}

/** `...actual`, `...(await importOriginal())` */
function isRealModule(evaluator: Evaluator, expression: ts.Expression, factory: FunctionNode): boolean {
  if (REAL.test(expression.getText())) return true;
  const at = unwrap(expression);
  const called = ts.isCallExpression(at) ? unwrap(at.expression) : at;
  if (!ts.isIdentifier(called)) return false;
  const declaration = evaluator.project.declarationOf(called);
  if (!declaration) return false;
  if (ts.isParameter(declaration)) return declaration.parent === factory;
  return (
    ts.isVariableDeclaration(declaration) &&
    declaration.initializer !== undefined &&
    (REAL.test(declaration.initializer.getText()) ||
      isRealModule(evaluator, declaration.initializer, factory))
  );
}

/** Functions of test files that are called in a node, and by those in turn. */
function helpersIn(evaluator: Evaluator, node: ts.Node): FunctionNode[] {
  const found = new Set<FunctionNode>();
  const open: ts.Node[] = [node];
  for (let at = open.pop(); at && found.size < 12; at = open.pop()) {
    const enter = (child: ts.Node): void => {
      const callee = ts.isCallExpression(child) ? child.expression : child === node ? child : undefined;
      if (!callee || !ts.isExpression(callee)) return;
      const fn = helperOf(evaluator, callee);
      if (!fn || found.has(fn) || !isTestFile(evaluator.project.pathOf(fn))) return;
      found.add(fn);
      open.push(fn);
    };
    enter(at);
    walk(at, enter);
  }
  return [...found];
}

/** A function that is called by its name, or as one that the factory loads: `(await import("./harness.js")).make()`. */
function helperOf(evaluator: Evaluator, callee: ts.Expression): FunctionNode | undefined {
  const { project } = evaluator;
  const at = unwrap(callee);
  if (ts.isPropertyAccessExpression(at)) {
    const file = loadedBy(evaluator, at.expression);
    return file === undefined ? undefined : exportedFunction(evaluator, file, at.name.text);
  }
  if (!ts.isIdentifier(at)) return undefined;
  const declaration = project.declarationOf(at);
  if (!declaration || !ts.isBindingElement(declaration)) {
    const hoisted = declaration && initialValue(declaration, "");
    const made = hoisted && unwrap(hoisted);
    return evaluator.calleeFunction(at) ?? (made && isFunctionNode(made) ? made : undefined);
  }
  const { parent: pattern } = declaration;
  const from = ts.isVariableDeclaration(pattern.parent) ? pattern.parent.initializer : undefined;
  const file = from && loadedBy(evaluator, from);
  return file === undefined
    ? undefined
    : exportedFunction(evaluator, file, (declaration.propertyName ?? declaration.name).getText());
}

/** The test file that `await import("…")`, or a constant that holds it, loads. */
function loadedBy(evaluator: Evaluator, expression: ts.Expression): string | undefined {
  const { project } = evaluator;
  const at = unwrap(expression);
  if (ts.isIdentifier(at)) {
    const declaration = project.declarationOf(at);
    return declaration && ts.isVariableDeclaration(declaration) && declaration.initializer
      ? loadedBy(evaluator, declaration.initializer)
      : undefined;
  }
  const path = ts.isCallExpression(at) ? literalPath(at) : undefined;
  const file = path && project.resolve(project.pathOf(at), path.text);
  return file !== undefined && isTestFile(file) ? file : undefined;
}

function exportedFunction({ project }: Evaluator, file: string, name: string): FunctionNode | undefined {
  const node = project.exported(file, name)?.node;
  const made = node && ts.isVariableDeclaration(node) && node.initializer ? unwrap(node.initializer) : node;
  return made && isFunctionNode(made) ? made : undefined;
}
