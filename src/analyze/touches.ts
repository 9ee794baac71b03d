import { ts } from "./typescript.ts";
import type { Alias, Aliases } from "./aliases.ts";
import { contains, isFunctionNode, unwrap, walk } from "./syntax.ts";

/** A call that is made on an object or given one, so that its properties may hold something else afterwards. */
export interface Touch {
  readonly call: ts.Node;
  /** what it is made on, under any name that it may have; what it is given, under the names that it has for certain */
  readonly alias: Alias;
  /** how the callee gets it: as a parameter, or as a property of one; null when the call is made on it */
  readonly given: { readonly index: number; readonly property: string | null } | null;
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
export function findTouches(aliases: Aliases, certain: Aliases, declared: ReadonlySet<string>): Touch[] {
  const touches: Touch[] = [];
  walk(aliases.source, (call) => {
    for (const part of runBySyntax(call)) touches.push({ call, alias: aliases.of(part), given: null });
    if (!ts.isCallExpression(call) && !ts.isNewExpression(call)) return;
    const callee = unwrap(call.expression);
    if (leavesAll(callee)) return;
    if (
      ts.isElementAccessExpression(callee) ||
      (ts.isPropertyAccessExpression(callee) && !onlyReads(callee, declared))
    )
      touches.push({ call, alias: aliases.of(callee.expression), given: null });
    for (const [index, argument] of (call.arguments ?? []).entries())
      for (const { node, property } of handedOver(argument))
        touches.push({ call, alias: certain.of(node), given: { index, property } });
  });
  return touches;
}

/** A method of the language, by its name; what the file itself declares under that name may do anything. */
function onlyReads({ name }: ts.PropertyAccessExpression, declared: ReadonlySet<string>): boolean {
  return READS.has(name.text) && !declared.has(name.text);
}

/** Names of all methods of a file, and of properties that hold functions. */
export function methodsDeclaredIn(source: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  walk(source, (node) => {
    if (ts.isMethodDeclaration(node) || ts.isMethodSignature(node)) names.add(node.name.getText());
    const value =
      ts.isPropertyAssignment(node) || ts.isPropertyDeclaration(node)
        ? node.initializer
        : ts.isPropertySignature(node)
          ? node.type
          : undefined;
    if (value && (isFunctionNode(value) || ts.isFunctionTypeNode(value)))
      names.add((node as ts.PropertyDeclaration).name.getText());
  });
  return names;
}

/** Calls that run no code but the language's, or none that keeps or changes what it is given. */
export function runsNothingElse(call: ts.CallExpression | ts.NewExpression): boolean {
  const callee = unwrap(call.expression);
  return leavesAll(callee) || (ts.isPropertyAccessExpression(callee) && READS.has(callee.name.text));
}

/** What a statement or an expression runs code of, though it calls nothing by name. */
function runBySyntax(node: ts.Node): readonly ts.Expression[] {
  if (ts.isForOfStatement(node)) return [node.expression];
  return ts.isTemplateExpression(node) && ts.isTaggedTemplateExpression(node.parent)
    ? node.templateSpans.map(({ expression }) => expression)
    : [];
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

/** Says of an effect whether it comes before a read, in words that two reads share only when nothing lies between. */
export function sideOf(effect: ts.Node, read: ts.Node): string | null {
  if (effect.end <= read.pos) return `${effect.pos}<`;
  for (let at: ts.Node = read; at.parent; at = at.parent)
    if (ts.isIterationStatement(at, false) && contains(at, effect)) return `${effect.pos}@${at.pos}`;
  return null;
}
