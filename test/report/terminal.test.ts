import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { displayWidth } from "../../src/report/fit-text.ts";
import html from "../../src/report/reporters/html.ts";
import terminal from "../../src/report/reporters/terminal.ts";
import type { RunResult } from "../../src/report/run-result.ts";
import { listShelf, readShelf } from "./read-shelf.ts";
import { findRunnerCommands } from "./runner-commands.ts";

const plain = (result: RunResult, width = 100) => terminal.render(result, { width });

describe("terminal", () => {
  test.each(listShelf())("%s: colour changes nothing but colour, and no line ends in a space", (name) => {
    const text = plain(readShelf(name));
    const coloured = terminal.render(readShelf(name), { width: 100, color: true });
    expect(stripVTControlCharacters(coloured)).toBe(text);
    expect(text).not.toMatch(/[ \t]$/m);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(findRunnerCommands(coloured)).toEqual([]);
  });
  test.each([60, 80, 132])("keeps within %i columns, apart from paths and names", (width) => {
    for (const name of ["migrate-typical", "check-one-of-each-severity"])
      for (const line of plain(readShelf(name), width).split("\n"))
        expect(displayWidth(line), line).toBeLessThanOrEqual(width);
  });
  test("a changed line of a diff is shown whole at any width; only context is cut", () => {
    const result = readShelf("migrate-typical");
    const long = `const kept = ${Array.from({ length: 40 }, (_, i) => `word${i}`).join(" + ")};`;
    const hunk = { oldStart: 1, newStart: 1, lines: [` ${long}`, `-${long}`, `+${long}x`] };
    for (const width of [60, 100]) {
      const lines = plain({ ...result, changes: [{ ...result.changes[0]!, hunks: [hunk] }] }, width).split(
        "\n",
      );
      const joined = (mark: string) =>
        lines
          .filter((line) => line.startsWith(`    ${mark}`) && /word|const kept/.test(line))
          .map((line) => line.slice(5).replace(/^↪ /, ""))
          .join("");
      expect(joined("-").replaceAll(" ", "")).toBe(long.replaceAll(" ", ""));
      expect(joined("+").replaceAll(" ", "")).toBe(`${long}x`.replaceAll(" ", ""));
      expect(joined(" ")).toMatch(/…$/);
      for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(width);
    }
  });
  test("files with errors come first, and what reads alike in a file is one entry with every place", () => {
    const result = readShelf("check-one-of-each-severity");
    const warning = { ...result.findings[0]!, severity: "warning", evidence: [], file: "a.ts" } as const;
    const error = { ...warning, severity: "error", file: "z.ts" } as const;
    const findings = [warning, { ...warning, line: 7 }, { ...warning, line: 9, column: 3 }, error];
    const text = plain({ ...result, findings });
    expect(text.indexOf("z.ts")).toBeLessThan(text.indexOf("a.ts"));
    expect(text).toContain("also 7:");
    expect(text).toContain(", 9:3");
    expect(text.split(warning.message.slice(0, 20))).toHaveLength(3);
    // Evidence is one finding's own: nothing is joined that says more than its place.
    const hop = { file: "a.ts", line: 1, note: "because" };
    const told = plain({ ...result, findings: findings.map((item) => ({ ...item, evidence: [hop] })) });
    expect(told).not.toContain("also 7:");
  });
  test("production stands before its tests, also where the path of a test comes first", () => {
    const result = readShelf("migrate-typical");
    const site = { ...result.sites.find(({ decision }) => decision === "rewrite")!, file: "z.ts", id: "z" };
    const moved = { ...site, file: "a.test.ts", id: "a" };
    const run = { ...result, changes: [], sites: [moved, site] };
    for (const text of [plain(run), html.render(run, {}).split('id="list"')[1]!])
      expect(text.indexOf("z.ts")).toBeLessThan(text.indexOf("a.test.ts"));
  });
  test("a long report says once more at its end what is left for a person", () => {
    const result = readShelf("check-one-of-each-severity");
    const errors = Array.from({ length: 12 }, (_, i) => ({
      ...result.findings[0]!,
      severity: "error" as const,
      file: `src/file-${i}.ts`,
    }));
    const end = (count: number) =>
      plain({ ...result, findings: errors.slice(0, count) })
        .split("\nfindings ")
        .at(-1)!;
    expect(end(12)).toContain(`errors   src/file-0.ts:${errors[0]!.line}:`);
    expect(end(12)).toContain("… and 2 more above");
    expect(end(3)).not.toContain("src/file-0.ts");
  });
  test("the caret stands under the code it means, whatever stands before it", () => {
    const result = readShelf("check-one-of-each-severity");
    const finding = { ...result.findings[0]!, line: 1, column: 10, endLine: 1, endColumn: 14 };
    const text = plain({
      ...result,
      findings: [finding],
      excerpts: { [finding.file]: { "1": "\t'日本\u202e' + kill(id)" } },
    });
    const lines = text.split("\n");
    const at = lines.findIndex((line) => line.includes("kill(id)"));
    const column = displayWidth(lines[at]!.slice(0, lines[at]!.indexOf("kill(id)")));
    expect(lines[at + 1]!.indexOf("^")).toBe(column);
    expect(lines[at + 1]!.match(/\^+/)![0]).toHaveLength(4);
  });
  test("a caret far to the right stays in sight", () => {
    const result = readShelf("check-one-of-each-severity");
    const source = `${"x".repeat(500)}kill(id)${"y".repeat(500)}`;
    const finding = { ...result.findings[0]!, line: 1, column: 501, endLine: 1, endColumn: 505 };
    const lines = plain({
      ...result,
      findings: [finding],
      excerpts: { [finding.file]: { "1": source } },
    }).split("\n");
    const at = lines.findIndex((line) => line.includes("kill("));
    const caret = lines[at + 1]!.indexOf("^");
    expect([...lines[at]!].slice(caret, caret + 4).join("")).toBe("kill");
    expect(displayWidth(lines[at]!)).toBeLessThanOrEqual(100);
  });
  test("says loudly that a run only reports, at both ends", () => {
    const text = plain({ ...readShelf("check-one-of-each-severity"), reportOnly: true });
    expect(text.match(/REPORT ONLY: findings do not fail this run/g)).toHaveLength(2);
    expect(plain(readShelf("check-one-of-each-severity"))).not.toContain("REPORT ONLY");
  });
  test("nothing scanned is never worded as a pass", () => {
    const result = readShelf("nothing-found");
    const text = plain({ ...result, summary: { ...result.summary, exitCode: 3 } });
    expect(text).toContain("this is no pass");
    expect(text).not.toContain("No dead abort path");
  });
  test("says whether something was written, and what to type next", () => {
    const result = readShelf("migrate-typical");
    expect(plain(result)).toContain("no, nothing was written (3 files would change)");
    expect(plain(result)).toContain("rewire-abort migrate --write");
    expect(plain(result)).toContain("rewire-abort registry add");
    const written = plain({ ...result, written: true, registry: { path: "x.ts", exists: true } });
    expect(written).toContain("yes, 3 files changed");
    expect(written).not.toContain("migrate --write");
    expect(written).not.toContain("registry add");
  });
  test("no command to type carries text from the repository", () => {
    for (const name of ["nasty-names", "nasty-migration"])
      for (const line of plain(readShelf(name)).split("\n"))
        if (line.startsWith("next ")) expect(line).toMatch(/^next rewire-abort [a-z -]+( \([a-z ]+\))?$/);
  });
});
