import path from "node:path/posix";
import { ts } from "../typescript.ts";
import type { Edit } from "../../shared/location.ts";
import { indentAt, lineEnding } from "../../shared/layout.ts";
import type { AlignedFunction, AlignedRevisions, RevisionView } from "../effects/align-functions.ts";
import { shortText } from "../effects/place-of.ts";
import { calleeName } from "../evaluate.ts";
import { isLegacyModule } from "../legacy-modules.ts";
import { contains, enclosingFunction, isAsync, isFunctionNode, walk } from "../syntax.ts";
import { alignBlocks, isMemberOrLabel, type LostRun, namesDeclared, textOf } from "./align-blocks.ts";
import { endOfImports, type NeededImport, type Revival } from "./revival.ts";
import type { ValueSymbol } from "../parsed-files.ts";

/**
 * What functions lost between two revisions, as edits that put it back. Only what has a sure place between statements
 * that are still there comes back, and only where every name that it reads still means something.
 */
export function findLostStatements(revisions: AlignedRevisions): Revival[] {
  return revisions.functions.flatMap((aligned) => revive(aligned, revisions) ?? []);
}

function revive(
  { name, before, heir, lost }: AlignedFunction,
  revisions: AlignedRevisions,
): Revival | undefined {
  const { then, today } = revisions;
  const calls = [...lost.values()].flat();
  if (!before.body || !heir.body || !ts.isBlock(before.body) || !ts.isBlock(heir.body)) return undefined;
  const runs = alignBlocks(before.body, heir.body, calls);
  if (!runs || runs.length === 0) return undefined;
  const imports = new Map<string, NeededImport>();
  for (const run of runs) {
    const needed = missingNames(run, then, today);
    if (!needed || !fits(run) || !calls.every((call) => keyStands(call, run, revisions))) return undefined;
    for (const one of needed) imports.set(one.local, one);
  }
  const first = calls[0]!;
  return {
    file: today.project.pathOf(heir),
    function: name,
    edits: runs.map((run) => editOf(run)).sort((a, b) => a.start - b.start),
    imports: [...imports.values()],
    calls: calls
      .filter((call) => then.reach.sinks.ofRegistry(call))
      .map((call) => ({ callee: calleeName(call.expression)!, key: call.arguments[0]?.getText() ?? "" })),
    importsEnd: endOfImports(heir.getSourceFile()),
    evidence: then.project.evidence(first, `there stood ${shortText(first)}`),
  };
}

function editOf({ statements, block, replaces, before }: LostRun): Edit {
  const { text } = block.getSourceFile();
  const eol = lineEnding(text);
  const anchor = replaces[0] ?? before ?? block.statements.at(-1);
  const indent = anchor ? indentAt(text, anchor.getStart()) : `${indentAt(text, block.getStart())}  `;
  const written = statements.map((statement) => reindent(statement, indent, eol)).join(eol + indent);
  if (replaces.length > 0)
    return { start: replaces[0]!.getStart(), end: replaces.at(-1)!.end, text: written };
  if (before) return { start: before.getStart(), end: before.getStart(), text: written + eol + indent };
  const end = block.statements.at(-1)?.end ?? block.getStart() + 1;
  return { start: end, end, text: eol + indent + written };
}

function reindent(statement: ts.Statement, indent: string, eol: string): string {
  const { text } = statement.getSourceFile();
  const own = indentAt(text, statement.getStart());
  return statement
    .getText()
    .split(/\r\n|\n|\r/)
    .map((line, at) => (at > 0 && line.startsWith(own) ? indent + line.slice(own.length) : line))
    .join(eol);
}

/** An await needs an async function around it. */
function fits({ statements, block }: LostRun): boolean {
  const awaits = statements.some((statement) => {
    let found = false;
    walk(statement, (node) => (found ||= ts.isAwaitExpression(node)), false);
    return found;
  });
  return !awaits || isAsync(enclosingFunction(block));
}

