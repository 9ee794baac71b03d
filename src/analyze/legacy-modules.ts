import path from "node:path/posix";
import { ts } from "./typescript.ts";
import type { Migration } from "../migration/migration.ts";
import { legacyTail } from "../migration/module-paths.ts";
import { inertForm } from "./inert.ts";
import type { SourceProject } from "./source-project.ts";
import { isFunctionNode, unwrap } from "./syntax.ts";

/** True when a module specifier, as written in a file, leads to a module that defines or hands on a legacy name. */
export function isLegacyModule(
  project: SourceProject,
  migration: Migration,
  from: string,
  specifier: string,
  name: string | null,
): boolean {
  const joined = specifier.startsWith(".") ? path.join(path.dirname(from), specifier) : specifier;
  if (legacyTail(migration, joined) !== undefined) return true;
  const file = project.resolve(from, specifier);
  if (file === undefined || name === null) return false;
  const target = project.exported(file, name);
  if (!target) return false;
  if (legacyTail(migration, target.file) !== undefined) return true;
  // A fork may have moved the module: then the function still takes a session id, or does nothing.
  const fn = functionOf(target.node);
  if (!fn) return false;
  const first = fn.parameters[0]?.name;
  return (
    inertForm(fn) !== null ||
    (first !== undefined && ts.isIdentifier(first) && /sessionid$/i.test(first.text))
  );
}

export function functionOf(node: ts.Node): ts.SignatureDeclaration | undefined {
  if (ts.isFunctionDeclaration(node)) return node;
  if (ts.isVariableDeclaration(node) && node.initializer) {
    const value = unwrap(node.initializer);
    return isFunctionNode(value) ? value : undefined;
  }
  return undefined;
}
