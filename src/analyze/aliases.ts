import { ts } from "./typescript.ts";
import type { SourceProject } from "./source-project.ts";
import { enclosingFunction, type FunctionNode, isFunctionNode, unwrap, walk } from "./syntax.ts";

const NO_FIELDS: ReadonlyMap<string, Alias> = new Map();

/** Objects of a file that cannot be told apart: whatever may be one object with another is in one set with it. */
export class Alias {
  into: Alias | null = null;
  /** made with the first of them: most objects are only handed on */
  #fields: Map<string, Alias> | null = null;
  /** made by this file: a literal, or `new` */
  isMade = false;
  /** comes from elsewhere: a parameter, or what was reached through one */
  isGiven = false;
  /** was in a list or a map, or came out of a call that is not read */
  isLoose = false;

  get fields(): ReadonlyMap<string, Alias> {
    return this.#fields ?? NO_FIELDS;
  }

  setField(name: string, field: Alias): void {
    this.#fields ??= new Map();
    this.#fields.set(name, field);
  }

  /** No code but this file's can have another name for it. */
  get isOwn(): boolean {
    return this.isMade && !this.isGiven && !this.isLoose;
  }
}

/** Whatever stands in a list, a map or a set; lists of lists are one list. */
const ELEMENT = "[]";
const COPY_ROUNDS = 3;
const ADDS = new Set(["add", "fill", "push", "set", "splice", "unshift"]);
const TAKES = new Set(
  "at concat entries filter find findLast flat get pop reverse shift slice sort splice toReversed toSorted values".split(
    " ",
  ),
);
const LENDS = new Set(["apply", "bind", "call"]);
const VISITS = new Set(
  "every filter find findIndex findLast flatMap forEach map reduce some sort toSorted".split(" "),
);

/**
 * Which expressions of a file may stand for one object, told without regard to the order in which the file runs:
 * a value and the names, properties, parameters, elements and results that it is handed to are one set.
 */
export class Aliases {
  readonly #byNode = new Map<ts.Node, Alias>();
  readonly #returned = new Map<ts.Node, Alias>();
  readonly #globals = new Map<string, Alias>();
  readonly #copies: (readonly [Alias, Alias])[] = [];
  readonly #reached = new Map<Alias, ReadonlySet<Alias>>();
  readonly #reachedByName = new Map<Alias, ReadonlySet<Alias>>();

  /**
   * @param functionOf body that a call runs, when it is at hand
   * @param isCertain only names that stand for one object whenever they are read: no choices, nothing across functions
   */
  constructor(
    readonly source: ts.SourceFile,
    readonly project: SourceProject,
    readonly functionOf: (callee: ts.Expression) => FunctionNode | undefined,
    readonly isCertain = false,
  ) {
    walk(source, (node) => this.#visit(node));
    this.#copyFields();
  }

  of(expression: ts.Expression): Alias {
    const at = unwrap(expression);
    // Told by what is declared; no use in keeping that for each place.
    if (ts.isIdentifier(at) || ts.isPropertyAccessExpression(at)) return this.#read(at);
    let alias = this.#byNode.get(at);
    if (!alias) {
      alias = new Alias();
      this.#byNode.set(at, alias); // a cycle finds this one
      this.#unite(alias, this.#read(at));
    }
    return standIn(alias);
  }

  ofDeclaration(declaration: ts.Node): Alias {
    let alias = this.#byNode.get(declaration);
    if (!alias) {
      alias = new Alias();
      alias.isGiven = ts.isParameter(declaration) || ts.isImportSpecifier(declaration);
      this.#byNode.set(declaration, alias);
    }
    return standIn(alias);
  }

  /** The object that `this` is at a node. */
  ofThis(node: ts.Node): Alias {
    for (let at = node.parent; at; at = at.parent) {
      if (ts.isClassLike(at)) return this.ofDeclaration(at);
      if (ts.isArrowFunction(at) || !isFunctionNode(at)) continue;
      const holder = ts.isPropertyAssignment(at.parent) ? at.parent.parent : at.parent;
      if (ts.isObjectLiteralExpression(holder)) return this.of(holder);
      if (!ts.isClassLike(holder)) return this.ofDeclaration(at);
    }
    return this.#global("this");
  }

  field(owner: Alias, name: string): Alias {
    const of = standIn(owner);
    const known = of.fields.get(name);
    if (known) return standIn(known);
    const made = new Alias();
    made.isGiven = of.isGiven || of.isLoose;
    of.setField(name, made);
    if (name === ELEMENT) {
      made.isLoose = true;
      made.setField(ELEMENT, made);
    }
    this.#forgetReached();
    return made;
  }

  /**
   * True when the second object is the first, or can be got from it.
   *
   * @param isWhole whether what it holds in lists counts as well
   */
  reaches(from: Alias, to: Alias, isWhole: boolean): boolean {
    const known = isWhole ? this.#reached : this.#reachedByName;
    const start = standIn(from);
    let reached = known.get(start);
    if (!reached) {
      const found = new Set<Alias>([start]);
      for (const alias of found)
        for (const [name, field] of alias.fields) if (isWhole || name !== ELEMENT) found.add(standIn(field));
      reached = found;
      known.set(start, reached);
    }
    return reached.has(standIn(to));
  }

  #forgetReached(): void {
    this.#reached.clear();
    this.#reachedByName.clear();
  }

