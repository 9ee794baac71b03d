import { ts } from "ts-morph";
import type { Edit, Span } from "../shared/location.ts";
import { applyEdits } from "../shared/location.ts";

/**
 * What other files can see of a TypeScript file: bodies of functions that declare what they return are emptied, and
 * imports that only those bodies read are left out, so that the compiler need not follow them. Every exported type
 * stays what it was; the text is for reading types from it, not for diagnostics.
 */
export function outlineSource(name: string, text: string): string {
  if (!/\.[cm]?tsx?$/.test(name) || /\.d\.[cm]?ts$/.test(name)) return text;
  const source = ts.createSourceFile(name, text, {
    languageVersion: ts.ScriptTarget.ESNext,
    jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
  });
  const read = new Set<string>();
  const edits: Edit[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) read.add(node.text);
    if (ts.isImportDeclaration(node)) return;
    const body = sealedBody(node);
    if (body) edits.push({ start: body.start, end: body.end, text: "{}" });
    ts.forEachChild(node, (child) => {
      if (!body || child.end !== body.end || !ts.isBlock(child)) visit(child);
    });
  };
  ts.forEachChild(source, visit);
  if (edits.length === 0) return text;
  for (const statement of source.statements)
    if (
      ts.isImportDeclaration(statement) &&
      statement.importClause &&
      !namesOf(statement.importClause).some((local) => read.has(local))
    )
      edits.push({ start: statement.getStart(source), end: statement.end, text: "" });
  return applyEdits(text, edits);
}

/** The body of a function whose type does not depend on it. A constructor's may give properties their types. */
function sealedBody(node: ts.Node): Span | null {
  const sealed =
    (ts.isFunctionDeclaration(node) ||
      ts.isFunctionExpression(node) ||
      ts.isArrowFunction(node) ||
      ts.isMethodDeclaration(node) ||
      ts.isGetAccessorDeclaration(node)) &&
    node.type !== undefined;
  if (!sealed || !node.body || !ts.isBlock(node.body)) return null;
  const { statements, end } = node.body;
  return statements.length > 0 ? { start: statements.pos - 1, end } : null;
}

function namesOf({ name, namedBindings }: ts.ImportClause): string[] {
  const named = !namedBindings
    ? []
    : ts.isNamespaceImport(namedBindings)
      ? [namedBindings.name.text]
      : namedBindings.elements.map((element) => element.name.text);
  return name ? [name.text, ...named] : named;
}
