import { ts } from "../typescript.ts";
import type { Evaluator } from "../evaluate.ts";
import { findUnprovenTests } from "../effects/find-unproven-tests.ts";
import { findKillNeverAsserted } from "../effects/find-vacuous-tests.ts";
import { placeOf } from "../effects/place-of.ts";
import { spanOf } from "../guards.ts";
import type { QuietTest } from "./double-facts.ts";

/**
 * Tests that would stay green if nothing was ever stopped, as the gate finds them once their doubles have moved: they do
 * not run, expect nothing about an end, replace the helper that would kill, or replace the kill and never look at it.
 */
export function findQuietTests(evaluator: Evaluator, tests: readonly string[]): QuietTest[] {
  const { project, migration } = evaluator;
  const { kill, killAll } = migration.registry;
  const legacy = migration.legacy.flatMap(({ role, names }) => (role === "abort" ? names : []));
  const unproven = findUnprovenTests(evaluator, tests).map(
    ({ file, line, column, function: within, span, name, problem, evidence }): QuietTest => ({
      file,
      line,
      column,
      function: within,
      about:
        problem === "helper-replaced" ? name : (legacy.find((one) => project.mentions(file, [one])) ?? kill),
      problem,
      test: problem === "looks-away" ? testAround(project.file(file), span.start) : null,
      evidence,
    }),
  );
  const unwatched = tests.flatMap((file): QuietTest[] => {
    const never = findKillNeverAsserted(evaluator, file, [...legacy, kill, killAll]);
    if (!never) return [];
    const { line, column, function: within } = placeOf(project, never.title);
    const evidence = [project.evidence(never.mock, `${never.mock.text} is replaced here`)];
    return [
      {
        file,
        line,
        column,
        function: within,
        about: never.mock.text,
        problem: "kill-never-asserted",
        test: null,
        evidence,
      },
    ];
  });
  return [...unproven, ...unwatched];
}

/** The call of `it(…)` whose title stands at an offset. */
function testAround(source: ts.SourceFile, offset: number): QuietTest["test"] {
  let found: ts.CallExpression | undefined;
  const visit = (node: ts.Node): void => {
    if (offset < node.pos || node.end <= offset) return;
    if (ts.isCallExpression(node) && node.arguments[0]?.getStart() === offset) found = node;
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found ? spanOf(found) : null;
}
