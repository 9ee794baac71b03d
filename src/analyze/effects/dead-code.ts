import { ts } from "../typescript.ts";
import { calleeName } from "../evaluate.ts";
import { inertForm } from "../inert.ts";
import {
  alwaysExits,
  conjuncts,
  disjuncts,
  enclosingFunction,
  type FunctionNode,
  hasExportKeyword,
  isFunctionNode,
  unwrap,
  walk,
} from "../syntax.ts";
import type { SourceProject } from "../source-project.ts";
import { contradiction } from "./contradiction.ts";
import type { Folded, Folder } from "./folder.ts";
import { shortText } from "./place-of.ts";
import { isNeverCalled } from "./uncalled.ts";

/** Why a node is never reached. */
export interface DeadReason {
  /** what keeps it from running: a condition, an exit before it, a function that nobody calls */
  readonly at: ts.Node;
  /** in words, after "never runs: " */
  readonly why: string;
  /** what makes a condition constant */
  readonly folded?: Folded;
}

/** Finds nodes that never run: behind a constant condition, after an exit, in a function that nobody calls. */
export class DeadCode {
  readonly #known = new Map<ts.Node, DeadReason | null>();

  /** @param now whether what a timer runs later is taken for never: nobody who is told now has it done */
  constructor(
    readonly folder: Folder,
    readonly now = false,
  ) {}

  /** @returns null when nothing keeps the node from running */
  reason(node: ts.Node): DeadReason | null {
    const known = this.#known.get(node);
    if (known !== undefined) return known;
    this.#known.set(node, null); // a cycle keeps nothing from running
    const found = this.#search(node);
    this.#known.set(node, found);
    return found;
  }

