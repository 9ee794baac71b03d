import { ts } from "../typescript.ts";
import { type LegacyWord, legacyWord } from "../../migration/double-names.ts";
import { legacyFunction } from "../../migration/migration.ts";
import type { Evaluator } from "../evaluate.ts";
import { spanOf } from "../guards.ts";
import { isLegacyModule } from "../legacy-modules.ts";
import { isMemberName } from "../source-project.ts";
import {
  contains,
  enclosingName,
  type FunctionNode,
  isFunctionNode,
  returnedExpressions,
  unwrap,
  walk,
} from "../syntax.ts";
import { isTestFile } from "../../shared/test-files.ts";
import type { DoubleName, Tie } from "./double-facts.ts";
import type { FoundMock } from "./find-mocks.ts";
import { isGivenAsOptions, isOptions, isTypeOfOptions } from "./helper-options.ts";
import { variableBehind, type Wiring } from "./find-wiring.ts";

/** What is known about the mocks of a file before its names are looked at. */
export interface FileDoubles {
  readonly mocks: readonly FoundMock[];
  readonly legacy: Wiring;
  readonly other: Wiring;
  /** test files that it imports, itself included, which mock a legacy module */
  readonly mockedIn: readonly string[];
}

const STANDS_FOR_MODULE =
  "this file stands for the old module wherever that is mocked: the registry needs a file of its own beside it";

/** `__mocks__/runs.ts` beside a legacy module `runs.ts` */
function standsForModule({ project, migration }: Evaluator, file: string): boolean {
  const module = /(?:^|\/)__mocks__\/([^/]+)$/.exec(file)?.[1];
  return module !== undefined && isLegacyModule(project, migration, file, `../${module}`, null);
}

/** Every name of a test file that holds a legacy name, with how it is bound to what is mocked. */
export function tieNames(
  evaluator: Evaluator,
  file: string,
  doubles: FileDoubles,
  moduleObject: (expression: ts.Expression) => string | undefined,
): DoubleName[] {
  const found: DoubleName[] = [];
  const tier = new NameTier(evaluator, file, doubles, moduleObject);
  walk(evaluator.project.file(file), (node) => {
    const text =
      ts.isIdentifier(node) || isSpiedName(node) || isReadByText(node)
        ? (node as ts.Identifier | ts.StringLiteralLike).text
        : undefined;
    const word = text === undefined ? undefined : legacyWord(evaluator.migration, text);
    // One name, two tokens: the shorthand's and the binding's are the same node.
    if (text !== undefined && word) found.push(tier.describe(node as ts.Identifier, text, word));
  });
  if (standsForModule(evaluator, file))
    return found.map((name) => ({ ...name, tie: "unknown", why: STANDS_FOR_MODULE }));
  // A file without any double of the engine tests the engine itself, under whatever name it loads it.
  const doubled = doubles.mockedIn.length > 0 || found.some(({ tie }) => tie === "spy");
  return doubled || !found.some(({ tie }) => tie === "engine")
    ? found
    : found.map((name) => (name.tie === "unknown" && !name.property ? { ...name, tie: "engine" } : name));
}

/** The second argument of `vi.spyOn(module, "name")`. */
function isSpiedName(node: ts.Node): node is ts.StringLiteralLike {
  return (
    ts.isStringLiteralLike(node) &&
    ts.isCallExpression(node.parent) &&
    node.parent.arguments[1] === node &&
    /(?:^|\.)spyOn$/.test(node.parent.expression.getText())
  );
}

/** `mocks["name"]` */
function isReadByText(node: ts.Node): node is ts.StringLiteralLike {
  return (
    ts.isStringLiteralLike(node) &&
    ts.isElementAccessExpression(node.parent) &&
    node.parent.argumentExpression === node
  );
}

class NameTier {
  constructor(
    readonly evaluator: Evaluator,
    readonly file: string,
    readonly doubles: FileDoubles,
    readonly moduleObject: (expression: ts.Expression) => string | undefined,
  ) {}

