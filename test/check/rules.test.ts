import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { listRules, RULES } from "../../src/check/load-rules.ts";
import { removeFolder } from "../helpers/temp-project.ts";
import { checkFolder } from "./check-folder.ts";

const repo = fileURLToPath(new URL("../..", import.meta.url));
const fixtures = join(repo, "fixtures/rules");

describe("the list of rules", () => {
  it("names every file of the folder, sorted, under the file's own name", () => {
    const files = readdirSync(join(repo, "src/check/rules")).map((file) => file.replace(/\.ts$/, ""));
    expect(RULES.map(({ id }) => id)).toEqual(files.sort());
  });

  it("says what, why and what to do for each, the rules about exceptions included", () => {
    const rules = listRules();
    expect(rules.map(({ id }) => id)).toEqual([...new Set(rules.map(({ id }) => id))].sort());
    expect(rules.map(({ id }) => id)).toContain("unused-suppression");
    expect(rules.map(({ id }) => id)).toContain("ledger-expired");
    for (const { docs } of rules)
      for (const text of [docs.what, docs.why, docs.fix]) expect(text).toMatch(/^[^\s].{8,}[.]$/s);
  });

  it("has fixtures for each rule and no fixtures without a rule", () => {
    const folders = readdirSync(fixtures, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual(RULES.map(({ id }) => id));
  });
});

describe.each(RULES.map(({ id }) => id))("%s", (id) => {
  const flags = casesOf(id, "flags");
  const allows = casesOf(id, "allows");

  it("has three cases that it flags and two that it allows, at least", () => {
    expect(flags.length).toBeGreaterThanOrEqual(3);
    expect(allows.length).toBeGreaterThanOrEqual(2);
  });

  it.each(flags)("flags %s", (name) => {
    const folder = join(fixtures, id, "flags", name);
    const expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as string[];
    const found = findingsOf(folder);
    expect(found).toEqual(expected);
    expect(found.some((line) => line.split(" ")[2] === id)).toBe(true);
  });

  it.each(allows)("allows %s", (name) => {
    const folder = join(fixtures, id, "allows", name);
    expect(existsSync(join(folder, "expected.json"))).toBe(false);
    expect(findingsOf(folder)).toEqual([]);
  });
});

function casesOf(id: string, kind: "flags" | "allows"): string[] {
  const folder = join(fixtures, id, kind);
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/** Every finding of a case as one line; the case is copied out of the repository, so that git lists nothing else. */
function findingsOf(folder: string): string[] {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "rewire-abort-rule-")));
  onTestFinished(() => removeFolder(root));
  cpSync(folder, root, { recursive: true });
  const { outcome, analysis } = checkFolder(root);
  expect(analysis.failed).toEqual([]);
  return outcome.findings.map(
    ({ file, line, column, severity, rule, message }) =>
      `${file}:${line}:${column} ${severity} ${rule} | ${message}`,
  );
}
