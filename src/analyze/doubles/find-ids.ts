import { ts } from "../typescript.ts";
import type { Evaluator } from "../evaluate.ts";
import { spanOf } from "../guards.ts";
import { isMemberName } from "../source-project.ts";
import {
  enclosingName,
  type FunctionNode,
  hasExportKeyword,
  isFunctionNode,
  unwrap,
  walk,
} from "../syntax.ts";
import { isTestFile } from "../../shared/test-files.ts";
import type { DoubleId, DoubleName } from "./double-facts.ts";
import { initialValue, literalIn, variableBehind } from "./find-wiring.ts";
import type { LoadedFiles } from "./loaded-files.ts";
import { FixtureKeys, isConst, propertyValue } from "./fixture-keys.ts";
import { Spies } from "./find-spies.ts";
import { rootOf } from "./tie-names.ts";

const CALLED_WITH =
  /^(?:toHaveBeenCalledWith|toBeCalledWith|toHaveBeenLastCalledWith|lastCalledWith|toHaveBeenCalledExactlyOnceWith)$/;
const NTH_CALLED_WITH = /^(?:toHaveBeenNthCalledWith|nthCalledWith)$/;
const LIST_MATCHER = /^(?:toEqual|toStrictEqual|toContain|toContainEqual|toBe|toMatchObject)$/;
const STORED_SNAPSHOT = /^toMatch(?:File)?Snapshot$/;
const RECORD = /\.mock\.(?:calls|lastCall)\b[\s\S]*$/;
const KEYED_METHOD = /^(?:has|get|set|add|delete)$/;

const LOOKS_AT_SPELLING =
  "what stands for the double looks at the spelling of the id that it is given, and is given a key now";
const READ_ELSEWHERE =
  "what the double recorded reaches this place in a way that was not followed; it records the key now";
const WRITTEN_BY_OTHERS =
  "the double and something else record here what they are given: which of it is the double's is not shown";
const IN_SNAPSHOT =
  "the stored snapshot holds the ids that the double was called with: look at it, and renew it";

/** A place where an id stands, before it is known which session it is. */
interface Position {
  readonly node: ts.Expression;
  readonly kind: DoubleId["kind"];
  readonly doubles: ReadonlySet<DoubleName>;
  readonly statement: ts.Statement | null;
  readonly shared?: boolean;
  /** for what is left to a person: why it could not be followed */
  readonly unfollowed?: string;
  /** the id that its text holds, where that is not the whole of it */
  readonly holds?: string;
}

/** State that doubles keep under the ids they are called with. */
interface KeyedState {
  /** declarations of what holds it: a variable, or the objects of a class */
  readonly holders: ReadonlySet<ts.Node>;
  /** the class, where it is a field of one */
  readonly declared: ts.ClassLikeDeclaration | null;
  readonly path: string;
  /** what is kept are records: the property of theirs that is the id */
  readonly field: string | null;
  readonly doubles: Set<DoubleName>;
}

/** Ids that tests expect doubles to be called with, or seed their state with. */
export function findIds(evaluator: Evaluator, names: readonly DoubleName[], loaded: LoadedFiles): DoubleId[] {
  return new IdFinder(evaluator, names, loaded).run();
}

class IdFinder {
  readonly #positions = new Map<ts.Node, Position>();
  readonly #fixtures: FixtureKeys;
  readonly #byPlace = new Map<string, DoubleName>();
  readonly #spies: Spies;
  /** doubles that answer `true` for what they do not know */
  readonly #trusting = new Set<DoubleName>();
  /** lists of doubles whose spy stands in for something else too */
  readonly #shared = new Set<Iterable<DoubleName>>();

  constructor(
    readonly evaluator: Evaluator,
    names: readonly DoubleName[],
    readonly loaded: LoadedFiles,
  ) {
    this.#fixtures = new FixtureKeys(evaluator);
    this.#spies = new Spies(evaluator);
    for (const name of names) this.#byPlace.set(`${name.file}:${name.span.start}`, name);
  }