  #search(node: ts.Node): DeadReason | null {
    const guards = guardsOf(node);
    for (const { guard, when } of guards) {
      const folded = this.folder.decide(guard);
      if (folded && folded.truthy !== when)
        return { at: guard, why: `${shortText(guard)} always decides against it`, folded };
    }
    const clash = contradiction(this.folder.evaluator.project, guards);
    if (clash) return { at: clash, why: `another condition on the way rules out ${shortText(clash)}` };
    const against = this.#contradiction(node);
    if (against)
      return { at: against, why: `${shortText(against)} says that there is nothing to call it with` };
    let at = node;
    for (; at.parent && !isFunctionNode(at); at = at.parent) {
      const reason = this.#leftBefore(at) ?? this.#emptyLoop(at) ?? this.#otherCase(at);
      if (reason) return reason;
    }
    return isFunctionNode(at) ? this.#neverRuns(at) : null;
  }

  /** What is written in a function runs when the function does, and a function is there when what makes it has run. */
  #neverRuns(fn: FunctionNode): DeadReason | null {
    if (isNeverIterated(this.folder.evaluator.project, fn))
      return { at: fn, why: "nobody takes a step of the generator around it" };
    if (isNeverCalled(this.folder.evaluator.project, fn, (read) => this.reason(read) !== null))
      return { at: fn, why: "nobody calls the function around it" };
    if (ts.isFunctionDeclaration(fn)) {
      const around = enclosingFunction(fn);
      return around ? this.#neverRuns(around) : null;
    }
    if (this.now && isTimed(fn)) return { at: fn, why: "a timer runs it later" };
    return this.#noElements(fn) ?? (isMadeHere(fn) ? this.reason(fn.parent) : null);
  }

  /** `if (!key) stop(key)` */
  #contradiction(node: ts.Node): ts.Expression | undefined {
    const key = ts.isCallExpression(node) ? node.arguments[0] : undefined;
    if (!key) return undefined;
    const text = unwrap(key).getText();
    const { migration } = this.folder.evaluator;
    const name = calleeName((node as ts.CallExpression).expression) ?? "";
    const isKey = Object.values(migration.registry).includes(name);
    return guardsOf(node).find(({ guard, when }) =>
      (when ? conjuncts(guard) : disjuncts(guard)).some(
        (part) => saysAbsent(part, when, text) || (isKey && saysNoString(part, when, text)),
      ),
    )?.guard;
  }

  /** A statement before it, in its block, never lets anything through. */
  #leftBefore(node: ts.Node): DeadReason | null {
    const { parent } = node;
    if (!ts.isBlock(parent) && !ts.isCaseOrDefaultClause(parent) && !ts.isSourceFile(parent)) return null;
    for (const statement of parent.statements) {
      if (statement === node) return null;
      if (this.#neverCompletes(statement))
        return { at: statement, why: `${shortText(statement)} never lets anything through` };
    }
    return null;
  }

  /** True when what follows the statement in its block never runs. */
  #neverCompletes(statement: ts.Statement): boolean {
    if (
      ts.isReturnStatement(statement) ||
      ts.isThrowStatement(statement) ||
      ts.isContinueStatement(statement) ||
      ts.isBreakStatement(statement)
    )
      return true;
    if (ts.isBlock(statement)) return statement.statements.some((inner) => this.#neverCompletes(inner));
    if (ts.isIfStatement(statement)) {
      const { thenStatement, elseStatement } = statement;
      return (
        elseStatement !== undefined &&
        this.#neverCompletes(thenStatement) &&
        this.#neverCompletes(elseStatement)
      );
    }
    if (ts.isTryStatement(statement)) {
      const { tryBlock, catchClause, finallyBlock } = statement;
      if (finallyBlock && this.#neverCompletes(finallyBlock)) return true;
      return this.#neverCompletes(tryBlock) && (!catchClause || this.#neverCompletes(catchClause.block));
    }
    if (ts.isWhileStatement(statement) || ts.isDoStatement(statement))
      return this.folder.fold(statement.expression)?.truthy === true && !isLeft(statement.statement);
    if (ts.isForStatement(statement))
      return (
        (!statement.condition || this.folder.fold(statement.condition)?.truthy === true) &&
        !isLeft(statement.statement)
      );
    return ts.isExpressionStatement(statement) && this.#alwaysThrows(statement.expression);
  }

  /** `process.exit()`, and functions that do nothing but throw. */
  #alwaysThrows(expression: ts.Expression): boolean {
    const call = unwrap(expression);
    if (!ts.isCallExpression(call)) return false;
    if (call.expression.getText() === "process.exit") return true;
    const fn = this.folder.evaluator.calleeFunction(call.expression);
    return fn !== undefined && inertForm(fn) === "throws";
  }

  /** `for (const x of [])`, `for (; false; )`, `while (false)` */
  #emptyLoop(node: ts.Node): DeadReason | null {
    const { parent } = node;
    const over = ts.isForOfStatement(parent) || ts.isForInStatement(parent) ? parent.expression : undefined;
    if (
      over &&
      (parent as ts.ForOfStatement).statement === node &&
      isEmptyList(this.folder.evaluator.project, over)
    )
      return { at: over, why: `there is nothing in ${shortText(over)}` };
    return null;
  }

  /** `[].forEach(() => …)` */
  #noElements(fn: ts.Node): DeadReason | null {
    const call = fn.parent;
    if (!ts.isCallExpression(call) || call.expression === fn) return null;
    const callee = unwrap(call.expression);
    return ts.isPropertyAccessExpression(callee) &&
      isEmptyList(this.folder.evaluator.project, callee.expression)
      ? { at: callee.expression, why: `there is nothing in ${shortText(callee.expression)}` }
      : null;
  }

  /** A case of another value than the one that is always asked about. */
  #otherCase(node: ts.Node): DeadReason | null {
    const clause = node.parent;
    if (!ts.isCaseClause(clause) || clause.expression === node) return null;
    const asked = clause.parent.parent.expression;
    const [value, own] = [this.folder.fold(asked)?.value, this.folder.fold(clause.expression)?.value];
    if (!value || !own || value.is === own.is) return null;
    const { clauses } = clause.parent;
    const before = clauses[clauses.indexOf(clause) - 1];
    if (before && !before.statements.some((statement) => this.#neverCompletes(statement))) return null;
    return { at: asked, why: `${shortText(asked)} is never ${shortText(clause.expression)}` };
  }
}

