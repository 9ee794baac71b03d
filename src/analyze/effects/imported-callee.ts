import { ts } from "../typescript.ts";
import type { Evaluator } from "../evaluate.ts";
import { functionOf } from "../legacy-modules.ts";
import { constantText, type FunctionNode, isFunctionNode, unwrap, walk } from "../syntax.ts";

const MAX_DEPTH = 4;

/**
 * The function behind a name that an awaited import was taken apart into (`const { f } = await import("./x.js")`), or
 * behind a member of a module (`runtime.f()`); lazy loaders are followed.
 */
export function importedCallee(evaluator: Evaluator, callee: ts.Expression): FunctionNode | undefined {
  const { project } = evaluator;
  const at = unwrap(callee);
  let module: ts.Expression | undefined;
  let name: string | undefined;
  if (ts.isPropertyAccessExpression(at)) {
    module = at.expression;
    name = at.name.text;
  } else if (ts.isIdentifier(at)) {
    const declaration = project.declarationOf(at);
    if (!declaration || !ts.isBindingElement(declaration) || !ts.isObjectBindingPattern(declaration.parent))
      return undefined;
    const owner = declaration.parent.parent;
    const key = declaration.propertyName ?? declaration.name;
    if (!ts.isVariableDeclaration(owner) || !ts.isIdentifier(key)) return undefined;
    module = owner.initializer;
    name = key.text;
  }
  const file = module && moduleFile(evaluator, module, 0);
  const target = file === undefined || name === undefined ? undefined : project.exported(file, name);
  const fn = target && functionOf(target.node);
  return fn && isFunctionNode(fn) && fn.body ? fn : undefined;
}

function moduleFile(evaluator: Evaluator, expression: ts.Expression, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const { project } = evaluator;
  const at = unwrap(expression);
  const resolve = (specifier: ts.Expression | undefined): string | undefined => {
    const text = constantText(specifier);
    return text === undefined ? undefined : project.resolve(project.pathOf(at), text);
  };
  if (ts.isCallExpression(at)) {
    if (at.expression.kind === ts.SyntaxKind.ImportKeyword) return resolve(at.arguments[0]);
    const loader = evaluator.calleeFunction(at.expression);
    if (!loader?.body) return undefined;
    const imports: ts.CallExpression[] = [];
    walk(loader, (node) => {
      if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
        imports.push(node);
    });
    return imports.length === 1 ? moduleFile(evaluator, imports[0]!, depth + 1) : undefined;
  }
  if (!ts.isIdentifier(at)) return undefined;
  const declaration = project.declarationOf(at);
  if (!declaration) return undefined;
  if (ts.isNamespaceImport(declaration)) return resolve(declaration.parent.parent.moduleSpecifier);
  return ts.isVariableDeclaration(declaration) && declaration.initializer
    ? moduleFile(evaluator, declaration.initializer, depth + 1)
    : undefined;
}
