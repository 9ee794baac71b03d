import { expect, it } from "vitest";
import type { ImportFact } from "../../src/analyze/analysis.ts";
import { dropNames } from "../../src/plan/plan-imports.ts";
import { applyEdits } from "../../src/shared/location.ts";

/** Drops names from an import's list. */
function drop(text: string, ...dead: string[]): string {
  const names = [...text.matchAll(/\w+/g)].map((found) => ({
    local: found[0],
    span: { start: found.index, end: found.index + found[0].length },
  }));
  const fact = { names } as unknown as ImportFact;
  const gone = fact.names.filter((name) => dead.includes(name.local));
  expect(gone.length).toBe(dead.length);
  return applyEdits(text, dropNames(text, fact, gone));
}

it.each([
  ["{ a, b, c }", ["a"], "{ b, c }"],
  ["{ a, b, c }", ["b"], "{ a, c }"],
  ["{ a, b, c }", ["c"], "{ a, b }"],
  ["{ a, b, c }", ["b", "c"], "{ a }"],
  ["{ a, b, c }", ["a", "b"], "{ c }"],
  ["{ a, b, c }", ["a", "c"], "{ b }"],
  ["{ a, b, c, }", ["c"], "{ a, b, }"],
  ["{ a, b, c, d, }", ["a", "c", "d"], "{ b, }"],
  ["{ a, b, c, d, }", ["b", "c"], "{ a, d, }"],
  ["{\n  a,\n  b,\n  c,\n}", ["b", "c"], "{\n  a,\n}"],
  ["{\r\n  a,\r\n  b,\r\n  c,\r\n}", ["a", "b"], "{\r\n  c,\r\n}"],
])("%j without %j", (text, dead, after) => {
  expect(drop(text, ...dead)).toBe(after);
});
