import { ts } from "../typescript.ts";
import type { Evaluator } from "../evaluate.ts";
import { hasExportKeyword, isFunctionNode, unwrap, walk } from "../syntax.ts";
import { isTestFile } from "../../shared/test-files.ts";

/** A parameter of a test file's function of which only members are read: their names are the tests' own. */
export function isOptions({ project }: Evaluator, parameter: ts.ParameterDeclaration): boolean {
  const file = project.pathOf(parameter);
  if (!isTestFile(file) || !ts.isIdentifier(parameter.name) || !isFunctionNode(parameter.parent))
    return false;
  const symbol = project.symbolOf(parameter.name);
  const reads = symbol ? project.references(file, symbol) : [];
  // Its own name is one of them: none at all means that they could not be told.
  if (reads.length === 0) return false;
  const byName = reads.every(
    (read) =>
      read.parent === parameter ||
      (ts.isPropertyAccessExpression(read.parent) && read.parent.expression === read),
  );
  return byName && isOnlyGivenLiterals(project, parameter);
}

/** Every call writes out what it gives: an object that is also something else would keep its other names. */
function isOnlyGivenLiterals(project: Evaluator["project"], parameter: ts.ParameterDeclaration): boolean {
  const fn = parameter.parent;
  if (!ts.isFunctionDeclaration(fn) || !fn.name) return false;
  const home = project.pathOf(fn);
  const name = fn.name.text;
  const index = fn.parameters.indexOf(parameter);
  const files = hasExportKeyword(fn)
    ? project.workspace.scanned.filter(
        (file) => isTestFile(file) && project.workspace.read(file).includes(name),
      )
    : [home];
  let literals = true;
  for (const file of files)
    walk(project.file(file), (node) => {
      if (!ts.isIdentifier(node) || node.text !== name || node.parent === fn) return;
      const { parent } = node;
      if (ts.isImportSpecifier(parent)) literals &&= parent.propertyName === undefined;
      else if (ts.isCallExpression(parent) && parent.expression === node) {
        const given = parent.arguments[index];
        literals &&= given !== undefined && ts.isObjectLiteralExpression(given);
      } else literals = false;
    });
  return literals;
}

/** `makeMock({ old: spy })`, where the helper reads the members of what it is given by their names. */
export function isGivenAsOptions(evaluator: Evaluator, literal: ts.ObjectLiteralExpression): boolean {
  const call = literal.parent;
  if (!ts.isCallExpression(call) || !call.arguments.includes(literal)) return false;
  const callee = unwrap(call.expression);
  const fn = ts.isIdentifier(callee) ? evaluator.calleeFunction(callee) : undefined;
  const parameter = fn?.parameters[call.arguments.indexOf(literal)];
  return parameter !== undefined && isOptions(evaluator, parameter);
}

/** A member of a type that nothing but such parameters has. */
export function isTypeOfOptions(evaluator: Evaluator, member: ts.TypeElement): boolean {
  const { project } = evaluator;
  const holder = member.parent;
  const declared = ts.isTypeLiteralNode(holder) ? holder.parent : holder;
  if (ts.isParameter(declared)) return isOptions(evaluator, declared);
  if (!ts.isTypeAliasDeclaration(declared) && !ts.isInterfaceDeclaration(declared)) return false;
  if (ts.getCombinedModifierFlags(declared) & ts.ModifierFlags.Export) return false;
  const symbol = project.symbolOf(declared.name);
  const uses = symbol ? project.references(project.pathOf(declared), symbol) : [];
  if (uses.length === 0) return false;
  return uses.every(({ parent }) => {
    if (parent === declared) return true;
    return (
      ts.isTypeReferenceNode(parent) && ts.isParameter(parent.parent) && isOptions(evaluator, parent.parent)
    );
  });
}
