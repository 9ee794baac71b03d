import { ts } from "./typescript.ts";
import type { SourceProject } from "./source-project.ts";

/** A member of a declared type: whether it may be undefined, and its own type. */
export interface DeclaredMember {
  readonly optional: boolean;
  readonly type: ts.TypeNode | undefined;
}

/**
 * Members of the type that a variable, parameter or property path is declared with, read from the file
 * that declares it. @returns undefined when no declaration can be found (JavaScript, inferred types)
 */
export function declaredMembers(
  project: SourceProject,
  expression: ts.Expression | ts.BindingName,
): ReadonlyMap<string, DeclaredMember> | undefined {
  const type = declaredType(project, expression);
  return type && membersOf(project, type, 0);
}

/** Members of a declared type. @returns undefined when its declaration cannot be found */
export function typeMembers(
  project: SourceProject,
  type: ts.TypeNode,
): ReadonlyMap<string, DeclaredMember> | undefined {
  return membersOf(project, type, 0);
}

/** The declared type node of an expression: a variable's annotation, or the member of its owner's type. */
function declaredType(
  project: SourceProject,
  expression: ts.Expression | ts.BindingName,
  depth = 0,
): ts.TypeNode | undefined {
  // `const key = key` parses.
  if (depth > 24) return undefined;
  if (ts.isIdentifier(expression)) {
    const declaration = project.declarationOf(expression);
    if (!declaration) return undefined;
    if (ts.isParameter(declaration) || ts.isVariableDeclaration(declaration)) {
      if (declaration.type) return declaration.type;
      if (ts.isParameter(declaration)) return contextualParameterType(project, declaration);
      const initializer = declaration.initializer;
      return initializer ? inferredType(project, initializer, depth) : undefined;
    }
    if (ts.isBindingElement(declaration) && ts.isObjectBindingPattern(declaration.parent)) {
      const owner = declaration.parent.parent;
      const key = declaration.propertyName ?? declaration.name;
      if (!ts.isIdentifier(key)) return undefined;
      const ownerType =
        ts.isParameter(owner) || ts.isVariableDeclaration(owner)
          ? (owner.type ??
            (ts.isParameter(owner)
              ? contextualParameterType(project, owner)
              : owner.initializer && inferredType(project, owner.initializer, depth)))
          : undefined;
      return ownerType && membersOf(project, ownerType, 0)?.get(key.text)?.type;
    }
    return undefined;
  }
  if (ts.isPropertyAccessExpression(expression)) {
    const owner = declaredMembers(project, expression.expression);
    return owner?.get(expression.name.text)?.type;
  }
  return undefined;
}

function inferredType(
  project: SourceProject,
  initializer: ts.Expression,
  depth: number,
): ts.TypeNode | undefined {
  let at = initializer;
  while (ts.isParenthesizedExpression(at) || ts.isAwaitExpression(at) || ts.isNonNullExpression(at))
    at = at.expression;
  if (ts.isIdentifier(at) || ts.isPropertyAccessExpression(at)) return declaredType(project, at, depth + 1);
  if (ts.isAsExpression(at)) return at.type;
  if (ts.isCallExpression(at) && ts.isIdentifier(at.expression)) {
    const fn = functionDeclaration(project, at.expression);
    const type = fn?.type;
    // Promise<T> after await
    if (type && ts.isTypeReferenceNode(type) && type.typeName.getText() === "Promise")
      return type.typeArguments?.[0];
    return type;
  }
  return undefined;
}

function functionDeclaration(
  project: SourceProject,
  name: ts.Identifier,
): ts.SignatureDeclaration | undefined {
  const declaration = project.declarationOf(name);
  const follow = (node: ts.Node | undefined): ts.SignatureDeclaration | undefined => {
    if (!node) return undefined;
    if (ts.isFunctionDeclaration(node)) return node;
    if (ts.isVariableDeclaration(node) && node.initializer && ts.isArrowFunction(node.initializer))
      return node.initializer;
    if (ts.isImportSpecifier(node)) return follow(importTarget(project, node));
    return undefined;
  };
  return follow(declaration);
}

function importTarget(project: SourceProject, node: ts.ImportSpecifier): ts.Node | undefined {
  const specifier = node.parent.parent.parent.moduleSpecifier;
  if (!ts.isStringLiteral(specifier)) return undefined;
  const file = project.resolve(project.pathOf(node), specifier.text);
  return file === undefined ? undefined : project.exported(file, (node.propertyName ?? node.name).text)?.node;
}

