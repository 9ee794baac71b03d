import { ts } from "./typescript.ts";
import { isTest } from "./is-test.ts";
import type { SourceProject } from "./source-project.ts";
import { contains, functionName, hasExportKeyword } from "./syntax.ts";
import type { ValueSymbol } from "./parsed-files.ts";

/** Calls of one function, and whether they are all there are. */
export interface Callers {
  readonly calls: readonly ts.CallExpression[];
  /** false when the function is also passed on as a value, or could be called from outside */
  readonly complete: boolean;
}

const MAX_FILES = 40;

/** Finds the calls of a function in production code, through imports and barrels. */
export class CallerIndex {
  readonly #known = new Map<ts.Node, Callers | undefined>();
  /** by file: where it loads a module */
  readonly #loads = new Map<string, readonly ts.CallExpression[]>();

  constructor(readonly project: SourceProject) {}

  /** @returns undefined when the function has no name that calls could be found by */
  of(fn: ts.SignatureDeclaration): Callers | undefined {
    if (!this.#known.has(fn)) {
      this.#known.set(fn, undefined); // a cycle finds nothing
      this.#known.set(fn, this.#search(fn));
    }
    return this.#known.get(fn);
  }

  #search(fn: ts.SignatureDeclaration): Callers | undefined {
    const { project } = this;
    if (!ts.isFunctionDeclaration(fn) && !ts.isArrowFunction(fn) && !ts.isFunctionExpression(fn))
      return undefined;
    const named = ts.isFunctionDeclaration(fn) ? fn : fn.parent;
    if (!ts.isFunctionDeclaration(named) && !(ts.isVariableDeclaration(named) && ts.isIdentifier(named.name)))
      return undefined;
    const name = functionName(fn);
    const nameNode = named.name;
    if (!name || !nameNode) return undefined;
    const file = project.pathOf(fn);
    const calls: ts.CallExpression[] = [];
    let complete = true;
    const add = (reference: ts.Node): void => {
      const call = callOf(reference);
      if (call?.arguments.some(ts.isSpreadElement)) complete = false;
      else if (call) calls.push(call);
      else if (!inType(reference)) complete = false;
    };
    const collect = (inFile: string, symbol: ValueSymbol | undefined): void => {
      if (!symbol) return;
      for (const reference of project.references(inFile, symbol))
        if (reference !== nameNode && !isNameOfBinding(reference)) add(reference);
    };
    collect(file, project.symbolOf(nameNode));
    if (isExported(named, name, project)) {
      // Whoever imports it names it himself.
      if (isDefault(named)) complete = false;
      const others = project.workspace
        .filesContaining(name)
        .filter((other) => other !== file && !isTest(project, other));
      if (others.length > MAX_FILES) return { calls, complete: false };
      if ([file, ...others].some((one) => this.#handsOnRenamed(one, file, name))) complete = false;
      for (const other of others) {
        for (const specifier of this.#importsOf(other, file, name, fn))
          collect(other, project.symbolOf(specifier.name));
        const members = this.#namesFromModule(other, file, name);
        if (!members) complete = false;
        for (const member of members ?? [])
          if (ts.isPropertyAccessExpression(member.parent)) add(member.parent);
          else collect(other, project.symbolOf(member));
        if (this.#callsMember(other, name, members ?? []) || this.#importsUnresolved(other, name))
          complete = false;
      }
    }
    return { calls, complete };
  }

  /**
   * Names that a file has the function under through `import * as x`, `await import("…")` or `require("…")`.
   * @returns undefined when the module goes where its members cannot be followed
   */
  #namesFromModule(other: string, file: string, name: string): ts.Identifier[] | undefined {
    const leads = (specifier: ts.Node | undefined): boolean => {
      if (!specifier || !ts.isStringLiteralLike(specifier)) return false;
      const target = this.project.resolve(other, specifier.text);
      return target !== undefined && this.project.exported(target, name)?.file === file;
    };
    const names: ts.Identifier[] = [];
    for (const statement of this.project.file(other).statements) {
      const bindings = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : undefined;
      if (!bindings || !ts.isNamespaceImport(bindings)) continue;
      if (!leads(bindings.parent.parent.moduleSpecifier)) continue;
      const taken = this.#members(bindings.name, name);
      if (!taken) return undefined;
      names.push(...taken);
    }
    for (const call of this.#moduleCalls(other)) {
      if (!leads(call.arguments[0])) continue;
      const taken = this.#membersOfModule(call, name);
      if (!taken) return undefined;
      names.push(...taken);
    }
    return names;
  }

  #moduleCalls(file: string): readonly ts.CallExpression[] {
    let calls = this.#loads.get(file);
    if (!calls) {
      calls = this.project.nodesOf(file).calls.filter(isModuleCall);
      this.#loads.set(file, calls);
    }
    return calls;
  }

  /** `const { stop } = await import("…")`, `const module = await import("…")`, `(await import("…")).stop`. */
  #membersOfModule(call: ts.CallExpression, name: string): ts.Identifier[] | undefined {
    let value: ts.Node = call;
    while (ts.isAwaitExpression(value.parent) || ts.isParenthesizedExpression(value.parent))
      value = value.parent;
    if (call.expression.kind === ts.SyntaxKind.ImportKeyword && value === call) return undefined;
    const holder = value.parent;
    if (ts.isPropertyAccessExpression(holder)) return holder.name.text === name ? undefined : [];
    if (!ts.isVariableDeclaration(holder) || holder.initializer !== value) return undefined;
    if (ts.isIdentifier(holder.name)) return this.#members(holder.name, name);
    if (!ts.isObjectBindingPattern(holder.name)) return undefined;
    const names: ts.Identifier[] = [];
    for (const element of holder.name.elements) {
      const key = element.propertyName ?? element.name;
      if (element.dotDotDotToken || !ts.isIdentifier(key)) return undefined;
      if (key.text !== name) continue;
      if (!ts.isIdentifier(element.name) || element.initializer) return undefined;
      names.push(element.name);
    }
    return names;
  }

