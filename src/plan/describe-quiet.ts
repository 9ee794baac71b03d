import type { QuietTest } from "../analyze/doubles/double-facts.ts";
import type { SiteDecision } from "./plan.ts";
import type { StrengthenDecision } from "./strengthen-tests.ts";

const NOTES: Record<QuietTest["problem"], (about: string) => string> = {
  "kill-never-asserted": (about) =>
    `this test is about a stop, and no expectation of the file looks at ${about}: expect it to have been called with the session's key`,
  "looks-away": (about) =>
    `this test is about a stop and expects nothing about one: expect ${about} to have been called with the session's key`,
  "not-run": () => "this test is about a stop and does not run: let it run, or delete it",
  "helper-replaced": (about) =>
    `a constant stands for ${about}, which would kill: replace the kill instead, and expect it to have been called with the session's key`,
};

/** The report's view of tests that stay silent: none that the plan itself tells to look at the kill. */
export function describeQuiet(
  quiet: readonly QuietTest[],
  strengthened: readonly StrengthenDecision[],
): SiteDecision[] {
  const mended = ({ file, problem, test }: QuietTest): boolean =>
    (problem === "kill-never-asserted" || problem === "looks-away") &&
    strengthened.some(
      (one) =>
        one.test.file === file &&
        (test === null || (test.start <= one.test.statement.start && one.test.statement.end <= test.end)),
    );
  // What is found twice of one test is one thing to do.
  const places = new Map<string, QuietTest>();
  for (const one of quiet) {
    const place = `${one.file}:${one.line}:${one.column}`;
    if (!mended(one) && !places.has(place)) places.set(place, one);
  }
  return [...places].map(([place, one]): SiteDecision => {
    const { file, line, column, function: within, about, problem, evidence } = one;
    return {
      id: `${place}:${about}`,
      file,
      line,
      column,
      function: within,
      callee: about,
      argument: null,
      kind: "assertion",
      decision: "manual",
      reason: "silent-test",
      key: null,
      confidence: null,
      replacement: null,
      cluster: place,
      evidence: [{ file, line, note: NOTES[problem](about) }, ...evidence],
      rejected: [],
    };
  });
}
