import { ts } from "./typescript.ts";
import { type LegacyFunction, legacyFunction, legacyNames, type Migration } from "../migration/migration.ts";
import type { RunCall, SiteKind } from "./analysis.ts";
import type { Evaluator } from "./evaluate.ts";
import { inertForm } from "./inert.ts";
import { legacyTail } from "../migration/module-paths.ts";
import { functionOf, isLegacyModule } from "./legacy-modules.ts";
import type { ValueSymbol } from "./parsed-files.ts";
import { constantText, hasExportKeyword, isFunctionNode, isMangledImport, unwrap } from "./syntax.ts";

/** A place where a legacy name is used, with what is known about it before any key is looked for. */
export interface FoundUse {
  readonly node: ts.Node;
  readonly name: string;
  readonly fn: LegacyFunction;
  readonly kind: SiteKind;
  readonly specifier: string | null;
  readonly local: string;
  readonly typeOnly: boolean;
  readonly detail: string | null;
  readonly symbol: ValueSymbol | undefined;
}

export interface FoundCall {
  readonly call: ts.CallExpression;
  readonly name: string;
  readonly fn: LegacyFunction;
  /** the token that is renamed */
  readonly token: ts.Node;
  readonly via: RunCall["via"];
  readonly through: string | null;
}

export interface FileBindings {
  readonly uses: readonly FoundUse[];
  readonly calls: readonly FoundCall[];
}

interface Bound {
  readonly fn: LegacyFunction;
  readonly via: RunCall["via"];
  readonly declaration: ts.Node;
}

/** Follows every legacy name in one file to what it is bound to, and finds the calls and other uses. */
export function findBindings(evaluator: Evaluator, file: string): FileBindings {
  return new BindingFinder(evaluator, file).run();
}

/** Finds what legacy names are bound to in one file. */
export class BindingFinder {
  readonly #uses: FoundUse[] = [];
  readonly #calls: FoundCall[] = [];
  readonly #bound = new Map<ValueSymbol, Bound>();
  readonly #migration: Migration;

  constructor(
    readonly evaluator: Evaluator,
    readonly file: string,
  ) {
    this.#migration = evaluator.migration;
  }

