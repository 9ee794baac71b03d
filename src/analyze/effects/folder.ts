import { ts } from "ts-morph";
import type { Evaluator } from "../evaluate.ts";
import { inertForm } from "../inert.ts";
import { type FunctionNode, isFunctionNode, returnedExpressions, unwrap } from "../syntax.ts";

/** A value that an expression always has, and what makes it constant. */
export interface Folded {
  readonly truthy: boolean;
  /** the literal, const or inert call that decides */
  readonly because: ts.Node;
}

const MAX_DEPTH = 8;

/**
 * Decides conditions that are always true or always false: literals, consts that hold them, inert functions, and
 * what `!`, `&&`, `||`, `??` and `?:` make of them. Knows nothing of anything that runs.
 */
export class Folder {
  constructor(readonly evaluator: Evaluator) {}

  /** @returns undefined when the value depends on anything */
  fold(expression: ts.Expression, depth = 0): Folded | undefined {
    if (depth > MAX_DEPTH) return undefined;
    const at = unwrap(expression);
    if (at.kind === ts.SyntaxKind.TrueKeyword) return { truthy: true, because: at };
    if (at.kind === ts.SyntaxKind.FalseKeyword || at.kind === ts.SyntaxKind.NullKeyword)
      return { truthy: false, because: at };
    if (ts.isVoidExpression(at)) return { truthy: false, because: at };
    if (ts.isNumericLiteral(at)) return { truthy: Number(at.text.replaceAll("_", "")) !== 0, because: at };
    if (ts.isStringLiteralLike(at)) return { truthy: at.text !== "", because: at };
    if (ts.isIdentifier(at)) return this.#name(at, depth);
    if (ts.isPrefixUnaryExpression(at) && at.operator === ts.SyntaxKind.ExclamationToken) {
      const inner = this.fold(at.operand, depth + 1);
      return inner && { ...inner, truthy: !inner.truthy };
    }
    if (ts.isConditionalExpression(at)) return this.#conditional(at, depth);
    if (ts.isBinaryExpression(at)) return this.#binary(at, depth);
    if (ts.isCallExpression(at)) return this.#call(at, depth);
    return undefined;
  }

  #name(at: ts.Identifier, depth: number): Folded | undefined {
    if (at.text === "undefined") return { truthy: false, because: at };
    const declaration = this.evaluator.project.declarationOf(at);
    if (
      !declaration ||
      !ts.isVariableDeclaration(declaration) ||
      !declaration.initializer ||
      !(declaration.parent.flags & ts.NodeFlags.Const) ||
      // A flag of the module is a setting: what it decides is switched off, not lost.
      ts.isSourceFile(declaration.parent.parent.parent)
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
    const and = kind === ts.SyntaxKind.AmpersandAmpersandToken;
    if (!and && kind !== ts.SyntaxKind.BarBarToken) return undefined;
    const left = this.fold(at.left, depth + 1);
    const right = this.fold(at.right, depth + 1);
    // One operand that decides is enough.
    for (const operand of [left, right]) if (operand && operand.truthy !== and) return operand;
    return left && right;
  }

  /** The constant that a stub returns. Only functions that ignore their parameters count, and only where all of it is known. */
  #call(at: ts.CallExpression, depth: number): Folded | undefined {
    const fn = this.evaluator.calleeFunction(at.expression);
    if (!fn || !isStub(fn)) return undefined;
    const form = inertForm(fn);
    if (form === "empty") return { truthy: false, because: at };
    if (form !== "constant") return undefined;
    const values = returnedExpressions(fn).map((value) =>
      value ? this.fold(value, depth + 1) : { truthy: false, because: at },
    );
    const first = values[0];
    return first && values.every((value) => value?.truthy === first.truthy)
      ? { truthy: first.truthy, because: at }
      : undefined;
  }
}

/** A function that takes something and ignores it: `isEnabled = () => false` is a setting, not a stub. */
function isStub(fn: FunctionNode): boolean {
  return isFunctionNode(fn) && fn.parameters.length > 0;
}
