import { ts } from "./typescript.ts";
import type {
  IdLookupFunction,
  LookupFunction,
  Migration,
  NormalizerFunction,
} from "../migration/migration.ts";
import { CallerIndex } from "./callers.ts";
import { hasMethodsOfItsOwn, isDeclaredAsObject, isKeyedByString, isListOrNumber } from "./declared-types.ts";
import { Moments } from "./moments.ts";
import { Moves } from "./moves.ts";
import type { SourceProject } from "./source-project.ts";
import {
  constantText,
  contains,
  courseOf,
  enclosingFunction,
  enclosingFunctions,
  type FunctionNode,
  isAsync,
  isFunctionNode,
  returnedExpressions,
  ownerOf,
  unwrap,
  walk,
} from "./syntax.ts";
import { AFTER, isFollowed, MOVED, parts, someTerm, spelled, type Term, Terms } from "./term.ts";
import type { ValueSymbol } from "./parsed-files.ts";

/** Values of parameters while a function's body is read from one of its calls; one object for each distinct set. */
interface Bindings {
  readonly values: ReadonlyMap<ts.Node, Term>;
  /** the functions that were entered; what is declared outside of them has one value for all their calls */
  readonly functions: ReadonlySet<ts.Node>;
  /** how many calls were entered */
  readonly depth: number;
  /** names the set, for terms that differ between two readings of one node */
  readonly context: string;
  /** the call whose body is read, and what it was read with itself */
  readonly entered: { readonly call: ts.CallExpression; readonly from: Bindings } | null;
  readonly known: Map<ts.Node, Term>;
}

const MAX_DEPTH = 5;
/** Bodies read for one question; past it a call stays what it is: unread. */
const MAX_INLINED = 400;
/** Methods whose result is the same id or key, only tidied. */
const VALUE_KEEPING = new Set(["toString", "valueOf", "normalize"]);
/** Methods that give lists. */
const LISTS = new Set(
  "concat entries filter flat flatMap keys map reverse slice sort splice split toReversed toSorted values".split(
    " ",
  ),
);
/** What an object may declare that says what it is as a string. */
const CONVERTS = ["toString", "valueOf", "[Symbol.toPrimitive]"];
const TRIMS = new Set(["trim", "trimStart", "trimEnd"]);
/** Keys of things that are no sessions. */
const OTHER_KEY = /^(?:run|rate|lane|queue|cache|lock|api|job|idempotency|dedupe)[A-Z_]|(?:Run|Job)Key$/;
/** Whose entries a record holds, when it says so. */
const OTHERS =
  /(?:^|[a-z_])(?:parent|requester|caller|controller|owner|spawner|successor|predecessor|replaced|replacement|redirect|sibling|forked)s?(?:$|[A-Z_])/i;
const CHILDREN = /(?:^|[a-z_])(?:child|children|spawned|descendants?)(?:$|[A-Z_])/i;
const FRESH = new Set(["randomUUID", "uuid", "uuidv4", "nanoid", "v4"]);

/**
 * Reads what an expression stands for by following const locals, destructuring, fallbacks, conditional
 * expressions, immediately invoked functions and calls of functions whose body is at hand. It never
 * runs code. What it cannot follow becomes a term that equals nothing but itself.
 */