  describe(node: ts.Identifier | ts.StringLiteralLike, text: string, word: LegacyWord): DoubleName {
    const { project } = this.evaluator;
    const { tie, from, why } = this.#tieOf(node, text);
    const property = propertyOf(node);
    const { line, column } = project.lines(this.file).at(node.getStart());
    return {
      file: this.file,
      line,
      column,
      function: enclosingName(node),
      span: ts.isStringLiteralLike(node) ? { start: node.getStart() + 1, end: node.end - 1 } : spanOf(node),
      text,
      word,
      tie,
      from: from ?? null,
      why: why ?? null,
      setup: setupOf(node),
      asserted: isAsserted(node),
      property:
        property && (tie === "key" || tie === "helper-key" || tie === "state") ? spanOf(property) : null,
      shorthand: property !== undefined && ts.isShorthandPropertyAssignment(property),
      standsFor: property && tie === "key" ? namedValue(property) : null,
      idTokens: property && word.fn.keyed ? this.#idTokens(property) : [],
      ofFactory: property && tie === "key" ? this.#ofFactory(property) : null,
      taking: takingOf(node),
      spy: tie === "spy" ? spyOf(node) : null,
      namespace: this.#namespaceOf(node),
    };
  }

  #tieOf(
    node: ts.Identifier | ts.StringLiteralLike,
    text: string,
  ): { tie: Tie; from?: string; why?: string } {
    const { parent } = node;
    if (isReadByText(node)) return this.#accessed((parent as ts.ElementAccessExpression).expression);
    if (ts.isStringLiteralLike(node)) {
      const target = (parent as ts.CallExpression).arguments[0]!;
      return { tie: this.moduleObject(target) === undefined ? "unknown" : "spy" };
    }
    if (ts.isImportSpecifier(parent)) return this.#imported(parent);
    if (ts.isExportSpecifier(parent))
      return { tie: parent.parent.parent.moduleSpecifier ? "unknown" : "binding" };
    if (ts.isPropertyAccessExpression(parent) && parent.name === node)
      return this.#accessed(parent.expression);
    if (ts.isQualifiedName(parent) && parent.right === node && ts.isIdentifier(parent.left))
      return this.moduleObject(parent.left) === undefined ? { tie: "unknown" } : this.#ofModule(parent.left);
    if (ts.isImportTypeNode(parent) && parent.qualifier === node)
      return { tie: "unknown", why: "a type asks the real module for it: the test may run the real engine" };
    if (isPropertyName(node)) return this.#key(node, parent as ts.ObjectLiteralElementLike);
    if (ts.isPropertySignature(parent) || ts.isMethodSignature(parent))
      return isTypeOfOptions(this.evaluator, parent)
        ? { tie: "option" }
        : { tie: "unknown", why: "it is a member of a type of the tests' own" };
    if (ts.isBindingElement(parent)) return this.#destructured(parent, node);
    return this.#variable(node, text);
  }

  #imported(specifier: ts.ImportSpecifier): { tie: Tie; from?: string } {
    const { project, migration } = this.evaluator;
    const declaration = specifier.parent.parent.parent;
    if (!ts.isStringLiteral(declaration.moduleSpecifier)) return { tie: "unknown" };
    const module = declaration.moduleSpecifier.text;
    const name = (specifier.propertyName ?? specifier.name).text;
    if (legacyFunction(migration, name) && isLegacyModule(project, migration, this.file, module, name))
      return this.#real("import");
    const target = project.resolve(this.file, module);
    if (target === undefined) return { tie: "unknown" };
    return isTestFile(target) ? { tie: "accessor", from: target } : { tie: "other" };
  }

  /** A name of the legacy module: of its mock, or of the real one in a test of the engine itself. */
  #real(tie: Tie): { tie: Tie; from?: string } {
    const [first] = this.doubles.mockedIn;
    if (first === undefined) return { tie: "engine" };
    return this.doubles.mockedIn.includes(this.file) ? { tie } : { tie, from: first };
  }

  /** `module.name`: of a mocked module, or of a real one whose functions are spied on. */
  #ofModule(base: ts.Expression): { tie: Tie; from?: string } {
    const real = this.#real("member");
    return real.tie === "engine" && this.#isSpiedOn(base) ? { tie: "member" } : real;
  }

  #accessed(holder: ts.Expression): { tie: Tie; from?: string } {
    const base = unwrap(holder);
    if (this.moduleObject(base) !== undefined) return this.#ofModule(base);
    const root = rootOf(base);
    const held = root && this.evaluator.project.declarationOf(root);
    if (held && root === base && ts.isParameter(held) && isOptions(this.evaluator, held))
      return { tie: "option" };
    const variable = root && variableBehind(this.evaluator, root);
    if (!variable) return { tie: "unknown" };
    return this.#ofVariable(variable, "state");
  }

  #ofVariable(variable: ts.VariableDeclaration, tie: Tie): { tie: Tie; from?: string } {
    const home = this.evaluator.project.pathOf(variable);
    const from = home === this.file ? {} : { from: home };
    // Names of an object that another module's mock hands out whole are that module's names as well.
    if (this.doubles.legacy.variables.has(variable))
      return this.doubles.other.whole.has(variable) ? { tie: "unknown" } : { tie, ...from };
    return { tie: this.doubles.other.variables.has(variable) ? "other" : "unknown" };
  }

  /** `vi.spyOn(namespace, …)` somewhere in the file: a double without a mock call. */
  #isSpiedOn(base: ts.Expression): boolean {
    return new RegExp(`spyOn\\(\\s*${base.getText().replace(/[^\w$]/g, "\\$&")}\\b`).test(
      this.evaluator.project.file(this.file).text,
    );
  }

  #key(node: ts.Identifier, property: ts.ObjectLiteralElementLike): { tie: Tie; from?: string } {
    const owner: ts.Node = property.parent;
    if (ts.isClassLike(owner)) return this.#ofClass(owner);
    const literal = property.parent as ts.ObjectLiteralExpression;
    if (isGivenAsOptions(this.evaluator, literal)) return { tie: "option" };
    let inArgument = false;
    for (let at: ts.Node = literal; at.parent; at = at.parent) {
      const { parent } = at;
      if (isFunctionNode(at)) {
        if (this.doubles.legacy.helpers.has(at as FunctionNode))
          return { tie: this.doubles.other.helpers.has(at as FunctionNode) ? "unknown" : "helper-key" };
        if (this.doubles.other.helpers.has(at as FunctionNode)) return { tie: "other" };
      }
      if (ts.isCallExpression(parent)) {
        const mock = this.doubles.mocks.find(({ call }) => call === parent);
        if (mock) {
          if (mock.leadsTo !== "legacy") return { tie: "other" };
          return {
            tie: mock.factory.kind === "inline" && mock.factory.object === literal ? "key" : "unknown",
          };
        }
        inArgument ||= parent.arguments.includes(at as ts.Expression) && at === literal;
      }
      if (ts.isVariableDeclaration(parent) && parent.initializer === at) {
        const tied = this.#ofVariable(parent, "state");
        if (tied.tie !== "unknown") return tied;
        break;
      }
    }
    const exact = legacyFunction(this.evaluator.migration, node.text) !== undefined;
    return { tie: inArgument && exact ? "dependency" : "unknown" };
  }

  /** `class Fake { old(id) {} }`, where an object of it stands for the double */
  #ofClass(declared: ts.ClassLikeDeclaration): { tie: Tie } {
    const { legacy, other } = this.doubles;
    if (legacy.variables.has(declared)) return { tie: other.variables.has(declared) ? "unknown" : "state" };
    return { tie: other.variables.has(declared) ? "other" : "unknown" };
  }

  #destructured(element: ts.BindingElement, node: ts.Identifier): { tie: Tie; from?: string } {
    let at: ts.Node = element;
    while (ts.isBindingElement(at) || ts.isObjectBindingPattern(at)) at = at.parent;
    const initializer = ts.isVariableDeclaration(at) ? at.initializer : undefined;
    if (initializer && this.moduleObject(initializer) !== undefined) return this.#real("dynamic-import");
    if (ts.isVariableDeclaration(at)) {
      const tied = this.#ofVariable(at, "state");
      if (tied.tie !== "unknown") return tied;
      // `const { name } = mocks`
      const root = at.initializer && rootOf(at.initializer);
      const held = root && variableBehind(this.evaluator, root);
      const taken: { tie: Tie; from?: string } = held ? this.#ofVariable(held, "state") : { tie: "unknown" };
      if (taken.tie !== "unknown" && (!element.propertyName || element.propertyName === node)) return taken;
    }
    // A local name of its own may be called anything; the property that it is taken from may not.
    return { tie: element.propertyName !== undefined && element.name === node ? "binding" : "unknown" };
  }

  #variable(node: ts.Identifier, text: string): { tie: Tie; from?: string } {
    const declaration = this.evaluator.project.declarationOf(node);
    if (!declaration) return { tie: "unknown" };
    if (ts.isImportSpecifier(declaration)) return this.#imported(declaration);
    if (ts.isBindingElement(declaration) && ts.isIdentifier(declaration.name)) {
      const taken = this.#destructured(declaration, declaration.name);
      // Only the declaration is taken from the registry; its reads follow the new name.
      return taken.tie === "dynamic-import" ? { ...taken, tie: "binding" } : taken;
    }
    const named = ts.getNameOfDeclaration(declaration);
    return { tie: named && ts.isIdentifier(named) && named.text === text ? "binding" : "unknown" };
  }

  /** The namespace import before a name; one that is loaded where it is used stays for a person. */
  #namespaceOf(node: ts.Node): DoubleName["namespace"] {
    const { parent } = node;
    const holder = ts.isPropertyAccessExpression(parent)
      ? parent.expression
      : ts.isQualifiedName(parent)
        ? parent.left
        : ts.isStringLiteralLike(node) && ts.isCallExpression(parent)
          ? parent.arguments[0]!
          : undefined;
    if (!holder || !ts.isIdentifier(holder)) return null;
    const declaration = this.evaluator.project.declarationOf(holder);
    return declaration && ts.isNamespaceImport(declaration) ? spanOf(holder) : null;
  }

  /** `const spy = vi.fn(); return { old: spy };`: what can only be read inside of the factory. */
  #ofFactory(property: ts.ObjectLiteralElementLike): string | null {
    const mock = this.doubles.mocks.find(({ call }) => contains(call, property));
    const factory = mock?.call.arguments[1];
    if (!factory) return null;
    let found: string | null = null;
    walk(property, (node) => {
      if (found !== null || !ts.isIdentifier(node) || isMemberName(node)) return;
      const declaration = this.evaluator.project.declarationOf(node);
      if (declaration && contains(factory, declaration) && !contains(property, declaration))
        found = node.text;
    });
    return found;
  }

  /** `(sessionId) => …sessionId…`: the parameter takes the key from now on. */
  #idTokens(property: ts.ObjectLiteralElementLike): DoubleName["idTokens"] {
    const value = ts.isPropertyAssignment(property) ? unwrap(property.initializer) : property;
    if (!isFunctionNode(value)) return [];
    const first = value.parameters[0]?.name;
    if (!first || !ts.isIdentifier(first) || !/^_?sessionId$/.test(first.text)) return [];
    const { project } = this.evaluator;
    const symbol = project.symbolOf(first);
    return symbol ? project.references(this.file, symbol).map(spanOf) : [];
  }
}

