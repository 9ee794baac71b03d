import { ts } from "./typescript.ts";
import { unwrap, walk } from "./syntax.ts";
import { calleeName, isWrite } from "./evaluate.ts";

/** A place where properties of an object get other values. */
export interface PropertyWrite {
  readonly at: ts.Node;
  readonly owner: ts.Expression;
  /** null when it cannot be told which */
  readonly names: readonly string[] | null;
}

/** Every write to a property in a file: `a.b = …`, `a["b"] = …`, `delete a.b`, `Object.assign(a, …)`. */
export function findPropertyWrites(source: ts.SourceFile): PropertyWrite[] {
  const writes: PropertyWrite[] = [];
  walk(source, (node) => {
    const written = directWrite(node);
    if (written) writes.push(written);
  });
  return writes;
}

/** A place where something is put into a record or map under a computed key. */
export interface StoreWrite {
  readonly at: ts.Node;
  readonly owner: ts.Expression;
  readonly key: ts.Expression;
  /** null when a pattern puts it there */
  readonly value: ts.Expression | null;
}

/** Every `record[key] = value`, `map.set(key, value)` and `Object.assign(record, { [key]: value })` in a file. */
export function findStoreWrites(source: ts.SourceFile): StoreWrite[] {
  const writes: StoreWrite[] = [];
  walk(source, (at) => {
    if (ts.isElementAccessExpression(at) && isWrite(at)) {
      const { parent, expression: owner, argumentExpression: key } = at;
      // `counts[key]++`
      if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) return;
      const value = ts.isBinaryExpression(parent) && parent.left === at ? parent.right : null;
      writes.push({ at: value ? parent : at, owner, key, value });
    }
    if (!ts.isCallExpression(at)) return;
    const callee = unwrap(at.expression);
    if (!ts.isPropertyAccessExpression(callee)) return;
    const [first, second] = at.arguments;
    if (callee.name.text === "set" && first && second)
      writes.push({ at, owner: callee.expression, key: first, value: second });
    if (callee.getText() === "Reflect.set" && first && second && at.arguments[2])
      writes.push({ at, owner: first, key: second, value: at.arguments[2] });
    if (callee.getText() === "Object.defineProperty" && first && second) {
      const value = definedValue(at.arguments[2]);
      if (value) writes.push({ at, owner: first, key: second, value });
    }
    if (callee.getText() !== "Object.assign" || !first) return;
    for (const given of at.arguments.slice(1).map(unwrap))
      if (ts.isObjectLiteralExpression(given))
        for (const property of given.properties)
          if (ts.isPropertyAssignment(property) && ts.isComputedPropertyName(property.name))
            writes.push({ at, owner: first, key: property.name.expression, value: property.initializer });
  });
  return writes;
}

/** `value` of a property descriptor. */
function definedValue(descriptor: ts.Expression | undefined): ts.Expression | undefined {
  const at = descriptor && unwrap(descriptor);
  if (!at || !ts.isObjectLiteralExpression(at)) return undefined;
  return at.properties.find(
    (property): property is ts.PropertyAssignment =>
      ts.isPropertyAssignment(property) && property.name.getText() === "value",
  )?.initializer;
}

/** A place where an object is given an id. */
export interface IdWrite {
  readonly owner: ts.Expression;
  /** null when a pattern puts it there */
  readonly value: ts.Expression | null;
  /** the value is an object that may hold the id */
  readonly isHolder: boolean;
}

/** Every `entry.sessionId = value` and `Object.assign(entry, value)` in a file. */
export function findIdWrites(source: ts.SourceFile, idNames: readonly string[]): IdWrite[] {
  const writes: IdWrite[] = [];
  walk(source, (at) => {
    if (ts.isPropertyAccessExpression(at) && idNames.includes(at.name.text) && isWrite(at)) {
      const { parent, expression: owner } = at;
      const value = ts.isBinaryExpression(parent) && parent.left === at ? parent.right : null;
      writes.push({ owner, value, isHolder: false });
    }
    if (!ts.isCallExpression(at) || unwrap(at.expression).getText() !== "Object.assign") return;
    const [owner, ...given] = at.arguments;
    if (owner) for (const value of given) writes.push({ owner, value, isHolder: true });
  });
  return writes;
}

/** Array methods after which another element stands in a place. */
const SHIFTS = new Set(["shift", "pop", "unshift", "splice", "reverse", "sort", "fill", "copyWithin"]);

function directWrite(node: ts.Node): PropertyWrite | undefined {
  if (ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node)) {
    const gone = ts.isDeleteExpression(node.parent);
    return gone || isWrite(node) ? { at: node, owner: node.expression, names: namesOf(node) } : undefined;
  }
  if (!ts.isCallExpression(node)) return undefined;
  const owner = node.arguments[0];
  const callee = unwrap(node.expression);
  if (ts.isPropertyAccessExpression(callee) && SHIFTS.has(callee.name.text))
    return { at: node, owner: callee.expression, names: null };
  if (
    !owner ||
    !ts.isPropertyAccessExpression(callee) ||
    !["Object", "Reflect"].includes(callee.expression.getText())
  )
    return undefined;
  switch (calleeName(callee)) {
    case "assign": {
      const given = node.arguments.slice(1).map(literalNames);
      return { at: node, owner, names: given.includes(null) ? null : given.flatMap((names) => names ?? []) };
    }
    case "defineProperty":
    case "set":
    case "deleteProperty": {
      const name = node.arguments[1];
      return { at: node, owner, names: name && ts.isStringLiteralLike(name) ? [name.text] : null };
    }
    case "defineProperties":
      return { at: node, owner, names: null };
    default:
      return undefined;
  }
}

function namesOf(node: ts.PropertyAccessExpression | ts.ElementAccessExpression): string[] | null {
  if (ts.isPropertyAccessExpression(node)) return [node.name.text];
  const name = unwrap(node.argumentExpression);
  return ts.isStringLiteralLike(name) || ts.isNumericLiteral(name) ? [name.text] : null;
}

/** Property names of an object literal; null when it may hold others. */
function literalNames(node: ts.Expression): string[] | null {
  const at = unwrap(node);
  if (!ts.isObjectLiteralExpression(at)) return null;
  const names: string[] = [];
  for (const property of at.properties) {
    const { name } = property;
    if (!name || !(ts.isIdentifier(name) || ts.isStringLiteralLike(name))) return null;
    names.push(name.text);
  }
  return names;
}