export class Evaluator {
  readonly terms = new Terms();
  readonly callers: CallerIndex;
  readonly moments: Moments;
  readonly #reassigned = new Map<ValueSymbol, boolean>();
  readonly #none: Bindings = {
    values: new Map(),
    functions: new Set(),
    depth: 0,
    context: "",
    entered: null,
    known: new Map(),
  };
  readonly #bindings = new Map<string, Bindings>();
  /** parameters behind the roots, so that callers can be asked for their values */
  readonly #parameters = new Map<string, ts.ParameterDeclaration>();
  readonly #calledBack = new Map<ts.ParameterDeclaration, Term | undefined>();
  readonly #moves: Moves | null;
  #reads = 0;
  #nesting = 0;
  #inlined = 0;

  /** @param asks the evaluator that asks this one what moves its entries; that question is not asked again */
  constructor(
    readonly project: SourceProject,
    readonly migration: Migration,
    asks: Evaluator | null = null,
  ) {
    this.callers = asks?.callers ?? new CallerIndex(project);
    this.moments =
      asks?.moments ?? new Moments(project, migration, this.callers, (callee) => this.calleeFunction(callee));
    this.#moves = asks ? null : new Moves(migration, () => new Evaluator(project, migration, this));
  }

  /** Lets go of all that was read; what is asked later is read again. */
  forget(): void {
    for (const memory of [this.#none.known, this.#bindings, this.#calledBack, this.#reassigned])
      memory.clear();
    this.#moves?.forget();
    this.moments.forget();
    this.terms.forget();
  }

  evaluate(node: ts.Expression, bindings: Bindings = this.#none): Term {
    const at = unwrap(node);
    const known = bindings.known.get(at);
    if (known) return known;
    if (bindings.depth === 0 && this.#nesting === 0) this.#inlined = 0;
    // Stands in while a cycle is read.
    bindings.known.set(at, this.#unknown(at, bindings));
    this.#nesting += 1;
    try {
      const term = this.#evaluate(at, bindings);
      bindings.known.set(at, term);
      return term;
    } finally {
      this.#nesting -= 1;
    }
  }

  #evaluate(at: ts.Expression, bindings: Bindings): Term {
    const { terms } = this;
    if (ts.isIdentifier(at)) {
      const value = this.#identifier(at, bindings);
      return isOwnerOfProperty(at) ? value : this.#asItIs(value, at, bindings);
    }
    if (ts.isPropertyAccessExpression(at)) {
      if (this.moments.isComputed(at.name.text, at)) return this.#unknown(at, bindings);
      return this.prop(this.#held(at.expression, at.name.text, at, bindings), at.name.text);
    }
    if (ts.isElementAccessExpression(at)) return this.#element(at, bindings);
    if (ts.isCallExpression(at)) return this.#call(at, bindings);
    if (ts.isConditionalExpression(at))
      return terms.choice(
        [this.evaluate(at.whenTrue, bindings), this.evaluate(at.whenFalse, bindings)],
        this.#at(at, bindings),
      );
    if (ts.isBinaryExpression(at)) return this.#binary(at, bindings);
    if (ts.isObjectLiteralExpression(at)) return this.#object(at, bindings);
    if (ts.isStringLiteralLike(at) || ts.isNumericLiteral(at)) return terms.literal(at.getText());
    if (at.kind === ts.SyntaxKind.NullKeyword || ts.isVoidExpression(at)) return terms.nothing;
    if (at.kind === ts.SyntaxKind.TrueKeyword || at.kind === ts.SyntaxKind.FalseKeyword)
      return terms.literal(at.getText());
    if (ts.isTemplateExpression(at))
      return terms.call(
        "`template`",
        at.templateSpans.map((span) => this.evaluate(span.expression, bindings)),
        this.#at(at, bindings),
      );
    return this.#unknown(at, bindings);
  }

  /** Property of a term; for results of known lookups it is the entry or the canonical key. */
  prop(of: Term, name: string): Term {
    const direct = this.#lookupOutput(of, name);
    return direct ?? this.terms.prop(of, name);
  }

  /** True when the variable is assigned after its declaration. */
  isReassigned(symbol: ValueSymbol): boolean {
    const known = this.#reassigned.get(symbol);
    if (known !== undefined) return known;
    const declaration = symbol.valueDeclaration;
    const file = declaration && this.project.pathOf(declaration);
    const result =
      (declaration !== undefined && isReachedByArguments(declaration)) ||
      (file !== undefined &&
        this.project
          .references(file, symbol)
          .some((reference) => isWrite(reference) && reference.parent !== declaration)) ||
      this.#isLoose(symbol);
    this.#reassigned.set(symbol, result);
    return result;
  }

  /** A `var` that is declared twice, or read where its block may have been left or begun again. */
  #isLoose(symbol: ValueSymbol): boolean {
    const declaration = symbol.valueDeclaration;
    if (!declaration) return false;
    const variables = (symbol.declarations ?? []).filter(
      (one) => ts.isVariableDeclaration(one) || ts.isBindingElement(one),
    );
    if (variables.length > 1) return true;
    const list = variableListOf(declaration);
    if (!list || (list.flags & ts.NodeFlags.BlockScoped) !== 0) return false;
    const block = list.parent.parent;
    const fn = enclosingFunction(declaration);
    if (ts.isSourceFile(block) || isFunctionNode(block.parent)) return false;
    return this.project
      .references(this.project.pathOf(declaration), symbol)
      .some((use) => use.pos < block.pos || use.end > block.end || enclosingFunction(use) !== fn);
  }

  /** Body of the function that a call runs, when it is at hand: local, imported from the workspace, or inline. */
  calleeFunction(callee: ts.Expression): FunctionNode | undefined {
    const at = unwrap(callee);
    if (isFunctionNode(at)) return at;
    if (!ts.isIdentifier(at)) return undefined;
    const declaration = this.project.declarationOf(at);
    if (!declaration) return undefined;
    return this.#functionOf(declaration);
  }

  #functionOf(declaration: ts.Node): FunctionNode | undefined {
    if (ts.isFunctionDeclaration(declaration))
      return declaration.body ? declaration : implementation(declaration);
    if (ts.isVariableDeclaration(declaration) && declaration.initializer) {
      const initializer = unwrap(declaration.initializer);
      return isFunctionNode(initializer) && !this.#isReplaced(declaration) ? initializer : undefined;
    }
    if (ts.isImportSpecifier(declaration)) {
      const specifier = declaration.parent.parent.parent.moduleSpecifier;
      if (!ts.isStringLiteral(specifier)) return undefined;
      const file = this.project.resolve(this.project.pathOf(declaration), specifier.text);
      if (file === undefined) return undefined;
      const target = this.project.exported(file, (declaration.propertyName ?? declaration.name).text);
      return target && this.#functionOf(target.node);
    }
    return undefined;
  }

  /** `let read = …; export function useReader(other) { read = other; }`: which function it holds cannot be told. */
  #isReplaced(declaration: ts.VariableDeclaration): boolean {
    const symbol = this.project.symbolOf(declaration.name);
    return symbol !== undefined && this.isReassigned(symbol);
  }

  #identifier(node: ts.Identifier, bindings: Bindings): Term {
    const { terms } = this;
    if (node.text === "undefined") return terms.nothing;
    const symbol = this.project.symbolOf(node);
    const declaration = symbol?.valueDeclaration ?? symbol?.declarations?.[0];
    if (!symbol || !declaration) return terms.root(node.text, `global ${node.text}`);
    return this.#declared(declaration, symbol, bindings, node);
  }

  #declared(declaration: ts.Node, symbol: ValueSymbol, bindings: Bindings, use: ts.Node): Term {
    const { terms } = this;
    const place = `${this.project.pathOf(declaration)}:${declaration.getStart()}`;
    const name = symbol.name;
    if (ts.isParameter(declaration)) {
      if (this.isReassigned(symbol)) return terms.unknown(`${place}@${use.getStart()}`);
      return (
        bindings.values.get(declaration) ??
        this.#calledBackWith(declaration) ??
        this.#withDefault(declaration, this.#parameterRoot(declaration, name), bindings)
      );
    }
    if (ts.isBindingElement(declaration)) {
      const home = this.#homeOf(declaration, bindings);
      const bound = this.#bound(declaration, home, use);
      return this.isReassigned(symbol) ? this.#assigned(declaration, symbol, bound, bindings, use) : bound;
    }
    if (ts.isVariableDeclaration(declaration)) {
      const list = declaration.parent;
      if (this.isReassigned(symbol)) {
        const { initializer } = declaration;
        const home = this.#homeOf(declaration, bindings);
        const initial = initializer ? this.evaluate(initializer, home) : terms.nothing;
        return this.#assigned(declaration, symbol, initial, bindings, use);
      }
      if (declaration.initializer && ts.isVariableDeclarationList(list)) {
        const initializer = unwrap(declaration.initializer);
        if (isFunctionNode(initializer)) return terms.root(name, place);
        return this.evaluate(declaration.initializer, this.#homeOf(declaration, bindings));
      }
    }
    return terms.root(name, place);
  }

  /** What a declaration is read with: a variable of the surrounding code is the same for each call of what it surrounds. */
  #homeOf(declaration: ts.Node, bindings: Bindings): Bindings {
    const isInside = enclosingFunctions(declaration).some((fn) => bindings.functions.has(fn));
    return isInside ? bindings : this.#none;
  }

  /**
   * `helper({ key, stop: (id) => … })`: what the helper calls its callback with, said in the caller's
   * values. Only where the helper's body is at hand and does nothing else with the callback.
   */
  #calledBackWith(parameter: ts.ParameterDeclaration): Term | undefined {
    const fn = parameter.parent;
    if (!ts.isArrowFunction(fn) && !ts.isFunctionExpression(fn)) return undefined;
    if (this.#calledBack.has(parameter)) return this.#calledBack.get(parameter);
    this.#calledBack.set(parameter, undefined); // a cycle finds nothing
    const value = this.#readCallback(fn, fn.parameters.indexOf(parameter));
    this.#calledBack.set(parameter, value);
    return value;
  }

  #readCallback(fn: ts.ArrowFunction | ts.FunctionExpression, index: number): Term | undefined {
    const property =
      ts.isPropertyAssignment(fn.parent) && ts.isIdentifier(fn.parent.name) ? fn.parent : undefined;
    const argument: ts.Node = property ? property.parent : fn;
    const call = argument.parent;
    if (!ts.isCallExpression(call) || call.expression === argument) return undefined;
    const helper = this.calleeFunction(call.expression);
    const received = helper?.parameters[call.arguments.indexOf(argument as ts.Expression)];
    if (!helper?.body || !received) return undefined;
    const bag = this.#parameterRoot(received, ts.isIdentifier(received.name) ? received.name.text : "");
    const callback = property ? this.prop(bag, (property.name as ts.Identifier).text) : bag;
    const values = new Map<ts.Node, Term>();
    for (const [at, declared] of helper.parameters.entries()) {
      const given = call.arguments[at];
      values.set(declared, given && given !== fn ? this.evaluate(given) : this.terms.nothing);
    }
    const inner = this.#bind(values, new Set([helper]), 1, null);
    const results: Term[] = [];
    let followed = true;
    walk(helper.body, (node) => {
      if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node)) return;
      if (ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) return;
      if (ts.isBindingElement(node.parent) && node.parent.initializer !== node) return;
      if (ts.isIdentifier(node) && node.text === "arguments") followed = false;
      const value = this.evaluate(node);
      // The whole bag goes elsewhere, and the callback with it.
      if (property && value === bag && !isTakenApart(node)) followed = false;
      if (value !== callback) return;
      const called = node.parent;
      if (ts.isCallExpression(called) && called.expression === node) {
        const passed = called.arguments[index];
        results.push(passed ? this.evaluate(passed, inner) : this.terms.nothing);
      } else if (!isTestOf(node)) followed = false;
    });
    if (!followed || results.length === 0) return undefined;
    return this.terms.choice(results, `callback ${this.#at(fn, this.#none)}`);
  }

  /** The parameter behind a root term, if it is one. */
  parameterOf(term: Term): ts.ParameterDeclaration | undefined {
    return term.kind === "root" ? this.#parameters.get(term.declaration) : undefined;
  }

  /** The parameter that stands at a place, as roots name it. */
  parameterAt(place: string): ts.ParameterDeclaration | undefined {
    return this.#parameters.get(place);
  }

  #parameterRoot(node: ts.ParameterDeclaration, name: string): Term {
    const place = `${this.project.pathOf(node)}:${node.getStart()}`;
    this.#parameters.set(place, node);
    return this.terms.root(name, place);
  }

  /** The value of an object where a property of it is read: after what may have changed it, it is another one. */
  #held(object: ts.Expression, name: string, read: ts.Node, bindings: Bindings): Term {
    const value = this.evaluate(object, bindings);
    return this.#after(value, this.#momentOf(object, [], name, read, bindings));
  }

  /** What may have changed an object before it is read, in the function that reads it and on the way to its call. */
  #momentOf(
    object: ts.Expression,
    path: readonly string[],
    name: string,
    read: ts.Node,
    bindings: Bindings,
  ): string {
    const own = this.moments.of(object, path, name, read);
    if (!bindings.entered) return own;
    const { call, from } = bindings.entered;
    const names = [...path];
    let root = unwrap(object);
    while (ts.isPropertyAccessExpression(root)) {
      names.unshift(root.name.text);
      root = unwrap(root.expression);
    }
    const declaration = ts.isIdentifier(root) ? this.project.declarationOf(root) : undefined;
    const outer = declaration
      ? this.#momentAtCall(declaration, names, name, bindings)
      : contains(call.getSourceFile(), object)
        ? this.#momentOf(object, path, name, call, from)
        : "";
    return [own && `${own}${bindings.context}`, outer].filter(Boolean).join(",");
  }

  #momentAtCall(declaration: ts.Node, path: readonly string[], name: string, bindings: Bindings): string {
    if (!bindings.entered) return "";
    const { call, from } = bindings.entered;
    const given =
      ts.isParameter(declaration) && bindings.values.has(declaration)
        ? call.arguments[declaration.parent.parameters.indexOf(declaration)]
        : undefined;
    if (given) return this.#momentOf(given, path, name, call, from);
    if (declaration.getSourceFile() !== call.getSourceFile()) return "";
    return [
      this.moments.ofDeclaration(declaration, path, name, call),
      this.#momentAtCall(declaration, path, name, from),
    ]
      .filter(Boolean)
      .join(",");
  }

  #after(value: Term, moment: string): Term {
    // An entry stands under its key whatever becomes of it.
    if (value.kind === "nothing" || value.kind === "entry" || moment === "") return value;
    return this.terms.call(AFTER, [value], moment);
  }

  /** An object that is handed on, with what its properties hold by then. */
  #asItIs(value: Term, node: ts.Identifier, bindings: Bindings): Term {
    if (value.kind !== "object" || value.props.size === 0) return value;
    const props = new Map<string, Term>();
    for (const [name, term] of value.props)
      props.set(name, this.#after(term, this.#momentOf(node, [], name, node, bindings)));
    return this.terms.object(props, value.rest);
  }

  /** A property that need not be written there, read of an object at a place. */
  propertyAt(object: ts.Expression, name: string, read: ts.Node): Term {
    return this.prop(this.#held(object, name, read, this.#none), name);
  }

  /**
   * `let x; if (…) x = a;`: one of the values that may have been assigned before the read. What a loop or a function
   * assigns is said in its own names, so a value that an earlier turn or call may have left cannot be told.
   */
  #assigned(
    declaration: ts.VariableDeclaration | ts.BindingElement,
    symbol: ValueSymbol,
    initial: Term,
    bindings: Bindings,
    use: ts.Node,
  ): Term {
    const { terms } = this;
    const file = this.project.pathOf(declaration);
    const declared = `${file}:${declaration.getStart()}`;
    const place = `${declared}@${this.#at(use, bindings)}`;
    const home = this.#homeOf(declaration, bindings);
    if (this.#isLoose(symbol)) return terms.unknown(place);
    const writes = this.project
      .references(file, symbol)
      .filter((reference) => reference.parent !== declaration && isWrite(reference))
      .filter((write) => isAbove(write, use) || canRunBefore(write, use, declaration));
    const values = [initial];
    for (const write of writes) {
      const value = this.#valueWritten(write, home);
      if (!value || mayBeLeftBehind(write, use, declaration, writes)) return terms.unknown(place);
      values.push(value);
    }
    // A variable of the module can change between two calls of the function that reads it.
    if (ts.isSourceFile(variableListOf(declaration)?.parent.parent ?? declaration)) {
      this.#reads += 1;
      return terms.unknown(`${place}#${this.#reads}`);
    }
    if (values.length === 1) return initial;
    // Two reads are decided at once only where nothing can assign between them.
    const moves = writes.some((write) => !isAbove(write, use) || courseOf(write) !== courseOf(use));
    const decided = writes.map((write) => write.pos).join(",");
    return terms.choice(values, moves ? place : `${declared}=${decided}`);
  }

  /** `x = value` and `({ x, y: x } = value)`. */
  #valueWritten(write: ts.Node, bindings: Bindings): Term | undefined {
    const parent = write.parent;
    if (isAssignment(parent) && parent.left === write) return this.evaluate(parent.right, bindings);
    const isShorthand = ts.isShorthandPropertyAssignment(parent) && !parent.objectAssignmentInitializer;
    if (!isShorthand && !(ts.isPropertyAssignment(parent) && parent.initializer === write)) return undefined;
    const pattern = parent.parent;
    const assignment = pattern.parent;
    if (!isAssignment(assignment) || assignment.left !== pattern || !ts.isIdentifier(parent.name))
      return undefined;
    return this.prop(this.evaluate(assignment.right, bindings), parent.name.text);
  }

  #withDefault(node: ts.ParameterDeclaration, term: Term, bindings: Bindings): Term {
    if (!node.initializer) return term;
    return this.terms.fallback(term, this.evaluate(node.initializer, bindings));
  }

  /** `const { a: { b: x } } = value` and `({ b: x }) => …`. */
  #bound(element: ts.BindingElement, bindings: Bindings, use: ts.Node): Term {
    const { terms } = this;
    const pattern = element.parent;
    const place = `${this.project.pathOf(element)}:${element.getStart()}`;
    if (ts.isArrayBindingPattern(pattern) && !element.dotDotDotToken) {
      const key = pattern.elements[0];
      const value = pattern.elements[1];
      if (value === element && key && ts.isBindingElement(key) && ts.isIdentifier(key.name)) {
        const record = entriesOf(pattern);
        const name = terms.root(key.getText(), `${this.project.pathOf(key)}:${key.getStart()}`);
        if (record && this.#holdsEntries(record, this.evaluate(record, bindings), key.name, name))
          return this.#entry(name, key.name, bindings);
      }
    }
    if (ts.isArrayBindingPattern(pattern) || element.dotDotDotToken)
      return terms.root(element.getText(), place);
    const owner = pattern.parent;
    let source: Term;
    if (ts.isBindingElement(owner)) source = this.#bound(owner, bindings, use);
    else if (ts.isParameter(owner))
      source =
        bindings.values.get(owner) ?? this.#withDefault(owner, this.#parameterRoot(owner, ""), bindings);
    else if (owner.initializer) source = this.evaluate(owner.initializer, bindings);
    else return terms.root(element.getText(), place);
    const key = element.propertyName ?? element.name;
    const name = ts.isIdentifier(key) || ts.isStringLiteral(key) ? key.text : undefined;
    if (name === undefined) return terms.unknown(place);
    const moment = [
      this.moments.ofDeclaration(owner, [], name, element),
      this.#momentAtCall(owner, [], name, bindings),
    ];
    const value = this.prop(this.#after(source, moment.filter(Boolean).join(",")), name);
    return element.initializer ? terms.fallback(value, this.evaluate(element.initializer, bindings)) : value;
  }

  #element(node: ts.ElementAccessExpression, bindings: Bindings): Term {
    const argument = unwrap(node.argumentExpression);
    const chosen = elementOfLiteral(unwrap(node.expression), argument);
    if (chosen) return this.evaluate(chosen, bindings);
    const base = this.evaluate(node.expression, bindings);
    if (ts.isStringLiteralLike(argument) && this.isStore(node.expression, base))
      return this.#entry(this.evaluate(argument, bindings), node, bindings);
    if (ts.isStringLiteralLike(argument) || ts.isNumericLiteral(argument))
      return this.prop(this.#held(node.expression, argument.text, node, bindings), argument.text);
    const key = this.evaluate(argument, bindings);
    if (this.#holdsEntries(node.expression, base, argument, key)) return this.#entry(key, node, bindings);
    return this.terms.call("[]", [base, key], this.#at(node, bindings));
  }

  /** True when what is read under the key is a session's entry: the record is a store, or the key says that it is one. */
  #holdsEntries(record: ts.Expression, base: Term, argument: ts.Expression, key: Term): boolean {
    // What is declared is asked last: it may stand in a file that nobody has parsed yet.
    return (
      this.#seemsToHoldEntries(record, base, argument, key) &&
      !isListOrNumber(this.project, argument) &&
      !this.#isList(record)
    );
  }

  #seemsToHoldEntries(record: ts.Expression, base: Term, argument: ts.Expression, key: Term): boolean {
    if (namesAnId(key)) return false;
    const name = nameOf(argument);
    if (this.#firstNamesOf(record).some((first) => namesOtherRecord(first, name))) return false;
    if (this.isStore(record, base))
      return !joinsTwo(recordNameOf(record), name) && !this.#isMadeInFunction(record);
    if (isIndexedByOther(record, name) || OTHER_KEY.test(name) || this.#isFilledHere(record)) return false;
    return /key$/i.test(name) || isKeyedByString(this.project, record);
  }

  /** The entry that is read under a key; one that may have been moved there is another key's. */
  #entry(key: Term, read: ts.Node, bindings: Bindings): Term {
    const entry = this.terms.entry(key);
    return this.#moves?.movesEntryOf(read)
      ? this.terms.call(MOVED, [entry], this.#at(read, bindings))
      : entry;
  }

  /** `import { parents as store }`, `const store = parents`: what a record was called before. */
  #firstNamesOf(record: ts.Expression, depth = 0): string[] {
    const at = unwrap(record);
    const declaration = ts.isIdentifier(at) ? this.project.declarationOf(at) : undefined;
    if (!declaration || depth > MAX_DEPTH) return [];
    if (ts.isImportSpecifier(declaration))
      return declaration.propertyName ? [declaration.propertyName.text] : [];
    if (!ts.isVariableDeclaration(declaration) || !declaration.initializer) return [];
    const from = unwrap(declaration.initializer);
    if (!ts.isIdentifier(from) && !ts.isPropertyAccessExpression(from)) return [];
    return [nameOf(from), ...this.#firstNamesOf(from, depth + 1)];
  }

  /** Declared as a list, or made as one: it has places, not keys, whatever it is called. */
  #isList(record: ts.Expression): boolean {
    const at = unwrap(record);
    if (isListOrNumber(this.project, at)) return true;
    const declaration = ts.isIdentifier(at) ? this.project.declarationOf(at) : undefined;
    const made =
      declaration && ts.isVariableDeclaration(declaration) && declaration.initializer
        ? unwrap(declaration.initializer)
        : at;
    return (
      ts.isArrayLiteralExpression(made) ||
      (ts.isCallExpression(made) &&
        ts.isPropertyAccessExpression(made.expression) &&
        LISTS.has(made.expression.name.text))
    );
  }

  /** A record that a function makes and fills is no store, whatever it is called. */
  #isMadeInFunction(record: ts.Expression): boolean {
    const at = unwrap(record);
    const declaration = ts.isIdentifier(at) ? this.project.declarationOf(at) : undefined;
    if (!declaration || !enclosingFunction(declaration)) return false;
    if (this.#isFilledHere(record)) return true;
    const made = ts.isVariableDeclaration(declaration) && declaration.initializer;
    return made !== undefined && made !== false && this.#isMadeByCall(unwrap(made));
  }

  /** `const nextStore = rekeyed(store)`: what a function of this file puts together anew. */
  #isMadeByCall(call: ts.Expression): boolean {
    if (!ts.isCallExpression(call)) return false;
    if (this.migration.vocabulary.storeNames.includes(calleeName(call.expression) ?? "")) return false;
    const fn = this.calleeFunction(call.expression);
    if (!fn || fn.getSourceFile() !== call.getSourceFile()) return false;
    return returnedExpressions(fn).some((value) => {
      const declaration = value && ts.isIdentifier(value) ? this.project.declarationOf(value) : undefined;
      const made =
        declaration && ts.isVariableDeclaration(declaration) && !this.#isReplaced(declaration)
          ? declaration.initializer
          : value;
      return made !== undefined && isMadeHere(unwrap(made));
    });
  }

  /** `const cache = {}`, `new Map()`: what it holds is what this code put there, under whatever key. */
  #isFilledHere(record: ts.Expression): boolean {
    const at = unwrap(record);
    const declaration = ts.isIdentifier(at) ? this.project.declarationOf(at) : undefined;
    if (!declaration || !ts.isVariableDeclaration(declaration)) return false;
    const symbol = this.project.symbolOf(declaration.name);
    const assigned = symbol ? this.project.references(this.project.pathOf(declaration), symbol) : [];
    const values = [declaration.initializer, ...assigned.map((name) => assignmentOf(name)?.right)].flatMap(
      (value) => (value ? [unwrap(value)] : []),
    );
    // `let store = {}; try { store = load(); } …`: empty only until it is read.
    return values.some((value) => isMadeHere(value) && !(values.length > 1 && isEmptyRecord(value)));
  }

  /** True when an expression is a session store: by its name, its declared type, or the function that made it. */
  isStore(node: ts.Expression, term: Term): boolean {
    const at = unwrap(node);
    const names = this.migration.vocabulary.storeNames;
    const name = ts.isIdentifier(at) ? at.text : ts.isPropertyAccessExpression(at) ? at.name.text : undefined;
    if (name !== undefined && (names.includes(name) || /store$|sessions$/i.test(name))) return true;
    if (ts.isCallExpression(at)) {
      const callee = unwrap(at.expression);
      if (ts.isIdentifier(callee) && names.includes(callee.text)) return true;
    }
    return term.kind === "call" && names.includes(term.name);
  }

  #call(node: ts.CallExpression, bindings: Bindings): Term {
    const { terms } = this;
    const callee = unwrap(node.expression);
    if (ts.isPropertyAccessExpression(callee)) {
      const method = callee.name.text;
      if (VALUE_KEEPING.has(method)) return this.#asString(callee.expression, [method], bindings);
      if (TRIMS.has(method)) return this.#trimmed(this.evaluate(callee.expression, bindings));
      if (FRESH.has(method)) return terms.fresh;
      if (method === "toLowerCase" || method === "toLocaleLowerCase")
        return terms.canonical(this.evaluate(callee.expression, bindings), false);
      // One of the list, whichever: what the list is says what it can be.
      if (method === "find" || method === "findLast")
        return terms.call(method, [this.evaluate(callee.expression, bindings)], this.#at(node, bindings));
      const argument = node.arguments[0];
      if (method === "get" && argument && node.arguments.length === 1) {
        const base = this.evaluate(callee.expression, bindings);
        const key = this.evaluate(argument, bindings);
        const isStore =
          this.#holdsEntries(callee.expression, base, unwrap(argument), key) &&
          !this.moments.declaresAny([method], node) &&
          !hasMethodsOfItsOwn(this.project, callee.expression);
        if (isStore) return this.#entry(key, node, bindings);
      }
    }
    const name = calleeName(callee);
    if (name !== undefined && FRESH.has(name)) return terms.fresh;
    if (name === "String" && node.arguments.length === 1)
      return this.#asString(node.arguments[0]!, CONVERTS, bindings);
    const normalizer = this.migration.normalizers.find((fn) => fn.name === name);
    if (normalizer) {
      const key = this.#argument(node, normalizer, bindings);
      // What its body reads from a store is another session's key, whatever it is called.
      const body = key && bindings.depth < MAX_DEPTH ? this.calleeFunction(node.expression) : undefined;
      const read = body && readsRecords(body) ? this.#inline(node, body, bindings) : undefined;
      const made = read && (normalizer.output === null ? read : this.prop(read, normalizer.output));
      if (made && isReadFromRecord(made)) return read;
      if (key) {
        const canonical = terms.canonical(key, true);
        return normalizer.output === null
          ? canonical
          : terms.object(new Map([[normalizer.output, canonical]]), [this.#opaque(node, name!, bindings)]);
      }
    }
    const body = bindings.depth < MAX_DEPTH ? this.calleeFunction(node.expression) : undefined;
    const underKey = this.#idUnderKey(node, name, body, bindings);
    if (underKey) return underKey;
    const lookup = this.#lookupFor(node, name);
    if (lookup) {
      // The body tells more than the vocabulary, where it can be read to the end.
      const read = body && this.#inline(node, body, bindings);
      const keys = read
        ? entryKeys(lookup.entry === null ? read : this.prop(read, lookup.entry), this.terms)
        : [];
      if (read && new Set(keys).size === 1 && isFollowed(keys[0]!) && !this.#moves?.movesEntryOf(node))
        return read;
      const key = this.#argument(node, lookup, bindings);
      // Searches for old spellings cannot be followed; what the store is asked for first still counts.
      if (key) return this.#found(node, lookup, keys.find(isFollowed) ?? null, key, read, bindings);
    }
    if (body) {
      const result = this.#inline(node, body, bindings);
      if (result) return result;
    }
    if (name === undefined || node.arguments.length === 0) return this.#unknown(node, bindings);
    return this.#opaque(node, name, bindings);
  }

  /** A string stays what it is; what an object is as a string it says itself. */
  #asString(node: ts.Expression, methods: readonly string[], bindings: Bindings): Term {
    const value = this.evaluate(node, bindings);
    const isOther =
      value.kind === "object" ||
      this.moments.declaresAny(methods, node) ||
      isDeclaredAsObject(this.project, unwrap(node));
    return isOther ? this.#unknown(node.parent, bindings) : value;
  }

  /** `runs.resolveSessionId(key)`: the id that stands under the key, as the entry of a store would tell it. */
  #idUnderKey(
    node: ts.CallExpression,
    name: string | undefined,
    body: FunctionNode | undefined,
    bindings: Bindings,
  ): Term | undefined {
    const { idLookups, vocabulary } = this.migration;
    const lookup = idLookups.find((fn) => fn.name === name);
    const key = lookup && this.#argument(node, lookup, bindings);
    if (!key || key.kind === "nothing" || namesAnId(key)) return undefined;
    const callee = unwrap(node.expression);
    if (ts.isPropertyAccessExpression(callee) && isIndexedByOther(callee.expression, "")) return undefined;
    // The body tells more than the name: it may read what stands under another key.
    const read = body && this.#inline(node, body, bindings);
    if (read && someTerm(read, (part) => part.kind === "entry" && spelled(part.key) !== spelled(key)))
      return read;
    return this.prop(this.terms.entry(key, true), vocabulary.idNames[0]!);
  }

  /** Ids carry no white space; a key that is only equal after trimming is another key. */
  #trimmed(term: Term): Term {
    if (term.kind === "choice")
      return this.terms.choice(
        term.of.map((option) => this.#trimmed(option)),
        term.tag,
      );
    if (term.kind === "fallback")
      return this.terms.fallback(this.#trimmed(term.first), this.#trimmed(term.second));
    return namesAnId(term) ? term : this.terms.trimmed(term);
  }

  /** The variant of a known lookup that fits how it is called: with a key, or with an object that holds it. */
  #lookupFor(node: ts.CallExpression, name: string | undefined): LookupFunction | undefined {
    const variants = this.migration.lookups.filter((fn) => fn.name === name);
    const first = node.arguments[0] && unwrap(node.arguments[0]);
    const withBag = node.arguments.length === 1 && first !== undefined && ts.isObjectLiteralExpression(first);
    return variants.find((fn) => (typeof fn.key === "string") === withBag) ?? variants[0];
  }

  /** Result of a known lookup: the entry stands under the key that its body shows, or under the canonical one. */
  #found(
    node: ts.CallExpression,
    lookup: LookupFunction,
    shown: Term | null,
    key: Term,
    read: Term | undefined,
    bindings: Bindings,
  ): Term {
    const { terms } = this;
    const stored = shown ?? (lookup.canonicalKeys.length > 0 ? terms.canonical(key, true) : key);
    const entry = this.#entry(stored, node, bindings);
    if (lookup.entry === null) return entry;
    const props = new Map<string, Term>([[lookup.entry, entry]]);
    for (const name of lookup.canonicalKeys) if (!read || mayHold(read, name)) props.set(name, stored);
    return terms.object(props, [read ?? this.#opaque(node, lookup.name, bindings)]);
  }

  #opaque(node: ts.CallExpression, name: string, bindings: Bindings): Term {
    const at = this.#at(node, bindings);
    const args = node.arguments.map((argument) =>
      isFunctionNode(unwrap(argument)) ? this.terms.unknown(at) : this.evaluate(argument, bindings),
    );
    return this.terms.call(name, args, at);
  }

  #argument(
    node: ts.CallExpression,
    fn: IdLookupFunction | LookupFunction | NormalizerFunction,
    bindings: Bindings,
  ): Term | undefined {
    if (typeof fn.key === "number") {
      const argument = node.arguments[fn.key];
      if (argument) {
        const value = this.evaluate(argument, bindings);
        if (value.kind !== "object") return value;
      }
    }
    const bag = node.arguments[0];
    if (!bag) return undefined;
    const value = this.evaluate(bag, bindings);
    if (typeof fn.key === "string") {
      const found = this.terms.prop(value, fn.key);
      return found.kind === "nothing" ? undefined : found;
    }
    // A fork's version may take `{ cfg, key }` where this one takes the key itself.
    if (value.kind === "object")
      for (const name of ["key", "sessionKey"]) {
        const found = value.props.get(name);
        if (found) return found;
      }
    return undefined;
  }

  /** What a call of a function with a readable body returns, or undefined when that tells nothing. */
  #inline(node: ts.CallExpression, body: FunctionNode, bindings: Bindings): Term | undefined {
    this.#inlined += 1;
    if (this.#inlined > MAX_INLINED) return undefined;
    const values = new Map<ts.Node, Term>(bindings.values);
    for (const parameter of body.parameters) values.delete(parameter);
    // Two calls of one function are two runs of its body: what it takes from elsewhere may differ.
    const functions = new Set([...bindings.functions, body]);
    const enter = (): Bindings =>
      this.#bind(new Map(values), functions, bindings.depth + 1, { call: node, from: bindings });
    for (const [index, parameter] of body.parameters.entries()) {
      if (parameter.dotDotDotToken) return undefined;
      const argument = node.arguments[index];
      let value = argument ? this.evaluate(argument, bindings) : this.terms.nothing;
      // A default may name the parameters before it.
      if (parameter.initializer)
        value = this.terms.fallback(value, this.evaluate(parameter.initializer, enter()));
      values.set(parameter, value);
    }
    const inner = enter();
    const returned = returnedExpressions(body);
    if (returned.length === 0 || returned.length > 12) return undefined;
    const results = returned.map((expression) =>
      expression ? this.evaluate(expression, inner) : this.terms.nothing,
    );
    return this.terms.choice(results, `${this.#at(node, bindings)}()`);
  }

  #binary(node: ts.BinaryExpression, bindings: Bindings): Term {
    const left = (): Term => this.evaluate(node.left, bindings);
    const right = (): Term => this.evaluate(node.right, bindings);
    switch (node.operatorToken.kind) {
      case ts.SyntaxKind.QuestionQuestionToken:
      case ts.SyntaxKind.BarBarToken:
        return this.terms.fallback(left(), right());
      case ts.SyntaxKind.AmpersandAmpersandToken:
        return this.terms.choice([right(), this.terms.nothing], this.#at(node, bindings));
      case ts.SyntaxKind.CommaToken:
        return right();
      case ts.SyntaxKind.PlusToken:
        return this.terms.call("+", [left(), right()], this.#at(node, bindings));
      default:
        return this.#unknown(node, bindings);
    }
  }

  #object(node: ts.ObjectLiteralExpression, bindings: Bindings): Term {
    const props = new Map<string, Term>();
    let rest: Term[] = [];
    for (const property of node.properties) {
      if (ts.isSpreadAssignment(property)) {
        const value = this.evaluate(property.expression, bindings);
        // A later spread may overwrite what stands before it.
        if (value.kind === "object" && value.rest.length === 0) {
          for (const [name, term] of value.props) props.set(name, term);
        } else {
          for (const [name, earlier] of props)
            if (mayHold(value, name))
              props.set(
                name,
                this.terms.choice(
                  [this.prop(value, name), earlier],
                  `${this.#at(property, bindings)}.${name}`,
                ),
              );
          rest = [...rest, value];
        }
        continue;
      }
      const name =
        property.name && (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name))
          ? property.name.text
          : undefined;
      if (name === undefined) {
        rest = [...rest, this.#unknown(property, bindings)];
      } else if (ts.isShorthandPropertyAssignment(property)) {
        props.set(name, this.#identifier(property.name, bindings));
      } else if (ts.isPropertyAssignment(property)) {
        const value = unwrap(property.initializer);
        props.set(
          name,
          isFunctionNode(value)
            ? this.#unknown(value, bindings)
            : this.evaluate(property.initializer, bindings),
        );
      } else {
        props.set(name, this.#unknown(property, bindings));
      }
    }
    return this.terms.object(props, rest);
  }

  #unknown(node: ts.Node, bindings: Bindings): Term {
    return this.terms.unknown(this.#at(node, bindings));
  }

  /** Identity of a point of evaluation: inside an inlined body the same node is another value at each call. */
  #at(node: ts.Node, bindings: Bindings): string {
    return `${this.project.pathOf(node)}:${node.pos}-${node.end}#${bindings.context}`;
  }

  #bind(
    values: ReadonlyMap<ts.Node, Term>,
    functions: ReadonlySet<ts.Node>,
    depth: number,
    entered: Bindings["entered"],
  ): Bindings {
    const from = entered ? this.#at(entered.call, entered.from) : "";
    const context = `${from}(${[...values].map(([node, term]) => `${node.pos}=${term.id}`).join(",")})`;
    const key = `${depth} ${[...values.keys()].map((node) => this.project.pathOf(node)).join(",")} ${context}`;
    let bindings = this.#bindings.get(key);
    if (!bindings) {
      bindings = { values, functions, depth, context, entered, known: new Map() };
      this.#bindings.set(key, bindings);
    }
    return bindings;
  }

  #lookupOutput(of: Term, name: string): Term | undefined {
    if (of.kind === "fallback" || of.kind === "choice") return undefined;
    return of.kind === "object" ? this.terms.prop(of, name) : undefined;
  }
}

