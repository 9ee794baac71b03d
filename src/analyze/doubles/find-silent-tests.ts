import { ts } from "../typescript.ts";
import type { ShownKill } from "../../migration/migration.ts";
import type { Evaluator } from "../evaluate.ts";
import { spanOf } from "../guards.ts";
import { contains, enclosingName, isFunctionNode, returnedExpressions, unwrap, walk } from "../syntax.ts";
import { isTestFile } from "../../shared/test-files.ts";
import type { DoubleName, FixtureKey, SilentTest } from "./double-facts.ts";
import { FixtureKeys, isConst, propertyValue } from "./fixture-keys.ts";

const ABOUT_A_STOP = /\b(?:abort|kill|stop|terminat|interrupt)/i;
const SAYS = /^(?:toBe|toEqual|toStrictEqual)$/;
const FORGETS = /\.(?:mockClear|mockReset|mockRestore|(?:clear|reset|restore)AllMocks|resetModules)\b/;

/**
 * Tests that call an entry point of the migration, expect what shows that it reached its kill, and look at no double of
 * the kill. Which keys must have been killed is said by their own fixtures, or the test is not told of.
 */
export function findSilentTests(
  evaluator: Evaluator,
  file: string,
  names: readonly DoubleName[],
): SilentTest[] {
  const shown = evaluator.migration.entryPoints.flatMap(({ name, shownBy }) =>
    (shownBy ?? []).map((one) => ({ ...one, entry: name })),
  );
  const kills = names.filter(({ word }) => word.fn.role === "abort");
  if (shown.length === 0 || kills.length === 0) return [];
  if (!shown.some(({ call }) => evaluator.project.file(file).text.includes(call))) return [];
  const finder = new SilentTestFinder(evaluator, file, kills);
  const found: SilentTest[] = [];
  walk(evaluator.project.file(file), (node) => {
    const test = ts.isCallExpression(node) ? testOf(node) : undefined;
    if (test && !finder.looksAtAKill(test))
      for (const one of shown) found.push(...finder.find(test, one, one.entry));
  });
  return found;
}

/** The callback of `it("… stops …", …)`. */
function testOf(call: ts.CallExpression): ts.Node | undefined {
  const [title, ...rest] = call.arguments;
  if (!/^(?:it|test)\b/.test(call.expression.getText()) || !title || !ts.isStringLiteralLike(title))
    return undefined;
  return ABOUT_A_STOP.test(title.text) ? rest.find((argument) => isFunctionNode(argument)) : undefined;
}

class SilentTestFinder {
  readonly #fixtures: FixtureKeys;
  constructor(
    readonly evaluator: Evaluator,
    readonly file: string,
    readonly kills: readonly DoubleName[],
  ) {
    this.#fixtures = new FixtureKeys(evaluator);
  }

  looksAtAKill(test: ts.Node): boolean {
    return this.#fixtures
      .bodiesOf(test)
      .some((body) =>
        this.kills.some(({ asserted, span }) => asserted && body.pos <= span.start && span.end <= body.end),
      );
  }