  run(): DoubleId[] {
    const files = new Set([...this.#byPlace.values()].map(({ file }) => file));
    for (const file of files)
      walk(this.evaluator.project.file(file), (node) => {
        const name = this.#nameAt(node);
        if (name?.word.fn.keyed && name.tie !== "other" && name.tie !== "engine")
          this.#spies.note(node, name);
      });
    for (const file of this.#readersOf(files)) {
      this.#assertions(file);
      this.#comparisons(file);
    }
    for (const state of this.#states(files)) this.#uses(state);
    this.#throughParameters();
    this.#throughConstants();
    for (const file of this.#readersOf(files)) this.#unfollowed(file);
    return [...this.#positions.values()].map((position) => this.#describe(position));
  }

  /** `expect(double).toHaveBeenCalledWith(id, …)` */
  #assertions(file: string): void {
    walk(this.evaluator.project.file(file), (node) => {
      const expectation = ts.isCallExpression(node) ? matcherOf(node) : undefined;
      if (!expectation) return;
      const doubles = this.#doublesIn(expectation.subject);
      if (doubles.length === 0) return this.#recorded(expectation, (node as ts.CallExpression).arguments);
      const index = CALLED_WITH.test(expectation.matcher)
        ? 0
        : NTH_CALLED_WITH.test(expectation.matcher)
          ? 1
          : -1;
      const given = (node as ts.CallExpression).arguments;
      const path = RECORD.exec(expectation.subject.getText())?.[0];
      const listed =
        path !== undefined && LIST_MATCHER.test(expectation.matcher) ? idsAmong(path, [], given[0]) : [];
      const id = index < 0 ? undefined : given[index];
      for (const one of id ? [id] : listed) this.#add(one, "assertion", doubles, null);
    });
  }

  /** `const [[id]] = double.mock.calls; expect(id).toBe(…)` */
  #recorded(
    { matcher, subject }: { readonly matcher: string; readonly subject: ts.Expression },
    given: readonly ts.Expression[],
  ): void {
    let name = unwrap(subject);
    const indexes: string[] = [];
    for (; ts.isElementAccessExpression(name); name = unwrap(name.expression))
      indexes.unshift(name.argumentExpression.getText());
    const declaration = ts.isIdentifier(name) ? this.evaluator.project.declarationOf(name) : undefined;
    if (!declaration || !LIST_MATCHER.test(matcher)) return;
    let at: ts.Node = declaration;
    for (; ts.isBindingElement(at); at = at.parent.parent) {
      if (!ts.isArrayBindingPattern(at.parent)) return;
      indexes.unshift(String(at.parent.elements.indexOf(at)));
    }
    const value = ts.isVariableDeclaration(at) ? at.initializer : undefined;
    const path = value && RECORD.exec(value.getText())?.[0];
    const doubles = value && path !== undefined ? this.#doublesIn(value) : [];
    if (doubles.length > 0 && path !== undefined)
      for (const one of idsAmong(path, indexes, given[0])) this.#add(one, "assertion", doubles, null);
  }

  /** `double.mock.calls.some(([id]) => id === …)`, `double.mockImplementation((id) => id === …)` */
  #comparisons(file: string): void {
    const { project } = this.evaluator;
    walk(project.file(file), (node) => {
      if (!isFunctionNode(node)) return;
      const [parameter] = node.parameters;
      const call = node.parent;
      const search =
        ts.isCallExpression(call) &&
        ts.isPropertyAccessExpression(call.expression) &&
        /^(?:some|every|find|findIndex|filter)$/.test(call.expression.name.text) &&
        /\.mock\.calls$/.test(call.expression.expression.getText())
          ? this.#doublesIn(call.expression.expression)
          : [];
      const first =
        search.length > 0 && parameter && ts.isArrayBindingPattern(parameter.name)
          ? parameter.name.elements[0]
          : parameter;
      const doubles = search.length > 0 ? search : this.#implementedBy(node);
      if (doubles.length === 0 || !first || !("name" in first) || !ts.isIdentifier(first.name)) return;
      if (search.length > 0 && first === parameter) return;
      const symbol = project.symbolOf(first.name);
      for (const use of symbol ? project.references(file, symbol) : []) {
        const { parent } = use;
        if (ts.isSwitchStatement(parent) && parent.expression === use)
          for (const clause of parent.caseBlock.clauses)
            if (ts.isCaseClause(clause) && isSaid(clause.expression))
              this.#add(clause.expression, "assertion", doubles, null);
        if (ts.isBinaryExpression(parent) && /^[!=]==?$/.test(parent.operatorToken.getText())) {
          const other = parent.left === use ? parent.right : parent.left;
          if (isSaid(other)) this.#add(other, "assertion", doubles, null);
        }
        if (ts.isCallExpression(parent) && parent.expression.getText() === "expect") {
          const matcher = parent.parent.parent;
          const said = ts.isCallExpression(matcher) ? matcherOf(matcher) : undefined;
          const [expected] = ts.isCallExpression(matcher) ? matcher.arguments : [];
          if (said && expected && LIST_MATCHER.test(said.matcher))
            this.#add(expected, "assertion", doubles, null);
        }
      }
    });
  }

  /** Test files that name doubles: by a legacy name, or by one that another test file gives them. */
  #readersOf(files: ReadonlySet<string>): Set<string> {
    return new Set([
      ...files,
      ...[...this.#spies.exporting].flatMap((file) => this.loaded.importersOf(file)),
    ]);
  }

  /** The doubles that an expression names first, when their first argument is an id. */
  #doublesIn(subject: ts.Expression): readonly DoubleName[] {
    let found: readonly DoubleName[] = [];
    const visit = (node: ts.Node): void => {
      if (found.length > 0) return;
      const name = this.#nameAt(node);
      if (name?.word.fn.keyed && name.tie !== "other" && name.tie !== "engine") found = [name];
      else {
        found = this.#spies.at(node);
        if (found.length > 0 && this.#spies.isShared(node)) this.#shared.add(found);
      }
      ts.forEachChild(node, visit);
    };
    visit(subject);
    return found;
  }

  #nameAt(node: ts.Node): DoubleName | undefined {
    const quote = ts.isStringLiteralLike(node) ? 1 : 0;
    if (quote === 0 && !ts.isIdentifier(node)) return undefined;
    return this.#byPlace.get(`${this.evaluator.project.pathOf(node)}:${node.getStart() + quote}`);
  }

  /** What implementations of doubles do with the id they are given. */
  #states(files: ReadonlySet<string>): KeyedState[] {
    const states = new Map<string, KeyedState>();
    for (const file of files)
      walk(this.evaluator.project.file(file), (node) => {
        const names = isFunctionNode(node) ? this.#implementedBy(node) : [];
        if (names.length > 0) this.#keeps(node as FunctionNode, 0, names, states, new Set());
      });
    for (const { holders, path, doubles } of states.values())
      for (const holder of holders) this.#recording.set(placeOf(holder, path), [...doubles]);
    return [...states.values()];
  }