  #global(name: string): Alias {
    let alias = this.#globals.get(name);
    if (!alias) {
      alias = new Alias();
      alias.isGiven = true;
      this.#globals.set(name, alias);
    }
    return standIn(alias);
  }

  #returnOf(fn: ts.Node): Alias {
    let alias = this.#returned.get(fn);
    if (!alias) {
      alias = new Alias();
      this.#returned.set(fn, alias);
    }
    return standIn(alias);
  }

  #unite(one: Alias, other: Alias): void {
    const [a, b] = [standIn(one), standIn(other)];
    if (a === b) return;
    b.into = a;
    a.isMade ||= b.isMade;
    a.isGiven ||= b.isGiven;
    a.isLoose ||= b.isLoose;
    this.#forgetReached();
    for (const [name, field] of [...b.fields]) {
      const known = standIn(a).fields.get(name);
      if (known) this.#unite(known, field);
      else standIn(a).setField(name, field);
    }
  }

  /** `{ ...from }`: two objects whose fields hold the same; a few rounds, since what is copied may be copied on. */
  #copyFields(): void {
    for (let round = 0; round < COPY_ROUNDS; round += 1)
      for (const [one, other] of this.#copies)
        for (const name of new Set([...standIn(one).fields.keys(), ...standIn(other).fields.keys()]))
          this.#unite(this.field(one, name), this.field(other, name));
  }

  #made(): Alias {
    const alias = new Alias();
    alias.isMade = true;
    return alias;
  }

  #read(at: ts.Expression): Alias {
    if (ts.isIdentifier(at)) {
      if (at.text === "undefined") return new Alias();
      const declaration = this.project.declarationOf(at);
      return declaration ? this.ofDeclaration(declaration) : this.#global(at.text);
    }
    if (at.kind === ts.SyntaxKind.ThisKeyword || at.kind === ts.SyntaxKind.SuperKeyword)
      return this.ofThis(at);
    if (ts.isPropertyAccessExpression(at)) return this.field(this.of(at.expression), at.name.text);
    if (ts.isElementAccessExpression(at)) {
      const name = unwrap(at.argumentExpression);
      return this.field(this.of(at.expression), ts.isStringLiteralLike(name) ? name.text : ELEMENT);
    }
    if (ts.isCallExpression(at) || ts.isNewExpression(at)) return this.#call(at);
    if (ts.isConditionalExpression(at)) return this.#either(at.whenTrue, at.whenFalse);
    if (ts.isBinaryExpression(at)) return this.#binary(at);
    if (ts.isObjectLiteralExpression(at)) return this.#literal(at);
    if (ts.isArrayLiteralExpression(at)) {
      const list = this.#made();
      for (const element of at.elements) this.#put(list, element);
      return list;
    }
    if (ts.isYieldExpression(at) || ts.isSpreadElement(at))
      return at.expression ? this.field(this.of(at.expression), ELEMENT) : new Alias();
    return new Alias();
  }

  #put(list: Alias, element: ts.Expression): void {
    this.#unite(this.field(list, ELEMENT), this.of(element));
  }

  #either(one: ts.Expression, other: ts.Expression): Alias {
    if (this.isCertain) return new Alias();
    const alias = this.of(one);
    this.#unite(alias, this.of(other));
    return alias;
  }

  #binary(at: ts.BinaryExpression): Alias {
    const kind = at.operatorToken.kind;
    switch (kind) {
      case ts.SyntaxKind.QuestionQuestionToken:
      case ts.SyntaxKind.BarBarToken:
        return this.#either(at.left, at.right);
      case ts.SyntaxKind.AmpersandAmpersandToken:
      case ts.SyntaxKind.CommaToken:
        return this.of(at.right);
      default:
        if (kind < ts.SyntaxKind.FirstAssignment || kind > ts.SyntaxKind.LastAssignment) return new Alias();
        this.#assign(at.left, this.of(at.right));
        return this.of(at.right);
    }
  }

  /** `target = value`, `({ a: target } = value)` and `[target] = value`. */
  #assign(target: ts.Expression, value: Alias): void {
    const at = unwrap(target);
    if (ts.isArrayLiteralExpression(at))
      for (const element of at.elements) this.#assign(element, this.field(value, ELEMENT));
    else if (ts.isObjectLiteralExpression(at))
      for (const property of at.properties) {
        if (ts.isShorthandPropertyAssignment(property))
          this.#assign(property.name, this.field(value, property.name.text));
        else if (ts.isPropertyAssignment(property))
          this.#assign(property.initializer, this.field(value, nameOf(property.name)));
      }
    else this.#unite(this.of(at), value);
  }

  #literal(at: ts.ObjectLiteralExpression): Alias {
    const literal = this.#made();
    this.#byNode.set(at, literal);
    for (const property of at.properties) {
      if (ts.isSpreadAssignment(property)) this.#copies.push([literal, this.of(property.expression)]);
      else if (ts.isShorthandPropertyAssignment(property))
        this.#unite(this.field(literal, property.name.text), this.of(property.name));
      else if (ts.isPropertyAssignment(property))
        this.#unite(this.field(literal, nameOf(property.name)), this.of(property.initializer));
    }
    return literal;
  }

  #call(at: ts.CallExpression | ts.NewExpression): Alias {
    const callee = unwrap(at.expression);
    const given = at.arguments ?? [];
    const fn = this.#bodyOf(at, callee);
    if (fn) {
      const spread = given.findIndex(ts.isSpreadElement);
      for (const [index, parameter] of fn.parameters.entries())
        if (parameter.dotDotDotToken)
          for (const rest of given.slice(index)) this.#put(this.ofDeclaration(parameter), rest);
        else if (spread >= 0 && index >= spread) this.#bind(parameter, this.of(given[spread]!));
        else if (given[index]) this.#bind(parameter, this.of(given[index]));
    }
    if (ts.isNewExpression(at)) return this.#new(at, callee);
    if (fn) return this.#returnOf(fn);
    return ts.isPropertyAccessExpression(callee) ? this.#method(at, callee) : unread();
  }

  #bodyOf(at: ts.CallExpression | ts.NewExpression, callee: ts.Expression): FunctionNode | undefined {
    if (this.isCertain) return undefined;
    if (ts.isNewExpression(at)) return this.#classOf(callee)?.members.find(ts.isConstructorDeclaration);
    // What is imported is not parsed for this.
    const declaration = ts.isIdentifier(callee) ? this.project.declarationOf(callee) : undefined;
    if (declaration && ts.isImportSpecifier(declaration)) return undefined;
    return methodOf(at, callee) ?? this.functionOf(callee);
  }

  #classOf(name: ts.Node): ts.ClassLikeDeclaration | undefined {
    return ts.isIdentifier(name) ? this.project.classOf(name) : undefined;
  }

  #new(at: ts.NewExpression, callee: ts.Expression): Alias {
    const owner = this.#classOf(callee);
    const made = owner ? this.ofDeclaration(owner) : this.#made();
    made.isMade = true;
    // `new Map([[key, value]])`, `new Set(list)`
    for (const argument of owner ? [] : (at.arguments ?? []))
      this.#unite(this.field(made, ELEMENT), this.field(this.of(argument), ELEMENT));
    return made;
  }

  #method(at: ts.CallExpression, callee: ts.PropertyAccessExpression): Alias {
    const name = callee.name.text;
    const [first, ...others] = at.arguments;
    if (first && ["Object", "Array", "Promise"].includes(callee.expression.getText())) {
      if (name === "assign") for (const from of others) this.#copies.push([this.of(first), this.of(from)]);
      if (["values", "entries", "from"].includes(name)) {
        const list = this.#made();
        this.#unite(this.field(list, ELEMENT), this.field(this.of(first), ELEMENT));
        return list;
      }
      return this.of(first);
    }
    // `move.bind(cursor)`: what the function calls `this`.
    const lent = first && LENDS.has(name) && !this.isCertain ? this.functionOf(callee.expression) : undefined;
    if (first && lent) this.#unite(this.ofDeclaration(lent), this.of(first));
    const owner = this.of(callee.expression);
    if (ADDS.has(name))
      for (const argument of at.arguments) if (!isFunctionNode(unwrap(argument))) this.#put(owner, argument);
    if (VISITS.has(name))
      for (const argument of at.arguments.map(unwrap))
        if (isFunctionNode(argument)) {
          for (const parameter of argument.parameters) this.#bind(parameter, this.field(owner, ELEMENT));
          if (name === "map" || name === "flatMap" || name === "reduce") {
            const list = this.#made();
            this.#unite(this.field(list, ELEMENT), this.#returnOf(argument));
            return list;
          }
        }
    if (TAKES.has(name)) return this.field(owner, ELEMENT);
    return ADDS.has(name) ? owner : unread();
  }

  #bind(declared: ts.ParameterDeclaration | ts.VariableDeclaration | ts.BindingElement, value: Alias): void {
    this.#unite(this.ofDeclaration(declared), value);
    if (!ts.isIdentifier(declared.name)) this.#bindPattern(declared.name, value);
  }

  #bindPattern(pattern: ts.BindingPattern, value: Alias): void {
    for (const element of pattern.elements) {
      if (!ts.isBindingElement(element)) continue;
      if (element.dotDotDotToken) this.#copies.push([this.ofDeclaration(element), value]);
      else if (ts.isArrayBindingPattern(pattern)) this.#bind(element, this.field(value, ELEMENT));
      else this.#bind(element, this.field(value, nameOf(element.propertyName ?? element.name)));
      if (element.initializer) this.#unite(this.ofDeclaration(element), this.of(element.initializer));
    }
  }

  #visit(node: ts.Node): void {
    if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
      if (!ts.isCallExpression(node.parent)) this.of(node);
    } else if (ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isBinaryExpression(node))
      this.of(node);
    else if (ts.isVariableDeclaration(node)) {
      this.#typed(node);
      const loop = node.parent.parent;
      if (node.initializer) this.#bind(node, this.of(node.initializer));
      else if (ts.isForOfStatement(loop)) this.#bind(node, this.field(this.of(loop.expression), ELEMENT));
    } else if (ts.isForOfStatement(node)) {
      if (!ts.isVariableDeclarationList(node.initializer))
        this.#assign(node.initializer, this.field(this.of(node.expression), ELEMENT));
    } else if (ts.isParameter(node)) this.#parameter(node);
    else if (ts.isPropertyDeclaration(node)) {
      const field = this.field(this.ofDeclaration(node.parent), nameOf(node.name));
      if (node.initializer) this.#unite(field, this.of(node.initializer));
      this.#typed(node, field);
    } else if (ts.isClassLike(node)) {
      for (const { expression } of node.heritageClauses?.flatMap(({ types }) => [...types]) ?? []) {
        const base = this.#classOf(expression);
        if (base) this.#unite(this.ofDeclaration(node), this.ofDeclaration(base));
      }
    } else if (ts.isReturnStatement(node)) {
      const fn = enclosingFunction(node);
      if (node.expression && fn) this.#unite(this.#returnOf(fn), this.of(node.expression));
    } else if (ts.isYieldExpression(node)) {
      const fn = enclosingFunction(node);
      if (node.expression && fn) this.#put(this.#returnOf(fn), node.expression);
    } else if (ts.isArrowFunction(node) && !ts.isBlock(node.body))
      this.#unite(this.#returnOf(node), this.of(node.body));
    else if (ts.isGetAccessorDeclaration(node))
      this.#unite(this.field(this.ofThis(node.name), nameOf(node.name)), this.#returnOf(node));
  }

  #parameter(node: ts.ParameterDeclaration): void {
    const alias = this.ofDeclaration(node);
    if (!ts.isIdentifier(node.name)) this.#bindPattern(node.name, alias);
    if (node.initializer) this.#unite(alias, this.of(node.initializer));
    this.#typed(node);
    const fn = node.parent;
    if (ts.isSetAccessorDeclaration(fn)) this.#unite(this.field(this.ofThis(node), nameOf(fn.name)), alias);
    if (ts.isConstructorDeclaration(fn) && node.modifiers?.length && ts.isIdentifier(node.name))
      this.#unite(this.field(this.ofThis(node), node.name.text), alias);
  }

  /** `worker: Worker`: whatever a class of the file makes may be what its methods call `this`. */
  #typed(
    node: ts.ParameterDeclaration | ts.VariableDeclaration | ts.PropertyDeclaration,
    alias = this.ofDeclaration(node),
  ): void {
    if (!node.type || !ts.isTypeReferenceNode(node.type)) return;
    const owner = this.#classOf(node.type.typeName);
    if (owner) this.#unite(alias, this.ofDeclaration(owner));
  }
}

/** The one that stands for all that it was united with. */
export function standIn(alias: Alias): Alias {
  let at = alias;
  while (at.into) at = at.into;
  if (alias !== at) alias.into = at;
  return at;
}

function unread(): Alias {
  const alias = new Alias();
  alias.isLoose = true;
  return alias;
}

function nameOf(name: ts.PropertyName | ts.BindingName): string {
  return ts.isIdentifier(name) || ts.isPrivateIdentifier(name) || ts.isStringLiteralLike(name)
    ? name.text
    : ELEMENT;
}

/** The body that `this.name(…)` runs: a method of the class that it stands in. */
export function methodOf(call: ts.Node, callee: ts.Expression): FunctionNode | undefined {
  const at = unwrap(callee);
  if (!ts.isPropertyAccessExpression(at) || at.expression.kind !== ts.SyntaxKind.ThisKeyword)
    return undefined;
  for (let outer = call.parent; outer; outer = outer.parent)
    if (ts.isClassLike(outer))
      return outer.members.find(
        (member): member is ts.MethodDeclaration =>
          ts.isMethodDeclaration(member) && member.body !== undefined && at.name.text === nameOf(member.name),
      );
  return undefined;
}
