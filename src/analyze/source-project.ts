import path from "node:path/posix";
import { ts } from "./typescript.ts";
import type { Workspace } from "../discover/workspace.ts";
import { LineIndex } from "../shared/location.ts";
import { linkNodes, type FileNodes } from "./file-nodes.ts";
import { ParsedFiles, type ValueSymbol } from "./parsed-files.ts";
import { Scopes } from "./scopes.ts";
import { walk } from "./syntax.ts";
import { wholeCompiler } from "./whole-compiler.ts";
import type { Evidence } from "../shared/location.ts";

/** Where a name that a module exports is declared. */
export interface ExportTarget {
  readonly file: string;
  readonly node: ts.Node;
}

const SCRIPT_EXTENSIONS = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"] as const;
/** `export *`, a comment where the star may follow, or a name that is spelled with escapes */
const MAY_HAND_ON_UNNAMED = /\bexport\s*[*/]|\\u/;
const IN_MEMORY_ROOT = "/workspace/";

const OPTIONS: ts.CompilerOptions = {
  allowJs: true,
  checkJs: false,
  noResolve: true,
  noLib: true,
  types: [],
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  strict: true,
  jsx: ts.JsxEmit.Preserve,
};

/** Comments are not code: nothing here asks what a JSDoc comment says. */
const PARSING: ts.CreateSourceFileOptions = {
  languageVersion: OPTIONS.target!,
  jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
};

