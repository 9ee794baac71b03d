import { ts } from "../typescript.ts";
import { legacyNames } from "../../migration/migration.ts";
import type { CallerIndex } from "../callers.ts";
import type { Evaluator } from "../evaluate.ts";
import { inertForm } from "../inert.ts";
import { signatureKind } from "../signature-kind.ts";
import { type FunctionNode, isFunctionNode, returnedExpressions, unwrap } from "../syntax.ts";

type Primitive = string | number | boolean | null | undefined;

/** A value that an expression always has, and what makes it constant. */
export interface Folded {
  readonly truthy: boolean;
  /** the value itself, where more than its truth is known */
  readonly value?: { readonly is: Primitive };
  /** the literal, const or inert call that decides */
  readonly because: ts.Node;
}

const MAX_DEPTH = 8;

/**
 * Decides expressions that always have one value: literals, consts that hold them, inert functions, and what
 * operators make of them. Knows nothing of anything that runs.
 */
export class Folder {
  /** flags of the module, and of callers, count as constants */
  readonly settings: boolean;
  #trusting = false;

  /**
   * @param callers to know what parameters always are. With them flags of the module count as constants, too: whoever
   * asks whether a path is alive today wants them to. Whoever asks whether a call was lost does not: what a setting
   * decides is switched off, not lost.
   */
  constructor(
    readonly evaluator: Evaluator,
    readonly callers?: CallerIndex,
  ) {
    this.settings = callers !== undefined;
  }

  /** Decides conditions, where also what a function's own signature says of its parameters counts. */
  decide(condition: ts.Expression): Folded | undefined {
    this.#trusting = true;
    const folded = this.fold(condition);
    this.#trusting = false;
    return folded;
  }

  /** @returns undefined when the value depends on anything */
  fold(expression: ts.Expression, depth = 0): Folded | undefined {
    if (depth > MAX_DEPTH) return undefined;
    const at = unwrap(expression);
    if (at.kind === ts.SyntaxKind.TrueKeyword) return folded(true, at);
    if (at.kind === ts.SyntaxKind.FalseKeyword) return folded(false, at);
    if (at.kind === ts.SyntaxKind.NullKeyword) return folded(null, at);
    if (ts.isVoidExpression(at)) return folded(undefined, at);
    if (ts.isNumericLiteral(at)) return folded(Number(at.text.replaceAll("_", "")), at);
    if (ts.isStringLiteralLike(at)) return folded(at.text, at);
    if (ts.isIdentifier(at)) return this.#name(at, depth);
    if (ts.isPrefixUnaryExpression(at)) return this.#unary(at, depth);
    if (ts.isConditionalExpression(at)) return this.#conditional(at, depth);
    if (ts.isBinaryExpression(at)) return this.#binary(at, depth);
    if (ts.isCallExpression(at)) return this.#call(at, depth);
    if (ts.isPropertyAccessExpression(at)) return this.#member(at, depth);
    if (ts.isTypeOfExpression(at)) {
      const value = this.fold(at.expression, depth + 1)?.value;
      if (value) return folded(typeof value.is, at);
      const kind = this.#trusting ? signatureKind(this.evaluator.project, at.expression) : undefined;
      return kind && folded(kind, at);
    }
    if (ts.isObjectLiteralExpression(at) || ts.isArrayLiteralExpression(at) || ts.isNewExpression(at))
      return { truthy: true, because: at };
    return undefined;
  }

  /** `options.kill` where the object is a literal that nobody changes. */
  #member(at: ts.PropertyAccessExpression, depth: number): Folded | undefined {
    if (at.getText() === "Number.NaN") return folded(Number.NaN, at);
    const base = unwrap(at.expression);
    const declaration = ts.isIdentifier(base) ? this.evaluator.project.declarationOf(base) : undefined;
    if (declaration && ts.isParameter(declaration)) return this.#given(declaration, at.name.text, at, depth);
    if (!declaration || !ts.isVariableDeclaration(declaration) || !this.#isFixed(declaration))
      return undefined;
    if (!declaration.initializer || !ts.isObjectLiteralExpression(unwrap(declaration.initializer)))
      return undefined;
    const term = this.evaluator.evaluate(at);
    if (term.kind !== "literal" || !/^(?:true|false|[\d._]+|"[^"\\]*"|'[^'\\]*')$/.test(term.text))
      return undefined;
    return folded(primitive(term.text), at);
  }

  /** What a parameter, or a property of it, is in every call of its function. */
  #given(
    parameter: ts.ParameterDeclaration,
    property: string | undefined,
    at: ts.Node,
    depth: number,
  ): Folded | undefined {
    const fn = parameter.parent;
    const callers = this.callers?.of(fn);
    if (!callers?.complete || callers.calls.length === 0 || parameter.initializer) return undefined;
    const index = fn.parameters.indexOf(parameter);
    let common: Folded | undefined;
    for (const call of callers.calls) {
      const given = call.arguments[index];
      const one = given ? this.#ofArgument(given, property, depth) : folded(undefined, call);
      if (!one?.value || (common && common.value!.is !== one.value.is)) return undefined;
      common ??= one;
    }
    return common && { ...common, because: common.because ?? at };
  }