/** Imports that the statements need; undefined when a name means nothing today. */
function missingNames(run: LostRun, then: RevisionView, today: RevisionView): NeededImport[] | undefined {
  const own = new Set(run.statements.flatMap(namesDeclared));
  const file = today.project.pathOf(run.block);
  const visible = new Map(
    today.project
      .symbolsInScope(run.block, ts.SymbolFlags.Value | ts.SymbolFlags.Alias)
      .map((symbol) => [symbol.name, symbol]),
  );
  const place = (run.replaces[0] ?? run.before)?.getStart() ?? run.block.end;
  const needed = new Map<string, NeededImport>();
  let lost = false;
  for (const statement of run.statements)
    walk(statement, (node) => {
      if (!ts.isIdentifier(node) || isMemberOrLabel(node) || own.has(node.text)) return;
      const declaration = then.project.declarationOf(node);
      if (!declaration || contains(statement, declaration)) return;
      const now = visible.get(node.text);
      if (now && isReadable(now, place)) return;
      const wanted = ts.isImportSpecifier(declaration)
        ? importFor(declaration, file, then, today)
        : undefined;
      if (wanted) needed.set(wanted.local, wanted);
      else lost = true;
    });
  return lost ? undefined : [...needed.values()];
}

/** A local that is declared further down cannot be read yet. */
function isReadable(symbol: ValueSymbol, place: number): boolean {
  const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0];
  if (!declaration || !ts.isVariableDeclaration(declaration)) return true;
  return declaration.end <= place || ts.isSourceFile(declaration.parent.parent.parent);
}

/** The import that the old file had, as this file would write it; undefined when it leads nowhere today. */
function importFor(
  specifier: ts.ImportSpecifier,
  file: string,
  then: RevisionView,
  today: RevisionView,
): NeededImport | undefined {
  const from = specifier.parent.parent.parent.moduleSpecifier;
  if (!ts.isStringLiteral(from)) return undefined;
  const oldFile = then.project.pathOf(specifier);
  const imported = (specifier.propertyName ?? specifier.name).text;
  const needed = { imported, local: specifier.name.text };
  if (!from.text.startsWith(".")) return { ...needed, specifier: from.text };
  const relative = path.relative(path.dirname(file), path.join(path.dirname(oldFile), from.text));
  const written = relative.startsWith(".") ? relative : `./${relative}`;
  const { migration } = today.evaluator;
  if (isLegacyModule(then.project, migration, oldFile, from.text, imported))
    return { ...needed, specifier: written };
  const target = today.project.resolve(file, written);
  return target !== undefined && today.project.exported(target, imported)
    ? { ...needed, specifier: written }
    : undefined;
}

/**
 * A call of the old engine is proved anew when it is rewired. One of the registry comes back with its key, so that
 * what the key is made of must be declared as it was.
 */
function keyStands(call: ts.CallExpression, run: LostRun, { then, today }: AlignedRevisions): boolean {
  if (!run.statements.some((statement) => contains(statement, call))) return true;
  if (!then.reach.sinks.ofRegistry(call)) return true;
  const key = call.arguments[0];
  if (!key) return false;
  const visible = today.project.symbolsInScope(run.block);
  let stands = true;
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && !isMemberOrLabel(node)) {
      const before = then.project.declarationOf(node);
      const now = visible.find(({ name }) => name === node.text)?.valueDeclaration;
      if (before && run.statements.some((statement) => contains(statement, before))) return;
      if (!before || !now || textOf(wholeDeclaration(before)) !== textOf(wholeDeclaration(now)))
        stands = false;
    }
    ts.forEachChild(node, visit);
  };
  visit(key);
  return stands;
}

/** What a name is worth is said by the whole of its declaration: its type, or what it is taken from. */
function wholeDeclaration(declaration: ts.Node): ts.Node {
  let at = declaration;
  while (at.parent && !ts.isParameter(at) && !ts.isVariableDeclaration(at) && !isFunctionNode(at))
    at = at.parent;
  return at;
}
