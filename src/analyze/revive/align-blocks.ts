import { ts } from "../typescript.ts";
import { alwaysExits, contains, isFunctionNode, unwrap, walk } from "../syntax.ts";

/** Statements of the old block that go back, and what they take the place of. */
export interface LostRun {
  readonly statements: readonly ts.Statement[];
  /** the block that they go into */
  readonly block: ts.Block;
  /** today's statements that they replace: a constant of the same name, or a bare `return undefined` */
  readonly replaces: readonly ts.Statement[];
  /** today's statement before which they go, where they replace none; null at the end of the block */
  readonly before: ts.Statement | null;
}

/**
 * Finds where the statements that hold the calls stood, by what stands around them unchanged.
 * @returns undefined when one of the calls has no place that is sure
 */
export function alignBlocks(
  then: ts.Block,
  today: ts.Block,
  calls: readonly ts.Node[],
): LostRun[] | undefined {
  const runs: LostRun[] = [];
  let from: readonly [number, number] = [0, 0];
  for (const [i, j] of [
    ...commonStatements(then.statements, today.statements),
    [then.statements.length, today.statements.length] as const,
  ]) {
    const old = then.statements.slice(from[0], i);
    const fresh = today.statements.slice(from[1], j);
    const found = alignGap({ old, fresh, today, next: today.statements[j] ?? null, calls });
    if (!found) return undefined;
    runs.push(...found);
    from = [i + 1, j + 1];
  }
  return runs;
}

interface Gap {
  /** what stood between two statements that are still there */
  readonly old: readonly ts.Statement[];
  /** what stands there now */
  readonly fresh: readonly ts.Statement[];
  readonly today: ts.Block;
  /** the unchanged statement behind the gap; null at the end of the block */
  readonly next: ts.Statement | null;
  readonly calls: readonly ts.Node[];
}

function alignGap(gap: Gap): LostRun[] | undefined {
  const { old, fresh, calls } = gap;
  const acting = old.filter((statement) => calls.some((call) => contains(statement, call)));
  if (acting.length === 0) return [];
  const inner: LostRun[] = [];
  const whole: ts.Statement[] = [];
  for (const statement of acting) {
    const counterparts = fresh.filter((candidate) => sameHead(statement, candidate));
    if (counterparts.length > 1) return undefined;
    if (counterparts.length === 0) {
      whole.push(statement);
      continue;
    }
    const blocks = innerBlocks(statement);
    const others = innerBlocks(counterparts[0]!);
    const held = calls.filter((call) => contains(statement, call));
    if (!held.every((call) => blocks.some((block) => block && contains(block, call)))) return undefined;
    for (const [at, block] of blocks.entries()) {
      const own = held.filter((call) => block && contains(block, call));
      if (own.length === 0) continue;
      const other = others[at];
      const found = block && other && alignBlocks(block, other, own);
      if (!found) return undefined;
      inner.push(...found);
    }
  }
  if (whole.length === 0) return inner;
  const run = wholeRun(gap, whole);
  return run && [...inner, run];
}

/** The lost statements, with the guards before them and what reads their results. */
function wholeRun({ old, fresh, today, next }: Gap, acting: readonly ts.Statement[]): LostRun | undefined {
  const chosen = new Set(acting);
  const ids = new Set(acting.flatMap(namesRead));
  let grown = true;
  while (grown) {
    grown = false;
    const declared = new Set([...chosen].flatMap(namesDeclared));
    const read = new Set([...chosen].flatMap(namesRead));
    for (const [at, statement] of old.entries()) {
      if (chosen.has(statement)) continue;
      const behind = old.slice(0, at).some((earlier) => chosen.has(earlier));
      const ahead = old.slice(at + 1).some((later) => chosen.has(later));
      const reads = namesRead(statement);
      if (
        (behind && reads.some((name) => declared.has(name))) ||
        (ahead && namesDeclared(statement).some((name) => read.has(name))) ||
        (ahead && isExitGuard(statement) && reads.some((name) => ids.has(name))) ||
        // What is answered when an exit among them was not taken.
        (behind && next === null && alwaysExits(statement) && [...chosen].some(mayExit))
      ) {
        chosen.add(statement);
        grown = true;
      }
    }
  }
  const statements = old.filter((statement) => chosen.has(statement));
  const names = new Set(statements.flatMap(namesDeclared));
  const ends = alwaysExits(statements.at(-1)!);
  const replaces = fresh.filter(
    (statement) =>
      (ends && isBareReturn(statement)) || namesDeclared(statement).some((name) => names.has(name)),
  );
  if (!replaces.every((statement) => isBareReturn(statement) || isConstant(statement))) return undefined;
  const kept = fresh.filter((statement) => !replaces.includes(statement));
  // Between statements that nobody knows the order is not known either, once one of them may leave.
  if (kept.length > 0 && (statements.some(mayExit) || kept.some(mayExit))) return undefined;
  if (kept.length > 0 && replaces.length > 0) return undefined;
  return { statements, block: today, replaces, before: replaces.length > 0 ? null : (fresh[0] ?? next) };
}