  #ofArgument(given: ts.Expression, property: string | undefined, depth: number): Folded | undefined {
    if (property === undefined) return this.fold(given, depth + 1);
    const bag = unwrap(given);
    if (!ts.isObjectLiteralExpression(bag) || bag.properties.some(ts.isSpreadAssignment)) return undefined;
    const member = bag.properties.find((candidate) => candidate.name?.getText() === property);
    if (!member) return folded(undefined, bag);
    if (ts.isShorthandPropertyAssignment(member)) return this.fold(member.name, depth + 1);
    return ts.isPropertyAssignment(member) ? this.fold(member.initializer, depth + 1) : undefined;
  }

  #isFixed(declaration: ts.VariableDeclaration): boolean {
    const isConst = (declaration.parent.flags & ts.NodeFlags.Const) !== 0;
    return isConst && (this.settings || !ts.isSourceFile(declaration.parent.parent.parent));
  }

  /** The number that an expression always is, NaN included. */
  number(expression: ts.Expression): number | undefined {
    const value = this.fold(expression)?.value;
    return value && typeof value.is === "number" ? value.is : undefined;
  }

  #unary(at: ts.PrefixUnaryExpression, depth: number): Folded | undefined {
    const inner = this.fold(at.operand, depth + 1);
    if (!inner) return undefined;
    if (at.operator === ts.SyntaxKind.ExclamationToken) return folded(!inner.truthy, inner.because);
    if (!inner.value) return undefined;
    if (at.operator === ts.SyntaxKind.MinusToken) return folded(-Number(inner.value.is), at);
    return at.operator === ts.SyntaxKind.PlusToken ? folded(Number(inner.value.is), at) : undefined;
  }

  #name(at: ts.Identifier, depth: number): Folded | undefined {
    if (at.text === "undefined") return folded(undefined, at);
    if (at.text === "NaN") return folded(Number.NaN, at);
    const declaration = this.evaluator.project.declarationOf(at);
    if (declaration && ts.isParameter(declaration) && !declaration.dotDotDotToken)
      return this.#given(declaration, undefined, at, depth);
    if (declaration && ts.isBindingElement(declaration) && isPlainElement(declaration))
      return this.#given(
        declaration.parent.parent as ts.ParameterDeclaration,
        (declaration.propertyName ?? declaration.name).getText(),
        at,
        depth,
      );
    if (
      !declaration ||
      !ts.isVariableDeclaration(declaration) ||
      !declaration.initializer ||
      !this.#isFixed(declaration)
    )
      return undefined;
    return this.fold(declaration.initializer, depth + 1);
  }

  #conditional(at: ts.ConditionalExpression, depth: number): Folded | undefined {
    const test = this.fold(at.condition, depth + 1);
    if (test) return this.fold(test.truthy ? at.whenTrue : at.whenFalse, depth + 1);
    const left = this.fold(at.whenTrue, depth + 1);
    const right = this.fold(at.whenFalse, depth + 1);
    return left && right && left.truthy === right.truthy ? left : undefined;
  }

  #binary(at: ts.BinaryExpression, depth: number): Folded | undefined {
    const kind = at.operatorToken.kind;
    if (kind === ts.SyntaxKind.CommaToken) return this.fold(at.right, depth + 1);
    const compute = OPERATORS.get(kind);
    if (compute) {
      const [a, b] = [this.fold(at.left, depth + 1)?.value, this.fold(at.right, depth + 1)?.value];
      if (a && b) return folded(compute(a.is, b.is), at);
      return this.#compared(at, a, b);
    }
    const and = kind === ts.SyntaxKind.AmpersandAmpersandToken;
    if (!and && kind !== ts.SyntaxKind.BarBarToken) return undefined;
    const left = this.fold(at.left, depth + 1);
    const right = this.fold(at.right, depth + 1);
    // One operand that decides is enough, for the truth of it.
    if (left && left.truthy !== and) return left;
    if (right && right.truthy !== and) return { truthy: right.truthy, because: right.because };
    return left && right;
  }

  /** Comparisons that come out the same whatever is compared. */
  #compared(at: ts.BinaryExpression, left: Folded["value"], right: Folded["value"]): Folded | undefined {
    const operator = at.operatorToken.kind;
    const equal = EQUAL.has(operator);
    if (!equal && !UNEQUAL.has(operator)) return isBelowNothing(at, right) ? folded(false, at) : undefined;
    const [one, other] = [unwrap(at.left), unwrap(at.right)];
    const asked = right && right.is == null ? one : left && left.is == null ? other : undefined;
    const kind = this.#trusting ? signatureKind(this.evaluator.project, asked ?? one) : undefined;
    if (kind === undefined) return undefined;
    if (asked) return folded(!equal, at);
    // Only a number may be none, and differ from itself.
    return kind !== "number" && one.getText() === other.getText() ? folded(equal, at) : undefined;
  }

  /** The constant that a stub returns. Only functions that ignore their parameters count, and only where all of it is known. */
  #call(at: ts.CallExpression, depth: number): Folded | undefined {
    const conversion = CONVERSIONS.get(at.expression.getText());
    if (conversion) {
      if (conversion === Boolean && at.arguments[0] && this.#isFunctionName(at.arguments[0]))
        return folded(true, at);
      const given = at.arguments.length === 1 ? this.fold(at.arguments[0]!, depth + 1)?.value : undefined;
      return given && folded(conversion(given.is), at);
    }
    const fn = this.evaluator.calleeFunction(at.expression);
    if (!fn) return undefined;
    // Whatever a function that is invoked where it stands does besides, this is its answer.
    if (isFunctionNode(unwrap(at.expression))) return this.#answer(fn, at, depth);
    if (!this.#isStub(fn)) return undefined;
    const form = inertForm(fn);
    if (form === "empty") return folded(undefined, at);
    if (form !== "constant") return undefined;
    return this.#answer(fn, at, depth);
  }

  /** A mention of a function that is there. */
  #isFunctionName(expression: ts.Expression): boolean {
    const at = unwrap(expression);
    const name = ts.isIdentifier(at) ? at.text : ts.isPropertyAccessExpression(at) ? at.name.text : "";
    const { migration } = this.evaluator;
    return legacyNames(migration).includes(name) || Object.values(migration.registry).includes(name);
  }

  /** What all ways out of a function answer. */
  #answer(fn: FunctionNode, at: ts.Node, depth: number): Folded | undefined {
    const values = returnedExpressions(fn).map((value) =>
      value ? this.fold(value, depth + 1) : folded(undefined, at),
    );
    const first = values[0];
    if (!first || values.some((value) => value?.truthy !== first.truthy)) return undefined;
    return values.length === 1 && first.value
      ? { ...first, because: at }
      : { truthy: first.truthy, because: at };
  }

  /** A function that takes something and ignores it: `isEnabled = () => false` is a setting, not a stub. */
  #isStub(fn: FunctionNode): boolean {
    return this.settings || fn.parameters.length > 0;
  }
}

