import { ts } from "./typescript.ts";
import { type Migration, surfaceFunctions } from "../migration/migration.ts";
import { isRegistryFile, legacyTail } from "../migration/module-paths.ts";
import type { SourceProject } from "./source-project.ts";
import { constantText, unwrap } from "./syntax.ts";

const MAX_DEPTH = 6;
/** What is put together leaves one of these in the text. */
const JOINS = /["']\s*\+|\+\s*["']|\.concat\(|\.join\(|\$\{/;

/**
 * A function of either engine, or a module of the old one, that is reached by a name put together at run time
 * (`engine["abort" + …]()`, `` import(`../${folder}/…`) ``): every search for it passes over it. Only pieces that are
 * literals, or consts that hold one, are put together here.
 * @returns a sentence, or null
 */
export function joinedNameProblem(project: SourceProject, migration: Migration, file: string): string | null {
  if (!JOINS.test(project.text(file))) return null;
  const names = new Set(surfaceFunctions(migration));
  const { elements, computedKeys, calls } = project.nodesOf(file);
  // `engine[name]`, `{ [name]: stop } = engine`
  const members = [...elements.map((access) => access.argumentExpression), ...computedKeys];
  const paths = calls.flatMap(modulePath);
  const isMember = (text: string): boolean => names.has(text);
  const isModule = (text: string): boolean =>
    legacyTail(migration, text) !== undefined || isRegistryFile(migration, text);
  const asked = [
    ...members.map((name) => ({ name, isMeant: isMember })),
    // A path of literals alone is followed like any other.
    ...paths
      .filter((path) => constantText(path) === undefined)
      .map((path) => ({ name: path, isMeant: isModule })),
  ];
  for (const { name, isMeant } of asked) {
    if (ts.isStringLiteralLike(unwrap(name))) continue;
    const text = joined(project, name, 0);
    if (text !== undefined && isMeant(text) && isPutTogether(project, name))
      return `puts ${text} together out of pieces (line ${project.lines(file).at(name.getStart()).line}), so that no search finds it`;
  }
  return null;
}

/** `import(path)`, `require(path)` */
function modulePath({ expression, arguments: given }: ts.CallExpression): readonly ts.Expression[] {
  const loads =
    expression.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(expression) && expression.text === "require");
  return loads && given.length === 1 ? given : [];
}

/** The name itself does not stand anywhere: a const that holds it whole is found by its text. */
function isPutTogether(project: SourceProject, expression: ts.Expression): boolean {
  const at = unwrap(expression);
  const value = constValue(project, at);
  return value ? isPutTogether(project, value) : !ts.isStringLiteralLike(at);
}

/** The text that literals, and consts that hold them, make when they are put together. */
function joined(project: SourceProject, expression: ts.Expression, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return undefined;
  const at = unwrap(expression);
  const all = (parts: readonly ts.Expression[]): string[] | undefined => {
    const texts = parts.map((part) => joined(project, part, depth + 1));
    return texts.every((text) => text !== undefined) ? texts : undefined;
  };
  if (ts.isStringLiteralLike(at)) return at.text;
  if (ts.isBinaryExpression(at))
    return at.operatorToken.kind === ts.SyntaxKind.PlusToken ? all([at.left, at.right])?.join("") : undefined;
  if (ts.isTemplateExpression(at)) {
    const texts = all(at.templateSpans.map((span) => span.expression));
    return texts && at.head.text + texts.map((text, i) => text + at.templateSpans[i]!.literal.text).join("");
  }
  if (ts.isCallExpression(at) && ts.isPropertyAccessExpression(at.expression)) {
    const { name, expression: base } = at.expression;
    const list = unwrap(base);
    if (name.text === "concat") return all([base, ...at.arguments])?.join("");
    if (name.text !== "join" || !ts.isArrayLiteralExpression(list)) return undefined;
    const between = at.arguments[0] ? joined(project, at.arguments[0], depth + 1) : ",";
    return between === undefined ? undefined : all(list.elements)?.join(between);
  }
  const value = constValue(project, at);
  return value && joined(project, value, depth + 1);
}

function constValue(project: SourceProject, at: ts.Expression): ts.Expression | undefined {
  const declaration = ts.isIdentifier(at) ? project.declarationOf(at) : undefined;
  return declaration &&
    ts.isVariableDeclaration(declaration) &&
    (declaration.parent.flags & ts.NodeFlags.Const) !== 0
    ? declaration.initializer
    : undefined;
}