/** Parses a text as a `SourceProject` will ask for it, before there is one. What cannot be parsed is met again then. */
export function parseAhead(parsed: ParsedFiles, path: string, text: string): void {
  try {
    parsed.parse(IN_MEMORY_ROOT + path, text, PARSING);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}

/**
 * Parsed files and their symbols. Only what is asked for is parsed, and each file is a program of its
 * own: nothing is resolved by the compiler (`noResolve`, `noLib`), so a hostile tsconfig or a missing
 * node_modules changes nothing. Imports are followed here, inside the workspace only.
 */
export class SourceProject {
  readonly #files = new Map<string, ts.SourceFile>();
  readonly #lines = new Map<string, LineIndex>();
  readonly #tooDeep = new Set<string>();

  /** @param parsed trees of another project, whose files may have the same texts */
  constructor(
    readonly workspace: Workspace,
    readonly parsed: ParsedFiles = new ParsedFiles(),
  ) {}

  /** Parses a workspace file on first use. @throws UserError when it is not in the scan set */
  file(relative: string): ts.SourceFile {
    let source = this.#files.get(relative);
    if (!source) {
      source = this.#parse(relative);
      this.#files.set(relative, source);
    }
    return source;
  }

  /** What is nested too deeply is an empty file here: `syntaxErrors` tells of it, and others ask about the rest. */
  #parse(relative: string): ts.SourceFile {
    // The BOM stays in the text, so that compiler offsets are offsets of the file.
    const text = this.workspace.read(relative);
    try {
      return this.parsed.parse(IN_MEMORY_ROOT + relative, text, PARSING);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#tooDeep.add(relative);
      return this.parsed.parse(IN_MEMORY_ROOT + relative, "", PARSING);
    }
  }

  /** Text of a workspace file, without a parse. @throws UserError when it is not in the scan set */
  text(relative: string): string {
    const parsed = this.#tooDeep.has(relative) ? undefined : this.#files.get(relative)?.text;
    return parsed ?? this.workspace.read(relative);
  }

  /** Syntax errors of a file, as sentences; empty when it parses. @throws RangeError when it is nested too deeply */
  syntaxErrors(relative: string): string[] {
    const source = this.file(relative) as ts.SourceFile & {
      parseDiagnostics?: readonly ts.DiagnosticWithLocation[];
    };
    if (this.#tooDeep.has(relative)) throw new RangeError("nested too deeply");
    return (source.parseDiagnostics ?? []).map((diagnostic) => {
      const { line, column } = this.lines(relative).at(diagnostic.start);
      return `${line}:${column} ${ts.flattenDiagnosticMessageText(diagnostic.messageText, " ")}`;
    });
  }

  /** The checker that knows the symbols of a node's file: dear, and its symbols are not those of `symbolOf`. */
  #checkerOf(node: ts.Node): ts.TypeChecker {
    const source = node.getSourceFile();
    let checker = this.parsed.checkers.get(source);
    if (!checker) {
      const host: ts.CompilerHost = {
        fileExists: (name) => name === source.fileName,
        readFile: () => undefined,
        getSourceFile: (name) => (name === source.fileName ? source : undefined),
        getDefaultLibFileName: () => "",
        writeFile: () => undefined,
        getCurrentDirectory: () => IN_MEMORY_ROOT,
        getCanonicalFileName: (name) => name,
        useCaseSensitiveFileNames: () => true,
        getNewLine: () => "\n",
        // Imports are followed here, by need; the compiler would ask for a dozen paths for each.
        resolveModuleNameLiterals: (literals) => literals.map(() => ({ resolvedModule: undefined })),
        resolveTypeReferenceDirectiveReferences: (references) =>
          references.map(() => ({ resolvedTypeReferenceDirective: undefined })),
      };
      const program = wholeCompiler().createProgram({ rootNames: [source.fileName], options: OPTIONS, host });
      checker = program.getTypeChecker();
      this.parsed.checkers.set(source, checker);
    }
    return checker;
  }

  lines(relative: string): LineIndex {
    let lines = this.#lines.get(relative);
    if (!lines) {
      lines = new LineIndex(this.text(relative));
      this.#lines.set(relative, lines);
    }
    return lines;
  }

  /** Workspace path of the file that a node stands in. */
  pathOf(node: ts.Node): string {
    return node.getSourceFile().fileName.slice(IN_MEMORY_ROOT.length);
  }

  evidence(node: ts.Node, note: string): Evidence {
    const file = this.pathOf(node);
    return { file, line: this.lines(file).at(node.getStart()).line, note };
  }

  /** The value that an identifier names; a shorthand property names the variable behind it. */
  symbolOf(identifier: ts.Node): ValueSymbol | undefined {
    if (this.parsed.symbols.has(identifier)) return this.parsed.symbols.get(identifier);
    const symbol = this.#findSymbol(identifier);
    this.parsed.symbols.set(identifier, symbol);
    return symbol;
  }

  /** The values that can be named at a place, as `symbolOf` gives them. */
  symbolsInScope(place: ts.Node, meaning = ts.SymbolFlags.Value): readonly ValueSymbol[] {
    return this.#checkerOf(place)
      .getSymbolsInScope(place, meaning)
      .map((symbol) => this.#plain(symbol));
  }

  /** What declares the value that goes by a name at a place; undefined for a global, and for what is imported. */
  valueNamed(name: string, place: ts.Node): ts.Declaration | undefined {
    // Most files only import it, and then no checker has to be made.
    if (
      this.#nodesOf(place.getSourceFile()).declarations.every((it) => nameOf(it) !== name || isImportName(it))
    )
      return undefined;
    return this.symbolsInScope(place).find((symbol) => symbol.name === name)?.valueDeclaration;
  }

  #findSymbol(identifier: ts.Node): ValueSymbol | undefined {
    const declaration =
      ts.isIdentifier(identifier) &&
      (declaredBy(identifier) ?? this.#scopesOf(identifier.getSourceFile()).declarationOf(identifier));
    const plain = declaration && declaration !== "unclear" ? this.#declaredAlone(declaration) : undefined;
    if (plain) return plain;
    const symbol = this.#checkedSymbol(identifier);
    return symbol && this.#plain(symbol);
  }

  #checkedSymbol(identifier: ts.Node): ts.Symbol | undefined {
    const parent = identifier.parent;
    if (parent && ts.isShorthandPropertyAssignment(parent) && parent.name === identifier)
      return this.#checkerOf(parent).getShorthandAssignmentValueSymbol(parent);
    if (parent && ts.isExportSpecifier(parent) && !parent.parent.parent.moduleSpecifier)
      return this.#checkerOf(parent).getExportSpecifierLocalTargetSymbol(parent);
    return this.#checkerOf(identifier).getSymbolAtLocation(identifier);
  }

  /** One value, one symbol, whichever way it was found. */
  #plain(symbol: ts.Symbol): ValueSymbol {
    const [declaration, ...more] = symbol.declarations ?? [];
    return (declaration && more.length === 0 && this.#declaredAlone(declaration)) || symbol;
  }

  /** The symbol of a declaration that shares its name with no other in its scope: most do, and need no checker. */
  #declaredAlone(declaration: ts.Declaration): ValueSymbol | undefined {
    const { name } = declaration as ts.NamedDeclaration;
    // A parameter that declares a property as well has two symbols.
    if (!name || !ts.isIdentifier(name) || ts.isParameterPropertyDeclaration(declaration, declaration.parent))
      return undefined;
    const known = this.parsed.declared.get(declaration);
    if (known) return known;
    if (!this.#scopesOf(declaration.getSourceFile()).isAlone(declaration, name.text)) return undefined;
    // As a compiler's symbol says it: what is imported has its value elsewhere.
    const symbol = {
      name: name.text,
      declarations: [declaration],
      valueDeclaration: isImportName(declaration) ? undefined : declaration,
    };
    this.parsed.declared.set(declaration, symbol);
    return symbol;
  }

  /** True when the text of a file holds one of the words: cheaper than a walk that finds nothing. */
  mentions(relative: string, words: readonly string[]): boolean {
    const text = this.text(relative);
    return words.some((word) => text.includes(word));
  }

  /** Declaration of the value that an identifier names, or undefined for globals and unresolved names. */
  declarationOf(identifier: ts.Node): ts.Declaration | undefined {
    // A plain read is found by the scopes around it: most questions are of that kind, and a checker is dear.
    if (ts.isIdentifier(identifier)) {
      const found = this.#scopesOf(identifier.getSourceFile()).declarationOf(identifier);
      if (found !== "unclear") return found;
    }
    const symbol = this.symbolOf(identifier);
    return symbol?.valueDeclaration ?? symbol?.declarations?.[0];
  }

  /** The class of a node's own file that a name stands for. Types are mostly of other files: those cost nothing. */
  classOf(name: ts.Identifier): ts.ClassLikeDeclaration | undefined {
    if (!this.#scopesOf(name.getSourceFile()).hasClass(name.text)) return undefined;
    const declaration = this.declarationOf(name);
    return declaration && ts.isClassLike(declaration) ? declaration : undefined;
  }

  /** Every node below another, for questions that are asked of one function again and again. */
  nodesIn(outer: ts.Node): readonly ts.Node[] {
    let nodes = this.parsed.nodes.get(outer);
    if (!nodes) {
      const found: ts.Node[] = [];
      walk(outer, (node) => found.push(node));
      this.parsed.nodes.set(outer, found);
      nodes = found;
    }
    return nodes;
  }

  /** Every identifier in the file that names the symbol, its declaration included. */
  references(relative: string, symbol: ValueSymbol): readonly ts.Identifier[] {
    const known = this.parsed.references.get(symbol);
    if (known) return known;
    const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0];
    const declared = declaration && ts.getNameOfDeclaration(declaration as ts.Declaration);
    const names = new Set([symbol.name, declared && ts.isIdentifier(declared) ? declared.text : symbol.name]);
    const found = [...names].flatMap((name) =>
      // Only what is spelled like it is asked of the checker: a bundle holds a million identifiers.
      (this.nodesOf(relative).identifiers.get(name) ?? []).filter(
        (node) => !isMemberName(node) && this.symbolOf(node) === symbol,
      ),
    );
    this.parsed.references.set(symbol, found);
    return found;
  }

  #scopesOf(source: ts.SourceFile): Scopes {
    let scopes = this.parsed.scopes.get(source);
    if (!scopes) {
      scopes = new Scopes(this.#nodesOf(source).declarations);
      this.parsed.scopes.set(source, scopes);
    }
    return scopes;
  }

  /** What most questions about a file are about, collected once. */
  nodesOf(relative: string): FileNodes {
    return this.#nodesOf(this.file(relative));
  }

  #nodesOf(source: ts.SourceFile): FileNodes {
    let nodes = this.parsed.fileNodes.get(source);
    if (!nodes) {
      nodes = linkNodes(source);
      this.parsed.fileNodes.set(source, nodes);
    }
    return nodes;
  }

  /**
   * Workspace file that a specifier leads to from a file, or undefined when it leaves the workspace.
   * Knows `./x.js` → x.ts, folders with an index, and extensionless paths.
   */
  resolve(from: string, specifier: string): string | undefined {
    if (!specifier.startsWith(".")) return undefined;
    const base = path.join(path.dirname(from), specifier);
    if (base.startsWith("..")) return undefined;
    const extension = path.extname(base);
    const stem = /^\.[cm]?[jt]sx?$/.test(extension) ? base.slice(0, -extension.length) : base;
    if (stem !== base && this.workspace.has(base)) return base;
    return this.#withExtension(stem) ?? this.#withExtension(`${base}/index`);
  }

  /** One at a time: nearly always the first is there, and this is asked for every import of a tree. */
  #withExtension(stem: string): string | undefined {
    for (const end of SCRIPT_EXTENSIONS) if (this.workspace.has(stem + end)) return stem + end;
    return undefined;
  }

  /**
   * Follows `export … from` chains from a module to the declaration of an exported name.
   * @returns undefined when the name is not exported or the chain leaves the workspace
   */
  exported(relative: string, name: string, seen: ReadonlySet<string> = new Set()): ExportTarget | undefined {
    if (seen.has(relative) || seen.size > 12) return undefined;
    // Most modules that are asked for a name do not have it, and none of those has to be parsed for that.
    if (!this.mentions(relative, [name]) && !MAY_HAND_ON_UNNAMED.test(this.text(relative))) return undefined;
    const source = this.file(relative);
    const visited = new Set(seen).add(relative);
    for (const statement of source.statements) {
      if (ts.isExportDeclaration(statement)) {
        const found = this.#throughExport(relative, statement, name, visited);
        if (found) return found;
      } else if (name === "default" && ts.isExportAssignment(statement)) {
        return { file: relative, node: statement.expression };
      } else if (isExportedStatement(statement)) {
        const node = declaredIn(statement, name);
        if (node) return { file: relative, node };
      }
    }
    return undefined;
  }

  #throughExport(
    relative: string,
    statement: ts.ExportDeclaration,
    name: string,
    seen: ReadonlySet<string>,
  ): ExportTarget | undefined {
    const specifier =
      statement.moduleSpecifier && ts.isStringLiteral(statement.moduleSpecifier)
        ? statement.moduleSpecifier.text
        : undefined;
    if (!statement.exportClause) {
      const target = specifier === undefined ? undefined : this.resolve(relative, specifier);
      return target === undefined ? undefined : this.exported(target, name, seen);
    }
    if (!ts.isNamedExports(statement.exportClause)) return undefined;
    const element = statement.exportClause.elements.find((candidate) => candidate.name.text === name);
    if (!element) return undefined;
    const inner = (element.propertyName ?? element.name).text;
    if (specifier !== undefined) {
      const target = this.resolve(relative, specifier);
      return target === undefined ? undefined : this.exported(target, inner, seen);
    }
    const source = this.file(relative);
    for (const candidate of source.statements) {
      const node = declaredIn(candidate, inner);
      if (node) return { file: relative, node };
      if (ts.isImportDeclaration(candidate)) {
        const imported = importedName(candidate, inner);
        if (imported && ts.isStringLiteral(candidate.moduleSpecifier)) {
          const target = this.resolve(relative, candidate.moduleSpecifier.text);
          if (target !== undefined) return this.exported(target, imported, seen);
        }
      }
    }
    return undefined;
  }
}

