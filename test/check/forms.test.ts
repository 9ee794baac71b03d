import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { compareHistory, HISTORY_RULE } from "../../src/check/compare-history.ts";
import { discover } from "../../src/discover/discover.ts";
import { checkWords } from "../../src/migration/migration.ts";
import { piToSessionRun } from "../../src/migration/pi-to-session-run.ts";
import { initRepository } from "../helpers/git.ts";
import { tempProject } from "../helpers/temp-project.ts";
import { checkFolder } from "./check-folder.ts";

const fixtures = fileURLToPath(new URL("../../fixtures", import.meta.url));
const history = join(fixtures, "history");

interface Form {
  readonly form: string;
  readonly rules: readonly string[];
  readonly flags: readonly string[];
  readonly allows: readonly string[];
}

const forms = JSON.parse(readFileSync(join(fixtures, "rules/forms.json"), "utf8")) as Record<string, Form>;

/** `rule/flags/case` stands with its rule, `history:flags/case` with the comparisons. */
function folderOf(name: string): string {
  return name.startsWith("history:")
    ? join(history, name.slice("history:".length))
    : join(fixtures, "rules", name);
}

describe("the forms of dead abort paths", () => {
  it("are all in the table", () => {
    expect(Object.keys(forms)).toEqual(Array.from({ length: 19 }, (_, at) => `F${at + 1}`));
  });

  it.each(Object.entries(forms))("%s: three variants flagged, two neighbours silent", (_, form) => {
    const { rules, flags, allows } = form;
    expect(new Set(flags).size).toBeGreaterThanOrEqual(3);
    expect(new Set(allows).size).toBeGreaterThanOrEqual(2);
    for (const name of [...flags, ...allows]) expect(existsSync(folderOf(name)), name).toBe(true);
    for (const name of flags) {
      const expected = JSON.parse(readFileSync(join(folderOf(name), "expected.json"), "utf8")) as string[];
      expect(
        expected.filter((line) => rules.includes(line.split(" ")[2]!)),
        name,
      ).not.toEqual([]);
    }
    for (const name of allows) expect(name).toContain("allows/");
  });

  it("names every case of a comparison with an earlier revision", () => {
    const named = new Set(Object.values(forms).flatMap(({ flags, allows }) => [...flags, ...allows]));
    for (const kind of ["flags", "allows"])
      for (const name of readdirSync(join(history, kind)))
        expect(named, name).toContain(`history:${kind}/${name}`);
  });
});

describe.each(["flags", "allows"])("check --history %s", (kind) => {
  it.each(readdirSync(join(history, kind)))("%s", async (name) => {
    const found = await compare(join(history, kind, name));
    const expected = join(history, kind, name, "expected.json");
    if (kind === "flags") expect(found).toEqual(JSON.parse(readFileSync(expected, "utf8")));
    else {
      expect(existsSync(expected)).toBe(false);
      expect(found).toEqual([]);
    }
  });
});

/** Every finding after the step from `then` to `now`, one line each. */
async function compare(folder: string): Promise<string[]> {
  const { root } = tempProject();
  cpSync(join(folder, "then"), root, { recursive: true });
  initRepository(root);
  for (const file of readdirSync(root)) if (file !== ".git") rmSync(join(root, file), { recursive: true });
  cpSync(join(folder, "now"), root, { recursive: true });
  const workspace = discover({ root, words: checkWords(piToSessionRun) });
  const more = await compareHistory(workspace, "main", piToSessionRun);
  const { outcome } = checkFolder(root, { more, moreRules: [HISTORY_RULE] });
  return outcome.findings.map(
    ({ file, line, column, severity, rule, message }) =>
      `${file}:${line}:${column} ${severity} ${rule} | ${message}`,
  );
}