  run(): FileBindings {
    const { identifiers, texts, elements } = this.evaluator.project.nodesOf(this.file);
    const names = legacyNames(this.#migration)
      .flatMap((name) => identifiers.get(name) ?? [])
      .sort((a, b) => a.pos - b.pos);
    for (const name of names) this.#declare(name);
    for (const [symbol, bound] of this.#bound) this.#follow(symbol, bound);
    for (const name of names) this.#member(name);
    for (const member of elements) this.#element(member);
    for (const text of texts) this.#text(text);
    return { uses: this.#uses, calls: this.#calls };
  }

  /** Imports, re-exports, destructurings and local stubs bind names. */
  #declare(name: ts.Identifier): void {
    const { project } = this.evaluator;
    const parent = name.parent;
    const fn = legacyFunction(this.#migration, name.text)!;
    if (ts.isImportSpecifier(parent)) {
      if ((parent.propertyName ?? parent.name) !== name) {
        this.#mangled(parent, name, fn);
        return;
      }
      const declaration = parent.parent.parent.parent;
      if (!ts.isStringLiteral(declaration.moduleSpecifier)) return;
      const specifier = declaration.moduleSpecifier.text;
      if (!isLegacyModule(project, this.#migration, this.file, specifier, name.text)) return;
      const symbol = project.symbolOf(parent.name);
      const typeOnly = parent.isTypeOnly || parent.parent.parent.isTypeOnly;
      this.#use(parent, name.text, fn, "import", { specifier, local: parent.name.text, typeOnly, symbol });
      if (symbol && !typeOnly) this.#bound.set(symbol, { fn, via: "import", declaration: parent });
    } else if (ts.isExportSpecifier(parent)) {
      if ((parent.propertyName ?? parent.name) !== name) return;
      const specifier = parent.parent.parent.moduleSpecifier;
      const from = specifier && ts.isStringLiteral(specifier) ? specifier.text : null;
      if (from !== null && !isLegacyModule(project, this.#migration, this.file, from, name.text)) return;
      this.#use(parent, name.text, fn, "re-export", { specifier: from, local: parent.name.text });
    } else if (ts.isBindingElement(parent)) {
      this.#destructured(parent, name, fn);
    } else if (
      (ts.isFunctionDeclaration(parent) || ts.isVariableDeclaration(parent)) &&
      parent.name === name &&
      !this.#isParameterOrCatch(parent)
    ) {
      const value = functionOf(parent);
      const inert = value && inertForm(value);
      if (!inert) return;
      const exported = hasExportKeyword(parent);
      const symbol = project.symbolOf(name);
      this.#use(parent, name.text, fn, "stub", { detail: exported ? "exported" : "local", symbol });
      if (symbol && !exported) this.#bound.set(symbol, { fn, via: "stub", declaration: parent });
    }
  }

  /** What a bundler renamed is told and stays: the calls of a bundle belong to the source that it was made of. */
  #mangled(specifier: ts.ImportSpecifier, name: ts.Identifier, fn: LegacyFunction): void {
    const { project } = this.evaluator;
    const from = specifier.parent.parent.parent.moduleSpecifier;
    if (!isMangledImport(specifier) || !ts.isStringLiteral(from)) return;
    const isRead = project.resolve(this.file, from.text) !== undefined;
    const exported = (specifier.propertyName as ts.Identifier).text;
    if (isRead && !isLegacyModule(project, this.#migration, this.file, from.text, exported)) return;
    this.#use(specifier, name.text, fn, "import", { specifier: from.text, detail: "mangled" });
  }

  #isParameterOrCatch(node: ts.Node): boolean {
    return ts.isCatchClause(node.parent);
  }

  #destructured(element: ts.BindingElement, name: ts.Identifier, fn: LegacyFunction): void {
    const key = element.propertyName ?? element.name;
    if (key !== name || !ts.isObjectBindingPattern(element.parent)) return;
    const owner = element.parent.parent;
    const symbol = ts.isIdentifier(element.name) ? this.evaluator.project.symbolOf(element.name) : undefined;
    const module =
      ts.isVariableDeclaration(owner) && owner.initializer ? this.moduleObject(owner.initializer) : undefined;
    const local = element.name.getText();
    if (module !== undefined) {
      this.#use(element, name.text, fn, "dynamic-import", { specifier: module, local, symbol });
      if (symbol) this.#bound.set(symbol, { fn, via: "destructured", declaration: element });
    } else {
      this.#use(element, name.text, fn, "dependency", { local, symbol, detail: "destructured" });
      if (symbol) this.#bound.set(symbol, { fn, via: "unknown", declaration: element });
    }
  }

  /** Specifier of the legacy module that an expression is the namespace of, through awaited imports and lazy loaders. */
  moduleObject(expression: ts.Expression, depth = 0): string | undefined {
    if (depth > 6) return undefined;
    const at = unwrap(expression);
    if (ts.isCallExpression(at)) {
      if (at.expression.kind === ts.SyntaxKind.ImportKeyword) {
        const specifier = constantText(at.arguments[0]);
        return specifier !== undefined && this.#leadsToLegacy(at, specifier) ? specifier : undefined;
      }
      const loader = this.evaluator.calleeFunction(at.expression);
      return loader?.body ? this.#importInside(loader.body) : undefined;
    }
    if (ts.isBinaryExpression(at))
      return this.moduleObject(at.left, depth + 1) ?? this.moduleObject(at.right, depth + 1);
    if (ts.isConditionalExpression(at))
      return this.moduleObject(at.whenTrue, depth + 1) ?? this.moduleObject(at.whenFalse, depth + 1);
    if (ts.isIdentifier(at)) {
      const declaration = this.evaluator.project.declarationOf(at);
      if (!declaration) return undefined;
      if (ts.isNamespaceImport(declaration)) {
        const specifier = declaration.parent.parent.moduleSpecifier;
        return ts.isStringLiteral(specifier) && this.#leadsToLegacy(declaration, specifier.text)
          ? specifier.text
          : undefined;
      }
      if (ts.isVariableDeclaration(declaration)) {
        if (declaration.initializer) {
          const direct = this.moduleObject(declaration.initializer, depth + 1);
          if (direct !== undefined) return direct;
        }
        return this.#assignedModule(at, depth);
      }
    }
    return undefined;
  }

  /** `let runtime; … runtime = await import("…")` */
  #assignedModule(name: ts.Identifier, depth: number): string | undefined {
    const { project } = this.evaluator;
    const symbol = project.symbolOf(name);
    if (!symbol) return undefined;
    for (const reference of project.references(project.pathOf(name), symbol)) {
      const parent = reference.parent;
      if (ts.isBinaryExpression(parent) && parent.left === reference) {
        const found = this.moduleObject(parent.right, depth + 1);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  #importInside(body: ts.Node): string | undefined {
    let found: string | undefined;
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
        const specifier = constantText(node.arguments[0]);
        if (specifier !== undefined && this.#leadsToLegacy(node, specifier)) found ??= specifier;
      }
      ts.forEachChild(node, visit);
    };
    visit(body);
    return found;
  }

  #leadsToLegacy(at: ts.Node, specifier: string): boolean {
    const { project } = this.evaluator;
    const from = project.pathOf(at);
    if (isLegacyModule(project, this.#migration, from, specifier, null)) return true;
    // A renamed wrapper counts when it hands on one of the names.
    return this.#migration.legacy.some((fn) =>
      fn.names.some((name) => isLegacyModule(project, this.#migration, from, specifier, name)),
    );
  }

  /** Calls and other uses of a bound local name. */
  #follow(symbol: ValueSymbol, bound: Bound): void {
    const { project } = this.evaluator;
    for (const reference of project.references(this.file, symbol)) {
      const parent = reference.parent;
      if (parent === bound.declaration) continue;
      if (ts.isCallExpression(parent) && parent.expression === reference) {
        this.#calls.push({
          call: parent,
          name: reference.text,
          fn: bound.fn,
          token: reference,
          via: bound.via,
          through: null,
        });
        continue;
      }
      if (ts.isTypeQueryNode(parent) || ts.isTypeOfExpression(parent)) {
        this.#use(reference, reference.text, bound.fn, "type", { local: reference.text, typeOnly: true });
        continue;
      }
      if (ts.isExportSpecifier(parent) || ts.isExportAssignment(parent)) continue; // found by #declare
      if (ts.isShorthandPropertyAssignment(parent)) {
        this.#use(reference, reference.text, bound.fn, "dependency", {
          local: reference.text,
          detail: "shorthand",
        });
        continue;
      }
      if (ts.isPropertyAssignment(parent) && parent.initializer === reference) {
        const name = parent.name.getText();
        if (name !== reference.text) this.#renamedProperty(parent, bound, name);
        this.#use(reference, reference.text, bound.fn, "dependency", {
          local: reference.text,
          detail: name === reference.text ? "value" : `as ${name}`,
        });
        continue;
      }
      this.#use(reference, reference.text, bound.fn, "dependency", {
        local: reference.text,
        detail: "passed-on",
      });
    }
  }

  /** `const io = { stop: abort }`: calls of `io.stop` run the legacy function under a name of their own. */
  #renamedProperty(property: ts.PropertyAssignment, bound: Bound, name: string): void {
    const { project } = this.evaluator;
    const owner = property.parent.parent;
    if (!ts.isVariableDeclaration(owner) || !ts.isIdentifier(owner.name)) return;
    const symbol = project.symbolOf(owner.name);
    for (const reference of symbol ? project.references(this.file, symbol) : []) {
      const access = reference.parent;
      if (!ts.isPropertyAccessExpression(access) || access.name.text !== name) continue;
      const call = access.parent;
      if (ts.isCallExpression(call) && call.expression === access)
        this.#calls.push({
          call,
          name,
          fn: bound.fn,
          token: access.name,
          via: "unknown",
          through: owner.name.text,
        });
    }
  }

  /** `x.legacyName(…)`, `x.legacyName`, and object members of that name. */
  #member(name: ts.Identifier): void {
    const parent = name.parent;
    const fn = legacyFunction(this.#migration, name.text)!;
    if (ts.isPropertyAccessExpression(parent) && parent.name === name) {
      const call =
        ts.isCallExpression(parent.parent) && parent.parent.expression === parent ? parent.parent : undefined;
      const base = unwrap(parent.expression);
      const module = this.moduleObject(base);
      if (call) {
        const namespace =
          ts.isIdentifier(base) &&
          this.evaluator.project.declarationOf(base)?.kind === ts.SyntaxKind.NamespaceImport;
        const dependency = module === undefined ? this.dependencyObject(base) : undefined;
        this.#calls.push({
          call,
          name: name.text,
          fn,
          token: name,
          via:
            module !== undefined
              ? namespace
                ? "namespace"
                : "module-object"
              : dependency
                ? "dependency"
                : "unknown",
          through: base.getText(),
        });
      } else if (module !== undefined) {
        this.#use(name, name.text, fn, "dependency", {
          local: name.text,
          specifier: module,
          detail: "passed-on",
        });
      } else {
        this.#use(name, name.text, fn, "dependency", { local: name.text, detail: "access" });
      }
      return;
    }
    if (ts.isPropertyAssignment(parent) && parent.name === name) {
      const initializer = unwrap(parent.initializer);
      const bound = ts.isIdentifier(initializer) ? this.evaluator.project.symbolOf(initializer) : undefined;
      this.#use(name, name.text, fn, "dependency", {
        local: name.text,
        detail:
          bound && this.#bound.has(bound)
            ? "property"
            : isFunctionNode(initializer)
              ? "implementation"
              : "property",
      });
      return;
    }
    if (ts.isMethodDeclaration(parent) && parent.name === name) {
      this.#use(name, name.text, fn, "dependency", { local: name.text, detail: "implementation" });
      return;
    }
    if ((ts.isPropertySignature(parent) || ts.isMethodSignature(parent)) && parent.name === name) {
      this.#use(name, name.text, fn, "type", { local: name.text, typeOnly: true, detail: "member" });
      return;
    }
    if (ts.isImportTypeNode(parent) && parent.qualifier === name) {
      this.#use(name, name.text, fn, "type", { local: name.text, typeOnly: true, detail: "import-type" });
      return;
    }
    if (ts.isShorthandPropertyAssignment(parent) && parent.name === name) {
      const symbol = this.evaluator.project.symbolOf(name);
      if (!symbol || !this.#bound.has(symbol))
        this.#use(name, name.text, fn, "dependency", { local: name.text, detail: "shorthand-unbound" });
    }
  }

  /** `module["legacyName"]`, also where the name is put together: what it is called with cannot be followed. */
  #element(access: ts.ElementAccessExpression): void {
    const name = constantText(access.argumentExpression);
    const fn = name === undefined ? undefined : legacyFunction(this.#migration, name);
    const module = fn && this.moduleObject(access.expression);
    if (name !== undefined && fn && module !== undefined)
      this.#use(access, name, fn, "dependency", { local: name, specifier: module, detail: "element" });
  }

  /** The object literal behind a dependency object that holds legacy functions, through spreads. */
  dependencyObject(expression: ts.Expression, depth = 0): ts.ObjectLiteralExpression | undefined {
    const at = unwrap(expression);
    if (depth > 4 || !ts.isIdentifier(at)) return undefined;
    const declaration = this.evaluator.project.declarationOf(at);
    if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
    const value = unwrap(declaration.initializer);
    if (!ts.isObjectLiteralExpression(value)) return undefined;
    for (const property of value.properties) {
      if (ts.isSpreadAssignment(property)) {
        if (this.dependencyObject(property.expression, depth + 1)) return value;
      } else if (
        property.name &&
        ts.isIdentifier(property.name) &&
        legacyFunction(this.#migration, property.name.text)
      ) {
        const symbol = ts.isShorthandPropertyAssignment(property)
          ? this.evaluator.project.symbolOf(property.name)
          : ts.isPropertyAssignment(property) && ts.isIdentifier(unwrap(property.initializer))
            ? this.evaluator.project.symbolOf(unwrap(property.initializer))
            : undefined;
        if (symbol && this.#bound.has(symbol)) return value;
      }
    }
    return undefined;
  }

  #text(node: ts.Node): void {
    const parent = node.parent;
    if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent)) return;
    if (this.#uses.some(({ node: used }) => used === parent)) return;
    const text = node.getText();
    // In a regular expression `\\b` may stand before the name.
    for (const fn of this.#migration.legacy)
      for (const name of fn.names)
        if (text.includes(name) && new RegExp(`(?:(?<![\\w$])|(?<=\\\\b))${name}(?![\\w$])`).test(text))
          this.#use(node, name, fn, "text", {
            local: name,
            detail: ts.isRegularExpressionLiteral(node) ? "regex" : "string",
          });
  }

  #use(
    node: ts.Node,
    name: string,
    fn: LegacyFunction,
    kind: SiteKind,
    more: Partial<Pick<FoundUse, "specifier" | "local" | "typeOnly" | "detail" | "symbol">>,
  ): void {
    this.#uses.push({
      node,
      name,
      fn,
      kind,
      specifier: more.specifier ?? null,
      local: more.local ?? name,
      typeOnly: more.typeOnly ?? false,
      detail: more.detail ?? null,
      symbol: more.symbol,
    });
  }
}

/** True when the file is where the legacy functions are declared, or hands them on by path. */
export function isLegacyHome(migration: Migration, file: string): boolean {
  return legacyTail(migration, file) !== undefined;
}
