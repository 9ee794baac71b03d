import { ts } from "./typescript.ts";
import type { Span } from "../shared/location.ts";
import { calleeName, isWrite } from "./evaluate.ts";
import type { SourceProject } from "./source-project.ts";
import { type FunctionNode, isFunctionNode, unwrap, walk } from "./syntax.ts";
import type { ValueSymbol } from "./parsed-files.ts";

/** Something that nobody reads any more once the given spans are gone. */
export interface Leftover {
  readonly name: string;
  readonly kind: "local" | "import" | "destructured";
  /** statements, declarators, binding elements or import specifiers that go */
  readonly remove: Span;
  readonly line: number;
}

const PURE_METHODS = new Set([
  "get",
  "has",
  "trim",
  "toLowerCase",
  "toString",
  "keys",
  "values",
  "entries",
  "slice",
]);
const CONTAINER_METHODS = new Set(["set", "add", "push", "delete"]);

/**
 * Finds locals and imports that only the removed spans needed, with the lookups and caches behind them.
 * Only code without effects goes: reads of stores, lookups the migration declares pure, writes to a
 * container that is itself going.
 */
export class LeftoverFinder {
  readonly #gone: readonly Span[];
  readonly #dead = new Set<ValueSymbol>();
  readonly #reading = new Set<ts.Node>();

  constructor(
    readonly project: SourceProject,
    readonly file: string,
    gone: readonly Span[],
    readonly pureFunctions: readonly string[],
    /** names that the new code reads, with a node at whose place they are read */
    readonly kept: readonly { readonly at: ts.Node; readonly names: readonly string[] }[],
  ) {
    this.#gone = gone;
  }

