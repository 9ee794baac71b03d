import { ts } from "../typescript.ts";
import { canonicalSessionKey, isCanonical } from "../../migration/session-keys.ts";
import { type Evaluator, namesOtherRecord } from "../evaluate.ts";
import { namesChildOnly } from "../relate.ts";
import { contains, isFunctionNode, returnedExpressions, unwrap, walk } from "../syntax.ts";
import { isTestFile } from "../../shared/test-files.ts";
import type { FixtureKey } from "./double-facts.ts";

/** An expression of a test file that makes a session entry, and the id that it has. */
interface Entry {
  readonly node: ts.Expression;
  readonly id: string;
  /** the call of the helper that makes it, with what its parameters are given; else the entry itself */
  readonly place: ts.Node;
  readonly given: ReadonlyMap<ts.Node, ts.Expression>;
}

const NOTHING: ReadonlyMap<ts.Node, ts.Expression> = new Map();

/**
 * Which keys the fixtures of a test give the session of an id: store entries, a key that stands beside the entry or the
 * id, and what the fixture's writer makes of it.
 */
export class FixtureKeys {
  readonly #entries = new Map<string, readonly Entry[]>();

  constructor(readonly evaluator: Evaluator) {}

  /** Keys of the id's session, as they can be written at a place; the test's own fixtures before the file's. */
  of(id: string, at: ts.Node): FixtureKey[] {
    const file = this.evaluator.project.pathOf(at);
    const entries = this.#entriesOf(file).filter((entry) => entry.id === id);
    const test = testAround(at);
    const bodies = test ? this.bodiesOf(test) : [];
    const own = entries.filter(({ place }) => bodies.some((body) => contains(body, place)));
    // What another test is given says nothing about this one.
    const shared = entries.filter(({ place }) => testAround(place) === undefined);
    for (const among of [own, shared]) {
      const keys = among.flatMap((entry) => this.#with(entry.given, () => this.#keysOf(entry.node, at)));
      if (keys.length > 0) return distinct(keys);
    }
    return [];
  }

  /** The ids that the fixtures of a file give sessions. */
  idsIn(file: string): readonly string[] {
    return [...new Set(this.#entriesOf(file).map(({ id }) => id))].filter((id) => id !== "");
  }

  /** The key that an expression says, as it can be written at a place. */
  keyFrom(expression: ts.Expression, at: ts.Node): FixtureKey | undefined {
    return this.#key(expression, at, false)[0];
  }

  /** True when a test, or a function that it calls, stores a session with an id under a key. */
  stores(key: string, test: ts.Node): boolean {
    const { idNames } = this.evaluator.migration.vocabulary;
    const bodies = this.bodiesOf(test);
    const entries = this.#entriesOf(this.evaluator.project.pathOf(test)).filter(({ place }) =>
      bodies.some((body) => contains(body, place)),
    );
    for (const entry of entries)
      for (const stored of this.#with(entry.given, () => this.#keysOf(entry.node, test)))
        if (stored.value === key) return true;
    // `{ [key]: sessionId }`: a helper makes the entry.
    let found = false;
    walk(test, (node) => {
      if (!ts.isPropertyAssignment(node) || !ts.isIdentifier(node.initializer)) return;
      const { name } = node;
      const written = ts.isComputedPropertyName(name)
        ? this.fold(name.expression)
        : ts.isStringLiteralLike(name)
          ? name.text
          : undefined;
      const id = node.initializer.text;
      const isId = idNames.some((one) => id === one || id.endsWith(one[0]!.toUpperCase() + one.slice(1)));
      found ||= isId && written === key;
    });
    return found;
  }

  /** Bodies of the file's own functions that a test calls, the test first. */
  bodiesOf(test: ts.Node): ts.Node[] {
    return [test, ...this.#calledIn(test)];
  }

  /** The text that an expression stands for, where it is fixed. */
  fold(node: ts.Expression | undefined, depth = 0): string | undefined {
    if (!node || depth > 4) return undefined;
    const at = unwrap(node);
    if (ts.isStringLiteralLike(at)) return at.text;
    if (!ts.isIdentifier(at)) return undefined;
    const declaration = this.evaluator.project.declarationOf(at);
    if (!declaration || !ts.isVariableDeclaration(declaration) || !isConst(declaration)) return undefined;
    return this.fold(declaration.initializer, depth + 1);
  }

  #entriesOf(file: string): readonly Entry[] {
    const known = this.#entries.get(file);
    if (known) return known;
    const found: Entry[] = [];
    walk(this.evaluator.project.file(file), (node) => {
      if (ts.isObjectLiteralExpression(node)) {
        const id = this.fold(this.#idOf(node));
        if (id !== undefined) found.push({ node, id, place: node, given: NOTHING });
      } else if (ts.isCallExpression(node)) {
        const id = this.fold(this.#madeFrom(node));
        if (id !== undefined) found.push({ node, id, place: node, given: NOTHING });
        found.push(...this.#madeInside(node));
      }
    });
    this.#entries.set(file, found);
    return found;
  }

  #idOf(literal: ts.ObjectLiteralExpression): ts.Expression | undefined {
    for (const name of this.evaluator.migration.vocabulary.idNames) {
      const value = propertyValue(literal, name);
      if (value) return value;
    }
    return undefined;
  }

  /** `sessionEntry("sess-1")`, where the helper returns an entry with its parameter as the id: that argument. */
  #madeFrom(call: ts.CallExpression): ts.Expression | undefined {
    if (!ts.isIdentifier(call.expression)) return undefined;
    const fn = this.evaluator.calleeFunction(call.expression);
    if (!fn || !isTestFile(this.evaluator.project.pathOf(fn))) return undefined;
    const returned = returnedExpressions(fn);
    const only = returned.length === 1 && returned[0] ? unwrap(returned[0]) : undefined;
    const id = only && ts.isObjectLiteralExpression(only) ? this.#idOf(only) : undefined;
    if (!id || !ts.isIdentifier(id)) return undefined;
    const index = fn.parameters.findIndex(({ name }) => ts.isIdentifier(name) && name.text === id.text);
    return call.arguments[index];
  }

  /** `seed(key, "sess-1")`: entries in the helper's body that get their id from a parameter. */
  #madeInside(call: ts.CallExpression): Entry[] {
    if (!ts.isIdentifier(call.expression)) return [];
    const fn = this.evaluator.calleeFunction(call.expression);
    if (!fn?.body || !isTestFile(this.evaluator.project.pathOf(fn))) return [];
    const given = new Map<ts.Node, ts.Expression>();
    for (const [index, parameter] of fn.parameters.entries()) {
      const value = call.arguments[index] ?? parameter.initializer;
      if (value) given.set(parameter, value);
    }
    const found: Entry[] = [];
    walk(fn.body, (node) => {
      if (!ts.isObjectLiteralExpression(node)) return;
      const id = this.#idOf(node);
      const from = id && this.#parameterBehind(id, given);
      const value = from && this.fold(from);
      if (value !== undefined) found.push({ node, id: value, place: call, given });
    });
    return found;
  }

  #given = NOTHING;
  #with<Result>(given: Entry["given"], ask: () => Result): Result {
    const outer = this.#given;
    this.#given = given;
    try {
      return ask();
    } finally {
      this.#given = outer;
    }
  }

  /** What the call at hand gives the parameter that an expression names. */
  #parameterBehind(expression: ts.Expression, given: Entry["given"]): ts.Expression | undefined {
    const at = unwrap(expression);
    const declaration = ts.isIdentifier(at) ? this.evaluator.project.declarationOf(at) : undefined;
    return declaration && given.get(declaration);
  }

  #keysOf(entry: ts.Expression, at: ts.Node): FixtureKey[] {
    const keys = ts.isObjectLiteralExpression(entry) ? this.#beside(entry, at) : [];
    let node: ts.Node = entry;
    while (
      ts.isAsExpression(node.parent) ||
      ts.isSatisfiesExpression(node.parent) ||
      ts.isParenthesizedExpression(node.parent) ||
      (ts.isConditionalExpression(node.parent) && node.parent.condition !== node)
    )
      node = node.parent;
    const { parent } = node;
    if (ts.isPropertyAssignment(parent) && parent.initializer === node) keys.push(...this.#under(parent, at));
    else if (
      ts.isBinaryExpression(parent) &&
      parent.right === node &&
      parent.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      ts.isElementAccessExpression(parent.left)
    )
      keys.push(...this.#key(parent.left.argumentExpression, at, false));
    else if (ts.isVariableDeclaration(parent) && ts.isIdentifier(parent.name)) {
      const { project } = this.evaluator;
      const symbol = project.symbolOf(parent.name);
      for (const use of symbol ? project.references(project.pathOf(parent), symbol) : []) {
        if (ts.isPropertyAssignment(use.parent) && use.parent.initializer === use)
          keys.push(...this.#under(use.parent, at));
        else if (ts.isShorthandPropertyAssignment(use.parent))
          keys.push(...this.#besideEntry(use.parent.name.text, use.parent.parent, at));
      }
    }
    return keys;
  }

  /** `{ sessionId, sessionKey }`: the key that stands beside the id. */
  #beside(literal: ts.ObjectLiteralExpression, at: ts.Node): FixtureKey[] {
    const { keyNames, rawKeyNames } = this.evaluator.migration.vocabulary;
    return keyNames
      .filter((name) => !rawKeyNames.includes(name) && !namesChildOnly("sessionId", name))
      .flatMap((name) => this.#key(propertyValue(literal, name), at, false));
  }

  /** `{ entry, canonicalKey }`: the key that stands beside the entry. */
  #besideEntry(name: string, literal: ts.ObjectLiteralExpression, at: ts.Node): FixtureKey[] {
    return this.evaluator.migration.vocabulary.entryNames.includes(name) ? this.#beside(literal, at) : [];
  }

  /** `{ [key]: entry }` and `entries: { main: entry }`: the key that the entry stands under. */
  #under(property: ts.PropertyAssignment, at: ts.Node): FixtureKey[] {
    const { name, parent: record } = property;
    const held = record.parent;
    if (
      (ts.isVariableDeclaration(held) || ts.isPropertyAssignment(held)) &&
      ts.isIdentifier(held.name) &&
      namesOtherRecord(held.name.text, "")
    )
      return [];
    const written = this.#writerOf(record);
    if (ts.isComputedPropertyName(name)) return this.#key(name.expression, at, written !== null, written);
    if (ts.isStringLiteralLike(name)) return this.#key(name, at, written !== null, written);
    if (!ts.isIdentifier(name)) return [];
    if (written !== null) return this.#named(name.text, name, at, written);
    return this.#besideEntry(name.text, record, at);
  }

  #key(
    expression: ts.Expression | undefined,
    at: ts.Node,
    made: boolean,
    agent: string | null = null,
  ): FixtureKey[] {
    const passed = expression && this.#parameterBehind(expression, this.#given);
    if (passed) return this.#with(NOTHING, () => this.#key(passed, at, made, agent));
    const value = this.fold(expression);
    if (expression === undefined || value === undefined) return [];
    const found = this.#named(value, expression, at, made ? agent : null);
    const name = unwrap(expression);
    // A name for it that can be read there says more than its text.
    return ts.isIdentifier(name) && isVisible(this.evaluator, name, at)
      ? found.map((key) => (key.value === value ? { ...key, expression: name.text } : key))
      : found;
  }

  #named(value: string, node: ts.Node, at: ts.Node, agent: string | null): FixtureKey[] {
    const { keyRule } = this.evaluator.migration;
    const made = agent === null ? null : canonicalSessionKey(keyRule, value, agent);
    const key = made ?? value;
    const quote = quoteOf(at);
    return [
      {
        expression: quote + key + quote,
        value: key,
        canonical: isCanonical(keyRule, key) && (made !== null || agent === null),
        evidence: this.evaluator.project.evidence(
          node,
          made !== null && made !== value
            ? `the fixture's writer stores ${value} as ${made}`
            : `the session's key is ${value}`,
        ),
      },
    ];
  }

