import { ts } from "./typescript.ts";
import { placeOf } from "./property-writes.ts";
import { calleeName } from "./evaluate.ts";
import { contains, courseOf, enclosingFunction, type FunctionNode, unwrap, walk } from "./syntax.ts";

/** A call that is made on an object or given one, so that its properties may hold something else afterwards. */
export interface Touch {
  readonly call: ts.Node;
  /** the object, as `placeOf` names it */
  readonly place: string;
  /** how the callee gets it: as a parameter, or as a property of one; null when the call is made on it */
  readonly given: { readonly index: number; readonly property: string | null } | null;
  /** the call does not name the object, and may reach it through a second name */
  readonly byAnotherName?: boolean;
}

/** Methods that only read what they are called on, wherever they come from. */
const READS = new Set([
  ..."at charAt concat endsWith entries every filter find findIndex findLast flat flatMap forEach get has includes".split(
    " ",
  ),
  ..."indexOf join keys lastIndexOf localeCompare map match padEnd padStart reduce repeat replace replaceAll".split(
    " ",
  ),
  ..."slice some split startsWith substring test toISOString toLocaleLowerCase toLowerCase toString toUpperCase".split(
    " ",
  ),
  ..."trim trimEnd trimStart valueOf values debug error info log trace warn".split(" "),
]);
/** Members of `Object`, `JSON` and the like that leave what they are given as it is. */
const LEAVES = new Set([
  "entries",
  "freeze",
  "fromEntries",
  "getOwnPropertyNames",
  "hasOwn",
  "keys",
  "values",
]);
const GLOBALS = new Set(["Object", "JSON", "Array", "console", "Number", "Boolean", "String", "Promise"]);
const CHANGES = new Set(["assign", "defineProperty", "defineProperties", "setPrototypeOf"]);

/** Every call in a file that may change an object that is named in it. */
export function findTouches(
  source: ts.SourceFile,
  declarationOf: (name: ts.Identifier) => ts.Node | undefined,
): Touch[] {
  const touches: Touch[] = [];
  const place = (node: ts.Expression): string | undefined => placeOf(node, declarationOf);
  const leaks: { readonly place: string; readonly node: ts.Node }[] = [];
  const calls: ts.Node[] = [];
  walk(source, (call) => {
    const leaked = leakedAt(call);
    const alias = leaked && place(leaked);
    if (alias !== undefined) leaks.push({ place: alias, node: call });
    if (ts.isForOfStatement(call) || ts.isTaggedTemplateExpression(call)) {
      calls.push(call);
      const parts = ts.isForOfStatement(call) ? [call.expression] : templateParts(call);
      for (const part of parts) {
        const at = place(part);
        if (at !== undefined) touches.push({ call, place: at, given: null });
      }
    }
    if (!ts.isCallExpression(call) && !ts.isNewExpression(call)) return;
    const callee = unwrap(call.expression);
    if (leavesAll(callee)) return;
    if (!(ts.isPropertyAccessExpression(callee) && READS.has(callee.name.text))) calls.push(call);
    if (
      ts.isElementAccessExpression(callee) ||
      (ts.isPropertyAccessExpression(callee) && !READS.has(callee.name.text))
    ) {
      const at = place(callee.expression);
      if (at !== undefined) touches.push({ call, place: at, given: null });
    }
    for (const [index, argument] of (call.arguments ?? []).entries())
      for (const { node, property } of handedOver(argument)) {
        const at = place(node);
        if (at !== undefined) touches.push({ call, place: at, given: { index, property } });
      }
  });
  // What has another name, or stands in a list, is reached by calls that do not name it.
  for (const leak of leaks) {
    touches.push({ call: leak.node, place: leak.place, given: null });
    const home = outermostFunction(leak.node);
    for (const call of calls)
      if (home && contains(home, call))
        touches.push({ call, place: leak.place, given: null, byAnotherName: true });
  }
  return touches;
}

