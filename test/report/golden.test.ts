import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { getReporter, listReporters } from "../../src/report/load-reporters.ts";
import { listShelf, readShelf } from "./read-shelf.ts";

// UPDATE_GOLDEN=1 writes the files again; the diff is then reviewed like code.
const FOLDER = fileURLToPath(new URL("../../fixtures/reporters/", import.meta.url));
const ENDING: Readonly<Record<string, string>> = {
  github: "txt",
  gitlab: "json",
  html: "html",
  json: "json",
  junit: "xml",
  markdown: "md",
  sarif: "sarif",
  terminal: "txt",
};

describe.each(listReporters())("%s", (name) => {
  test.each(listShelf())("renders %s as reviewed, twice the same", async (result) => {
    const reporter = await getReporter(name);
    expect(reporter.name).toBe(name);
    expect(reporter.describe).not.toBe("");
    const text = reporter.render(readShelf(result), { width: 100 });
    expect(reporter.render(readShelf(result), { width: 100 })).toBe(text);
    expect(text.endsWith("\n")).toBe(true);
    const file = `${FOLDER}${name}/${result}.expected.${ENDING[name]}`;
    if (process.env["UPDATE_GOLDEN"] === "1") {
      mkdirSync(`${FOLDER}${name}`, { recursive: true });
      writeFileSync(file, text);
    }
    expect(existsSync(file), `${file} is missing: run with UPDATE_GOLDEN=1`).toBe(true);
    expect(text).toBe(readFileSync(file, "utf8"));
  });
});

test("each expected file belongs to a reporter and a saved run", () => {
  for (const name of readdirSync(FOLDER)) {
    expect(listReporters()).toContain(name);
    const wanted = listShelf().map((result) => `${result}.expected.${ENDING[name]}`);
    expect(readdirSync(`${FOLDER}${name}`).sort()).toEqual(wanted.sort());
  }
});