function isPropertyName(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAssignment(parent) ||
      ts.isShorthandPropertyAssignment(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodDeclaration(parent)) &&
    parent.name === node
  );
}

function propertyOf(node: ts.Node): ts.ObjectLiteralElementLike | undefined {
  return ts.isIdentifier(node) && isPropertyName(node) && ts.isObjectLiteralExpression(node.parent.parent)
    ? (node.parent as ts.ObjectLiteralElementLike)
    : undefined;
}

/** `spy` of `{ old: spy }`, of `{ old: (id) => spy(id) }` and of `{ spy }`: what the property hands out. */
function namedValue(property: ts.ObjectLiteralElementLike): string | null {
  if (ts.isShorthandPropertyAssignment(property)) return property.name.text;
  if (!ts.isPropertyAssignment(property)) return null;
  let value = unwrap(property.initializer);
  if (isFunctionNode(value)) {
    const [only, ...more] = returnedExpressions(value);
    const call = only && more.length === 0 ? unwrap(only) : undefined;
    if (!call || !ts.isCallExpression(call)) return null;
    value = unwrap(call.expression);
  }
  return rootOf(value) && !/[?!]/.test(value.getText()) ? value.getText() : null;
}

/** `a` of `a.b.c` */
export function rootOf(expression: ts.Expression): ts.Identifier | undefined {
  let at = unwrap(expression);
  while (ts.isPropertyAccessExpression(at)) at = unwrap(at.expression);
  return ts.isIdentifier(at) ? at : undefined;
}

