import { ts } from "ts-morph";
import type { FileChange, PlannedStep } from "../plan/plan.ts";
import { LineIndex, type Span } from "../shared/location.ts";
import type { NewDiagnostic } from "./compare-diagnostics.ts";

/** Steps that serve the whole file: the site that they name stands for all of them. */
const SHARED = new Set(["rewire-imports", "drop-unused-locals"]);

/**
 * The decisions that brought a diagnostic in: those whose edit it stands in or, failing that, the nearest one in the
 * same function; for a name that nobody reads any more, those whose edits took its uses away. When nothing points
 * anywhere, all decisions of the file.
 */
export function blameSites(
  diagnostic: NewDiagnostic,
  change: FileChange,
  steps: readonly PlannedStep[],
): string[] {
  const own = steps.filter((step) => !SHARED.has(step.transform));
  const sites =
    diagnostic.unused === null
      ? (named(diagnostic, change, own) ?? nearest(diagnostic, change.before, own))
      : readers(diagnostic.unused, own);
  return sites.length > 0 ? sites : distinct(steps);
}

/** Steps whose old text reads the name. */
function readers(name: string, steps: readonly PlannedStep[]): string[] {
  return distinct(steps.filter((step) => wordsOf(step.expect).has(name)));
}

/** A complaint in an import is about a name: the steps that brought that name in. */
function named(
  diagnostic: NewDiagnostic,
  change: FileChange,
  steps: readonly PlannedStep[],
): string[] | undefined {
  const source = ts.createSourceFile(change.file, change.after, ts.ScriptTarget.ESNext);
  const inImport = source.statements.some(
    (statement) =>
      ts.isImportDeclaration(statement) &&
      statement.pos <= diagnostic.start &&
      diagnostic.start < statement.end,
  );
  if (!inImport) return undefined;
  const words = wordsOf(change.after.slice(diagnostic.start, diagnostic.end));
  return distinct(
    steps.filter((step) =>
      Object.values(step.data).some((value) => typeof value === "string" && meets(wordsOf(value), words)),
    ),
  );
}

function nearest(diagnostic: NewDiagnostic, before: string, steps: readonly PlannedStep[]): string[] {
  const { offset, edit } = diagnostic.at;
  const covering = steps.filter((step) =>
    edit
      ? step.start <= edit.end && edit.start <= step.end
      : step.start <= offset && (offset < step.end || step.start === step.end),
  );
  const exact = covering.filter((step) => edit !== null || step.end > step.start);
  if (exact.length > 0) return distinct(exact);
  const lines = new LineIndex(before);
  const line = lines.at(offset).line;
  for (const scope of functionsAround(before, offset)) {
    const inside = steps.filter((step) => step.start >= scope.start && step.end <= scope.end);
    const distances = inside.map((step) =>
      Math.max(0, lines.at(step.start).line - line, line - lines.at(step.end).line),
    );
    const least = Math.min(...distances);
    if (inside.length > 0) return distinct(inside.filter((_, at) => distances[at] === least));
  }
  return [];
}

/** Spans of the functions around a place, innermost first. */
function functionsAround(text: string, offset: number): Span[] {
  const source = ts.createSourceFile("file.tsx", text, ts.ScriptTarget.ESNext);
  const found: Span[] = [];
  const visit = (node: ts.Node): void => {
    if (offset < node.pos || offset >= node.end) return;
    if (ts.isFunctionLike(node)) found.unshift({ start: node.pos, end: node.end });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function distinct(steps: readonly PlannedStep[]): string[] {
  return [...new Set(steps.map((step) => step.site))].sort();
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.match(/[A-Za-z_$][\w$]*/g));
}

function meets(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  return [...left].some((word) => right.has(word));
}