  /** The agent for which a helper spells the keys of the record, where it does so through the normaliser. */
  #writerOf(record: ts.ObjectLiteralExpression): string | null {
    const { keyRule } = this.evaluator.migration;
    const property = record.parent;
    const bag = ts.isPropertyAssignment(property) ? property.parent : undefined;
    const call = (bag ?? record).parent;
    if (!ts.isCallExpression(call) || !ts.isIdentifier(call.expression)) return null;
    const fn = this.evaluator.calleeFunction(call.expression);
    if (!fn?.body) return null;
    let makes = false;
    walk(fn.body, (node) => {
      if (ts.isCallExpression(node) && keyRule.makers.includes(node.expression.getText())) makes = true;
    });
    if (!makes) return null;
    if (bag && propertyValue(bag, "mainKey")) return null;
    const agent = bag && propertyValue(bag, "agentId");
    return agent ? (this.fold(agent) ?? null) : keyRule.defaultAgent;
  }

  /** Bodies of the file's own functions that a test calls. */
  #calledIn(test: ts.Node): ts.Node[] {
    const found = new Set<ts.Node>();
    walk(test, (node) => {
      if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return;
      const fn = this.evaluator.calleeFunction(node.expression);
      if (fn && fn.getSourceFile() === test.getSourceFile() && !contains(test, fn)) found.add(fn);
    });
    return [...found];
  }
}