/** `const spy = vi.spyOn(module, "name");`, or the same without a variable, around its string. */
function spyOf(node: ts.Node): DoubleName["spy"] {
  let at: ts.Node = node.parent;
  while (ts.isPropertyAccessExpression(at.parent) || ts.isCallExpression(at.parent)) at = at.parent;
  const { parent } = at;
  if (ts.isExpressionStatement(parent)) return { statement: spanOf(parent), variable: null };
  if (!ts.isVariableDeclaration(parent) || !ts.isIdentifier(parent.name)) return null;
  const statement = parent.parent.parent;
  return ts.isVariableStatement(statement) && statement.declarationList.declarations.length === 1
    ? { statement: spanOf(statement), variable: parent.name.text }
    : null;
}

/** `const { a, b } = await import("…");` around one of its names. */
function takingOf(node: ts.Node): DoubleName["taking"] {
  const element = node.parent;
  if (!ts.isBindingElement(element) || !ts.isObjectBindingPattern(element.parent)) return null;
  if (element.propertyName || element.initializer || element.dotDotDotToken) return null;
  const declaration = element.parent.parent;
  if (!ts.isVariableDeclaration(declaration) || !declaration.initializer) return null;
  const statement = declaration.parent.parent;
  const value = unwrap(declaration.initializer);
  const module =
    ts.isCallExpression(value) && value.expression.kind === ts.SyntaxKind.ImportKeyword
      ? value.arguments[0]
      : undefined;
  if (!module || !ts.isVariableStatement(statement) || statement.declarationList.declarations.length !== 1)
    return null;
  return {
    statement: spanOf(statement),
    names: element.parent.elements.length,
    module: spanOf(module),
  };
}

/** The chain of member accesses and calls that a node begins; `vi.mocked(node)` counts. */
function chainOf(node: ts.Node): ts.Node {
  let at = node;
  for (;;) {
    const { parent } = at;
    const goesOn =
      (ts.isPropertyAccessExpression(parent) && (parent.expression === at || parent.name === at)) ||
      (ts.isCallExpression(parent) &&
        (parent.expression === at || /^(?:vi|jest)\.mocked$/.test(parent.expression.getText()))) ||
      ts.isParenthesizedExpression(parent) ||
      ts.isAsExpression(parent) ||
      ts.isNonNullExpression(parent);
    if (!goesOn) return at;
    at = parent;
  }
}

function setupOf(node: ts.Node): DoubleName["setup"] {
  const chain = chainOf(node);
  return ts.isExpressionStatement(chain.parent) && /\.mock[A-Z]\w*\(/.test(chain.getText())
    ? spanOf(chain.parent)
    : null;
}

function isAsserted(node: ts.Node): boolean {
  const { parent } = chainOf(node);
  return ts.isCallExpression(parent) && /^expect(?:\.\w+)?$/.test(parent.expression.getText());
}