/** `[key, otherKey][0]` */
function elementOfLiteral(list: ts.Expression, index: ts.Expression): ts.Expression | undefined {
  if (!ts.isArrayLiteralExpression(list) || !ts.isNumericLiteral(index)) return undefined;
  const upTo = list.elements.slice(0, Number(index.text) + 1);
  return upTo.some((element) => ts.isSpreadElement(element) || ts.isOmittedExpression(element))
    ? undefined
    : upTo[Number(index.text)];
}

function isOwnerOfProperty({ parent }: ts.Node): boolean {
  return ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent);
}

/** `arguments` stands in its function: what it was given may be changed or replaced through that. */
function isReachedByArguments(declaration: ts.Node): boolean {
  const at = ownerOf(declaration);
  if (!ts.isParameter(at) || ts.isArrowFunction(at.parent)) return false;
  const fn = at.parent;
  let found = false;
  if (fn.getSourceFile().text.slice(fn.pos, fn.end).includes("arguments"))
    walk(fn, (node) => {
      found ||=
        ts.isIdentifier(node) && node.text === "arguments" && !ts.isPropertyAccessExpression(node.parent);
    });
  return found;
}

function isMadeHere(value: ts.Expression): boolean {
  return (
    ts.isObjectLiteralExpression(value) ||
    ts.isNewExpression(value) ||
    (ts.isCallExpression(value) &&
      ts.isPropertyAccessExpression(value.expression) &&
      value.expression.expression.getText() === "Object")
  );
}