/** The callback of `it(…)` or `test(…)` around a node. */
function testAround(node: ts.Node): ts.Node | undefined {
  for (let at = node; at.parent; at = at.parent)
    if (
      isFunctionNode(at) &&
      ts.isCallExpression(at.parent) &&
      /^(?:it|test)\b/.test(at.parent.expression.getText())
    )
      return at;
  return undefined;
}

export function propertyValue(literal: ts.ObjectLiteralExpression, name: string): ts.Expression | undefined {
  for (const property of literal.properties) {
    if (!property.name || !ts.isIdentifier(property.name) || property.name.text !== name) continue;
    if (ts.isPropertyAssignment(property)) return property.initializer;
    if (ts.isShorthandPropertyAssignment(property)) return property.name;
  }
  return undefined;
}

export function isConst(declaration: ts.VariableDeclaration): boolean {
  return (declaration.parent.flags & ts.NodeFlags.Const) !== 0;
}

/** Declared in a block around the place, above it. */
function isVisible(evaluator: Evaluator, name: ts.Identifier, at: ts.Node): boolean {
  const declaration = evaluator.project.declarationOf(name);
  if (!declaration || !ts.isVariableDeclaration(declaration) || declaration.end > at.pos) return false;
  let block: ts.Node = declaration.parent.parent.parent;
  while (!ts.isBlock(block) && !ts.isSourceFile(block)) block = block.parent;
  if (!contains(block, at)) return false;
  const seen = evaluator.project.symbolsInScope(at).find((symbol) => symbol.name === name.text);
  return seen?.valueDeclaration === declaration;
}

function quoteOf(node: ts.Node): string {
  const text = node.getSourceFile().text;
  const double = text.split('"').length;
  return double >= text.split("'").length ? '"' : "'";
}

function distinct(keys: readonly FixtureKey[]): FixtureKey[] {
  const found = new Map<string, FixtureKey>();
  for (const key of keys) {
    const known = found.get(key.value);
    // The name is the better spelling.
    if (!known || (/^["'`]/.test(known.expression) && !/^["'`]/.test(key.expression)))
      found.set(key.value, key);
  }
  return [...found.values()];
}