  /** `module.stop` for each use of a name that holds the module. */
  #members(holder: ts.Identifier, name: string): ts.Identifier[] | undefined {
    const { project } = this;
    const symbol = project.symbolOf(holder);
    if (!symbol) return undefined;
    const names: ts.Identifier[] = [];
    for (const use of project.references(project.pathOf(holder), symbol)) {
      if (use === holder) continue;
      const { parent } = use;
      if (ts.isTypeQueryNode(parent)) continue;
      if (!ts.isPropertyAccessExpression(parent) || parent.expression !== use) return undefined;
      if (parent.name.text === name && ts.isIdentifier(parent.name)) names.push(parent.name);
    }
    return names;
  }

  /**
   * `cleaner.stop(…)`, `const { stop } = await loadCleaner()`: an object that nobody followed, which may be the
   * module handed on whole.
   */
  #callsMember(other: string, name: string, followed: readonly ts.Identifier[]): boolean {
    const { identifiers, texts } = this.project.nodesOf(other);
    const isMember = (node: ts.Identifier): boolean => {
      const { parent } = node;
      if (ts.isPropertyAccessExpression(parent) && parent.name === node)
        return (
          callOf(parent) !== undefined &&
          !followed.includes(node) &&
          parent.expression.kind !== ts.SyntaxKind.ThisKeyword
        );
      return (
        isKeyOfPattern(node) && !followed.includes((node.parent as ts.BindingElement).name as ts.Identifier)
      );
    };
    if ((identifiers.get(name) ?? []).some(isMember)) return true;
    return texts.some(
      (node) =>
        ts.isStringLiteralLike(node) &&
        node.text === name &&
        ((ts.isElementAccessExpression(node.parent) && node.parent.argumentExpression === node) ||
          (isKeyOfPattern(node) &&
            !followed.includes((node.parent as ts.BindingElement).name as ts.Identifier))),
    );
  }

  /** `export { stop as halt }`: its calls go by another name. */
  #handsOnRenamed(other: string, file: string, name: string): boolean {
    return this.project.file(other).statements.some((statement) => {
      if (!ts.isExportDeclaration(statement) || !statement.exportClause) return false;
      if (!ts.isNamedExports(statement.exportClause)) return false;
      const renamed = statement.exportClause.elements.some(
        (element) => element.propertyName?.text === name && element.name.text !== name,
      );
      if (!renamed) return false;
      const specifier = statement.moduleSpecifier;
      if (!specifier || !ts.isStringLiteral(specifier)) return true;
      const target = this.project.resolve(other, specifier.text);
      return target !== undefined && this.project.exported(target, name)?.file === file;
    });
  }

  /** `import { stop } from "@app/stop"`: an alias that leads to nothing known may lead here. */
  #importsUnresolved(other: string, name: string): boolean {
    return this.project.file(other).statements.some((statement) => {
      if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return false;
      const { text } = statement.moduleSpecifier;
      const bindings = statement.importClause?.namedBindings;
      if (!bindings || !ts.isNamedImports(bindings) || text.startsWith("node:")) return false;
      return (
        bindings.elements.some((element) => (element.propertyName ?? element.name).text === name) &&
        this.project.resolve(other, text) === undefined
      );
    });
  }

  /** Import specifiers in a file that lead to the function. */
  #importsOf(other: string, file: string, name: string, fn: ts.Node): ts.ImportSpecifier[] {
    const found: ts.ImportSpecifier[] = [];
    for (const statement of this.project.file(other).statements) {
      if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
      const bindings = statement.importClause?.namedBindings;
      if (!bindings || !ts.isNamedImports(bindings)) continue;
      for (const element of bindings.elements) {
        if ((element.propertyName ?? element.name).text !== name) continue;
        const target = this.project.resolve(other, statement.moduleSpecifier.text);
        const declared = target === undefined ? undefined : this.project.exported(target, name);
        if (declared?.file === file && contains(declared.node, fn)) found.push(element);
      }
    }
    return found;
  }
}