function isEmptyRecord(value: ts.Expression): boolean {
  return ts.isObjectLiteralExpression(value)
    ? value.properties.length === 0
    : ts.isNewExpression(value) && (value.arguments ?? []).length === 0;
}

/** Name that a callee is called by: `f` and `x.f` are both "f". */
export function calleeName(callee: ts.Expression): string | undefined {
  const at = unwrap(callee);
  if (ts.isIdentifier(at)) return at.text;
  if (ts.isPropertyAccessExpression(at)) return at.name.text;
  return undefined;
}

/** `entriesById`, `jobsByRun`, `parents`: a record of something else, or read under something else, than a key's own session. */
function isIndexedByOther(record: ts.Expression, keyName: string): boolean {
  return namesOtherRecord(recordNameOf(record), keyName);
}

export function namesOtherRecord(name: string, keyName: string): boolean {
  return (
    /(?:^b|B)y(?!\w*[kK]ey)[A-Z]/.test(name) ||
    OTHERS.test(name) ||
    (CHILDREN.test(name) && !CHILDREN.test(keyName))
  );
}

/** `childSessions[parentKey]`: what stands under the one's key is the other's. */
function joinsTwo(recordName: string, keyName: string): boolean {
  return (
    (CHILDREN.test(recordName) && OTHERS.test(keyName)) || (OTHERS.test(recordName) && CHILDREN.test(keyName))
  );
}

