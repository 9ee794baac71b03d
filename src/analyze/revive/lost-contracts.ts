import path from "node:path/posix";
import { ts } from "../typescript.ts";
import type { EntryPoint } from "../../migration/migration.ts";
import { indentAt, indentUnit, lineEnding } from "../../shared/layout.ts";
import type { Analysis } from "../analysis.ts";
import type { CallerIndex } from "../callers.ts";
import { declaredMembers } from "../declared-types.ts";
import { outermost } from "../effects/find-reports.ts";
import type { Reach } from "../effects/reach.ts";
import type { Evaluator } from "../evaluate.ts";
import { functionName, type FunctionNode, isFunctionNode, unwrap, walk } from "../syntax.ts";
import { endOfImports, type Revival } from "./revival.ts";

export interface ContractQuestion {
  readonly evaluator: Evaluator;
  readonly reach: Reach;
  readonly callers: CallerIndex;
  /** production files that parse */
  readonly files: readonly string[];
  readonly registry: Analysis["registry"];
}

/**
 * Entry points whose contract says which record's session they killed, and that reach no kill now: the kill is put
 * before the first thing that they do, behind a test that there is something to kill.
 */
export function findLostContracts(question: ContractQuestion): Revival[] {
  const { evaluator, files, registry } = question;
  const { project, migration } = evaluator;
  const entries = migration.entryPoints.filter(({ stood }) => stood !== undefined);
  if (registry === null || entries.length === 0) return [];
  const found: Revival[] = [];
  for (const file of files) {
    const { text } = project.file(file);
    if (!entries.some(({ name }) => text.includes(name))) continue;
    walk(project.file(file), (node) => {
      if (!isFunctionNode(node) || !node.body || !ts.isBlock(node.body)) return;
      const entry = entries.find(({ name }) => name === functionName(node));
      if (!entry || !(ts.isFunctionDeclaration(node) || ts.isVariableDeclaration(node.parent))) return;
      if (question.reach.has(node, "kill") || killedByCallers(question, node)) return;
      const revival = revive(question, registry.path, file, node, node.body, entry);
      if (revival) found.push(revival);
    });
  }
  return found;
}

function killedByCallers({ callers, reach }: ContractQuestion, fn: FunctionNode): boolean {
  const flows = (callers.of(fn)?.calls ?? []).flatMap((call) => outermost(call) ?? []);
  return flows.some((flow) => reach.has(flow, "kill"));
}

function revive(
  { evaluator }: ContractQuestion,
  registry: string,
  file: string,
  fn: FunctionNode,
  body: ts.Block,
  entry: EntryPoint,
): Revival | undefined {
  const { project, migration } = evaluator;
  const first = body.statements.find((statement) => !isPlainDeclaration(statement));
  const abort = migration.legacy.find(({ role }) => role === "abort")?.names[0];
  if (!first || abort === undefined) return undefined;
  const record = spellRecord(evaluator, fn, first, entry.stood!.of);
  if (record === undefined) return undefined;
  const { text } = project.file(file);
  const id = `${record}.${migration.vocabulary.idNames[0]!}`;
  const indent = indentAt(text, first.getStart());
  const eol = lineEnding(text);
  const at = first.getStart();
  const call = `${abort}(${id});`;
  return {
    file,
    function: entry.name,
    edits: [
      {
        start: at,
        end: at,
        text: `if (${id}) {${eol}${indent}${indentUnit(text)}${call}${eol}${indent}}${eol}${indent}`,
      },
    ],
    imports: [{ imported: abort, local: abort, specifier: legacySpecifier(evaluator, file, registry) }],
    calls: [],
    importsEnd: endOfImports(project.file(file)),
    evidence: project.evidence(
      fn,
      `${entry.name} promises to kill the session of ${entry.stood!.of}, and nothing here does`,
    ),
  };
}

/** The record by its name, or as a property of the function's parameter; undefined where it cannot be read. */
function spellRecord(
  { project }: Evaluator,
  fn: FunctionNode,
  at: ts.Statement,
  name: string,
): string | undefined {
  const visible = project.symbolsInScope(at, ts.SymbolFlags.Variable).find((symbol) => symbol.name === name);
  const declaration = visible?.valueDeclaration;
  if (declaration && declaration.pos < at.pos && outermost(declaration) === fn) return name;
  for (const { name: parameter } of fn.parameters)
    if (ts.isIdentifier(parameter) && declaredMembers(project, parameter)?.has(name))
      return `${parameter.text}.${name}`;
  return undefined;
}

/** `const { abortTarget } = params;`: it only names what is there. */
function isPlainDeclaration(statement: ts.Statement): boolean {
  return (
    ts.isVariableStatement(statement) &&
    statement.declarationList.declarations.every(({ initializer }) => {
      let at = initializer && unwrap(initializer);
      while (at && ts.isPropertyAccessExpression(at)) at = unwrap(at.expression);
      return at !== undefined && ts.isIdentifier(at);
    })
  );
}

/** A module of the old engine beside the registry, spelled as this file spells its imports. */
function legacySpecifier({ project, migration }: Evaluator, file: string, registry: string): string {
  const known = project
    .file(file)
    .statements.flatMap((statement) =>
      ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier)
        ? [statement.moduleSpecifier.text]
        : [],
    )
    .filter((specifier) => specifier.startsWith("."));
  const style =
    /\.[cm]?[jt]s$/.exec(known[0] ?? "")?.[0] ?? (known.length === 0 && /\.[cm]?js$/.test(file) ? ".js" : "");
  const target = path.join(path.dirname(registry), migration.legacyModules[0]!);
  const relative = path.relative(path.dirname(file), target);
  return (relative.startsWith(".") ? relative : `./${relative}`) + style;
}
