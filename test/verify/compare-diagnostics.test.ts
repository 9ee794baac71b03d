import { describe, expect, it } from "vitest";
import { applyEdits, type Edit } from "../../src/shared/location.ts";
import { newDiagnostics } from "../../src/verify/compare-diagnostics.ts";
import type { DiagnosticItem } from "../../src/verify/diagnostic-item.ts";
import { OffsetMap } from "../../src/verify/map-offset.ts";

const before = "spy.answers((id) => id);\nrest;\n";

/** What is new when each `id` of a parameter implicitly is any, with a message and code of one's own. */
function newIn(edit: Edit, code: number): number {
  const complaints = (text: string): DiagnosticItem[] =>
    [...text.matchAll(/\(id\)/g)].map(({ index }) => ({
      code,
      message: "Parameter 'id' implicitly has an 'any' type.",
      start: index + 1,
      end: index + 3,
      unused: null,
    }));
  const after = applyEdits(before, [edit]);
  return newDiagnostics(complaints(before), complaints(after), new OffsetMap([edit]), before, new Map())
    .length;
}

describe("a copy of a statement", () => {
  const at = before.indexOf(";") + 1;
  const copy = { start: at, end: at, text: "\nother.answers((id) => id);" };

  it("lacks the types that the statement lacks", () => {
    expect(newIn(copy, 7006)).toBe(0);
  });

  it("is judged like any other code in everything else", () => {
    expect(newIn(copy, 2345)).toBe(1);
  });

  it("is none where it takes the place of something", () => {
    const rest = before.indexOf("rest;");
    expect(newIn({ start: rest, end: rest + 5, text: "other.answers((id) => id);" }, 7006)).toBe(1);
  });
});
