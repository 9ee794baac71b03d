import { ts } from "ts-morph";
import { alwaysExits, isFunctionNode } from "../syntax.ts";
import type { Folded, Folder } from "./folder.ts";

/** Why a node is never reached: the condition, and what makes it constant. */
export interface DeadReason {
  readonly guard: ts.Expression;
  readonly folded: Folded;
}

/** Finds nodes that a constant condition keeps from running. */
export class DeadCode {
  readonly #known = new Map<ts.Node, DeadReason | null>();

  constructor(readonly folder: Folder) {}

  /** @returns null when nothing in the function keeps the node from running */
  reason(node: ts.Node): DeadReason | null {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    const found = this.#search(node);
    this.#known.set(node, found);
    return found;
  }

  #search(node: ts.Node): DeadReason | null {
    for (const { guard, when } of guardsOf(node)) {
      const folded = this.folder.fold(guard);
      if (folded && folded.truthy !== when) return { guard, folded };
    }
    return null;
  }
}

export interface PathGuard {
  readonly guard: ts.Expression;
  /** the value of the condition with which the node runs */
  readonly when: boolean;
}

/** Conditions between a node and its function, and the early exits before it, innermost first. */
export function guardsOf(node: ts.Node): PathGuard[] {
  const guards: PathGuard[] = [];
  for (let at: ts.Node = node; at.parent && !isFunctionNode(at); at = at.parent) {
    const parent = at.parent;
    if (ts.isConditionalExpression(parent)) {
      if (parent.whenTrue === at) guards.push({ guard: parent.condition, when: true });
      else if (parent.whenFalse === at) guards.push({ guard: parent.condition, when: false });
    } else if (ts.isBinaryExpression(parent) && parent.right === at) {
      const kind = parent.operatorToken.kind;
      if (kind === ts.SyntaxKind.AmpersandAmpersandToken) guards.push({ guard: parent.left, when: true });
      else if (kind === ts.SyntaxKind.BarBarToken) guards.push({ guard: parent.left, when: false });
    } else if (ts.isIfStatement(parent)) {
      if (parent.thenStatement === at) guards.push({ guard: parent.expression, when: true });
      else if (parent.elseStatement === at) guards.push({ guard: parent.expression, when: false });
    } else if (ts.isBlock(parent) || ts.isCaseOrDefaultClause(parent)) {
      for (const statement of parent.statements) {
        if (statement === at) break;
        if (ts.isIfStatement(statement) && !statement.elseStatement && alwaysExits(statement.thenStatement))
          guards.push({ guard: statement.expression, when: false });
      }
    }
  }
  return guards;
}