  find(test: ts.Node, shown: ShownKill, entry: string): SilentTest[] {
    const found: SilentTest[] = [];
    walk(test, (node) => {
      if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name) || !isConst(node)) return;
      const call = node.initializer && unwrap(node.initializer);
      const asked = call && ts.isCallExpression(call) ? this.#askedOf(call, shown) : undefined;
      const block = node.parent.parent.parent;
      if (!asked || !ts.isBlock(block)) return;
      const said = this.#saidOf(block, node, node.name.text, shown);
      if (!said) return;
      const keys =
        shown.means === "flag"
          ? this.#own(asked, test, said.statement)
          : this.#records(asked, test, said, shown);
      if (keys.length === 0) return;
      const at = said.statement;
      found.push({
        file: this.file,
        ...this.evaluator.project.lines(this.file).at(at.getStart()),
        function: enclosingName(at),
        entry,
        statement: spanOf(at),
        keys,
      });
    });
    return found;
  }

  /** The key of the session that a call of the entry point is about; through one helper of the tests. */
  #askedOf(call: ts.CallExpression, shown: ShownKill): ts.Expression | undefined {
    const callee = call.expression;
    if (!ts.isIdentifier(callee)) return undefined;
    if (this.#isImported(callee, shown.call)) return valueIn(call, shown.asks, (value) => value);
    const helper = this.evaluator.calleeFunction(callee);
    if (!helper || !isTestFile(this.evaluator.project.pathOf(helper))) return undefined;
    const returned = returnedExpressions(helper);
    const inner = returned.length === 1 && returned[0] ? unwrap(returned[0]) : undefined;
    if (!inner || !ts.isCallExpression(inner) || !ts.isIdentifier(inner.expression)) return undefined;
    if (!this.#isImported(inner.expression, shown.call)) return undefined;
    // `SessionKey: params.sessionKey`: what the test gives the helper.
    return valueIn(inner, shown.asks, (value) => this.#given(value, call));
  }

  #isImported(callee: ts.Identifier, name: string): boolean {
    const declaration = this.evaluator.project.declarationOf(callee);
    return (
      declaration !== undefined &&
      ts.isImportSpecifier(declaration) &&
      (declaration.propertyName ?? declaration.name).text === name
    );
  }

  /** What a call gives the parameter, or the property of it, that an expression in its callee names. */
  #given(value: ts.Expression, call: ts.CallExpression): ts.Expression | undefined {
    const at = unwrap(value);
    const root = ts.isPropertyAccessExpression(at) ? unwrap(at.expression) : at;
    if (!ts.isIdentifier(root)) return ts.isStringLiteralLike(at) ? at : undefined;
    const declaration = this.evaluator.project.declarationOf(root);
    if (!declaration || !ts.isParameter(declaration)) return undefined;
    const given = call.arguments[declaration.parent.parameters.indexOf(declaration)];
    if (!given || !ts.isPropertyAccessExpression(at)) return given;
    const literal = unwrap(given);
    return ts.isObjectLiteralExpression(literal) ? propertyValue(literal, at.name.text) : undefined;
  }

  /** `expect(result.property).toBe(…)` in the same block, before anything forgets the calls. */
  #saidOf(
    block: ts.Block,
    result: ts.VariableDeclaration,
    name: string,
    shown: ShownKill,
  ): { statement: ts.Statement; count: number } | undefined {
    const later = block.statements.filter(({ pos }) => pos >= result.end);
    for (const statement of later) {
      if (FORGETS.test(statement.getText())) return undefined;
      const call = ts.isExpressionStatement(statement) ? statement.expression : undefined;
      if (!call || !ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) continue;
      const subject = call.expression.expression;
      const [expected] = call.arguments;
      if (!SAYS.test(call.expression.name.text) || !expected) continue;
      if (subject.getText() !== `expect(${name}.${shown.result})`) continue;
      if (shown.means === "flag")
        return expected.kind === ts.SyntaxKind.TrueKeyword ? { statement, count: 1 } : undefined;
      return ts.isNumericLiteral(expected) ? { statement, count: Number(expected.text) } : undefined;
    }
    return undefined;
  }

  /** The session that is asked about, when the test stores one under this key. */
  #own(asked: ts.Expression, test: ts.Node, at: ts.Node): FixtureKey[] {
    const key = this.#fixtures.keyFrom(asked, at);
    return key && this.#fixtures.stores(key.value, test) ? [key] : [];
  }

  /** As many records of runs as were counted, each of the session that asks or of another record's. */
  #records(
    asked: ts.Expression,
    test: ts.Node,
    { statement, count }: { statement: ts.Statement; count: number },
    { record }: ShownKill,
  ): FixtureKey[] {
    if (!record) return [];
    const keys = new Map<string, FixtureKey>();
    const owners = new Set<string | undefined>();
    let unclear = false;
    walk(test, (node) => {
      if (!ts.isObjectLiteralExpression(node)) return;
      const value = propertyValue(node, record.key);
      if (!value || isExpected(node)) return;
      const key = this.#fixtures.keyFrom(value, statement);
      const owner = propertyValue(node, record.of);
      unclear ||= !key || !owner || propertyValue(node, record.ended) !== undefined;
      owners.add(owner && this.#fixtures.fold(owner));
      if (key) keys.set(key.value, key);
    });
    const asking = this.#fixtures.fold(asked);
    const known = [...owners].every((owner) => owner !== undefined && (owner === asking || keys.has(owner)));
    return !unclear && known && keys.size === count ? [...keys.values()] : [];
  }
}

/** A value of the first of the properties that a call is given, in its object literals and those of calls among them. */
function valueIn(
  call: ts.CallExpression,
  names: readonly string[],
  given: (value: ts.Expression) => ts.Expression | undefined,
): ts.Expression | undefined {
  for (const name of names) {
    const values: ts.Expression[] = [];
    for (const argument of call.arguments)
      walk(argument, (node) => {
        if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name) && node.name.text === name)
          values.push(node.initializer);
        else if (ts.isShorthandPropertyAssignment(node) && node.name.text === name) values.push(node.name);
      });
    const found = values.map(given).filter((value) => value !== undefined);
    if (found.length > 1) return undefined;
    if (found[0]) return found[0];
  }
  return undefined;
}

/** A record that the test expects to see is no fixture. */
function isExpected(node: ts.Node): boolean {
  for (let at = node; at.parent; at = at.parent)
    if (ts.isCallExpression(at) && /^expect\b/.test(at.expression.getText()))
      return !contains(at.expression, node);
  return false;
}