function nameOf(at: ts.Expression): string {
  if (ts.isIdentifier(at)) return at.text;
  return ts.isPropertyAccessExpression(at) ? at.name.text : "";
}

/** What a record calls itself; `loadParents()` says it by its callee. */
function recordNameOf(record: ts.Expression): string {
  const at = unwrap(record);
  return ts.isCallExpression(at) ? (calleeName(at.expression) ?? "") : nameOf(at);
}

/** `sessionId`, `params.runId`: says of itself that it is an id, so it is the key of no session. */
function namesAnId(term: Term): boolean {
  switch (term.kind) {
    case "root":
    case "prop":
      return /^id$|(?<=[a-z])I[dD]$/.test(term.name);
    case "trimmed":
      return namesAnId(term.of);
    case "fallback":
    case "choice":
      return parts(term).some(namesAnId);
    default:
      return false;
  }
}

/** Something in the body is read under a computed key: only then is it worth the walk. */
function readsRecords({ body }: FunctionNode): boolean {
  let found = false;
  if (body)
    walk(body, (node) => {
      found ||=
        (ts.isElementAccessExpression(node) && constantText(node.argumentExpression) === undefined) ||
        (ts.isPropertyAccessExpression(node) && node.name.text === "get");
    });
  return found;
}

/** True when a value may be what stands under a key of whatever record, or a property of it. */
function isReadFromRecord(term: Term): boolean {
  switch (term.kind) {
    case "entry":
      return true;
    case "call":
      return (
        term.name === "[]" ||
        term.name === "get" ||
        ((term.name === AFTER || term.name === MOVED) && parts(term).some(isReadFromRecord))
      );
    case "prop":
    case "trimmed":
    case "canonical":
    case "choice":
    case "fallback":
      return parts(term).some(isReadFromRecord);
    default:
      return false;
  }
}

