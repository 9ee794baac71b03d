import { ts } from "../typescript.ts";
import { legacyFunction, OUTCOME_NAMES } from "../../migration/migration.ts";
import type { Evidence } from "../../shared/location.ts";
import type { PlaceholderFact } from "../analysis.ts";
import { type Evaluator, isWrite } from "../evaluate.ts";
import { spanOf } from "../guards.ts";
import { constantFlag, enclosingName, isEquality, unwrap } from "../syntax.ts";
import { calledName } from "./called.ts";
import { Folder } from "./folder.ts";
import { shortText } from "./place-of.ts";

const MENTION = new RegExp(`\\b(?:${OUTCOME_NAMES.join("|")}|as\\s+const)\\b`);

/** Literals that stand where a call stood: `const aborted = false`, `const result = { kind: "none" as const }`. */
export function findPlaceholders(evaluator: Evaluator, file: string): PlaceholderFact[] {
  const { project } = evaluator;
  const found: PlaceholderFact[] = [];
  if (!MENTION.test(project.text(file))) return found;
  for (const node of project.nodesOf(file).variables) {
    const { name, initializer } = node;
    if (!ts.isIdentifier(name) || !initializer || enclosingName(node) === "<module>") continue;
    const literal = OUTCOME_NAMES.includes(name.text)
      ? (literalOf(initializer) ?? foldedLiteral(evaluator, initializer))
      : undefined;
    const shape = literal === undefined ? fixedShape(initializer) : undefined;
    if (literal === undefined && shape === undefined) continue;
    const reads = readsOf(evaluator, file, node, name);
    // What an object is asked for has to be decided by it; that it is handed on says nothing.
    const flows = shape ? reads.filter((read) => decides(read, shape)) : reads;
    if (flows.length === 0) continue;
    const span = spanOf(node);
    found.push({
      file,
      ...project.lines(file).at(span.start),
      span,
      function: enclosingName(node),
      name: name.text,
      literal: literal ?? shortText(unwrap(initializer)),
      isObject: literal === undefined,
      flowsTo: flows.map((read): Evidence => project.evidence(read, `${read.text} is read here`)),
    });
  }
  return found;
}

/** Reads of a variable that never gets another value, nor other properties; none for any other. */
function readsOf(
  { project }: Evaluator,
  file: string,
  declaration: ts.VariableDeclaration,
  name: ts.Identifier,
): readonly ts.Identifier[] {
  const symbol = project.symbolOf(name);
  const references = (symbol ? project.references(file, symbol) : []).filter((one) => one !== name);
  const isChanged = (read: ts.Identifier): boolean => {
    const { parent } = read;
    return isWrite(read) || (ts.isPropertyAccessExpression(parent) && isWrite(parent));
  };
  // The variable of a loop is another in each turn.
  const isOfLoop = !ts.isVariableStatement(declaration.parent.parent);
  return isOfLoop || references.some(isChanged) ? [] : references;
}

/** `false`, `await true`, `0`, and `key ? false : false`: what is left when a call is taken out of its place. */
function literalOf(expression: ts.Expression): string | undefined {
  const at = unwrap(expression);
  if (ts.isConditionalExpression(at)) {
    const [left, right] = [literalOf(at.whenTrue), literalOf(at.whenFalse)];
    return left === right ? left : undefined;
  }
  const flag = constantFlag(at);
  if (flag !== undefined) return String(flag);
  return ts.isNumericLiteral(at) ? at.getText() : undefined;
}

/**
 * The properties of `{ kind: "none" as const }` and `{ ok: false } as const`: whoever says that a value is no other of its
 * union has only that one. Values that something was asked for are no literals, and an object that has one of them is
 * what a call found out.
 */
function fixedShape(initializer: ts.Expression): ReadonlySet<string> | undefined {
  const at = unwrap(initializer);
  if (!ts.isObjectLiteralExpression(at)) return undefined;
  const whole = at !== initializer && isConstAssertion(initializer);
  const names = new Set<string>();
  for (const property of at.properties) {
    if (!ts.isPropertyAssignment(property) || !ts.isIdentifier(property.name)) return undefined;
    const value = property.initializer;
    const isLiteral = ts.isStringLiteralLike(unwrap(value)) || literalOf(value) !== undefined;
    if (isLiteral && (whole || isConstAssertion(value))) names.add(property.name.text);
  }
  return names.size > 0 ? names : undefined;
}

function isConstAssertion(node: ts.Expression): boolean {
  return ts.isAsExpression(node) && node.type.getText() === "const";
}

/** `result.kind === "ready"`, `if (result.ok)`, `!result.ok`: a branch is taken by a property that is always the same. */
function decides(read: ts.Identifier, properties: ReadonlySet<string>): boolean {
  const access = read.parent;
  if (!ts.isPropertyAccessExpression(access) || access.expression !== read) return false;
  if (!properties.has(access.name.text)) return false;
  let at: ts.Node = access;
  while (
    ts.isParenthesizedExpression(at.parent) ||
    (ts.isPrefixUnaryExpression(at.parent) && at.parent.operator === ts.SyntaxKind.ExclamationToken)
  )
    at = at.parent;
  const { parent } = at;
  if (ts.isBinaryExpression(parent)) {
    const kind = parent.operatorToken.kind;
    const other = unwrap(parent.left === at ? parent.right : parent.left);
    if (isEquality(kind)) return ts.isStringLiteralLike(other) || literalOf(other) !== undefined;
    const decidesOther = kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken;
    return decidesOther && parent.left === at;
  }
  if (ts.isIfStatement(parent) || ts.isSwitchStatement(parent)) return parent.expression === at;
  return ts.isConditionalExpression(parent) && parent.condition === at;
}

/** `(await wait(key), true)`, `wait(key) || true`: something is asked, and the answer is always the same. */
function foldedLiteral(evaluator: Evaluator, expression: ts.Expression): string | undefined {
  const at = unwrap(expression);
  if (!ts.isBinaryExpression(at) && !ts.isCallExpression(at)) return undefined;
  if (ts.isCallExpression(at) && isKnownName(evaluator, calledName(evaluator, at.expression)))
    return undefined;
  const answered = ts.isCallExpression(at) ? answeredAnyway(evaluator, at) : undefined;
  const folded = new Folder(evaluator).fold(answered ?? at);
  return folded && (folded.value ? String(folded.value.is) : String(folded.truthy));
}

/** The `true` of `wait(key).then(() => true)`. */
function answeredAnyway(evaluator: Evaluator, call: ts.CallExpression): ts.Expression | undefined {
  const callee = unwrap(call.expression);
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== "then") return undefined;
  const asked = unwrap(callee.expression);
  const fn = call.arguments[0] && unwrap(call.arguments[0]);
  return ts.isCallExpression(asked) &&
    isKnownName(evaluator, calledName(evaluator, asked.expression)) &&
    fn !== undefined &&
    ts.isArrowFunction(fn) &&
    !ts.isBlock(fn.body)
    ? fn.body
    : undefined;
}

/** What stubs of the surface answer is said where they stand. */
function isKnownName({ migration }: Evaluator, name: string | undefined): boolean {
  return (
    name !== undefined &&
    (legacyFunction(migration, name) !== undefined || Object.values(migration.registry).includes(name))
  );
}
