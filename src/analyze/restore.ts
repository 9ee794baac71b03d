import { ts } from "./typescript.ts";
import type { LegacyRole } from "../migration/migration.ts";
import type { RunCall } from "./analysis.ts";
import { collectCandidates } from "./candidates.ts";
import type { Evaluator } from "./evaluate.ts";
import { spanOf } from "./guards.ts";
import type { KeyQuestion } from "./keys/proposal.ts";
import { isTest } from "./is-test.ts";
import type { Relator } from "./relate.ts";
import { enclosingFunctions, enclosingName, isAsync, unwrap, walk } from "./syntax.ts";

/** What a gutted const stood for, by its name, and the value it was gutted to. */
const PLACEHOLDERS: readonly {
  readonly names: readonly string[];
  readonly literal: string;
  readonly role: LegacyRole;
}[] = [
  { names: ["aborted", "killed", "stopped"], literal: "false", role: "abort" },
  { names: ["isActive", "isRunActive", "hasActiveRun"], literal: "false", role: "is-active" },
  { names: ["ended", "settled"], literal: "true", role: "wait" },
];

/**
 * Placeholders in declared entry points (`const aborted = false;`) as the calls that stood there: the
 * session id that the function still computes tells the session, and the key is proved as for a live call.
 */
export function collectRestores(
  evaluator: Evaluator,
  relator: Relator,
  files: readonly string[],
  pathsOf: (question: Omit<KeyQuestion, "paths">) => KeyQuestion["paths"],
): RunCall[] {
  const { project, migration } = evaluator;
  const entryPoints = new Set(migration.entryPoints.map((entry) => entry.name));
  const restores: RunCall[] = [];
  for (const file of files.filter((candidate) => !isTest(project, candidate)))
    walk(project.file(file), (node) => {
      if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name) || !node.initializer) return;
      if (!ts.isVariableDeclarationList(node.parent) || !(node.parent.flags & ts.NodeFlags.Const)) return;
      const name = node.name.text;
      const literal = unwrap(node.initializer);
      const kind = PLACEHOLDERS.find((one) => one.names.includes(name) && one.literal === literal.getText());
      const statement = node.parent.parent;
      if (!kind || !entryPoints.has(enclosingName(node)) || !ts.isVariableStatement(statement)) return;
      const fn = migration.legacy.find((candidate) => candidate.role === kind.role);
      const functions = enclosingFunctions(node);
      const id = sessionIdBefore(evaluator, functions.at(-1), literal);
      if (!fn || !id) return;
      const idTerm = evaluator.evaluate(id);
      const question = { evaluator, call: literal, id, idTerm, functions };
      const span = spanOf(literal);
      const text = project.text(file);
      restores.push({
        file,
        ...project.lines(file).at(node.getStart()),
        function: enclosingName(node),
        name,
        legacy: fn.names[0]!,
        role: kind.role,
        via: "placeholder",
        span,
        callee: span,
        nameSpan: span,
        arguments: [],
        idIndex: 0,
        wrapper: null,
        argumentText: literal.getText(),
        global: false,
        unsupported: false,
        cluster: `${file}#${functions.at(-1)?.getStart() ?? 0}#${idTerm.id}`,
        scope: `${file}#${functions.at(-1)?.getStart() ?? 0}`,
        inTest: false,
        candidates: collectCandidates({ ...question, paths: pathsOf(question) }, relator),
        guards: [],
        idReads: [],
        result: { name, statement: spanOf(statement), indent: indentOf(text, statement.getStart()) },
        inAsync: isAsync(functions[0]),
        evidence: [
          project.evidence(node, `${name} is a constant where ${fn.names[0]} of ${id.getText()} is expected`),
        ],
        feedsNoCounterpart: false,
        optional: false,
        through: null,
        standsAlone: false,
        awaited: false,
      });
    });
  return restores;
}

/** The last const or path named as a session id that is read or declared before the placeholder. */
function sessionIdBefore(
  evaluator: Evaluator,
  outer: ts.Node | undefined,
  before: ts.Node,
): ts.Expression | undefined {
  const { idNames } = evaluator.migration.vocabulary;
  let found: ts.Expression | undefined;
  if (outer)
    walk(outer, (node) => {
      if (node.end > before.getStart()) return;
      if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && idNames.includes(node.name.text))
        found = node.name;
      else if (ts.isPropertyAccessExpression(node) && idNames.includes(node.name.text) && !found)
        found = node;
    });
  return found;
}

function indentOf(text: string, offset: number): string {
  let start = offset;
  while (start > 0 && text[start - 1] !== "\n" && text[start - 1] !== "\r") start -= 1;
  return text.slice(start, offset);
}
