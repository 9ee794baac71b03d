import { ts } from "../typescript.ts";
import type { Evaluator } from "../evaluate.ts";
import { spanOf } from "../guards.ts";
import {
  enclosingName,
  type FunctionNode,
  hasExportKeyword,
  isFunctionNode,
  unwrap,
  walk,
} from "../syntax.ts";
import type { DoubleId, DoubleName } from "./double-facts.ts";
import { variableBehind } from "./find-wiring.ts";
import type { LoadedFiles } from "./loaded-files.ts";
import { FixtureKeys, isConst } from "./fixture-keys.ts";
import { Spies } from "./find-spies.ts";
import { rootOf } from "./tie-names.ts";

const CALLED_WITH =
  /^(?:toHaveBeenCalledWith|toBeCalledWith|toHaveBeenLastCalledWith|lastCalledWith|toHaveBeenCalledExactlyOnceWith)$/;
const NTH_CALLED_WITH = /^(?:toHaveBeenNthCalledWith|nthCalledWith)$/;
const LIST_MATCHER = /^(?:toEqual|toStrictEqual|toContain|toContainEqual|toBe)$/;
const RECORD = /\.mock\.(?:calls|lastCall)\b[\s\S]*$/;
const KEYED_METHOD = /^(?:has|get|set|add|delete)$/;

/** A place where an id stands, before it is known which session it is. */
interface Position {
  readonly node: ts.Expression;
  readonly kind: DoubleId["kind"];
  readonly doubles: ReadonlySet<DoubleName>;
  readonly statement: ts.Statement | null;
  readonly shared?: boolean;
}