/** Keys of the entries that a value may be; a way that is no entry gives a term that cannot be followed. */
function entryKeys(term: Term, terms: Terms): Term[] {
  switch (term.kind) {
    case "entry":
      return [term.key];
    case "nothing":
      return [];
    case "choice":
      return term.of.flatMap((option) => entryKeys(option, terms));
    case "fallback":
      return [...entryKeys(term.first, terms), ...entryKeys(term.second, terms)];
    case "prop":
      if (term.of.kind === "choice")
        return term.of.of.flatMap((option) => entryKeys(terms.prop(option, term.name), terms));
      return [terms.unknown(`entry ${term.id}`)];
    default:
      return [terms.unknown(`entry ${term.id}`)];
  }
}

/** False when every way the value is made is an object that lacks the property. */
function mayHold(term: Term, name: string): boolean {
  if (term.kind === "nothing") return false;
  if (term.kind === "object") return term.props.has(name) || term.rest.some((rest) => mayHold(rest, name));
  if (term.kind === "choice") return term.of.some((option) => mayHold(option, name));
  if (term.kind === "fallback") return mayHold(term.first, name) || mayHold(term.second, name);
  return true;
}

/** True when an identifier is assigned to, incremented, or is a loop's or a destructuring's target. */
export function isWrite(node: ts.Node): boolean {
  const parent = node.parent;
  if (ts.isBinaryExpression(parent) && parent.left === node)
    return (
      parent.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      parent.operatorToken.kind <= ts.SyntaxKind.LastAssignment
    );
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent))
    return (
      parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken
    );
  if ((ts.isForOfStatement(parent) || ts.isForInStatement(parent)) && parent.initializer === node)
    return true;
  // `({ a: x } = value)` and `[x] = value`
  for (let at: ts.Node = node; at.parent; at = at.parent) {
    const up = at.parent;
    if (ts.isBinaryExpression(up) && up.left === at && at !== node)
      return up.operatorToken.kind === ts.SyntaxKind.EqualsToken && isPattern(at);
    if (
      !(
        ts.isObjectLiteralExpression(up) ||
        ts.isArrayLiteralExpression(up) ||
        ts.isPropertyAssignment(up) ||
        ts.isShorthandPropertyAssignment(up) ||
        ts.isSpreadElement(up) ||
        ts.isSpreadAssignment(up) ||
        ts.isParenthesizedExpression(up)
      )
    )
      return false;
  }
  return false;
}

