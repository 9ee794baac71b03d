import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatDecisions, parseDecisions } from "../../../src/config/decisions-file.ts";
import type { RunResult } from "../../../src/report/run-result.ts";
import { runWithFakes, shelf } from "../fake-context.ts";
import { makeSite } from "./make-site.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "rewire-review-"));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});
const FILE = "rewire-abort-decisions.json";
const saved = async (name = FILE) => parseDecisions(await readFile(path.join(root, name), "utf8"), name);

const result: RunResult = {
  ...shelf("migrate-typical"),
  sites: [makeSite({ line: 1 }), makeSite({ line: 2 })],
  excerpts: { "src/a.ts": { "1": "const a = stop(id);", "2": "\tawait \u001b[2J stop(id);" } },
};
const review = (typed: string[], ...flags: string[]) =>
  runWithFakes(["migrate", root, "--interactive", ...flags], { result, typed });

describe("migrate --interactive", () => {
  it("plans without writing, asks, saves, and runs with the decisions", async () => {
    const { code, migrations, stderr, stdout } = await review(["a", "e other.key", "g"], "--write", "--mark");
    expect(code).toBe(result.summary.exitCode);
    expect(migrations).toHaveLength(2);
    expect(migrations[0]).toMatchObject({ write: false, mark: false });
    expect(migrations[0]!.decisions).toBeUndefined();
    expect(migrations[1]).toMatchObject({ write: true, mark: true });
    expect(migrations[1]!.decisions?.map(({ action, key }) => [action, key])).toEqual([
      ["accept", "childKey"],
      ["key", "other.key"],
    ]);
    expect(await saved()).toEqual(migrations[1]!.decisions);
    expect(stderr).toContain("Site 1 of 2");
    expect(stderr).toContain("becomes  kill(childKey)");
    expect(stderr).toContain("names the requester");
    expect(stderr).toContain("2 of 2 decided");
    expect(stderr).not.toContain("\u001b[2J");
    expect(stdout).not.toContain("Site 1 of 2");
  });

  it("leaves stdout to a machine format", async () => {
    const { stdout } = await review(["a", "a", "g"], "--format", "json");
    expect(JSON.parse(stdout)).toMatchObject({ command: "migrate" });
  });

  it("keeps decisions when the person quits or the terminal goes away, and runs nothing", async () => {
    for (const typed of [["s", "q"], ["s"]]) {
      await rm(path.join(root, FILE), { force: true });
      const { code, migrations, stderr } = await review(typed, "--write");
      expect(code).toBe(0);
      expect(migrations).toHaveLength(1);
      expect(stderr).toMatch(/1 of 2 decided, kept in .*Nothing was written;/);
      expect((await saved()).map(({ action }) => action)).toEqual(["skip"]);
    }
  });

  it("asks once more at the end, where the last answer can still be taken back", async () => {
    const { migrations, stderr } = await review(["s", "s", "what", "b", "m", "g"], "--write");
    expect(stderr).toContain("2 decisions made, none is open.");
    expect(stderr).toContain("That is no answer: g, b or q.");
    expect(stderr).toContain("decided before: skip");
    expect(migrations[1]!.decisions?.map(({ action }) => action)).toEqual(["skip", "mark"]);
    expect(await saved()).toEqual(migrations[1]!.decisions);
  });

  it("writes nothing where the person quits at the end or the terminal goes away there", async () => {
    for (const typed of [["s", "s", "q"], ["s", "s"], ["q"], []]) {
      const { code, migrations, stderr } = await review(typed, "--write");
      expect([code, migrations.length], JSON.stringify(typed)).toEqual([0, 1]);
      expect(stderr).toContain("2 of 2 decided, kept in ");
      expect(stderr).toContain("Nothing was written;");
    }
    expect((await saved()).map(({ action }) => action)).toEqual(["skip", "skip"]);
  });

  it("goes on where the last session stopped", async () => {
    await review(["s", "q"]);
    const { migrations, stderr } = await review(["m", "g"]);
    expect(stderr).not.toContain("Site 1 of 2");
    expect(migrations[1]!.decisions?.map(({ action }) => action)).toEqual(["skip", "mark"]);
  });

  it("answers questions and mistakes, and asks for the expression", async () => {
    const { stderr, migrations } = await review(["?", "what", "7", "e", "f(", "e", "f()", "1", "g"]);
    expect(stderr).toContain("take this candidate");
    expect(stderr).toContain("That is no answer");
    expect(stderr).toContain("There is no such candidate.");
    expect(stderr).toContain("The brackets of the expression do not match.");
    expect(migrations[1]!.decisions?.map(({ key }) => key)).toEqual(["f()", "childKey"]);
  });

  it("uses the named decisions file", async () => {
    await writeFile(path.join(root, "d.json"), formatDecisions([]));
    await review(["s", "s", "g"], "--decisions", path.join(root, "d.json"));
    expect(await saved("d.json")).toHaveLength(2);
  });

  it("writes no file under DRY_RUN", async () => {
    await runWithFakes(["migrate", root, "--interactive"], {
      result,
      typed: ["s", "s", "g"],
      env: { DRY_RUN: "1" },
    });
    await expect(readFile(path.join(root, FILE))).rejects.toThrow("ENOENT");
  });

  it("says so when there is nothing to decide", async () => {
    const { migrations, stderr } = await runWithFakes(["migrate", root, "--interactive"], {
      result: { ...result, sites: [] },
      typed: [],
    });
    expect(stderr).toContain("There is no site to decide.");
    expect(migrations).toHaveLength(2);
  });
});
