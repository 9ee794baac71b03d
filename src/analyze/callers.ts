import { ts } from "ts-morph";
import { isTestFile } from "./test-files.ts";
import type { SourceProject } from "./source-project.ts";
import { functionName, hasExportKeyword } from "./syntax.ts";

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
    const collect = (inFile: string, symbol: ts.Symbol | undefined): void => {
      if (!symbol) return;
      for (const reference of project.references(inFile, symbol)) {
        if (reference === nameNode || isNameOfBinding(reference)) continue;
        const call = callOf(reference);
        if (call?.arguments.some(ts.isSpreadElement)) complete = false;
        else if (call) calls.push(call);
        else if (!inType(reference)) complete = false;
      }
    };
    collect(file, project.checkerOf(nameNode).getSymbolAtLocation(nameNode));
    if (isExported(named, name, project)) {
      const others = project.workspace
        .filesContaining(name)
        .filter((other) => other !== file && !isTestFile(other));
      if (others.length > MAX_FILES) return { calls, complete: false };
      if ([file, ...others].some((one) => this.#handsOnRenamed(one, file, name))) complete = false;
      for (const other of others) {
        if (this.#takesModule(other, file, name)) complete = false;
        for (const specifier of this.#importsOf(other, file, name, fn))
          collect(other, project.symbolOf(specifier.name));
      }
    }
    return { calls, complete };
  }

  /** `import * as x`, `import("…")` or `require("…")` of a module that hands the function on: its calls are not all seen. */
  #takesModule(other: string, file: string, name: string): boolean {
    const leads = (specifier: string): boolean => {
      const target = this.project.resolve(other, specifier);
      return target !== undefined && this.project.exported(target, name)?.file === file;
    };
    let found = false;
    const visit = (node: ts.Node): void => {
      if (found) return;
      if (ts.isNamespaceImport(node)) {
        const { moduleSpecifier } = node.parent.parent;
        if (ts.isStringLiteral(moduleSpecifier) && leads(moduleSpecifier.text)) found = true;
      } else if (
        ts.isCallExpression(node) &&
        (node.expression.kind === ts.SyntaxKind.ImportKeyword ||
          (ts.isIdentifier(node.expression) && node.expression.text === "require"))
      ) {
        const argument = node.arguments[0];
        if (argument && ts.isStringLiteralLike(argument) && leads(argument.text)) found = true;
      }
      ts.forEachChild(node, visit);
    };
    visit(this.project.file(other));
    return found;
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

function contains(outer: ts.Node, inner: ts.Node): boolean {
  return outer.pos <= inner.pos && inner.end <= outer.end;
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
    ((ts.isFunctionDeclaration(parent) || ts.isVariableDeclaration(parent)) && parent.name === reference)
  );
}

function inType(reference: ts.Node): boolean {
  return ts.isTypeQueryNode(reference.parent) || ts.isTypeNode(reference.parent);
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
