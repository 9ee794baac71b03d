import { ts } from "./typescript.ts";
import type { FunctionNode } from "./syntax.ts";

/** What most questions about a file are about, each list in the order of the text. */
export interface FileNodes {
  readonly calls: readonly ts.CallExpression[];
  readonly functions: readonly FunctionNode[];
  /** by name: values and members alike */
  readonly identifiers: ReadonlyMap<string, readonly ts.Identifier[]>;
  /** strings, parts of templates and regular expressions */
  readonly texts: readonly ts.Node[];
  readonly elements: readonly ts.ElementAccessExpression[];
  readonly variables: readonly ts.VariableDeclaration[];
  /** the `name` of `const { [name]: value } = object` */
  readonly computedKeys: readonly ts.Expression[];
  /** whatever has an identifier for its name that is in scope: no members */
  readonly declarations: readonly ts.NamedDeclaration[];
  /** `name: value` and `name` in object literals */
  readonly properties: readonly (ts.PropertyAssignment | ts.ShorthandPropertyAssignment)[];
  /** `a = b`, `a ||= b` and the like */
  readonly assignments: readonly ts.BinaryExpression[];
  readonly returns: readonly ts.ReturnStatement[];
}

/** Levels of a tree. Those who ask about it go down by recursion, and more would not fit on their stack. */
const MAX_LEVELS = 1500;

/**
 * Tells each node its parent and collects what is asked about, in one walk: a bundle has a million nodes, and the
 * parser's own walk for the parents, that of the scopes and those of a dozen rules would each go over all of them.
 *
 * @throws RangeError when the file is nested too deeply
 */
export function linkNodes(source: ts.SourceFile): FileNodes {
  const calls: ts.CallExpression[] = [];
  const functions: FunctionNode[] = [];
  const identifiers = new Map<string, ts.Identifier[]>();
  const texts: ts.Node[] = [];
  const elements: ts.ElementAccessExpression[] = [];
  const variables: ts.VariableDeclaration[] = [];
  const computedKeys: ts.Expression[] = [];
  const declarations: ts.NamedDeclaration[] = [];
  const properties: (ts.PropertyAssignment | ts.ShorthandPropertyAssignment)[] = [];
  const assignments: ts.BinaryExpression[] = [];
  const returns: ts.ReturnStatement[] = [];
  const declares = (node: ts.Node): void => {
    const { name } = node as ts.NamedDeclaration;
    if (name?.kind === ts.SyntaxKind.Identifier) declarations.push(node as ts.NamedDeclaration);
  };
  // A list of what is still to be seen, its next one last, instead of recursion: `"a" + "b" + …` can be as deep as it is long.
  const ahead: ts.Node[] = [];
  const levels: number[] = [];
  let parent: ts.Node = source;
  let level = 0;
  const link = (child: ts.Node): void => {
    (child as { parent: ts.Node }).parent = parent;
    ahead.push(child);
    levels.push(level);
  };
  const linkChildren = (node: ts.Node): void => {
    parent = node;
    const from = ahead.length;
    ts.forEachChild(node, link);
    for (let low = from, high = ahead.length - 1; low < high; low += 1, high -= 1)
      [ahead[low], ahead[high]] = [ahead[high]!, ahead[low]!];
  };
  linkChildren(source);
  for (let node = ahead.pop(); node; node = ahead.pop()) {
    level = levels.pop()! + 1;
    if (level > MAX_LEVELS) throw new RangeError("nested too deeply");
    switch (node.kind) {
      case ts.SyntaxKind.Identifier: {
        const { text } = node as ts.Identifier;
        const list = identifiers.get(text);
        if (list) list.push(node as ts.Identifier);
        else identifiers.set(text, [node as ts.Identifier]);
        continue;
      }
      case ts.SyntaxKind.StringLiteral:
      case ts.SyntaxKind.NoSubstitutionTemplateLiteral:
      case ts.SyntaxKind.TemplateHead:
      case ts.SyntaxKind.TemplateMiddle:
      case ts.SyntaxKind.TemplateTail:
      case ts.SyntaxKind.RegularExpressionLiteral:
        texts.push(node);
        continue;
      case ts.SyntaxKind.CallExpression:
        calls.push(node as ts.CallExpression);
        break;
      case ts.SyntaxKind.ElementAccessExpression:
        elements.push(node as ts.ElementAccessExpression);
        break;
      case ts.SyntaxKind.BinaryExpression:
        if (isAssignment(node as ts.BinaryExpression)) assignments.push(node as ts.BinaryExpression);
        break;
      case ts.SyntaxKind.ReturnStatement:
        returns.push(node as ts.ReturnStatement);
        break;
      case ts.SyntaxKind.PropertyAssignment:
      case ts.SyntaxKind.ShorthandPropertyAssignment:
        properties.push(node as ts.PropertyAssignment | ts.ShorthandPropertyAssignment);
        break;
      case ts.SyntaxKind.ComputedPropertyName:
        if (ts.isBindingElement(node.parent)) computedKeys.push((node as ts.ComputedPropertyName).expression);
        break;
      case ts.SyntaxKind.VariableDeclaration:
        variables.push(node as ts.VariableDeclaration);
        declares(node);
        break;
      case ts.SyntaxKind.FunctionDeclaration:
      case ts.SyntaxKind.FunctionExpression:
        functions.push(node as FunctionNode);
        declares(node);
        break;
      case ts.SyntaxKind.ArrowFunction:
      case ts.SyntaxKind.MethodDeclaration:
      case ts.SyntaxKind.GetAccessor:
      case ts.SyntaxKind.SetAccessor:
      case ts.SyntaxKind.Constructor:
        functions.push(node as FunctionNode);
        break;
      case ts.SyntaxKind.PropertyAccessExpression:
        break;
      default:
        if (node.kind <= ts.SyntaxKind.LastToken) continue;
        if (!isMember(node)) declares(node);
    }
    linkChildren(node);
  }
  return {
    calls,
    functions,
    identifiers,
    texts,
    elements,
    variables,
    computedKeys,
    declarations,
    properties,
    assignments,
    returns,
  };
}

function isAssignment({ operatorToken: { kind } }: ts.BinaryExpression): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

/** Has a name that is no name in scope. */
function isMember(node: ts.Node): boolean {
  return (
    ts.isObjectLiteralElementLike(node) ||
    ts.isTypeElement(node) ||
    ts.isClassElement(node) ||
    ts.isExportSpecifier(node) ||
    ts.isJsxAttribute(node) ||
    ts.isMetaProperty(node)
  );
}