/** `const handler: Handler = async (params) => …`: the type comes from the function type's parameter. */
function contextualParameterType(
  project: SourceProject,
  parameter: ts.ParameterDeclaration,
): ts.TypeNode | undefined {
  const fn = parameter.parent;
  const owner = fn.parent;
  if (!ts.isVariableDeclaration(owner) || !owner.type) return undefined;
  const fnType = resolveAlias(project, owner.type, 0);
  if (!fnType || !ts.isFunctionTypeNode(fnType)) return undefined;
  return fnType.parameters[fn.parameters.indexOf(parameter as never)]?.type;
}

function resolveAlias(project: SourceProject, type: ts.TypeNode, depth: number): ts.TypeNode | undefined {
  if (depth > 8) return undefined;
  if (ts.isParenthesizedTypeNode(type)) return resolveAlias(project, type.type, depth + 1);
  if (!ts.isTypeReferenceNode(type)) return type;
  const declaration = typeDeclaration(project, type);
  return declaration && ts.isTypeAliasDeclaration(declaration)
    ? resolveAlias(project, declaration.type, depth + 1)
    : undefined;
}

function typeDeclaration(project: SourceProject, type: ts.TypeReferenceNode): ts.Node | undefined {
  if (!ts.isIdentifier(type.typeName)) return undefined;
  const symbol = project.symbolOf(type.typeName);
  const declaration = symbol?.declarations?.[0];
  if (declaration && ts.isImportSpecifier(declaration)) return importTarget(project, declaration);
  return declaration;
}

function membersOf(
  project: SourceProject,
  type: ts.TypeNode,
  depth: number,
): ReadonlyMap<string, DeclaredMember> | undefined {
  if (depth > 8) return undefined;
  if (ts.isParenthesizedTypeNode(type)) return membersOf(project, type.type, depth + 1);
  if (ts.isTypeLiteralNode(type)) return signatureMembers(type.members);
  if (ts.isIntersectionTypeNode(type)) {
    const all = new Map<string, DeclaredMember>();
    for (const part of type.types)
      for (const [name, member] of membersOf(project, part, depth + 1) ?? []) all.set(name, member);
    return all.size > 0 ? all : undefined;
  }
  if (ts.isUnionTypeNode(type)) {
    const objects = type.types.filter(
      (part) =>
        part.kind !== ts.SyntaxKind.UndefinedKeyword &&
        !(ts.isLiteralTypeNode(part) && part.literal.kind === ts.SyntaxKind.NullKeyword),
    );
    return objects.length === 1 ? membersOf(project, objects[0]!, depth + 1) : undefined;
  }
  if (ts.isTypeReferenceNode(type)) {
    const name = type.typeName.getText();
    const inner = type.typeArguments?.[0];
    if (inner && ["Partial", "Readonly", "Required", "NonNullable", "Promise", "Awaited"].includes(name))
      return membersOf(project, inner, depth + 1);
    if (inner && name === "ReturnType" && ts.isTypeQueryNode(inner) && ts.isIdentifier(inner.exprName)) {
      const returned = functionDeclaration(project, inner.exprName)?.type;
      return returned && membersOf(project, returned, depth + 1);
    }
    if (type.typeArguments?.[1] && name === "Pick") {
      const all = membersOf(project, type.typeArguments[0]!, depth + 1);
      const names = type.typeArguments[1].getText();
      return (
        all &&
        new Map([...all].filter(([member]) => names.includes(`"${member}"`) || names.includes(`'${member}'`)))
      );
    }
    const declaration = typeDeclaration(project, type);
    if (declaration && ts.isTypeAliasDeclaration(declaration))
      return membersOf(project, declaration.type, depth + 1);
    if (declaration && ts.isInterfaceDeclaration(declaration)) {
      const own = new Map(signatureMembers(declaration.members));
      for (const clause of declaration.heritageClauses ?? [])
        for (const base of clause.types) {
          const baseDeclaration = project.symbolOf(base.expression)?.declarations?.[0];
          if (baseDeclaration && ts.isInterfaceDeclaration(baseDeclaration))
            for (const [name, member] of signatureMembers(baseDeclaration.members))
              if (!own.has(name)) own.set(name, member);
        }
      return own;
    }
  }
  return undefined;
}

function signatureMembers(members: ts.NodeArray<ts.TypeElement>): Map<string, DeclaredMember> {
  const found = new Map<string, DeclaredMember>();
  for (const member of members) {
    if (!ts.isPropertySignature(member) || !(ts.isIdentifier(member.name) || ts.isStringLiteral(member.name)))
      continue;
    found.set(member.name.text, {
      optional: member.questionToken !== undefined || mayBeUndefined(member.type),
      type: member.type,
    });
  }
  return found;
}

