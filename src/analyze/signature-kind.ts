import { ts } from "./typescript.ts";
import type { SourceProject } from "./source-project.ts";
import { unwrap } from "./syntax.ts";

/** What `typeof` says of a value. */
type Kind = "string" | "number" | "boolean" | "function" | "object";

/**
 * What a parameter always is by the function's own signature: `key: string`, `{ key }: { key: string }`, and `bag.key`
 * of `bag: { key: string }`. A type that stands elsewhere may be older than what is passed, and is not asked.
 * @returns undefined where it may be absent, or the signature does not say
 */
export function signatureKind(project: SourceProject, expression: ts.Expression): Kind | undefined {
  const at = unwrap(expression);
  if (ts.isPropertyAccessExpression(at)) {
    const bag = ts.isIdentifier(at.expression) ? project.declarationOf(at.expression) : undefined;
    return bag && ts.isParameter(bag) ? memberKind(bag.type, at.name.text) : undefined;
  }
  const declaration = ts.isIdentifier(at) ? project.declarationOf(at) : undefined;
  if (!declaration) return undefined;
  if (ts.isParameter(declaration))
    return declaration.questionToken || declaration.dotDotDotToken ? undefined : kindOf(declaration.type);
  if (!ts.isBindingElement(declaration) || declaration.dotDotDotToken) return undefined;
  const owner = declaration.parent.parent;
  const name = declaration.propertyName ?? declaration.name;
  return ts.isParameter(owner) && ts.isIdentifier(name) ? memberKind(owner.type, name.text) : undefined;
}

function memberKind(type: ts.TypeNode | undefined, name: string): Kind | undefined {
  if (!type || !ts.isTypeLiteralNode(type)) return undefined;
  const member = type.members.find((candidate) => candidate.name?.getText() === name);
  return member && ts.isPropertySignature(member) && !member.questionToken ? kindOf(member.type) : undefined;
}

function kindOf(type: ts.TypeNode | undefined): Kind | undefined {
  if (!type) return undefined;
  if (type.kind === ts.SyntaxKind.StringKeyword) return "string";
  if (type.kind === ts.SyntaxKind.NumberKeyword) return "number";
  if (type.kind === ts.SyntaxKind.BooleanKeyword) return "boolean";
  if (ts.isFunctionTypeNode(type)) return "function";
  if (ts.isArrayTypeNode(type) || ts.isTypeLiteralNode(type)) return "object";
  if (ts.isParenthesizedTypeNode(type)) return kindOf(type.type);
  if (ts.isLiteralTypeNode(type)) return ts.isStringLiteral(type.literal) ? "string" : undefined;
  if (!ts.isUnionTypeNode(type)) return undefined;
  const [first, ...others] = type.types.map(kindOf);
  return others.every((other) => other === first) ? first : undefined;
}
