import { describe, expect, test } from "vitest";
import {
  compareRuns,
  renderComparisonMarkdown,
  renderComparisonText,
} from "../../src/report/compare-runs.ts";
import type { RunResult } from "../../src/report/run-result.ts";
import { UserError } from "../../src/shared/errors.ts";
import { makeManyFindings } from "./make-many-sites.ts";
import { readShelf } from "./read-shelf.ts";
import { findRunnerCommands } from "./runner-commands.ts";

const check = readShelf("check-one-of-each-severity");
const migrate = readShelf("migrate-typical");
const counts = (before: RunResult, after: RunResult) => {
  const { better, worse, changed, same } = compareRuns(before, after);
  return { better: better.length, worse: worse.length, changed: changed.length, same };
};
const withSite = (at: number, change: object): RunResult => ({
  ...migrate,
  sites: migrate.sites.map((site, i) => (i === at ? { ...site, ...change } : site)),
});
const manual = migrate.sites.findIndex((site) => site.decision === "manual");
const keyed = migrate.sites.findIndex((site) => site.key !== null);

describe("compareRuns", () => {
  test("a run is the same as itself", () => {
    expect(counts(check, check)).toEqual({ better: 0, worse: 0, changed: 0, same: 5 });
    expect(counts(migrate, migrate)).toEqual({ better: 0, worse: 0, changed: 0, same: 11 });
  });
  test("lines that moved are no difference", () => {
    const moved = {
      ...check,
      findings: check.findings.map((finding) => ({
        ...finding,
        line: finding.line + 40,
        endLine: finding.endLine + 40,
      })),
    };
    expect(counts(check, moved)).toEqual({ better: 0, worse: 0, changed: 0, same: 5 });
    const sites = migrate.sites.map((site) => ({
      ...site,
      line: site.line + 7,
      id: `${site.file}:${site.line + 7}:1:x`,
    }));
    expect(counts(migrate, { ...migrate, sites })).toEqual({ better: 0, worse: 0, changed: 0, same: 11 });
  });
  test("a swap of two findings is one better and one worse, not nothing", () => {
    const swapped = {
      ...check,
      findings: [...check.findings.slice(1), { ...check.findings[0]!, fingerprint: "another" }],
    };
    expect(counts(check, swapped)).toEqual({ better: 1, worse: 1, changed: 0, same: 4 });
  });
  test("a second occurrence of one fingerprint is new", () => {
    expect(counts(check, { ...check, findings: [...check.findings, check.findings[0]!] })).toMatchObject({
      worse: 1,
      same: 5,
    });
  });
  test.each<[string, RunResult, RunResult, "better" | "worse" | "changed"]>([
    [
      "a finding suppressed",
      check,
      { ...check, suppressed: [...check.suppressed, { ...check.suppressed[0]!, fingerprint: "x" }] },
      "worse",
    ],
    ["a rule that no longer runs", check, { ...check, rules: check.rules.slice(1) }, "worse"],
    [
      "a folder lost from sight",
      check,
      { ...check, files: { ...check.files, byFolder: { scripts: 4, src: 20 } } },
      "worse",
    ],
    [
      "a file that fails",
      check,
      { ...check, files: { ...check.files, failed: [{ file: "a.ts", message: "x" }] } },
      "worse",
    ],
    ["report-only switched on", check, { ...check, reportOnly: true }, "worse"],
    [
      "a higher severity",
      { ...check, findings: [{ ...check.findings[0]!, severity: "info" }] },
      { ...check, findings: [check.findings[0]!] },
      "worse",
    ],
    [
      "a manual site rewritten",
      migrate,
      withSite(manual, { decision: "rewrite", confidence: "proven" }),
      "better",
    ],
    ["proven turned likely", migrate, withSite(keyed, { confidence: "likely" }), "worse"],
    ["another key", migrate, withSite(keyed, { key: "params.key" }), "changed"],
    ["another reason", migrate, withSite(manual, { reason: "rival-keys" }), "changed"],
    ["a site gone", migrate, { ...migrate, sites: migrate.sites.slice(1) }, "better"],
    ["a site added", { ...migrate, sites: migrate.sites.slice(1) }, migrate, "worse"],
  ])("%s", (_, before, after, expected) => {
    const result = compareRuns(before, after);
    for (const name of ["better", "worse", "changed"] as const)
      expect(result[name].length, name).toBe(name === expected ? 1 : 0);
  });
  test("a folder that loses a few files is no difference", () => {
    expect(
      counts(check, { ...check, files: { ...check.files, byFolder: { scripts: 3, src: 50 } } }),
    ).toMatchObject({ worse: 0 });
  });
  test("refuses two commands", () => {
    expect(() => compareRuns(check, migrate)).toThrow(UserError);
  });
});

describe("rendering", () => {
  test("worse stands first and the verdict on top", () => {
    const text = renderComparisonText(
      compareRuns(check, { ...check, findings: [{ ...check.findings[0]!, fingerprint: "new" }] }),
    );
    expect(text).toMatch(/^Worse: 4 better, 1 worse, 0 changed, 1 the same\.\n\nworse \(1\)\n/);
  });
  test("what happened keeps within the width", () => {
    const message = Array.from({ length: 30 }, (_, i) => `word${i}`).join(" ");
    const run = { ...check, findings: [{ ...check.findings[0]!, fingerprint: "new", message }] };
    const lines = renderComparisonText(compareRuns(check, run), 50).split("\n");
    const told = lines.filter((line) => /word\d/.test(line));
    expect(told.length).toBeGreaterThan(3);
    for (const line of told) expect(line.length).toBeLessThanOrEqual(50);
  });
  test("hostile text is inert", () => {
    const nasty = readShelf("nasty-names");
    const comparison = compareRuns({ ...nasty, findings: [] }, nasty);
    for (const text of [renderComparisonText(comparison), renderComparisonMarkdown(comparison)]) {
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      expect(findRunnerCommands(text)).toEqual([]);
    }
    expect(renderComparisonMarkdown(comparison)).not.toMatch(/<(?!\/?(details|summary|code)\b)/);
  });
  test("many differences stay under the limit of a comment, counted", () => {
    const text = renderComparisonMarkdown(compareRuns(makeManyFindings(0), makeManyFindings(5_000)));
    expect(Buffer.byteLength(text)).toBeLessThan(60_000);
    expect(text).toMatch(/\n\d{4} more\n/);
  });
});
