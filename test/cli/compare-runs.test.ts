import { describe, expect, it } from "vitest";
import { compareRuns } from "../../src/cli/compare-runs.ts";
import { shelf } from "./fake-context.ts";

const check = shelf("check-one-of-each-severity");
const migration = shelf("migrate-typical");

describe("compareRuns", () => {
  it("finds no difference between a run and itself with moved lines", () => {
    const moved = {
      ...check,
      findings: check.findings.map((finding) => ({ ...finding, line: finding.line + 7 })),
    };
    expect(compareRuns(check, moved)).toEqual({ better: [], worse: [], unchanged: check.findings.length });
    const movedSites = {
      ...migration,
      sites: migration.sites.map((site) => ({ ...site, line: site.line + 3 })),
    };
    expect(compareRuns(migration, movedSites)).toMatchObject({ better: [], worse: [] });
  });

  it("names what went and what came", () => {
    const fewer = { ...check, findings: check.findings.slice(1) };
    const gone = check.findings[0]!;
    expect(compareRuns(check, fewer).better).toEqual([expect.stringContaining(`${gone.file}:${gone.line}`)]);
    expect(compareRuns(fewer, check).worse).toEqual([expect.stringContaining(gone.rule)]);
  });

  it("counts equal refused sites one by one", () => {
    const manual = migration.sites.find(({ decision }) => decision === "manual")!;
    const twice = { ...migration, sites: [...migration.sites, { ...manual, line: manual.line + 1 }] };
    expect(compareRuns(migration, twice).worse).toHaveLength(1);
  });

  it("does not take lost files for progress", () => {
    const [folder] = Object.keys(check.files.byFolder);
    const before = { ...check, files: { ...check.files, byFolder: { [folder!]: 100 } } };
    const half = { ...check, findings: [], files: { ...check.files, byFolder: { [folder!]: 49 } } };
    expect(compareRuns(before, half).worse).toEqual([
      `${folder}/ lost most of its scanned files: 100 before, 49 now`,
    ]);
    expect(
      compareRuns(before, { ...half, files: { ...check.files, byFolder: { [folder!]: 50 } } }).worse,
    ).toEqual([]);
  });

  it("reports files that cannot be parsed any more", () => {
    const failed = {
      ...check,
      files: { ...check.files, failed: [{ file: "src/x.ts", message: "conflict markers" }] },
    };
    expect(compareRuns(check, failed).worse).toEqual([
      "src/x.ts could not be read or parsed: conflict markers",
    ]);
  });
});