/** The declaration of a value that a name is the name of. */
function declaredBy(name: ts.Identifier): ts.Declaration | undefined {
  const { parent } = name;
  return (ts.isImportSpecifier(parent) ||
    ts.isImportClause(parent) ||
    ts.isNamespaceImport(parent) ||
    ts.isVariableDeclaration(parent) ||
    ts.isBindingElement(parent) ||
    ts.isParameter(parent) ||
    ts.isFunctionDeclaration(parent) ||
    ts.isFunctionExpression(parent)) &&
    parent.name === name
    ? parent
    : undefined;
}

/** The `b` of `a.b` and `{ b: … }`: asking the checker for it would infer types. */
export function isMemberName(node: ts.Identifier): boolean {
  const parent = node.parent;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    ((ts.isPropertyAssignment(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isMethodSignature(parent)) &&
      parent.name === node) ||
    (ts.isBindingElement(parent) && parent.propertyName === node)
  );
}

function isExportedStatement(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) ?? false)
  );
}

/** The node that a statement declares under a name: a function, class, type, or variable declaration. */
export function declaredIn(statement: ts.Statement, name: string): ts.Node | undefined {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.find(
      (declaration) => ts.isIdentifier(declaration.name) && declaration.name.text === name,
    );
  if (
    (ts.isFunctionDeclaration(statement) ||
      ts.isClassDeclaration(statement) ||
      ts.isInterfaceDeclaration(statement) ||
      ts.isTypeAliasDeclaration(statement) ||
      ts.isEnumDeclaration(statement)) &&
    statement.name?.text === name
  )
    return statement;
  return undefined;
}

/** The exported name behind a local name of an import declaration. */
function importedName(declaration: ts.ImportDeclaration, local: string): string | undefined {
  const clause = declaration.importClause;
  if (!clause) return undefined;
  if (clause.name?.text === local) return "default";
  if (clause.namedBindings && ts.isNamedImports(clause.namedBindings)) {
    const element = clause.namedBindings.elements.find((candidate) => candidate.name.text === local);
    if (element) return (element.propertyName ?? element.name).text;
  }
  return undefined;
}

/** A name that an import gives to a value of another module. */
function isImportName(declaration: ts.Node): boolean {
  return (
    ts.isImportSpecifier(declaration) || ts.isImportClause(declaration) || ts.isNamespaceImport(declaration)
  );
}

function nameOf({ name }: ts.NamedDeclaration): string {
  return (name as ts.Identifier).text;
}
