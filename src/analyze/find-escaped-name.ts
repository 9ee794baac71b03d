import { ts } from "./typescript.ts";
import { ESCAPED_LETTER, judgedNames, type Migration } from "../migration/migration.ts";
import { legacyTail } from "../migration/module-paths.ts";
import type { SourceProject } from "./source-project.ts";
import { walk } from "./syntax.ts";

const ESCAPED = new RegExp(ESCAPED_LETTER);

/**
 * A name of interest that is spelled with escapes (`abort\u0045…`): it runs as any other does, and every search for it
 * passes over it.
 * @returns a sentence, or null
 */
export function escapedNameProblem(
  project: SourceProject,
  migration: Migration,
  file: string,
): string | null {
  if (!ESCAPED.test(project.text(file))) return null;
  const names = judgedNames(migration);
  let problem: string | null = null;
  walk(project.file(file), (node) => {
    if (problem !== null || (!ts.isIdentifier(node) && !ts.isStringLiteralLike(node))) return;
    if (!ESCAPED.test(node.getText())) return;
    const isModule =
      ts.isStringLiteralLike(node) &&
      (ts.isImportDeclaration(node.parent) ||
        ts.isExportDeclaration(node.parent) ||
        ts.isCallExpression(node.parent)) &&
      legacyTail(migration, node.text) !== undefined;
    if (isModule || names.test(node.text))
      problem = `spells ${node.text} with escapes (line ${project.lines(file).at(node.getStart()).line}), so that no search finds it`;
  });
  return problem;
}