/** `bag.name` and `const { name } = bag`: nothing but single properties is read of it. */
function isTakenApart(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  return (
    ts.isVariableDeclaration(parent) &&
    ts.isObjectBindingPattern(parent.name) &&
    parent.name.elements.every((element) => !element.dotDotDotToken)
  );
}

/** `if (callback)`, `callback && …`, `!callback`: asks only whether it is there. */
function isTestOf(node: ts.Node): boolean {
  const parent = node.parent;
  return (
    (ts.isIfStatement(parent) && parent.expression === node) ||
    (ts.isConditionalExpression(parent) && parent.condition === node) ||
    ts.isPrefixUnaryExpression(parent) ||
    (ts.isBinaryExpression(parent) &&
      parent.left === node &&
      parent.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken)
  );
}

/** `store` of `for (const [key, entry] of Object.entries(store))` and `Object.entries(store).forEach(([key, entry]) => …)`. */
function entriesOf(pattern: ts.ArrayBindingPattern): ts.Expression | undefined {
  const owner = pattern.parent;
  let source: ts.Expression | undefined;
  if (ts.isVariableDeclaration(owner) && ts.isForOfStatement(owner.parent.parent))
    source = owner.parent.parent.expression;
  else if (ts.isParameter(owner) && ts.isCallExpression(owner.parent.parent)) {
    const callee = owner.parent.parent.expression;
    if (ts.isPropertyAccessExpression(callee)) source = callee.expression;
  }
  const at = source && unwrap(source);
  if (!at || !ts.isCallExpression(at) || calleeName(at.expression) !== "entries") return undefined;
  // `Object.entries(store)` or `map.entries()`
  if (at.arguments[0]) return at.arguments[0];
  const callee = unwrap(at.expression);
  return ts.isPropertyAccessExpression(callee) ? callee.expression : undefined;
}