  find(): Leftover[] {
    const seeds = new Set<ValueSymbol>();
    walk(this.project.file(this.file), (node) => {
      if (!ts.isIdentifier(node) || !this.#isGone(node)) return;
      const symbol = this.project.symbolOf(node);
      if (symbol && this.#isRemovable(symbol)) seeds.add(symbol);
    });
    for (const symbol of this.#closure(seeds)) this.#dead.add(symbol);
    const used = this.#keptSymbols();
    for (const symbol of used) this.#dead.delete(symbol);
    for (let changed = true; changed; ) {
      changed = false;
      for (const symbol of [...this.#dead]) {
        if (this.#references(symbol).every((reference) => this.#isAbsorbed(reference, symbol))) continue;
        this.#dead.delete(symbol);
        changed = true;
      }
    }
    return this.#leftovers();
  }

  #references(symbol: ValueSymbol): readonly ts.Identifier[] {
    return this.project.references(this.file, symbol);
  }

  #isGone(node: ts.Node): boolean {
    const start = node.getStart();
    return this.#gone.some((span) => span.start <= start && node.end <= span.end);
  }

  #keptSymbols(): Set<ValueSymbol> {
    const used = new Set<ValueSymbol>();
    for (const { at, names } of this.kept) {
      const visible = this.project.symbolsInScope(at);
      for (const symbol of visible) if (names.includes(symbol.name)) used.add(symbol);
    }
    return used;
  }

  /** Symbols that are read by what declares or assigns the given ones, and so on. */
  #closure(seeds: ReadonlySet<ValueSymbol>): Set<ValueSymbol> {
    const all = new Set(seeds);
    const queue = [...seeds];
    for (let symbol = queue.pop(); symbol; symbol = queue.pop()) {
      for (const reference of this.#references(symbol)) {
        const feeding = feedingNode(reference);
        if (!feeding) continue;
        const add = (node: ts.Node): void => {
          if (!ts.isIdentifier(node)) return;
          const read = this.project.symbolOf(node);
          if (read && !all.has(read) && this.#isRemovable(read)) {
            all.add(read);
            queue.push(read);
          }
        };
        add(feeding);
        walk(feeding, add);
      }
    }
    return all;
  }

  #isRemovable(symbol: ValueSymbol): boolean {
    const declaration = symbol.declarations?.[0];
    if (!declaration || symbol.declarations!.length !== 1 || this.project.pathOf(declaration) !== this.file)
      return false;
    if (ts.isImportSpecifier(declaration)) return true;
    if (ts.isNamespaceImport(declaration)) return declaration.parent.name === undefined;
    if (ts.isBindingElement(declaration))
      return isRemovableElement(declaration) && isInsideFunction(declaration);
    if (!ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name)) return false;
    // At module level only a function nobody can import: a local stub of the legacy function.
    return isInsideFunction(declaration) || isPrivateFunction(declaration);
  }

  /** The reference disappears with the removed spans, or with a statement that only serves dead names. */
  #isAbsorbed(reference: ts.Identifier, symbol: ValueSymbol): boolean {
    if (this.#isGone(reference)) return true;
    const parent = reference.parent;
    if (ts.isImportSpecifier(parent) || ts.isNamespaceImport(parent)) return true;
    if ((ts.isVariableDeclaration(parent) || ts.isBindingElement(parent)) && parent.name === reference) {
      const declaration = variableOf(parent);
      return this.#dead.has(symbol) && (parent !== declaration || this.#declarationGoes(declaration));
    }
    if (this.#isDroppedTarget(reference)) return true;
    for (let at: ts.Node = reference; at.parent; at = at.parent) {
      if (ts.isStatement(at) && this.#statementGoes(at)) return true;
      if (ts.isVariableDeclaration(at) && this.#declaratorGoes(at)) return true;
    }
    return false;
  }

  /** `({ gone, kept } = state())`: the target goes, and the others still take theirs. */
  #isDroppedTarget(reference: ts.Identifier): boolean {
    const target = assignedProperty(reference);
    if (!target || !this.#isDeadName(reference)) return false;
    return target.parent.properties.some((other) => {
      const name = other !== target && targetOf(other);
      return name && !this.#isDeadName(name);
    });
  }

  #declarationGoes(declaration: ts.VariableDeclaration): boolean {
    return !declaration.initializer || this.#isPure(declaration.initializer);
  }

  #declaratorGoes(declaration: ts.VariableDeclaration): boolean {
    if (declaration.initializer && !this.#isPure(declaration.initializer)) return false;
    return boundNames(declaration.name).every((name) => {
      const symbol = this.project.symbolOf(name);
      return symbol !== undefined && this.#dead.has(symbol);
    });
  }

  #statementGoes(statement: ts.Statement): boolean {
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.every((declaration) => this.#declaratorGoes(declaration));
    if (ts.isIfStatement(statement))
      return (
        this.#isPure(statement.expression) &&
        this.#bodyGoes(statement.thenStatement) &&
        (!statement.elseStatement || this.#bodyGoes(statement.elseStatement))
      );
    if (!ts.isExpressionStatement(statement)) return false;
    const at = unwrap(statement.expression);
    if (
      ts.isBinaryExpression(at) &&
      at.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      ts.isIdentifier(at.left)
    )
      return this.#isDeadName(at.left) && this.#isPure(at.right);
    if (ts.isCallExpression(at) && ts.isPropertyAccessExpression(at.expression)) {
      const owner = unwrap(at.expression.expression);
      return (
        ts.isIdentifier(owner) &&
        CONTAINER_METHODS.has(at.expression.name.text) &&
        this.#isDeadName(owner) &&
        this.#isContainer(owner) &&
        at.arguments.every((argument) => this.#isPure(argument))
      );
    }
    return false;
  }

  #bodyGoes(body: ts.Statement): boolean {
    if (!ts.isBlock(body)) return this.#statementGoes(body);
    return body.statements.length > 0 && body.statements.every((statement) => this.#statementGoes(statement));
  }

  #isDeadName(node: ts.Identifier): boolean {
    const symbol = this.project.symbolOf(node);
    return symbol !== undefined && this.#dead.has(symbol);
  }

  /** Made here, so that filling it is nobody else's business. */
  #isContainer(node: ts.Identifier): boolean {
    const declaration = this.project.declarationOf(node);
    if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return false;
    const made = unwrap(declaration.initializer);
    return (
      (ts.isNewExpression(made) &&
        ts.isIdentifier(made.expression) &&
        ["Map", "Set"].includes(made.expression.text)) ||
      ts.isArrayLiteralExpression(made)
    );
  }

  #isPure(expression: ts.Expression): boolean {
    const at = unwrap(expression);
    if (
      ts.isIdentifier(at) ||
      isFunctionNode(at) ||
      ts.isLiteralExpression(at) ||
      at.kind === ts.SyntaxKind.NullKeyword ||
      at.kind === ts.SyntaxKind.TrueKeyword ||
      at.kind === ts.SyntaxKind.FalseKeyword ||
      at.kind === ts.SyntaxKind.ThisKeyword
    )
      return true;
    if (ts.isPropertyAccessExpression(at)) return this.#isPure(at.expression);
    if (ts.isElementAccessExpression(at))
      return this.#isPure(at.expression) && this.#isPure(at.argumentExpression);
    if (ts.isPrefixUnaryExpression(at)) return this.#isPure(at.operand) && !isWrite(at.operand);
    if (ts.isTypeOfExpression(at)) return this.#isPure(at.expression);
    if (ts.isConditionalExpression(at))
      return this.#isPure(at.condition) && this.#isPure(at.whenTrue) && this.#isPure(at.whenFalse);
    if (ts.isBinaryExpression(at))
      return (
        (at.operatorToken.kind < ts.SyntaxKind.FirstAssignment ||
          at.operatorToken.kind > ts.SyntaxKind.LastAssignment) &&
        this.#isPure(at.left) &&
        this.#isPure(at.right)
      );
    if (ts.isArrayLiteralExpression(at)) return at.elements.every((element) => this.#isPure(element));
    if (ts.isObjectLiteralExpression(at))
      return at.properties.every(
        (property) =>
          ts.isShorthandPropertyAssignment(property) ||
          (ts.isPropertyAssignment(property) && this.#isPure(property.initializer)),
      );
    if (ts.isNewExpression(at))
      return (
        ts.isIdentifier(at.expression) &&
        ["Map", "Set"].includes(at.expression.text) &&
        (at.arguments ?? []).every((argument) => this.#isPure(argument))
      );
    if (ts.isCallExpression(at)) {
      // Loading a module lazily has no effect that anyone waits for.
      if (at.expression.kind === ts.SyntaxKind.ImportKeyword) return true;
      if (["String", "Boolean", "Number"].includes(calleeName(at.expression) ?? ""))
        return at.arguments.every((argument) => this.#isPure(argument));
      if (at.arguments.length === 0 && /^(load|import)[A-Z]/.test(calleeName(at.expression) ?? ""))
        return true;
      if (!at.arguments.every((argument) => this.#isPure(argument))) return false;
      const name = calleeName(at.expression);
      if (name !== undefined && this.pureFunctions.includes(name)) return true;
      const callee = unwrap(at.expression);
      const fn = this.#calledFunction(callee);
      if (fn && this.#hasPureBody(fn)) return true;
      return (
        ts.isPropertyAccessExpression(callee) &&
        PURE_METHODS.has(callee.name.text) &&
        this.#isPure(callee.expression)
      );
    }
    return false;
  }

  /** The function of this file that a call runs: inline, or declared here. */
  #calledFunction(callee: ts.Expression): FunctionNode | undefined {
    if (isFunctionNode(callee)) return callee;
    const declaration = ts.isIdentifier(callee) ? this.project.declarationOf(callee) : undefined;
    if (!declaration || this.project.pathOf(declaration) !== this.file) return undefined;
    if (ts.isFunctionDeclaration(declaration)) return declaration;
    const value =
      ts.isVariableDeclaration(declaration) && declaration.initializer && unwrap(declaration.initializer);
    return value && isFunctionNode(value) ? value : undefined;
  }

  /** Reads, looks up and returns; besides its own locals it may only keep a module that it loaded. */
  #hasPureBody(fn: FunctionNode): boolean {
    if (!fn.body || this.#reading.has(fn)) return false;
    this.#reading.add(fn);
    let pure = true;
    const visit = (node: ts.Node): void => {
      if (!pure) return;
      if (ts.isCallExpression(node) && !this.#isPure(node)) pure = false;
      else if (
        ts.isThrowStatement(node) ||
        ts.isNewExpression(node) ||
        ts.isYieldExpression(node) ||
        ts.isDeleteExpression(node)
      )
        pure = false;
      else if (isWrite(node)) {
        const write = node.parent;
        const value = ts.isBinaryExpression(write) ? unwrap(write.right) : undefined;
        const loads =
          value && ts.isCallExpression(value) && value.expression.kind === ts.SyntaxKind.ImportKeyword;
        if (!loads) pure = false;
      }
      if (!ts.isCallExpression(node)) ts.forEachChild(node, visit);
    };
    visit(fn.body);
    this.#reading.delete(fn);
    return pure;
  }

  #leftovers(): Leftover[] {
    const lines = this.project.lines(this.file);
    const statements = new Set<ts.Node>();
    const leftovers: Leftover[] = [];
    const add = (name: string, kind: Leftover["kind"], node: ts.Node): void => {
      if (statements.has(node)) return;
      statements.add(node);
      const start = node.getStart();
      leftovers.push({ name, kind, remove: { start, end: node.end }, line: lines.at(start).line });
    };
    for (const symbol of this.#dead) {
      const declaration = symbol.declarations![0]!;
      if (ts.isNamespaceImport(declaration)) {
        add(symbol.name, "import", declaration.parent.parent);
        continue;
      }
      if (ts.isImportSpecifier(declaration)) {
        add(symbol.name, "import", declaration);
        continue;
      }
      const variable = variableOf(declaration);
      if (this.#declaratorGoes(variable)) {
        const statement = variable.parent.parent;
        const whole = ts.isVariableStatement(statement) && this.#statementGoes(statement);
        add(symbol.name, "local", whole ? statement : variable);
      } else if (ts.isBindingElement(declaration)) add(symbol.name, "destructured", declaration);
      for (const reference of this.#references(symbol)) {
        if (this.#isGone(reference) || reference.parent === declaration) continue;
        const target = assignedProperty(reference);
        if (target) {
          add(symbol.name, "destructured", target);
          continue;
        }
        let outermost: ts.Node | undefined;
        for (let at: ts.Node = reference; at.parent; at = at.parent)
          if (ts.isStatement(at) && !ts.isBlock(at) && this.#statementGoes(at)) outermost = at;
        if (outermost) add(symbol.name, "local", outermost);
      }
    }
    // A statement inside another that goes needs no removal of its own.
    return leftovers
      .filter(
        ({ remove }) => !this.#gone.some((span) => span.start <= remove.start && remove.end <= span.end),
      )
      .filter(
        (leftover) =>
          !leftovers.some(
            (other) =>
              other !== leftover &&
              other.remove.start <= leftover.remove.start &&
              leftover.remove.end <= other.remove.end,
          ),
      )
      .sort((a, b) => a.remove.start - b.remove.start);
  }
}

/** What gives a variable its value at a reference: its initializer, an assigned value, an argument. */
function feedingNode(reference: ts.Identifier): ts.Node | undefined {
  const parent = reference.parent;
  if (ts.isVariableDeclaration(parent)) return parent.name === reference ? parent.initializer : undefined;
  if (ts.isBindingElement(parent)) return variableOf(parent).initializer;
  if (ts.isBinaryExpression(parent) && parent.left === reference && isWrite(reference)) return parent.right;
  if (
    ts.isPropertyAccessExpression(parent) &&
    parent.expression === reference &&
    ts.isCallExpression(parent.parent) &&
    CONTAINER_METHODS.has(parent.name.text)
  )
    return parent.parent;
  return undefined;
}

type AssignedProperty = ts.ShorthandPropertyAssignment | ts.PropertyAssignment;

/** The property of `({ a, b: c } = value);` that an identifier is the target of, where each takes its own and no rest. */
function assignedProperty(reference: ts.Identifier): AssignedProperty | undefined {
  const property = reference.parent;
  if (!ts.isShorthandPropertyAssignment(property) && !ts.isPropertyAssignment(property)) return undefined;
  const pattern = property.parent;
  if (targetOf(property) !== reference || !pattern.properties.every(targetOf)) return undefined;
  const assignment = pattern.parent;
  return ts.isBinaryExpression(assignment) &&
    assignment.left === pattern &&
    assignment.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    ts.isParenthesizedExpression(assignment.parent) &&
    ts.isExpressionStatement(assignment.parent.parent)
    ? property
    : undefined;
}

function targetOf(property: ts.ObjectLiteralElementLike): ts.Identifier | undefined {
  if (ts.isShorthandPropertyAssignment(property))
    return property.objectAssignmentInitializer ? undefined : property.name;
  return ts.isPropertyAssignment(property) && ts.isIdentifier(property.initializer)
    ? property.initializer
    : undefined;
}

function variableOf(node: ts.Node): ts.VariableDeclaration {
  let at = node;
  while (!ts.isVariableDeclaration(at)) at = at.parent;
  return at;
}

function boundNames(name: ts.BindingName): ts.Identifier[] {
  if (ts.isIdentifier(name)) return [name];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

/** `{ a, b }`: any element but a rest and those beside one; `[a, b]`: only the last, or the others would move. */
function isRemovableElement(element: ts.BindingElement): boolean {
  const pattern = element.parent;
  if (!ts.isVariableDeclaration(pattern.parent) || element.dotDotDotToken) return false;
  if (ts.isArrayBindingPattern(pattern))
    return pattern.elements.length > 1 && pattern.elements.at(-1) === element;
  return !pattern.elements.some((other) => other.dotDotDotToken);
}

function isPrivateFunction(declaration: ts.VariableDeclaration): boolean {
  const statement = declaration.parent.parent;
  return (
    ts.isVariableStatement(statement) &&
    !ts.getModifiers(statement)?.length &&
    declaration.initializer !== undefined &&
    isFunctionNode(unwrap(declaration.initializer))
  );
}

function isInsideFunction(node: ts.Node): boolean {
  for (let at = node.parent; at; at = at.parent) if (isFunctionNode(at)) return true;
  return false;
}