function isModuleCall(call: ts.CallExpression): boolean {
  return (
    call.expression.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(call.expression) && call.expression.text === "require")
  );
}

/** The `stop` of `const { stop } = …` and `const { stop: halt } = …`. */
function isKeyOfPattern(node: ts.Node): boolean {
  const { parent } = node;
  return (
    ts.isBindingElement(parent) &&
    ts.isObjectBindingPattern(parent.parent) &&
    (parent.propertyName ?? parent.name) === node
  );
}

function callOf(reference: ts.Node): ts.CallExpression | undefined {
  const parent = reference.parent;
  return ts.isCallExpression(parent) && parent.expression === reference ? parent : undefined;
}

function isNameOfBinding(reference: ts.Node): boolean {
  const parent = reference.parent;
  return (
    ts.isImportSpecifier(parent) ||
    ts.isExportSpecifier(parent) ||
    ((ts.isFunctionDeclaration(parent) ||
      ts.isVariableDeclaration(parent) ||
      (ts.isBindingElement(parent) && ts.isObjectBindingPattern(parent.parent))) &&
      parent.name === reference)
  );
}

function inType(reference: ts.Node): boolean {
  return ts.isTypeQueryNode(reference.parent) || ts.isTypeNode(reference.parent);
}

function isDefault(node: ts.Node): boolean {
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node)?.some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword) ?? false)
  );
}

function isExported(node: ts.Node, name: string, project: SourceProject): boolean {
  if (hasExportKeyword(node)) return true;
  return project
    .file(project.pathOf(node))
    .statements.some(
      (candidate) =>
        ts.isExportDeclaration(candidate) &&
        !candidate.moduleSpecifier &&
        candidate.exportClause !== undefined &&
        ts.isNamedExports(candidate.exportClause) &&
        candidate.exportClause.elements.some(
          (element) => (element.propertyName ?? element.name).text === name,
        ),
    );
}