/** True when a type says that the value can be undefined or null. */
export function mayBeUndefined(type: ts.TypeNode | undefined): boolean {
  if (!type) return false;
  if (type.kind === ts.SyntaxKind.UndefinedKeyword) return true;
  if (ts.isLiteralTypeNode(type)) return type.literal.kind === ts.SyntaxKind.NullKeyword;
  return ts.isUnionTypeNode(type) && type.types.some(mayBeUndefined);
}

/** True when an expression is declared as a list, or is a number: what stands under an index is no key's. */
export function isListOrNumber(project: SourceProject, expression: ts.Expression): boolean {
  let at = expression;
  while (ts.isParenthesizedExpression(at) || ts.isNonNullExpression(at)) at = at.expression;
  const type = declaredType(project, at);
  return type !== undefined && listOrNumber(project, type, 0);
}

function listOrNumber(project: SourceProject, declared: ts.TypeNode, depth: number): boolean {
  const type = ts.isTypeOperatorNode(declared) ? declared.type : resolveAlias(project, declared, 0);
  if (!type || depth > 8) return declaredListName(declared);
  if (ts.isUnionTypeNode(type)) return type.types.some((part) => listOrNumber(project, part, depth + 1));
  return (
    ts.isArrayTypeNode(type) ||
    ts.isTupleTypeNode(type) ||
    type.kind === ts.SyntaxKind.NumberKeyword ||
    declaredListName(type)
  );
}

function declaredListName(type: ts.TypeNode): boolean {
  return (
    ts.isTypeReferenceNode(type) &&
    ["Array", "ReadonlyArray", "Iterable", "Set", "ReadonlySet"].includes(type.typeName.getText())
  );
}

/** True when an expression is declared as an object: what it is as a string is for its own `toString` to say. */
export function isDeclaredAsObject(project: SourceProject, expression: ts.Expression): boolean {
  const type = declaredType(project, expression);
  const declaration = type && ts.isTypeReferenceNode(type) ? typeDeclaration(project, type) : undefined;
  if (declaration && (ts.isClassDeclaration(declaration) || ts.isInterfaceDeclaration(declaration)))
    return true;
  const shape = type && resolveAlias(project, type, 0);
  return shape !== undefined && ts.isTypeLiteralNode(shape);
}

/** True when an expression is declared as a class, or with methods of its own: its `get` may do anything. */
export function hasMethodsOfItsOwn(project: SourceProject, expression: ts.Expression): boolean {
  const type = declaredType(project, expression);
  const declaration = type && ts.isTypeReferenceNode(type) ? typeDeclaration(project, type) : undefined;
  if (declaration && ts.isClassDeclaration(declaration)) return true;
  const shape =
    declaration && ts.isInterfaceDeclaration(declaration)
      ? declaration
      : type && resolveAlias(project, type, 0);
  if (!shape || !(ts.isInterfaceDeclaration(shape) || ts.isTypeLiteralNode(shape))) return false;
  return shape.members.some(ts.isMethodSignature);
}

/** True when an expression is declared as a record or map from strings. */
export function isKeyedByString(project: SourceProject, expression: ts.Expression): boolean {
  let at = expression;
  while (ts.isParenthesizedExpression(at) || ts.isNonNullExpression(at)) at = at.expression;
  const type = declaredType(project, at);
  return type !== undefined && keyedByString(project, type, 0);
}

function keyedByString(project: SourceProject, type: ts.TypeNode, depth: number): boolean {
  if (depth > 8) return false;
  if (ts.isParenthesizedTypeNode(type)) return keyedByString(project, type.type, depth + 1);
  if (ts.isUnionTypeNode(type)) return type.types.some((part) => keyedByString(project, part, depth + 1));
  if (ts.isTypeLiteralNode(type)) return type.members.some(isStringIndex);
  if (!ts.isTypeReferenceNode(type)) return false;
  const name = type.typeName.getText();
  const inner = type.typeArguments?.[0];
  if (["Record", "Map", "ReadonlyMap"].includes(name)) return inner?.kind === ts.SyntaxKind.StringKeyword;
  if (inner && ["Partial", "Readonly"].includes(name)) return keyedByString(project, inner, depth + 1);
  const declaration = typeDeclaration(project, type);
  if (declaration && ts.isTypeAliasDeclaration(declaration))
    return keyedByString(project, declaration.type, depth + 1);
  return (
    declaration !== undefined &&
    ts.isInterfaceDeclaration(declaration) &&
    declaration.members.some(isStringIndex)
  );
}

function isStringIndex(member: ts.TypeElement): boolean {
  return (
    ts.isIndexSignatureDeclaration(member) && member.parameters[0]?.type?.kind === ts.SyntaxKind.StringKeyword
  );
}
