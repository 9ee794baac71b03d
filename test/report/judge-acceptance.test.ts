import { describe, expect, test } from "vitest";
import { judgeAcceptance } from "../../src/report/judge-acceptance.ts";
import type { RunResult } from "../../src/report/run-result.ts";
import { listShelf, readShelf } from "./read-shelf.ts";

const verdicts = (result: RunResult) => judgeAcceptance(result).map((item) => item.verdict);
const planned = readShelf("migrate-typical");
const written: RunResult = { ...planned, written: true };

describe("judgeAcceptance", () => {
  test("a plan that was not written meets nothing", () => {
    expect(verdicts(planned)).toEqual([
      ...["not-met", "not-met", "not-met", "not-checkable"],
      ...["not-met", "not-checkable", "not-met", "not-checkable"],
    ]);
  });
  test("written, the lines that stand there meet it; a manual test does not", () => {
    expect(verdicts(written)).toEqual([
      "met",
      "met",
      "met",
      "not-checkable",
      "met",
      "not-checkable",
      "not-met",
      "not-checkable",
    ]);
  });
  test.each(listShelf())("%s: nothing is met without evidence, and three criteria never are", (name) => {
    for (const run of [readShelf(name), { ...readShelf(name), written: true }]) {
      const items = judgeAcceptance(run);
      for (const item of items) if (item.verdict === "met") expect(item.evidence.length).toBeGreaterThan(0);
      for (const at of [3, 5, 7]) expect(items[at]!.verdict).not.toBe("met");
    }
  });
  test("an empty run is not checkable in any point", () => {
    expect(new Set(verdicts({ ...planned, sites: [], changes: [], excerpts: {}, provenance: [] }))).toEqual(
      new Set(["not-checkable"]),
    );
  });
  test("the wait alone is not enough: the answer on timeout must be seen", () => {
    const dropped = written.changes.map((change) => ({
      ...change,
      hunks: change.hunks.map((hunk) => ({
        ...hunk,
        lines: hunk.lines.filter((line) => !line.includes("UNAVAILABLE")),
      })),
    }));
    const excerpts = Object.fromEntries(
      Object.entries(written.excerpts).filter(([file]) => !file.includes("server-methods")),
    );
    const item = judgeAcceptance({ ...written, changes: dropped, excerpts })[4]!;
    expect(item.verdict).toBe("not-checkable");
    expect(item.because).toContain("timeout");
  });
  test("a wrong key in applyAbortTarget does not meet its criterion", () => {
    const sites = written.sites.map((site) =>
      site.function === "applyAbortTarget"
        ? { ...site, replacement: "killSessionRun(abortTarget.sessionId)" }
        : site,
    );
    expect(verdicts({ ...written, sites })[2]).not.toBe("met");
  });
  test("check: nothing that registers means that a kill finds no run", () => {
    expect(verdicts(readShelf("check-one-of-each-severity"))[3]).toBe("not-met");
  });
  test("a file of the same name elsewhere is not the file", () => {
    const sites = written.sites.map((site) => ({ ...site, file: `other/${site.file.split("/").at(-1)}` }));
    const changes = written.changes.map((change) => ({
      ...change,
      file: `other/${change.file.split("/").at(-1)}`,
    }));
    expect(verdicts({ ...written, sites, changes, excerpts: {}, provenance: [] }).slice(0, 3)).toEqual([
      "not-checkable",
      "not-checkable",
      "not-checkable",
    ]);
  });
});
