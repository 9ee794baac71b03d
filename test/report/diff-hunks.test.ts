import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hunkHeader, makeHunks } from "../../src/report/diff-hunks.ts";
import type { DiffHunk } from "../../src/report/run-result.ts";
import { applyEdits, type Edit } from "../../src/shared/location.ts";

/** Replays hunks over the old lines as `patch` would, refusing context that does not fit. */
function patch(before: readonly string[], hunks: readonly DiffHunk[]): string[] {
  const result: string[] = [];
  let at = 0;
  for (const hunk of hunks) {
    result.push(...before.slice(at, hunk.oldStart - 1));
    expect(result.length).toBe(hunk.newStart - 1);
    at = hunk.oldStart - 1;
    for (const line of hunk.lines) {
      if (line[0] !== "+") expect(before[at++]).toBe(line.slice(1));
      if (line[0] !== "-") result.push(line.slice(1));
    }
  }
  return [...result, ...before.slice(at)];
}
const linesOf = (text: string) => (text === "" ? [] : text.replace(/(\r\n|\n|\r)$/, "").split(/\r\n|\n|\r/));
const show = (before: string, edits: Edit[]) =>
  makeHunks(before, applyEdits(before, edits), edits).map((hunk) =>
    [hunkHeader(hunk), ...hunk.lines].join("\n"),
  );

describe("makeHunks", () => {
  test("no edits, no hunks; an edit that changes nothing, no hunks", () => {
    expect(show("a\nb\n", [])).toEqual([]);
    expect(show("a\nb\n", [{ start: 0, end: 1, text: "a" }])).toEqual([]);
  });
  test("three lines of context on both sides", () => {
    expect(show("1\n2\n3\n4\n5\n6\n7\n8\n9\n", [{ start: 8, end: 9, text: "five" }])).toEqual([
      "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8",
    ]);
  });
  test("a removed line, an added line, and the shift of what follows", () => {
    const before = Array.from({ length: 20 }, (_, i) => `line ${i + 1}\n`).join("");
    const at = (line: number) => before.indexOf(`line ${line}\n`);
    expect(
      show(before, [
        { start: at(2), end: at(3), text: "" },
        { start: at(15), end: at(15), text: "new\nand newer\n" },
      ]),
    ).toEqual([
      "@@ -1,5 +1,4 @@\n line 1\n-line 2\n line 3\n line 4\n line 5",
      "@@ -12,6 +11,8 @@\n line 12\n line 13\n line 14\n+new\n+and newer\n line 15\n line 16\n line 17",
    ]);
  });
  test("neighbouring changed lines read as one change", () => {
    expect(
      show("a\nb\n", [
        { start: 0, end: 1, text: "x" },
        { start: 2, end: 3, text: "y" },
      ]),
    ).toEqual(["@@ -1,2 +1,2 @@\n-a\n-b\n+x\n+y"]);
  });
  test("a line that stays amid one edit is context, and no line is taken away and put back", () => {
    const before = "keep\n  one,\n  two,\n};\n});\nend\n";
    const start = before.indexOf("  one");
    const edit = { start, end: before.indexOf("end"), text: "};\n});\nmore();\n" };
    expect(show(before, [edit])).toEqual([
      "@@ -1,6 +1,5 @@\n keep\n-  one,\n-  two,\n };\n });\n+more();\n end",
    ]);
  });
  test("an edit too large to be searched is shown whole", () => {
    const many = (word: string) => Array.from({ length: 600 }, (_, i) => `${word} ${i}\n`).join("");
    const before = `${many("a")}same\n${many("b")}`;
    const after = `${many("c")}same\n${many("d")}`;
    const [hunk, ...rest] = makeHunks(before, after, [{ start: 0, end: before.length, text: after }]);
    expect(rest).toEqual([]);
    expect(patch(linesOf(before), [hunk!])).toEqual(linesOf(after));
  });
  test("line ends are not shown, a changed one counts", () => {
    expect(show("a\r\nb\r\n", [{ start: 3, end: 4, text: "x" }])).toEqual(["@@ -1,2 +1,2 @@\n a\n-b\n+x"]);
    expect(show("a\n", [{ start: 1, end: 2, text: "" }])).toEqual(["@@ -1,1 +1,1 @@\n-a\n+a"]);
  });
  test("refuses edits that do not lead to the given text", () => {
    expect(() => makeHunks("a\n", "abc\n", [{ start: 0, end: 1, text: "b" }])).toThrow(RangeError);
  });
  test("replayed, the hunks give the text after, for any text and edits", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "\n", "\r\n", "xy", "\n\n"), { maxLength: 60 })
      .map((p) => p.join(""));
    const cuts = fc.array(fc.tuple(fc.nat(90), fc.nat(6), fc.constantFrom("", "z", "\n", "q\nr", "\n\n")), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(text, cuts, (before, raw) => {
        const edits: Edit[] = [];
        let at = 0;
        for (const [skip, length, insert] of raw) {
          const start = Math.min(before.length, at + (skip % 25));
          const end = Math.min(before.length, start + length);
          edits.push({ start, end, text: insert });
          at = end + 1;
          if (at > before.length) break;
        }
        const after = applyEdits(before, edits);
        // A CR and an LF that an edit joins or parts move the line's end without an edited character on one side.
        fc.pre(!/\r(?!\n)/.test(after) && !/\r(?!\n)/.test(before));
        fc.pre(edits.every((e) => before[e.start - 1] !== "\r" && before[e.end - 1] !== "\r"));
        const hunks = makeHunks(before, after, edits);
        expect(patch(linesOf(before), hunks)).toEqual(linesOf(after));
        for (const run of hunks.flatMap((hunk) => hunk.lines.join("\n").split(/\n (?:.*)/))) {
          const lines = run.split("\n").filter((line) => /^[+-]/.test(line));
          const removed = new Set(lines.filter((line) => line[0] === "-").map((line) => line.slice(1)));
          // A line that differs in its end alone is shown twice.
          if (!/\r/.test(before + after) && before.endsWith("\n") && after.endsWith("\n"))
            for (const line of lines)
              if (line[0] === "+") expect(removed.has(line.slice(1)), run).toBe(false);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
