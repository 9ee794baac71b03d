import { ts } from "./typescript.ts";
import { type FunctionNode, isFunctionNode } from "./syntax.ts";

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
}

/** Collects them in one walk: a bundle has a million nodes, and a dozen rules would each walk over all of them. */
export function collectNodes(source: ts.SourceFile): FileNodes {
  const calls: ts.CallExpression[] = [];
  const functions: FunctionNode[] = [];
  const identifiers = new Map<string, ts.Identifier[]>();
  const texts: ts.Node[] = [];
  const elements: ts.ElementAccessExpression[] = [];
  const variables: ts.VariableDeclaration[] = [];
  const computedKeys: ts.Expression[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const list = identifiers.get(node.text);
      if (list) list.push(node);
      else identifiers.set(node.text, [node]);
      return;
    }
    switch (node.kind) {
      case ts.SyntaxKind.CallExpression:
        calls.push(node as ts.CallExpression);
        break;
      case ts.SyntaxKind.ElementAccessExpression:
        elements.push(node as ts.ElementAccessExpression);
        break;
      case ts.SyntaxKind.VariableDeclaration:
        variables.push(node as ts.VariableDeclaration);
        break;
      case ts.SyntaxKind.ComputedPropertyName:
        if (ts.isBindingElement(node.parent)) computedKeys.push((node as ts.ComputedPropertyName).expression);
        break;
      case ts.SyntaxKind.StringLiteral:
      case ts.SyntaxKind.NoSubstitutionTemplateLiteral:
      case ts.SyntaxKind.TemplateHead:
      case ts.SyntaxKind.TemplateMiddle:
      case ts.SyntaxKind.TemplateTail:
      case ts.SyntaxKind.RegularExpressionLiteral:
        texts.push(node);
        break;
      default:
        if (isFunctionNode(node)) functions.push(node);
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(source, visit);
  return { calls, functions, identifiers, texts, elements, variables, computedKeys };
}