/** Pairs of statements that are the same in both lists, in order: the longest such list. */
function commonStatements(
  then: readonly ts.Statement[],
  today: readonly ts.Statement[],
): (readonly [number, number])[] {
  const [left, right] = [then.map(textOf), today.map(textOf)];
  const length = left.map(() => new Array<number>(right.length + 1).fill(0));
  length.push(new Array<number>(right.length + 1).fill(0));
  for (let i = left.length - 1; i >= 0; i -= 1)
    for (let j = right.length - 1; j >= 0; j -= 1)
      length[i]![j] =
        left[i] === right[j] ? length[i + 1]![j + 1]! + 1 : Math.max(length[i + 1]![j]!, length[i]![j + 1]!);
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    if (left[i] === right[j] && length[i]![j] === length[i + 1]![j + 1]! + 1) pairs.push([i++, j++]);
    else if (length[i + 1]![j]! >= length[i]![j + 1]!) i += 1;
    else j += 1;
  }
  return pairs;
}

/** Code without comments and layout. */
export function textOf(node: ts.Node): string {
  return node
    .getText()
    .replace(/\/\*[\s\S]*?\*\/|\/\/[^\r\n]*/g, "")
    .replace(/\s+/g, "");
}

function sameHead(left: ts.Statement, right: ts.Statement): boolean {
  const [one, other] = [headOf(left), headOf(right)];
  return one !== undefined && one === other;
}

/** What a statement with blocks inside says before them. */
function headOf(statement: ts.Statement): string | undefined {
  if (ts.isIfStatement(statement)) return `if ${textOf(statement.expression)}`;
  if (ts.isForOfStatement(statement) || ts.isForInStatement(statement))
    return `for ${textOf(statement.initializer)} ${textOf(statement.expression)}`;
  if (ts.isWhileStatement(statement)) return `while ${textOf(statement.expression)}`;
  if (ts.isTryStatement(statement)) return "try";
  return undefined;
}

function innerBlocks(statement: ts.Statement): (ts.Block | undefined)[] {
  const block = (node: ts.Node | undefined) => (node && ts.isBlock(node) ? node : undefined);
  if (ts.isIfStatement(statement)) return [block(statement.thenStatement), block(statement.elseStatement)];
  if (ts.isForOfStatement(statement) || ts.isForInStatement(statement) || ts.isWhileStatement(statement))
    return [block(statement.statement)];
  if (ts.isTryStatement(statement))
    return [statement.tryBlock, statement.catchClause?.block, statement.finallyBlock];
  return [];
}

/** Names of values that a statement reads, members left out. */
export function namesRead(statement: ts.Node): string[] {
  const names: string[] = [];
  walk(statement, (node) => {
    if (ts.isIdentifier(node) && !isMemberOrLabel(node)) names.push(node.text);
  });
  return names;
}

export function isMemberOrLabel(node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isBindingElement(parent) && parent.propertyName === node)
  );
}

/** Names that a variable statement brings into its block. */
export function namesDeclared(statement: ts.Statement): string[] {
  if (!ts.isVariableStatement(statement)) return [];
  const names: string[] = [];
  const collect = (name: ts.BindingName): void => {
    if (ts.isIdentifier(name)) names.push(name.text);
    else for (const element of name.elements) if (ts.isBindingElement(element)) collect(element.name);
  };
  for (const { name } of statement.declarationList.declarations) collect(name);
  return names;
}

function isExitGuard(statement: ts.Statement): boolean {
  return ts.isIfStatement(statement) && !statement.elseStatement && alwaysExits(statement.thenStatement);
}

/** A return or throw of the function itself, anywhere in the statement. */
function mayExit(statement: ts.Statement): boolean {
  let found = false;
  const visit = (node: ts.Node): void => {
    if (isFunctionNode(node)) return;
    if (
      ts.isReturnStatement(node) ||
      ts.isThrowStatement(node) ||
      ts.isBreakStatement(node) ||
      ts.isContinueStatement(node)
    )
      found = true;
    ts.forEachChild(node, visit);
  };
  visit(statement);
  return found;
}

function isBareReturn(statement: ts.Statement): boolean {
  if (!ts.isReturnStatement(statement)) return false;
  const value = statement.expression && unwrap(statement.expression);
  return (
    value === undefined ||
    value.kind === ts.SyntaxKind.NullKeyword ||
    (ts.isIdentifier(value) && value.text === "undefined")
  );
}

/** `const aborted = false;` */
function isConstant(statement: ts.Statement): boolean {
  if (!ts.isVariableStatement(statement)) return false;
  return statement.declarationList.declarations.every(({ initializer }) => {
    const value = initializer && unwrap(initializer);
    return (
      value !== undefined &&
      (ts.isLiteralExpression(value) ||
        value.kind === ts.SyntaxKind.TrueKeyword ||
        value.kind === ts.SyntaxKind.FalseKeyword ||
        value.kind === ts.SyntaxKind.NullKeyword ||
        (ts.isIdentifier(value) && value.text === "undefined"))
    );
  });
}