function isAssignment(node: ts.Node): node is ts.BinaryExpression {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
}

/**
 * The read may find what an earlier turn of a loop, or an earlier call of a function, has assigned: read and write
 * stand in it, the variable outside, and nothing assigns anew on the way to the read.
 */
function mayBeLeftBehind(
  write: ts.Node,
  read: ts.Node,
  declaration: ts.Node,
  writes: readonly ts.Node[],
): boolean {
  for (let at: ts.Node = write.parent; at && !isFreshIn(at, declaration); at = at.parent) {
    const isFunction = isFunctionNode(at);
    if ((!isFunction && !ts.isIterationStatement(at, false)) || !contains(at, read)) continue;
    // While one call waits another may assign.
    if (isFunction && (isAsync(at) || ("asteriskToken" in at && at.asteriskToken))) return true;
    const region = at;
    const anew = writes.some((other) => {
      const block = blockOfStatement(other);
      return (
        block !== undefined &&
        contains(region, other) &&
        enclosingFunction(other) === enclosingFunction(read) &&
        isAbove(other, read) &&
        contains(block, read) &&
        // What is called in between may call the function again.
        !(isFunction && callsBetween(region, assignmentOf(other)!.end, read.pos))
      );
    });
    if (!anew) return true;
  }
  return false;
}

function callsBetween(region: ts.Node, start: number, end: number): boolean {
  let found = false;
  walk(region, (node) => {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) found ||= node.pos >= start && node.end <= end;
  });
  return found;
}

/** Declared inside, so made anew in each turn or call; what the head of a `for (let x = …;;)` declares is handed from turn to turn. */
function isFreshIn(at: ts.Node, declaration: ts.Node): boolean {
  const isWithin = (outer: ts.Node): boolean => outer.pos <= declaration.pos && declaration.end <= outer.end;
  return isWithin(at) && !(ts.isForStatement(at) && at.initializer !== undefined && isWithin(at.initializer));
}

/** The assignment that an identifier is the target of. */
function assignmentOf(write: ts.Node): ts.BinaryExpression | undefined {
  let at = write.parent;
  while (!isAssignment(at) && !ts.isStatement(at) && at.parent) at = at.parent;
  return isAssignment(at) ? at : undefined;
}

/** The value is assigned further up; what an assignment reads on its right it reads before it assigns. */
function isAbove(write: ts.Node, read: ts.Node): boolean {
  return (assignmentOf(write) ?? write).end <= read.pos;
}

/** The block in which an assignment is a statement of its own, so that what stands below it comes after it. */
function blockOfStatement(write: ts.Node): ts.Node | undefined {
  const at = assignmentOf(write);
  const statement = at && (ts.isParenthesizedExpression(at.parent) ? at.parent.parent : at.parent);
  if (!statement || !ts.isExpressionStatement(statement)) return undefined;
  return ts.isBlock(statement.parent) || ts.isCaseOrDefaultClause(statement.parent)
    ? statement.parent
    : undefined;
}

/** A write further down can run before the read: in one loop, in another function, or in one that runs again. */
function canRunBefore(write: ts.Node, read: ts.Node, declaration: ts.Node): boolean {
  const fn = courseOf(write);
  if (fn !== courseOf(read)) return true;
  if (fn && !(fn.pos <= declaration.pos && declaration.end <= fn.end)) return true;
  for (let at: ts.Node = write; at.parent && at !== fn; at = at.parent)
    if (
      ts.isIterationStatement(at, false) &&
      at.pos <= read.pos &&
      read.end <= at.end &&
      !isFreshIn(at, declaration)
    )
      return true;
  return false;
}

function variableListOf(declaration: ts.Node): ts.VariableDeclarationList | undefined {
  for (let at: ts.Node = declaration; at.parent; at = at.parent) {
    if (ts.isVariableDeclarationList(at)) return at;
    if (ts.isParameter(at) || ts.isStatement(at)) return undefined;
  }
  return undefined;
}

function isPattern(node: ts.Node): boolean {
  return ts.isObjectLiteralExpression(node) || ts.isArrayLiteralExpression(node);
}

/** The overload of a function declaration that has a body. */
function implementation(declaration: ts.FunctionDeclaration): FunctionNode | undefined {
  const { parent, name } = declaration;
  if (!ts.isSourceFile(parent) && !ts.isBlock(parent)) return undefined;
  return parent.statements.find(
    (statement): statement is ts.FunctionDeclaration =>
      ts.isFunctionDeclaration(statement) &&
      statement.body !== undefined &&
      statement.name?.text === name?.text,
  );
}