/** A `break` or a `return` leaves the loop. */
function isLeft(body: ts.Node): boolean {
  let left = ts.isBreakStatement(body) || ts.isReturnStatement(body);
  walk(
    body,
    (node) => {
      if (ts.isBreakStatement(node)) left = true;
    },
    false,
  );
  return left;
}

/** The condition, with this value, says that there is no such thing as the text names. */
function saysAbsent(condition: ts.Expression, when: boolean, text: string): boolean {
  const at = unwrap(condition);
  if (ts.isPrefixUnaryExpression(at) && at.operator === ts.SyntaxKind.ExclamationToken)
    return saysAbsent(at.operand, !when, text);
  if (at.getText() === text) return !when;
  if (!ts.isBinaryExpression(at)) return false;
  const equal = /^===?$/.test(at.operatorToken.getText());
  const unequal = /^!==?$/.test(at.operatorToken.getText());
  const isNothing = /^(?:undefined|null|""|'')$/.test(unwrap(at.right).getText());
  return isNothing && unwrap(at.left).getText() === text && (when ? equal : unequal);
}

/** The condition, with this value, says that what the text names is no string: it differs from itself, or is of another type. */
function saysNoString(condition: ts.Expression, when: boolean, text: string): boolean {
  const at = unwrap(condition);
  if (!ts.isBinaryExpression(at)) return false;
  const operator = at.operatorToken.getText();
  if (when ? !/^!==?$/.test(operator) : !/^===?$/.test(operator)) return false;
  const [left, right] = [unwrap(at.left), unwrap(at.right).getText()];
  if (left.getText() === text) return right === text;
  return (
    ts.isTypeOfExpression(left) &&
    unwrap(left.expression).getText() === text &&
    /^["']string["']$/.test(right)
  );
}

/** What `setTimeout` and its like are given. */
function isTimed(fn: ts.Node): boolean {
  const call = fn.parent;
  return (
    ts.isCallExpression(call) &&
    call.expression !== fn &&
    /(?:^|\.)(?:setTimeout|setInterval)$/.test(call.expression.getText())
  );
}

/** `[]`, and a const that holds it and that nobody does more with than going over it. */
function isEmptyList(project: SourceProject, expression: ts.Expression): boolean {
  const at = unwrap(expression);
  if (ts.isArrayLiteralExpression(at)) return at.elements.length === 0;
  const declaration = ts.isIdentifier(at) ? project.declarationOf(at) : undefined;
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return false;
  const value = unwrap(declaration.initializer);
  if (!ts.isArrayLiteralExpression(value) || value.elements.length > 0 || hasExportKeyword(declaration))
    return false;
  const symbol = ts.isIdentifier(declaration.name) ? project.symbolOf(declaration.name) : undefined;
  return (
    symbol !== undefined &&
    project
      .references(project.pathOf(declaration), symbol)
      .every(
        (read) =>
          read === declaration.name || (ts.isForOfStatement(read.parent) && read.parent.expression === read),
      )
  );
}

/** `steps();`: a generator that is made and dropped has not begun. */
function isNeverIterated(project: SourceProject, fn: FunctionNode): boolean {
  if (!ts.isFunctionDeclaration(fn) || !fn.asteriskToken || !fn.name || hasExportKeyword(fn)) return false;
  const symbol = project.symbolOf(fn.name);
  return (
    symbol !== undefined &&
    project
      .references(project.pathOf(fn), symbol)
      .every(
        (read) =>
          read === fn.name ||
          (ts.isCallExpression(read.parent) &&
            read.parent.expression === read &&
            ts.isExpressionStatement(read.parent.parent)),
      )
  );
}

/** Made by the code around it, unlike the methods of a class. */
function isMadeHere(fn: FunctionNode): boolean {
  return (
    ts.isArrowFunction(fn) ||
    ts.isFunctionExpression(fn) ||
    (ts.isMethodDeclaration(fn) && ts.isObjectLiteralExpression(fn.parent))
  );
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
    } else if (ts.isWhileStatement(parent) && parent.statement === at) {
      guards.push({ guard: parent.expression, when: true });
    } else if (ts.isForStatement(parent) && parent.statement === at && parent.condition) {
      guards.push({ guard: parent.condition, when: true });
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