  /** State of any kind that doubles leave something of their ids in. */
  readonly #recording = new Map<string, readonly DoubleName[]>();

  /** What a function does with the id among its parameters, itself or by calling another one of the tests'. */
  #keeps(
    fn: FunctionNode,
    index: number,
    names: readonly DoubleName[],
    states: Map<string, KeyedState>,
    seen: Set<ts.Node>,
  ): void {
    const { project } = this.evaluator;
    const parameter = fn.parameters[index]?.name;
    if (!parameter || !ts.isIdentifier(parameter) || seen.has(fn)) return;
    seen.add(fn);
    const symbol = project.symbolOf(parameter);
    for (const use of symbol ? project.references(project.pathOf(fn), symbol) : []) {
      const kept = this.#keptUnder(use);
      if (kept) {
        const [home] = kept.holders;
        const key = `${placeOf(home!, kept.path)} ${kept.field ?? ""}`;
        const state = states.get(key) ?? { ...kept, doubles: new Set<DoubleName>() };
        for (const name of names) {
          state.doubles.add(name);
          if (isTrueByDefault(use)) this.#trusting.add(name);
        }
        states.set(key, state);
        continue;
      }
      const spelled = spellingAsked(use);
      if (spelled) this.#leave(spelled, names, LOOKS_AT_SPELLING);
      const { parent } = use;
      if (ts.isTemplateSpan(parent)) this.#notePlace(parent.parent, names);
      else if (ts.isCallExpression(parent) && parent.expression !== use) {
        const called = this.#functionCalled(parent.expression);
        if (called) this.#keeps(called, parent.arguments.indexOf(use), names, states, seen);
      }
    }
  }

  /** A function of the tests' own that is called, or a method of theirs. */
  #functionCalled(callee: ts.Expression): FunctionNode | undefined {
    const { project } = this.evaluator;
    const at = unwrap(callee);
    const declared = ts.isPropertyAccessExpression(at) ? project.declarationOf(at.name) : undefined;
    const fn = declared && isFunctionNode(declared) ? declared : this.evaluator.calleeFunction(at);
    return fn && isTestFile(project.pathOf(fn)) ? fn : undefined;
  }

  /** `order.push(`abort:${id}`)`: where something made of the id is put. */
  #notePlace(made: ts.Expression, names: readonly DoubleName[]): void {
    const { parent } = made;
    const holder =
      ts.isCallExpression(parent) && ts.isPropertyAccessExpression(parent.expression)
        ? parent.expression.expression
        : ts.isBinaryExpression(parent) && parent.right === made
          ? parent.left
          : undefined;
    const root = holder && rootOf(holder);
    const variable = root && this.#holderOf(root);
    if (variable) this.#recording.set(placeOf(variable, pathOf(holder)), names);
  }

  /** The doubles whose implementation a function is. */
  #implementedBy(fn: FunctionNode): readonly DoubleName[] {
    let at: ts.Node = fn;
    while (ts.isParenthesizedExpression(at.parent) || ts.isCallExpression(at.parent)) {
      if (ts.isCallExpression(at.parent)) {
        const callee = at.parent.expression;
        if (!/(?:^|\.)fn$|mockImplementation/.test(callee.getText())) return [];
        // `double.mockImplementation(fn)`
        if (ts.isPropertyAccessExpression(callee) && /^mockImplementation/.test(callee.name.text)) {
          const doubles = this.#doublesIn(callee.expression);
          if (doubles.length > 0) return doubles;
        }
      }
      at = at.parent;
    }
    const { parent } = at;
    const named = ts.isMethodDeclaration(at)
      ? at.name
      : ts.isPropertyAssignment(parent) ||
          ts.isVariableDeclaration(parent) ||
          ts.isPropertyDeclaration(parent)
        ? parent.name
        : undefined;
    if (!named || !ts.isIdentifier(named)) return [];
    const owner = ts.isPropertyDeclaration(parent) ? parent.parent : at.parent;
    if (ts.isClassLike(owner)) return this.#spies.ofMember(owner, named.text).doubles;
    const name = this.#nameAt(named);
    if (name) return name.word.fn.keyed && name.tie !== "other" && name.tie !== "engine" ? [name] : [];
    return ts.isVariableDeclaration(parent) ? this.#spies.at(named) : [];
  }

  /** `state.calls.push(id)`, `state.active.has(id)`, `state.calls.push({ id })`: the state. */
  #keptUnder(given: ts.Identifier): Omit<KeyedState, "doubles"> | undefined {
    const record = recordAround(given);
    const id: ts.Node = record?.literal ?? given;
    const field = record?.field ?? null;
    const { parent } = id;
    const callee = ts.isCallExpression(parent) && parent.arguments[0] === id ? parent.expression : undefined;
    const holder =
      callee && ts.isPropertyAccessExpression(callee)
        ? /^(?:push|has|get|add|delete|includes)$/.test(callee.name.text)
          ? callee.expression
          : undefined
        : ts.isElementAccessExpression(parent) && parent.argumentExpression === id
          ? parent.expression
          : ts.isBinaryExpression(parent) &&
              parent.right === id &&
              parent.operatorToken.kind === ts.SyntaxKind.EqualsToken
            ? parent.left
            : undefined;
    if (!holder) return undefined;
    if (record && !/\.push$/.test(callee?.getText() ?? "")) return undefined;
    const member = unwrap(holder);
    if (ts.isPropertyAccessExpression(member) && member.expression.kind === ts.SyntaxKind.ThisKeyword) {
      const kept = this.#keptByClass(member);
      return kept && { ...kept, field };
    }
    const root = rootOf(holder);
    const variable = root && this.#holderOf(root);
    return variable
      ? { holders: new Set([variable]), declared: null, path: pathOf(holder), field }
      : undefined;
  }

  /** The variable that a name stands for: where several are taken from one object, that one of them. */
  #holderOf(root: ts.Identifier): ts.Node | undefined {
    const declaration = this.#spies.declarationOf(root);
    return declaration && ts.isBindingElement(declaration) && ts.isIdentifier(declaration.name)
      ? declaration
      : variableBehind(this.evaluator, root);
  }

  /** `this.aborted` in a method that stands for a double */
  #keptByClass(
    field: ts.PropertyAccessExpression,
  ): Pick<KeyedState, "holders" | "declared" | "path"> | undefined {
    let member: ts.Node = field;
    while (member.parent && !ts.isClassLike(member.parent)) member = member.parent;
    const declared = member.parent;
    if (!declared || !ts.isClassElement(member) || !member.name || !ts.isIdentifier(member.name))
      return undefined;
    const { objects } = this.#spies.ofMember(declared as ts.ClassLikeDeclaration, member.name.text);
    return objects.size > 0
      ? {
          holders: objects,
          declared: declared as ts.ClassLikeDeclaration,
          path: `.${field.name.text}`,
        }
      : undefined;
  }

  /** `{ archive: record }`: a named function that is read for more than to call it. */
  #isPassedOn(fn: FunctionNode): boolean {
    const { project } = this.evaluator;
    const named = ts.isFunctionDeclaration(fn) ? fn : fn.parent;
    const name = ts.isFunctionDeclaration(named) || ts.isVariableDeclaration(named) ? named.name : undefined;
    const symbol = name && ts.isIdentifier(name) ? project.symbolOf(name) : undefined;
    return (symbol ? project.references(project.pathOf(fn), symbol) : []).some(
      (use) => use !== name && !(ts.isCallExpression(use.parent) && use.parent.expression === use),
    );
  }

  /** Everything that test files put into, take from or expect of a state. */
  #uses({ holders, declared, path, field, doubles }: KeyedState): void {
    const { project } = this.evaluator;
    for (const holder of declared ? [] : holders)
      for (const id of elementsOf(initialValue(holder, path))) this.#add(id, "seed", doubles, null);
    const uses: ts.Expression[] = [];
    for (const member of declared?.members ?? [])
      if (ts.isPropertyDeclaration(member) && `.${member.name.getText()}` === path && member.initializer)
        for (const id of elementsOf(member.initializer)) this.#add(id, "seed", doubles, null);
    for (const holder of holders) {
      const name = (holder as ts.VariableDeclaration | ts.BindingElement).name;
      if (!ts.isIdentifier(name)) continue;
      const home = project.pathOf(holder);
      for (const file of [home, ...this.loaded.importersOf(home)])
        walk(project.file(file), (node) => {
          if (!ts.isPropertyAccessExpression(node) && !ts.isIdentifier(node)) return;
          if (ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) return;
          const root = rootOf(node);
          if (!root || root.text !== name.text || pathOf(node) !== path) return;
          const behind = declared ? this.#spies.declarationOf(root) : this.#holderOf(root);
          if (behind === holder) uses.push(node);
        });
    }
    const mixed = uses.some((state) => this.#isWrittenByOthers(state, field));
    for (const state of uses)
      if (!mixed) this.#use(state, field, [...doubles]);
      else
        for (const given of expectedOf(state))
          for (const id of field === null ? elementsOf(given) : fieldsOf(given, field))
            this.#leave(id, [...doubles], WRITTEN_BY_OTHERS);
  }

  /** `archive: (id) => state.calls.push(id)`, of a function that stands for no double. */
  #isWrittenByOthers(state: ts.Expression, field: string | null): boolean {
    const { parent } = state;
    const call =
      ts.isPropertyAccessExpression(parent) && parent.expression === state ? parent.parent : undefined;
    if (!call || !ts.isCallExpression(call) || !/\.(?:push|unshift|add|set)$/.test(call.expression.getText()))
      return false;
    const [given] = call.arguments;
    return (given ? (field === null ? [unwrap(given)] : fieldsOf(given, field)) : []).some((id) => {
      const declaration = ts.isIdentifier(id) ? this.evaluator.project.declarationOf(id) : undefined;
      return (
        declaration !== undefined &&
        ts.isParameter(declaration) &&
        isFunctionNode(declaration.parent) &&
        (isHandedOut(declaration.parent) || this.#isPassedOn(declaration.parent)) &&
        this.#implementedBy(declaration.parent).length === 0
      );
    });
  }

  #use(state: ts.Expression, field: string | null, doubles: readonly DoubleName[]): void {
    const { parent } = state;
    if (field !== null) {
      const expected = expectedOf(state);
      for (const given of expected)
        for (const id of fieldsOf(given, field)) this.#add(id, "assertion", doubles, null);
      return;
    }
    if (ts.isElementAccessExpression(parent) && parent.expression === state) {
      this.#add(parent.argumentExpression, "seed", doubles, null);
      return;
    }
    if (ts.isPropertyAccessExpression(parent) && ts.isCallExpression(parent.parent)) {
      const method = parent.name.text;
      const call = parent.parent;
      const id = call.arguments[0];
      if (id && (KEYED_METHOD.test(method) || method === "push" || method === "includes"))
        this.#add(id, isExpected(call) ? "assertion" : "seed", doubles, statementOf(call));
      return;
    }
    if (ts.isBinaryExpression(parent) && parent.left === state) {
      for (const id of elementsOf(parent.right)) this.#add(id, "seed", doubles, null);
      return;
    }
    for (const given of expectedOf(state))
      for (const id of elementsOf(given)) this.#add(id, "assertion", doubles, null);
  }

  #add(
    id: ts.Expression,
    kind: DoubleId["kind"],
    doubles: Iterable<DoubleName>,
    statement: ts.Statement | null,
  ): void {
    const node = unwrap(id);
    // `expect.any(String)`, `undefined` and what the double itself passes on are no ids of a fixture.
    const isPattern = ts.isCallExpression(node) && /^expect\.string/.test(node.expression.getText());
    if ((ts.isCallExpression(node) && !isPattern) || (ts.isIdentifier(node) && node.text === "undefined"))
      return;
    if (ts.isIdentifier(node) && this.#isOwnId(node)) return;
    const known = this.#positions.get(node);
    this.#positions.set(node, {
      node,
      kind,
      doubles: new Set([...(known?.doubles ?? []), ...doubles]),
      statement,
      shared: this.#shared.has(doubles) || (known?.shared ?? false),
    });
  }

  /** Something that may be an id, and is left to a person. */
  #leave(node: ts.Expression, doubles: readonly DoubleName[], unfollowed: string, holds?: string): void {
    if (this.#positions.has(node)) return;
    const known = {
      node,
      kind: "assertion",
      doubles: new Set(doubles),
      statement: null,
      unfollowed,
    } as const;
    this.#positions.set(node, holds === undefined ? known : { ...known, holds });
  }

  /** Ids in expectations of what doubles recorded that nothing above has found. */
  #unfollowed(file: string): void {
    const ids = this.#fixtures.idsIn(file);
    walk(this.evaluator.project.file(file), (node) => {
      const expectation = ts.isCallExpression(node) ? matcherOf(node) : undefined;
      if (!expectation) return;
      const { matcher, subject } = expectation;
      const given = (node as ts.CallExpression).arguments;
      if (given.length === 0 && !STORED_SNAPSHOT.test(matcher)) return;
      const doubles = this.#behind(subject, 0);
      if (doubles.length === 0) return;
      if (STORED_SNAPSHOT.test(matcher)) this.#leave(subject, doubles, IN_SNAPSHOT);
      for (const argument of given) {
        const visit = (inner: ts.Node): void => {
          if (!ts.isStringLiteralLike(inner) || this.#positions.has(inner)) return;
          const held = ids.find((id) => new RegExp(`(?<![\\w-])${escaped(id)}(?![\\w-])`).test(inner.text));
          if (held !== undefined) this.#leave(inner, doubles, READ_ELSEWHERE, held);
        };
        visit(argument);
        walk(argument, visit);
      }
    });
  }

  /** The doubles that recorded what an expression reads, itself or through constants. */
  #behind(subject: ts.Expression, depth: number): readonly DoubleName[] {
    const named = this.#doublesIn(subject);
    if (named.length > 0 || depth > 3) return named;
    let found: readonly DoubleName[] = [];
    const visit = (node: ts.Node): void => {
      if (found.length > 0 || !ts.isIdentifier(node) || isMemberName(node)) return;
      const holder = this.#holderOf(node);
      if (!holder) return;
      for (let at: ts.Node = node, path = ""; found.length === 0; at = at.parent) {
        found = this.#recording.get(placeOf(holder, path)) ?? [];
        if (!ts.isPropertyAccessExpression(at.parent) || at.parent.expression !== at) break;
        path += `.${at.parent.name.text}`;
      }
      const value = ts.isVariableDeclaration(holder) && isConst(holder) ? holder.initializer : undefined;
      // State holds much besides what doubles recorded.
      if (found.length === 0 && value && !isFunctionNode(unwrap(value)) && !literalIn(value))
        found = this.#behind(value, depth + 1);
    };
    visit(unwrap(subject));
    walk(subject, visit);
    return found;
  }

  /** The parameter of a double's implementation. */
  #isOwnId(node: ts.Identifier): boolean {
    const declaration = this.evaluator.project.declarationOf(node);
    return (
      declaration !== undefined &&
      ts.isParameter(declaration) &&
      isFunctionNode(declaration.parent) &&
      this.#implementedBy(declaration.parent).length > 0
    );
  }

  /** An expectation in a helper: the ids are what the tests pass to it, if the helper needs them for nothing else. */
  #throughParameters(): void {
    const { project } = this.evaluator;
    const passedOn = new Set<ts.Node>();
    for (const [node, position] of [...this.#positions]) {
      // `id`, or the `id` of `params.id`
      const member = ts.isPropertyAccessExpression(node) ? node.name.text : null;
      const root = ts.isPropertyAccessExpression(node) ? unwrap(node.expression) : node;
      const declaration = ts.isIdentifier(root) ? project.declarationOf(root) : undefined;
      if (position.unfollowed !== undefined || !declaration || !ts.isParameter(declaration)) continue;
      const fn = declaration.parent;
      if (!ts.isFunctionDeclaration(fn) || !fn.name) continue;
      const symbol = project.symbolOf(root);
      const uses = (symbol ? project.references(project.pathOf(node), symbol) : []).filter(
        ({ parent }) => parent !== declaration,
      );
      const reads = member === null ? uses : uses.flatMap((use) => membersRead(use, member));
      if (!reads.every((read) => this.#positions.has(read))) continue;
      const calls = this.#callsOf(fn, fn.name);
      const index = fn.parameters.indexOf(declaration);
      const doubles = reads.flatMap((read) => [...this.#positions.get(read)!.doubles]);
      const given = calls.map((call) => givenAs(call.arguments[index], member));
      // Handed on as a whole: what it holds is not seen.
      if (member !== null && given.some((id) => id === undefined)) continue;
      for (const id of given) if (id) this.#add(id, position.kind, doubles, null);
      if (calls.length > 0) passedOn.add(node);
    }
    for (const node of passedOn) this.#positions.delete(node);
  }

  /** Calls of a function of the tests' own, in its file and in those that import it. */
  #callsOf(fn: ts.FunctionDeclaration, name: ts.Identifier): ts.CallExpression[] {
    const { project } = this.evaluator;
    const home = project.pathOf(fn);
    const callsBy = (file: string, local: ts.Identifier): ts.CallExpression[] => {
      const symbol = project.symbolOf(local);
      return (symbol ? project.references(file, symbol) : []).flatMap(({ parent }) =>
        ts.isCallExpression(parent) ? [parent] : [],
      );
    };
    const calls = callsBy(home, name);
    for (const file of hasExportKeyword(fn) ? this.loaded.importersOf(home) : [])
      for (const statement of project.file(file).statements) {
        if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
        if (project.resolve(file, statement.moduleSpecifier.text) !== home) continue;
        const named = statement.importClause?.namedBindings;
        for (const specifier of named && ts.isNamedImports(named) ? named.elements : [])
          if ((specifier.propertyName ?? specifier.name).text === name.text)
            calls.push(...callsBy(file, specifier.name));
      }
    return calls;
  }

  /** `const id = "sess-main"` that is read for nothing else: the key takes the place of its text. */
  #throughConstants(): void {
    const { project } = this.evaluator;
    for (const [node, position] of [...this.#positions]) {
      const declaration = ts.isIdentifier(node) ? project.declarationOf(node) : undefined;
      if (!declaration || !ts.isVariableDeclaration(declaration) || !isConst(declaration)) continue;
      const value = declaration.initializer && unwrap(declaration.initializer);
      if (!value || !ts.isStringLiteralLike(value) || hasExportKeyword(declaration)) continue;
      const symbol = project.symbolOf(node);
      const reads = symbol
        ? project.references(project.pathOf(node), symbol).filter(({ parent }) => parent !== declaration)
        : [];
      if (reads.length === 0 || !reads.every((read) => this.#positions.has(read))) continue;
      const doubles = reads.flatMap((read) => [...this.#positions.get(read)!.doubles]);
      for (const read of reads) this.#positions.delete(read);
      this.#positions.set(value, {
        node: value,
        kind: position.kind,
        doubles: new Set(doubles),
        statement: null,
      });
    }
  }

  #describe({ node, kind, doubles, statement, shared, unfollowed, holds }: Position): DoubleId {
    const { project } = this.evaluator;
    const file = project.pathOf(node);
    const value = holds ?? this.#fixtures.fold(node);
    const keys = value === undefined ? [] : this.#fixtures.of(value, node);
    return {
      file,
      ...project.lines(file).at(node.getStart()),
      function: enclosingName(node),
      span: spanOf(node),
      text: holds ?? node.getText(),
      kind,
      doubles: [...doubles],
      statement: statement ? spanOf(statement) : null,
      keys,
      value: value ?? null,
      shared: shared ?? false,
      unfollowed: unfollowed ?? null,
      trusted: [...doubles].some((name) => this.#trusting.has(name)),
    };
  }
}

/** `params.id`, of `params` */
function membersRead(use: ts.Identifier, member: string): ts.Expression[] {
  const { parent } = use;
  // Whatever else is done with the whole may read the member.
  if (!ts.isPropertyAccessExpression(parent) || parent.expression !== use) return [use];
  return parent.name.text === member ? [parent] : [];
}

/** What a call gives a parameter, or the member of it. */
function givenAs(argument: ts.Expression | undefined, member: string | null): ts.Expression | undefined {
  if (!argument || member === null) return argument;
  const literal = unwrap(argument);
  return ts.isObjectLiteralExpression(literal) ? propertyValue(literal, member) : undefined;
}

/** `{ archive: (id) => … }`, `vi.fn((id) => …)`: a function that other code calls. */
function isHandedOut(fn: FunctionNode): boolean {
  const { parent } = fn;
  if (ts.isMethodDeclaration(fn) || ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent))
    return true;
  return (
    ts.isCallExpression(parent) &&
    parent.expression !== fn &&
    /(?:^|\.)fn$|\.mockImplementation/.test(parent.expression.getText())
  );
}

/** A member of what a variable holds, as a place. */
function placeOf(holder: ts.Node, path: string): string {
  return `${holder.getSourceFile().fileName}:${holder.pos} ${path}`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** The text in `id.startsWith("sess-")`, the pattern in `/^sess-/.test(id)`. */
function spellingAsked(id: ts.Identifier): ts.Expression | undefined {
  const { parent } = id;
  if (
    ts.isPropertyAccessExpression(parent) &&
    parent.expression === id &&
    ts.isCallExpression(parent.parent)
  ) {
    const [text] = parent.parent.arguments;
    const asks = /^(?:startsWith|endsWith|includes|match|split|slice|replace)$/.test(parent.name.text);
    return asks && text && (ts.isStringLiteralLike(text) || ts.isRegularExpressionLiteral(text))
      ? text
      : undefined;
  }
  const callee =
    ts.isCallExpression(parent) && parent.arguments[0] === id ? unwrap(parent.expression) : undefined;
  return callee &&
    ts.isPropertyAccessExpression(callee) &&
    callee.name.text === "test" &&
    ts.isRegularExpressionLiteral(callee.expression)
    ? callee.expression
    : undefined;
}

/** What `expect(state).toEqual(…)` expects. */
function expectedOf(state: ts.Expression): readonly ts.Expression[] {
  const { parent } = state;
  if (!ts.isCallExpression(parent) || parent.expression.getText() !== "expect") return [];
  for (let at: ts.Node = parent; at.parent; at = at.parent) {
    const call = at.parent;
    if (!ts.isPropertyAccessExpression(call) && !ts.isCallExpression(call)) return [];
    const matcher = ts.isCallExpression(call) ? matcherOf(call) : undefined;
    if (matcher) return LIST_MATCHER.test(matcher.matcher) ? (call as ts.CallExpression).arguments : [];
  }
  return [];
}

/** `{ op: "abort", id }` around an id. */
function recordAround(
  id: ts.Identifier,
): { readonly literal: ts.ObjectLiteralExpression; readonly field: string } | undefined {
  const property = id.parent;
  const isValue =
    (ts.isPropertyAssignment(property) && property.initializer === id) ||
    (ts.isShorthandPropertyAssignment(property) && property.name === id);
  return isValue && (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name))
    ? { literal: property.parent, field: property.name.text }
    : undefined;
}

/** `results.get(id) ?? true` */
function isTrueByDefault(id: ts.Identifier): boolean {
  const asked = id.parent;
  const either = asked.parent;
  return (
    (ts.isCallExpression(asked) || ts.isElementAccessExpression(asked)) &&
    ts.isBinaryExpression(either) &&
    either.left === asked &&
    /^(?:\?\?|\|\|)$/.test(either.operatorToken.getText()) &&
    unwrap(either.right).kind === ts.SyntaxKind.TrueKeyword
  );
}

/**
 * The ids among what is expected of the record of a double's calls. What is left to index says how deep they stand: an
 * argument, a call, or all calls.
 */
function idsAmong(
  path: string,
  taken: readonly string[],
  expected: ts.Expression | undefined,
): ts.Expression[] {
  if (!expected) return [];
  // Of a call with a timeout behind the id, the id is the text.
  if (/\.flat\(/.test(path))
    return elementsOf(expected).filter((id) => ts.isStringLiteralLike(id) || ts.isIdentifier(id));
  const mapped = /\.map\(([\s\S]*)$/.exec(path)?.[1];
  if (mapped !== undefined)
    return /^\s*\(?\s*\[\s*\w+|\[\s*0\s*\]|\.at\(\s*0\s*\)/.test(mapped) ? elementsOf(expected) : [];
  const indexes = [
    ...[...path.matchAll(/\[\s*(\w+)\s*\]|\.at\(\s*(-?\w+)\s*\)/g)].map((match) => match[1] ?? match[2]!),
    ...taken,
  ];
  if (path.startsWith(".mock.lastCall")) indexes.unshift("-1");
  if (indexes.length >= 2) return indexes.at(-1) === "0" ? elementsOf(expected) : [];
  const list = matched(expected);
  if (!ts.isArrayLiteralExpression(list)) return [];
  return indexes.length === 1 ? list.elements.slice(0, 1) : elementsOf(list);
}

/** A text of its own: an id may be missing or empty, and then nothing takes its place. */
function isSaid(expression: ts.Expression): boolean {
  const at = unwrap(expression);
  return ts.isStringLiteralLike(at) ? at.text !== "" : ts.isIdentifier(at) || ts.isTemplateExpression(at);
}

/** `expect(subject).not.matcher(…)` */
function matcherOf(call: ts.CallExpression): { matcher: string; subject: ts.Expression } | undefined {
  if (!ts.isPropertyAccessExpression(call.expression)) return undefined;
  const matcher = call.expression.name.text;
  let at: ts.Expression = call.expression.expression;
  while (ts.isPropertyAccessExpression(at)) at = at.expression;
  if (!ts.isCallExpression(at) || !/^expect(?:\.\w+)?$/.test(at.expression.getText())) return undefined;
  const [subject] = at.arguments;
  return subject ? { matcher, subject } : undefined;
}

function isExpected(call: ts.CallExpression): boolean {
  return ts.isCallExpression(call.parent) && call.parent.expression.getText() === "expect";
}

function statementOf(call: ts.CallExpression): ts.Statement | null {
  return ts.isExpressionStatement(call.parent) ? call.parent : null;
}

/** Ids in `[a, b]`, `new Set([a])`, `new Map([[a, true]])`, or the one expression itself. */
function elementsOf(expression: ts.Expression | undefined): ts.Expression[] {
  if (!expression) return [];
  const at = matched(expression);
  if (ts.isNewExpression(at)) return (at.arguments ?? []).flatMap((argument) => elementsOf(argument));
  if (ts.isArrayLiteralExpression(at))
    return at.elements.flatMap((element) => {
      const inner = unwrap(element);
      return ts.isArrayLiteralExpression(inner) ? inner.elements.slice(0, 1) : [inner];
    });
  return ts.isStringLiteralLike(at) || ts.isIdentifier(at) ? [at] : [];
}

/** Values of a property in the records of `[{ op: "abort", id: "…" }]`, or of the one record. */
function fieldsOf(expression: ts.Expression, field: string): ts.Expression[] {
  const at = matched(expression);
  if (ts.isArrayLiteralExpression(at)) return at.elements.flatMap((element) => fieldsOf(element, field));
  const value = ts.isObjectLiteralExpression(at) ? propertyValue(at, field) : undefined;
  return value ? [value] : [];
}

/** The list or record in `expect.arrayContaining([…])` and `expect.objectContaining({…})`, or the expression itself. */
function matched(expression: ts.Expression): ts.Expression {
  const at = unwrap(expression);
  const isMatcher =
    ts.isCallExpression(at) && /^expect\.(?:array|object)Containing$/.test(at.expression.getText());
  return isMatcher && at.arguments[0] ? unwrap(at.arguments[0]) : at;
}

function pathOf(expression: ts.Expression): string {
  const at = unwrap(expression);
  if (!ts.isPropertyAccessExpression(at)) return "";
  return `${pathOf(at.expression)}.${at.name.text}`;
}
