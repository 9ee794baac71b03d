import { ts } from "../typescript.ts";
import type { Evaluator } from "../evaluate.ts";
import { legacyFunction } from "../../migration/migration.ts";
import { type FunctionNode, isFunctionNode, isMangledImport, unwrap } from "../syntax.ts";
import { importedCallee } from "./imported-callee.ts";

const MAX_DEPTH = 4;

/**
 * The name that a called function has where it comes from: `import { stop as halt }`, `const halt = registry.stop` and
 * `registry["stop"]` are all called `stop`. A name that nothing renames is its own.
 */
export function calledName(evaluator: Evaluator, callee: ts.Expression, depth = 0): string | undefined {
  const at = unwrap(callee);
  if (ts.isPropertyAccessExpression(at)) return at.name.text;
  if (ts.isElementAccessExpression(at))
    return ts.isStringLiteralLike(at.argumentExpression) ? at.argumentExpression.text : undefined;
  if (!ts.isIdentifier(at)) return undefined;
  const declaration = evaluator.project.declarationOf(at);
  if (!declaration) return at.text;
  if (ts.isImportSpecifier(declaration)) {
    // The importer's own name counts only for what is found by it anyway.
    if (isMangledImport(declaration) && legacyFunction(evaluator.migration, at.text)) return at.text;
    return (declaration.propertyName ?? declaration.name).text;
  }
  if (ts.isBindingElement(declaration)) {
    const key = declaration.propertyName;
    return key && (ts.isIdentifier(key) || ts.isStringLiteral(key)) ? key.text : at.text;
  }
  if (ts.isVariableDeclaration(declaration) && declaration.initializer && depth < MAX_DEPTH) {
    const value = unwrap(declaration.initializer);
    if (ts.isIdentifier(value) || ts.isPropertyAccessExpression(value) || ts.isElementAccessExpression(value))
      return calledName(evaluator, value, depth + 1);
  }
  return at.text;
}

/** The calls, those of imported functions last: to know what they do, another file has to be parsed. */
export function nearestFirst(
  { project }: Evaluator,
  calls: readonly ts.CallExpression[],
): ts.CallExpression[] {
  const isImported = (call: ts.CallExpression): boolean => {
    const callee = unwrap(call.expression);
    const declaration = ts.isIdentifier(callee) ? project.declarationOf(callee) : undefined;
    return declaration !== undefined && ts.isImportSpecifier(declaration);
  };
  const near = calls.filter((call) => !isImported(call));
  return near.length === calls.length ? near : [...near, ...calls.filter(isImported)];
}

/**
 * True for a parameter that goes by the name of something the file imports: nothing shows that it is given that, and
 * whoever writes it so hides the import.
 */
export function shadowsImport({ project }: Evaluator, callee: ts.Expression): boolean {
  const at = unwrap(callee);
  const declaration = ts.isIdentifier(at) ? project.declarationOf(at) : undefined;
  if (!ts.isIdentifier(at) || !declaration || !ts.isParameter(declaration) || declaration.initializer)
    return false;
  return at
    .getSourceFile()
    .statements.some(
      (statement) =>
        ts.isImportDeclaration(statement) &&
        statement.importClause?.namedBindings !== undefined &&
        ts.isNamedImports(statement.importClause.namedBindings) &&
        statement.importClause.namedBindings.elements.some(({ name }) => name.text === at.text),
    );
}

/** The body behind a call, also of a member of an object or class of the same file, and of a parameter of a function that is invoked where it stands. */
export function calledFunction(
  evaluator: Evaluator,
  callee: ts.Expression,
  depth = 0,
): FunctionNode | undefined {
  const found = evaluator.calleeFunction(callee) ?? importedCallee(evaluator, callee);
  if (found || depth > MAX_DEPTH) return found;
  const at = unwrap(callee);
  if (ts.isPropertyAccessExpression(at)) return memberOf(evaluator, at, depth);
  if (!ts.isIdentifier(at)) return undefined;
  const declaration = evaluator.project.declarationOf(at);
  const value = declaration && givenTo(declaration);
  return value && calledFunction(evaluator, value, depth + 1);
}

/** What a const holds, or what a function that is invoked where it stands is given. */
function givenTo(declaration: ts.Node): ts.Expression | undefined {
  if (ts.isVariableDeclaration(declaration)) return declaration.initializer;
  if (!ts.isParameter(declaration)) return undefined;
  const fn = declaration.parent;
  let at: ts.Node = fn;
  while (ts.isParenthesizedExpression(at.parent)) at = at.parent;
  const call = at.parent;
  return ts.isCallExpression(call) && call.expression === at
    ? call.arguments[fn.parameters.indexOf(declaration)]
    : undefined;
}

function memberOf(
  evaluator: Evaluator,
  access: ts.PropertyAccessExpression,
  depth: number,
): FunctionNode | undefined {
  const base = unwrap(access.expression);
  if (base.kind === ts.SyntaxKind.ThisKeyword) {
    let at: ts.Node = access;
    while (at.parent && !ts.isClassLike(at)) at = at.parent;
    return ts.isClassLike(at) ? memberNamed(evaluator, at.members, access.name.text, depth) : undefined;
  }
  if (!ts.isIdentifier(base)) return undefined;
  const declaration = evaluator.project.declarationOf(base);
  const value =
    declaration && ts.isVariableDeclaration(declaration) && declaration.initializer
      ? unwrap(declaration.initializer)
      : undefined;
  return value && ts.isObjectLiteralExpression(value)
    ? memberNamed(evaluator, value.properties, access.name.text, depth)
    : undefined;
}

function memberNamed(
  evaluator: Evaluator,
  members: readonly (ts.ClassElement | ts.ObjectLiteralElementLike)[],
  name: string,
  depth: number,
): FunctionNode | undefined {
  const member = members.find((candidate) => candidate.name?.getText() === name);
  if (!member) return undefined;
  if (isFunctionNode(member)) return member.body ? member : undefined;
  if (ts.isShorthandPropertyAssignment(member)) return calledFunction(evaluator, member.name, depth + 1);
  return (ts.isPropertyAssignment(member) || ts.isPropertyDeclaration(member)) && member.initializer
    ? calledFunction(evaluator, member.initializer, depth + 1)
    : undefined;
}
