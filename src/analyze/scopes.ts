import { ts } from "./typescript.ts";
import { isFunctionNode, ownerOf } from "./syntax.ts";

/**
 * Which declaration a name in a value position stands for, by the scopes of one file. Far cheaper than a checker, and
 * says so where only a checker can tell.
 */
export class Scopes {
  /** by name: each declaration with the scope that it is visible in */
  readonly #declared = new Map<string, { readonly node: ts.Declaration; readonly scope: ts.Node | null }[]>();

  /** @param declarations all of a file's, in the order of the text */
  constructor(declarations: readonly ts.NamedDeclaration[]) {
    for (const node of declarations) {
      const name = (node.name as ts.Identifier).text;
      const entry = { node, scope: scopeOf(node) };
      const list = this.#declared.get(name);
      if (list) list.push(entry);
      else this.#declared.set(name, [entry]);
    }
  }

  /** True when the file declares a class of that name, anywhere. */
  hasClass(name: string): boolean {
    return (this.#declared.get(name) ?? []).some(({ node }) => ts.isClassLike(node));
  }

  /** True for the only declaration of its name in its scope, where that name has no rules of its own in this file. */
  isAlone(declaration: ts.Declaration, name: string): boolean {
    const declared = this.#declared.get(name) ?? [];
    const scope = declared.find(({ node }) => node === declaration)?.scope;
    return (
      scope != null &&
      declared.every((other) => other.scope !== null && (other.scope !== scope || other.node === declaration))
    );
  }

  /** @returns undefined for a global; "unclear" for what needs a checker */
  declarationOf(name: ts.Identifier): ts.Declaration | undefined | "unclear" {
    if (!isValue(name)) return "unclear";
    const declared = this.#declared.get(name.text);
    if (!declared) return undefined;
    if (declared.some(({ scope }) => scope === null)) return "unclear";
    let from: ts.Node = name;
    for (let at: ts.Node | undefined = name; at; from = at, at = at.parent) {
      const here = declared.filter(({ scope }) => scope === at);
      if (here.length > 1) return "unclear";
      if (here[0]) return isHeadOf(at, from) && !isSeenInHead(here[0].node, from) ? "unclear" : here[0].node;
      if (ts.isDecorator(at)) return "unclear";
    }
    return undefined;
  }
}

/** Comes from the parameters or types of a function: what its body declares is not there. */
function isHeadOf(fn: ts.Node, from: ts.Node): boolean {
  return ts.isFunctionLike(fn) && fn !== from && (fn as Partial<ts.FunctionLikeDeclaration>).body !== from;
}

/** Among parameters, the parameters are, and the function's own name. */
function isSeenInHead(declaration: ts.Node, from: ts.Node): boolean {
  const owner = ownerOf(declaration);
  return ts.isParameter(from) && (ts.isParameter(owner) || ts.isFunctionExpression(owner));
}

/** In a position that can only be a value. */
function isValue(name: ts.Identifier): boolean {
  const { parent } = name;
  switch (parent.kind) {
    case ts.SyntaxKind.CallExpression:
    case ts.SyntaxKind.NewExpression:
    case ts.SyntaxKind.ElementAccessExpression:
    case ts.SyntaxKind.PrefixUnaryExpression:
    case ts.SyntaxKind.BinaryExpression:
    case ts.SyntaxKind.ConditionalExpression:
    case ts.SyntaxKind.ParenthesizedExpression:
    case ts.SyntaxKind.NonNullExpression:
    case ts.SyntaxKind.AwaitExpression:
    case ts.SyntaxKind.IfStatement:
    case ts.SyntaxKind.ReturnStatement:
    case ts.SyntaxKind.ThrowStatement:
    case ts.SyntaxKind.ExpressionStatement:
    case ts.SyntaxKind.ArrayLiteralExpression:
    case ts.SyntaxKind.SpreadElement:
    case ts.SyntaxKind.SpreadAssignment:
    case ts.SyntaxKind.TemplateSpan:
    case ts.SyntaxKind.ShorthandPropertyAssignment:
    case ts.SyntaxKind.WhileStatement:
    case ts.SyntaxKind.DoStatement:
    case ts.SyntaxKind.SwitchStatement:
    case ts.SyntaxKind.CaseClause:
    case ts.SyntaxKind.TypeOfExpression:
    case ts.SyntaxKind.VoidExpression:
    case ts.SyntaxKind.DeleteExpression:
    case ts.SyntaxKind.YieldExpression:
    case ts.SyntaxKind.PostfixUnaryExpression:
    // `typeof run` among types asks for the value all the same.
    case ts.SyntaxKind.TypeQuery:
      return true;
    // `export { a as b }` names a variable of this file, unless it says from where.
    case ts.SyntaxKind.ExportSpecifier: {
      const { parent: list, propertyName } = parent as ts.ExportSpecifier;
      return !list.parent.moduleSpecifier && (propertyName === undefined || propertyName === name);
    }
    case ts.SyntaxKind.ArrowFunction:
      return (parent as ts.ArrowFunction).body === name;
    case ts.SyntaxKind.PropertyAccessExpression:
    case ts.SyntaxKind.AsExpression:
    case ts.SyntaxKind.ForOfStatement:
    case ts.SyntaxKind.ForInStatement:
      return (
        (parent as ts.PropertyAccessExpression | ts.AsExpression | ts.ForInOrOfStatement).expression === name
      );
    case ts.SyntaxKind.VariableDeclaration:
    case ts.SyntaxKind.PropertyAssignment:
      return (parent as ts.VariableDeclaration | ts.PropertyAssignment).initializer === name;
    default:
      return false;
  }
}

/** The node inside which a declared name is visible; null for what follows rules of its own. */
function scopeOf(node: ts.Node): ts.Node | null {
  if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) return blockAround(node.parent);
  if (ts.isFunctionExpression(node) || ts.isClassExpression(node)) return node;
  if (ts.isImportSpecifier(node) || ts.isImportClause(node) || ts.isNamespaceImport(node))
    return node.getSourceFile();
  if (ts.isParameter(node)) return node.parent;
  if (!ts.isVariableDeclaration(node) && !ts.isBindingElement(node)) return null;
  const owner = ownerOf(node);
  if (ts.isParameter(owner)) return owner.parent;
  const list = owner.parent;
  if (ts.isCatchClause(list)) return list;
  if (!(list.flags & ts.NodeFlags.BlockScoped)) return functionAround(list);
  return ts.isVariableStatement(list.parent) ? blockAround(list.parent.parent) : list.parent;
}

/** The cases of a switch are one block; namespaces of one name share theirs, and a label or a bare `if` makes none. */
function blockAround(parent: ts.Node): ts.Node | null {
  if (ts.isCaseOrDefaultClause(parent)) return parent.parent;
  return ts.isModuleBlock(parent) || ts.isLabeledStatement(parent) || ts.isIfStatement(parent)
    ? null
    : parent;
}

function functionAround(node: ts.Node): ts.Node | null {
  for (let at = node.parent; at; at = at.parent) {
    if (isFunctionNode(at) || ts.isSourceFile(at)) return at;
    if (ts.isModuleBlock(at) || ts.isClassStaticBlockDeclaration(at)) return null;
  }
  return null;
}