/** `{ kill }` of a parameter, without a default. */
function isPlainElement(element: ts.BindingElement): boolean {
  return (
    ts.isParameter(element.parent.parent) &&
    ts.isObjectBindingPattern(element.parent) &&
    !element.initializer &&
    !element.dotDotDotToken
  );
}

function primitive(text: string): Primitive {
  if (text === "true" || text === "false") return text === "true";
  return /^["']/.test(text) ? text.slice(1, -1) : Number(text.replaceAll("_", ""));
}

function folded(is: Primitive, because: ts.Node): Folded {
  return { truthy: Boolean(is), value: { is }, because };
}

/** `text.length < 0` */
function isBelowNothing({ left, operatorToken }: ts.BinaryExpression, right: Folded["value"]): boolean {
  const at = unwrap(left);
  return (
    operatorToken.kind === ts.SyntaxKind.LessThanToken &&
    right?.is === 0 &&
    ts.isPropertyAccessExpression(at) &&
    /^(?:length|size)$/.test(at.name.text)
  );
}

const EQUAL = new Set([ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.EqualsEqualsToken]);
const UNEQUAL = new Set([ts.SyntaxKind.ExclamationEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsToken]);

/** What operators make of two known values, as the language does. */
const OPERATORS = new Map<ts.SyntaxKind, (a: Primitive, b: Primitive) => Primitive>([
  [ts.SyntaxKind.EqualsEqualsEqualsToken, (a, b) => a === b],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, (a, b) => a !== b],
  [ts.SyntaxKind.EqualsEqualsToken, (a, b) => a === b || (a == null && b == null)],
  [ts.SyntaxKind.ExclamationEqualsToken, (a, b) => !(a === b || (a == null && b == null))],
  [ts.SyntaxKind.LessThanToken, (a, b) => Number(a) < Number(b)],
  [ts.SyntaxKind.LessThanEqualsToken, (a, b) => Number(a) <= Number(b)],
  [ts.SyntaxKind.GreaterThanToken, (a, b) => Number(a) > Number(b)],
  [ts.SyntaxKind.GreaterThanEqualsToken, (a, b) => Number(a) >= Number(b)],
  [ts.SyntaxKind.AsteriskToken, (a, b) => Number(a) * Number(b)],
  [ts.SyntaxKind.SlashToken, (a, b) => Number(a) / Number(b)],
  [ts.SyntaxKind.MinusToken, (a, b) => Number(a) - Number(b)],
  [
    ts.SyntaxKind.PlusToken,
    (a, b) => (typeof a === "string" || typeof b === "string" ? `${a}${b}` : Number(a) + Number(b)),
  ],
]);

const CONVERSIONS = new Map<string, (value: Primitive) => Primitive>([
  ["Number", Number],
  ["Boolean", Boolean],
  ["String", String],
  ["parseInt", (value) => Number.parseInt(String(value), 10)],
  ["parseFloat", (value) => Number.parseFloat(String(value))],
  ["Number.parseInt", (value) => Number.parseInt(String(value), 10)],
  ["Number.parseFloat", (value) => Number.parseFloat(String(value))],
]);
