import { describe, expect, test } from "vitest";
import { judgeAcceptance } from "../../src/report/judge-acceptance.ts";
import type { RunResult } from "../../src/report/run-result.ts";
import { listShelf, readShelf } from "./read-shelf.ts";

const verdicts = (result: RunResult) => judgeAcceptance(result).map((item) => item.verdict);
const planned = readShelf("migrate-typical");
const CALLERS = ["sessions.reset", "sessions.delete"];
/** Written, with the registry in place and the callers of the shared cleanup among the hops of its proof. */
const written: RunResult = withCallers({ ...planned, written: true }, CALLERS);

function withCallers(run: RunResult, callers: readonly string[]): RunResult {
  return {
    ...run,
    registry: { ...run.registry!, exists: true },
    sites: run.sites.map((site) =>
      site.function === "ensureSessionRuntimeCleanup"
        ? {
            ...site,
            evidence: callers.map((name, i) => ({
              file: site.file,
              line: 40 + i,
              note: `caller ${name} passes id and key of one session`,
            })),
          }
        : site,
    ),
  };
}

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
  test("an import of a registry that does not exist meets nothing", () => {
    const missing = { ...written, registry: { ...written.registry!, exists: false } };
    const [abort, sessions] = judgeAcceptance(missing);
    expect([abort!.verdict, sessions!.verdict]).toEqual(["not-met", "not-met"]);
    expect(abort!.because).toContain("does not exist yet");
  });
  test.each([
    '+// import { killSessionRun, waitForSessionRunEnd } from "../../agents/session-run-registry.js";',
    '+import type { killSessionRun, waitForSessionRunEnd } from "../../agents/session-run-registry.js";',
  ])("%s is no import", (line) => {
    const changes = written.changes.map((change) => ({
      ...change,
      hunks: change.hunks.map((hunk) => ({
        ...hunk,
        lines: hunk.lines.map((text) => (text.startsWith("+import") ? line : text)),
      })),
    }));
    expect(verdicts({ ...written, changes, provenance: [] }).slice(0, 2)).toEqual([
      "not-checkable",
      "not-checkable",
    ]);
  });
  test("the wait alone is not enough: the answer on timeout must stand below it", () => {
    const moved = (by: number) =>
      Object.fromEntries(
        Object.entries(written.excerpts).map(([file, lines]) => [
          file,
          Object.fromEntries(
            Object.entries(lines).map(([line, text]) => [
              text.includes("UNAVAILABLE") ? String(Number(line) + by) : line,
              text,
            ]),
          ),
        ]),
      );
    expect(judgeAcceptance({ ...written, excerpts: moved(0) })[4]!.verdict).toBe("met");
    const item = judgeAcceptance({ ...written, excerpts: moved(40) })[4]!;
    expect(item.verdict).toBe("not-checkable");
    expect(item.because).toContain("timeout");
  });
  test.each([
    [["sessions.delete"], "sessions.reset"],
    [["sessions.reset"], "sessions.delete"],
    [[], "sessions.reset and sessions.delete"],
  ])("a cleanup that only %j is shown to reach is not both", (callers, lacking) => {
    const item = judgeAcceptance(withCallers(written, callers))[4]!;
    expect(item.verdict).toBe("not-checkable");
    expect(item.because).toContain(`does not show that ${lacking} gets there`);
  });
  test("check: waits that stand in both methods meet it, and an error there is against it", () => {
    const file = "src/gateway/server-methods/sessions.ts";
    const check = readShelf("nothing-found");
    const wait = (method: string, line: number) => ({
      ...{ role: "wait" as const, file, line, function: method },
      ...{ expression: "key", origin: "store-key" },
    });
    const text = (line: number) => ({
      [line]: "const ended = await waitForSessionRunEnd(key, 15_000);",
      [line + 2]: "respond(false, undefined, errorShape(ErrorCodes.UNAVAILABLE, words));",
    });
    const good: RunResult = {
      ...check,
      provenance: [wait("sessions.reset", 10), wait("sessions.delete", 30)],
      excerpts: { [file]: { ...text(10), ...text(30) } },
    };
    expect(verdicts(good)[4]).toBe("met");
    expect(verdicts({ ...good, provenance: good.provenance.slice(1) })[4]).toBe("not-checkable");
    const error = {
      ...readShelf("check-one-of-each-severity").findings[0]!,
      severity: "error",
      file,
    } as const;
    expect(verdicts({ ...good, findings: [error] })[4]).toBe("not-met");
  });
  test("mocks and findings in tests are tests: nothing says that there are none", () => {
    const double = planned.sites.find((site) => site.reason === "test-double")!;
    const mock = { ...double, kind: "dependency", file: "src/gateway/test-helpers.mocks.ts" } as const;
    expect(verdicts({ ...written, sites: [mock] })[6]).toBe("not-met");
    const check = readShelf("check-one-of-each-severity");
    const finding = { ...check.findings[0]!, file: "src/a.test.ts" };
    expect(verdicts({ ...check, findings: [finding] })[6]).toBe("not-met");
    expect(verdicts({ ...check, findings: [] })[6]).toBe("not-checkable");
  });
  test("tests are updated only when no kept place in them still names the old engine", () => {
    const rewritten = {
      ...written.sites.find((site) => site.decision === "rewrite")!,
      file: "src/a.test.ts",
    };
    const kept = (reason: "still-used" | "no-counterpart") =>
      ({ ...rewritten, decision: "keep", reason, line: 40 }) as const;
    const judge = (...sites: RunResult["sites"]) => judgeAcceptance({ ...written, sites })[6]!;
    expect(judge(rewritten)).toMatchObject({
      verdict: "met",
      because: expect.stringContaining("1 place in tests"),
    });
    expect(judge(rewritten, kept("still-used"))).toMatchObject({
      verdict: "not-met",
      evidence: [{ file: "src/a.test.ts", line: 40 }],
    });
    expect(judge(rewritten, kept("no-counterpart"))).toMatchObject({
      verdict: "met",
      because: expect.stringContaining("1 place without a counterpart"),
    });
  });
  test("check: a name in a test that nothing takes the place of is neither for nor against", () => {
    const check = readShelf("check-one-of-each-severity");
    const finding = { ...check.findings[0]!, rule: "legacy-surface", file: "src/a.test.ts" };
    const judge = (fixable: boolean) => verdicts({ ...check, findings: [{ ...finding, fixable }] })[6];
    expect(judge(true)).toBe("not-met");
    expect(judge(false)).toBe("not-checkable");
  });
  test("nothing is met that names a registry which is not there", () => {
    const registry = { path: "src/agents/session-run-registry.ts", exists: false };
    const without = verdicts({ ...written, registry });
    expect(verdicts(written).filter((verdict) => verdict === "met")).not.toEqual([]);
    expect(without).not.toContain("met");
    const open = verdicts(written).map((verdict) => (verdict === "met" ? "not-met" : verdict));
    expect(without).toEqual(open);
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
