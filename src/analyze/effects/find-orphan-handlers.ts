import { ts } from "../typescript.ts";
import type { Evaluator } from "../evaluate.ts";
import { functionName, isFunctionNode } from "../syntax.ts";
import type { OrphanHandler } from "./effect-facts.ts";
import { placeOf } from "./place-of.ts";

/** Exported handlers of the migration's entry points that no production code names any more besides handing them on. */
export function findOrphanHandlers(evaluator: Evaluator, files: readonly string[]): OrphanHandler[] {
  const { project, migration } = evaluator;
  const handlers = new Set(migration.entryPoints.filter(({ handler }) => handler).map(({ name }) => name));
  const declared = new Map<string, ts.Node>();
  const named = new Set<string>();
  for (const file of files) {
    const text = project.text(file);
    if (![...handlers].some((name) => text.includes(name))) continue;
    const { identifiers } = project.nodesOf(file);
    for (const node of [...handlers].flatMap((name) => identifiers.get(name) ?? [])) {
      const parent = node.parent;
      if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) continue;
      // `typeof handler` as a type, and `void handler;`, put it into no table.
      if (ts.isTypeQueryNode(parent) || ts.isVoidExpression(parent) || ts.isExpressionStatement(parent))
        continue;
      if (ts.isFunctionDeclaration(parent) && parent.name === node) {
        if (isExported(parent)) declared.set(node.text, node);
        else named.add(node.text);
      } else if (ts.isVariableDeclaration(parent) && parent.name === node) {
        const list = parent.parent.parent;
        const isFunction = parent.initializer !== undefined && isFunctionNode(parent.initializer);
        if (isFunction && ts.isVariableStatement(list) && isExported(list)) declared.set(node.text, node);
        else named.add(node.text);
      } else named.add(node.text);
    }
  }
  return [...declared]
    .filter(([name]) => !named.has(name))
    .map(([name, node]) => ({
      ...placeOf(project, node, [], functionName(node.parent as never) ?? name),
      name,
    }));
}

function isExported(statement: ts.Node): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) ?? false)
  );
}