/** State that doubles keep under the ids they are called with. */
interface KeyedState {
  readonly variable: ts.VariableDeclaration;
  readonly path: string;
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
    const name = unwrap(subject);
    const declaration = ts.isIdentifier(name) ? this.evaluator.project.declarationOf(name) : undefined;
    if (!declaration || !LIST_MATCHER.test(matcher)) return;
    const indexes: string[] = [];
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
        if (!isFunctionNode(node)) return;
        const names = this.#implementedBy(node);
        const first = node.parameters[0]?.name;
        if (names.length === 0 || !first || !ts.isIdentifier(first)) return;
        const { project } = this.evaluator;
        const symbol = project.symbolOf(first);
        for (const use of symbol ? project.references(file, symbol) : []) {
          const kept = this.#keptUnder(use);
          if (!kept) continue;
          const key = `${project.pathOf(kept.variable)}:${kept.variable.pos} ${kept.path}`;
          const state = states.get(key) ?? { ...kept, doubles: new Set<DoubleName>() };
          for (const name of names) state.doubles.add(name);
          states.set(key, state);
        }
      });
    return [...states.values()];
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
      : ts.isPropertyAssignment(parent) || ts.isVariableDeclaration(parent)
        ? parent.name
        : undefined;
    if (!named || !ts.isIdentifier(named)) return [];
    const name = this.#nameAt(named);
    if (name) return name.word.fn.keyed && name.tie !== "other" && name.tie !== "engine" ? [name] : [];
    return ts.isVariableDeclaration(parent) ? this.#spies.at(named) : [];
  }

  /** `state.calls.push(id)`, `state.active.has(id)`: the state. */
  #keptUnder(id: ts.Identifier): { variable: ts.VariableDeclaration; path: string } | undefined {
    const { parent } = id;
    const callee = ts.isCallExpression(parent) && parent.arguments[0] === id ? parent.expression : undefined;
    const holder =
      callee && ts.isPropertyAccessExpression(callee)
        ? /^(?:push|has|get|add|delete|includes)$/.test(callee.name.text)
          ? callee.expression
          : undefined
        : ts.isElementAccessExpression(parent) && parent.argumentExpression === id
          ? parent.expression
          : undefined;
    if (!holder) return undefined;
    const root = rootOf(holder);
    const variable = root && variableBehind(this.evaluator, root);
    return variable ? { variable, path: pathOf(holder) } : undefined;
  }

  /** Everything that test files put into, take from or expect of a state. */
  #uses({ variable, path, doubles }: KeyedState): void {
    if (!ts.isIdentifier(variable.name)) return;
    const { project } = this.evaluator;
    const name = variable.name.text;
    const home = project.pathOf(variable);
    for (const file of [home, ...this.loaded.importersOf(home)])
      walk(project.file(file), (node) => {
        if (!ts.isPropertyAccessExpression(node) && !ts.isIdentifier(node)) return;
        if (ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) return;
        const root = rootOf(node);
        if (!root || root.text !== name || pathOf(node) !== path) return;
        if (variableBehind(this.evaluator, root) !== variable) return;
        this.#use(node, [...doubles]);
      });
  }

  #use(state: ts.Expression, doubles: readonly DoubleName[]): void {
    const { parent } = state;
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
    const expected =
      ts.isCallExpression(parent) && parent.expression.getText() === "expect" ? parent : undefined;
    if (!expected) return;
    for (let at: ts.Node = expected; at.parent; at = at.parent) {
      const call = at.parent;
      if (!ts.isPropertyAccessExpression(call) && !ts.isCallExpression(call)) return;
      const matcher = ts.isCallExpression(call) ? matcherOf(call) : undefined;
      if (!matcher) continue;
      if (LIST_MATCHER.test(matcher.matcher))
        for (const argument of (call as ts.CallExpression).arguments)
          for (const id of elementsOf(argument)) this.#add(id, "assertion", doubles, null);
      return;
    }
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
      const declaration = ts.isIdentifier(node) ? project.declarationOf(node) : undefined;
      if (!declaration || !ts.isParameter(declaration)) continue;
      const fn = declaration.parent;
      const symbol = project.symbolOf(node);
      const file = project.pathOf(node);
      const reads = symbol
        ? project.references(file, symbol).filter(({ parent }) => parent !== declaration)
        : [];
      if (!ts.isFunctionDeclaration(fn) || !fn.name || !reads.every((read) => this.#positions.has(read)))
        continue;
      const name = project.symbolOf(fn.name);
      const calls = name
        ? project
            .references(file, name)
            .flatMap(({ parent }) => (ts.isCallExpression(parent) ? [parent] : []))
        : [];
      const index = fn.parameters.indexOf(declaration);
      const doubles = reads.flatMap((read) => [...this.#positions.get(read)!.doubles]);
      for (const call of calls) {
        const id = call.arguments[index];
        if (id) this.#add(id, position.kind, doubles, null);
      }
      if (calls.length > 0) passedOn.add(node);
    }
    for (const node of passedOn) this.#positions.delete(node);
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

  #describe({ node, kind, doubles, statement, shared }: Position): DoubleId {
    const { project } = this.evaluator;
    const file = project.pathOf(node);
    const value = this.#fixtures.fold(node);
    const keys = value === undefined ? [] : this.#fixtures.of(value, node);
    return {
      file,
      ...project.lines(file).at(node.getStart()),
      function: enclosingName(node),
      span: spanOf(node),
      text: node.getText(),
      kind,
      doubles: [...doubles],
      statement: statement ? spanOf(statement) : null,
      keys,
      value: value ?? null,
      shared: shared ?? false,
    };
  }
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
  const mapped = /\.map\(([\s\S]*)$/.exec(path)?.[1];
  if (mapped !== undefined)
    return /^\s*\(?\s*\[\s*\w+|\[\s*0\s*\]|\.at\(\s*0\s*\)/.test(mapped) ? elementsOf(expected) : [];
  const indexes = [
    ...[...path.matchAll(/\[\s*(\w+)\s*\]|\.at\(\s*(-?\w+)\s*\)/g)].map((match) => match[1] ?? match[2]!),
    ...taken,
  ];
  if (path.startsWith(".mock.lastCall")) indexes.unshift("-1");
  if (indexes.length >= 2) return indexes.at(-1) === "0" ? elementsOf(expected) : [];
  const list = unwrap(expected);
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
function elementsOf(expression: ts.Expression): ts.Expression[] {
  const at = unwrap(expression);
  if (ts.isNewExpression(at)) return (at.arguments ?? []).flatMap((argument) => elementsOf(argument));
  if (ts.isArrayLiteralExpression(at))
    return at.elements.flatMap((element) => {
      const inner = unwrap(element);
      return ts.isArrayLiteralExpression(inner) ? inner.elements.slice(0, 1) : [inner];
    });
  return ts.isStringLiteralLike(at) || ts.isIdentifier(at) ? [at] : [];
}

function pathOf(expression: ts.Expression): string {
  const at = unwrap(expression);
  if (!ts.isPropertyAccessExpression(at)) return "";
  return `${pathOf(at.expression)}.${at.name.text}`;
}