/** The object that gets a second name here: in a `let`, in a list, or as a property of a literal that is kept. */
function leakedAt(node: ts.Node): ts.Expression | undefined {
  const { parent } = node;
  if (!parent || !(ts.isIdentifier(node) || ts.isPropertyAccessExpression(node))) return undefined;
  if (ts.isVariableDeclaration(parent) && parent.initializer === node)
    return (parent.parent.flags & ts.NodeFlags.Const) === 0 ? node : undefined;
  const isInLiteral =
    ts.isArrayLiteralExpression(parent) ||
    (ts.isPropertyAssignment(parent) && parent.initializer === node) ||
    (ts.isShorthandPropertyAssignment(parent) && parent.name === node);
  if (!isInLiteral) return undefined;
  let literal: ts.Node = ts.isArrayLiteralExpression(parent) ? parent : parent.parent;
  while (
    ts.isObjectLiteralExpression(literal.parent) ||
    ts.isArrayLiteralExpression(literal.parent) ||
    ts.isPropertyAssignment(literal.parent) ||
    ts.isParenthesizedExpression(literal.parent) ||
    ts.isAsExpression(literal.parent)
  )
    literal = literal.parent;
  // What is handed to a call is the call's own affair; a map that is made keeps it.
  return ts.isVariableDeclaration(literal.parent) || ts.isNewExpression(literal.parent)
    ? (node as ts.Expression)
    : undefined;
}

function templateParts(node: ts.TaggedTemplateExpression): ts.Expression[] {
  return ts.isTemplateExpression(node.template)
    ? node.template.templateSpans.map(({ expression }) => expression)
    : [];
}

function outermostFunction(node: ts.Node): ts.Node | undefined {
  let found: ts.Node | undefined;
  for (let fn = enclosingFunction(node); fn; fn = enclosingFunction(fn)) found = fn;
  return found;
}

function leavesAll(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return GLOBALS.has(callee.text);
  if (!ts.isPropertyAccessExpression(callee)) return false;
  const owner = callee.expression.getText();
  return (
    GLOBALS.has(owner) &&
    (owner !== "Object" || LEAVES.has(callee.name.text) || !CHANGES.has(callee.name.text))
  );
}

/** What a callee can reach through an argument: the value itself, or what a literal holds by name. */
function handedOver(argument: ts.Expression): { node: ts.Expression; property: string | null }[] {
  const at = unwrap(argument);
  if (ts.isIdentifier(at) || ts.isPropertyAccessExpression(at) || at.kind === ts.SyntaxKind.ThisKeyword)
    return [{ node: at, property: null }];
  if (ts.isSpreadElement(at)) return handedOver(at.expression);
  if (ts.isArrayLiteralExpression(at)) return at.elements.flatMap(handedOver);
  if (!ts.isObjectLiteralExpression(at)) return [];
  return at.properties.flatMap((property) => {
    const name = property.name && ts.isIdentifier(property.name) ? property.name.text : null;
    if (ts.isShorthandPropertyAssignment(property)) return [{ node: property.name, property: name }];
    if (!ts.isPropertyAssignment(property)) return [];
    return handedOver(property.initializer).map(({ node }) => ({ node, property: name }));
  });
}

/** The body that a call runs when it is a method of the class that it stands in. */
export function ownMethod(call: ts.Node, callee: ts.Expression): FunctionNode | undefined {
  const at = unwrap(callee);
  if (!ts.isPropertyAccessExpression(at) || at.expression.kind !== ts.SyntaxKind.ThisKeyword)
    return undefined;
  for (let outer = call.parent; outer; outer = outer.parent)
    if (ts.isClassLike(outer))
      return outer.members.find(
        (member): member is ts.MethodDeclaration =>
          ts.isMethodDeclaration(member) &&
          member.body !== undefined &&
          calleeName(at) === member.name.getText(),
      );
  return undefined;
}

/**
 * Where a touch takes effect, seen from the function that reads: in itself, at the call; in a closure, where the
 * closure is named or stands. Undefined when it stands in none that is made there.
 *
 * @param namesOf every identifier that names a function
 */
export function effectsIn(
  touch: ts.Node,
  read: ts.Node,
  namesOf: (fn: FunctionNode) => readonly ts.Node[],
  depth = 0,
): readonly ts.Node[] | undefined {
  const course = courseOf(read);
  if (courseOf(touch) === course) return [touch];
  const closure = enclosingFunction(touch);
  if (!closure || depth > 4 || (course && !contains(course, closure))) return undefined;
  const names = namesOf(closure);
  if (names.length === 0) return effectsIn(closure, read, namesOf, depth + 1);
  return names
    .filter((name) => !contains(closure, name))
    .flatMap((name) => effectsIn(name, read, namesOf, depth + 1) ?? [name]);
}

/** Says of an effect whether it comes before a read, in words that two reads share only when nothing lies between. */
export function sideOf(effect: ts.Node, read: ts.Node): string | null {
  if (effect.end <= read.pos) return `${effect.pos}<`;
  for (let at: ts.Node = read; at.parent; at = at.parent)
    if (ts.isIterationStatement(at, false) && contains(at, effect)) return `${effect.pos}@${at.pos}`;
  return null;
}
