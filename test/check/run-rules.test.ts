import { describe, expect, it } from "vitest";
import { tempProject } from "../helpers/temp-project.ts";
import { checkFolder } from "./check-folder.ts";

const IMPORT = `import { abortEmbeddedPiRun } from "./agents/pi-embedded.js";\n`;
const CALL = `export function stop(sessionId: string) {\n  return abortEmbeddedPiRun(sessionId);\n}\n`;

function check(source: string, more?: Parameters<typeof checkFolder>[1]) {
  const project = tempProject({ "stop.ts": source });
  return checkFolder(project.root, more).outcome;
}

describe("fingerprints", () => {
  const prints = (source: string) => check(source).findings.map(({ fingerprint }) => fingerprint);

  it("stay when lines move and formatting changes", () => {
    const moved = `// a comment\n\n${IMPORT}\n${CALL.replace("abortEmbeddedPiRun(sessionId)", "abortEmbeddedPiRun(\n    sessionId\n  )")}`;
    expect(prints(moved)).toEqual(prints(IMPORT + CALL));
  });

  it("differ between functions, arguments and occurrences", () => {
    const twice = CALL.replace(
      "return ",
      "abortEmbeddedPiRun(sessionId);\n  abortEmbeddedPiRun(sessionId.trim());\n  return ",
    );
    const all = prints(IMPORT + twice + CALL.replace("stop", "halt"));
    expect(all).toHaveLength(5);
    expect(new Set(all).size).toBe(5);
    expect(all.filter((print) => print.includes("#stop:") && print.includes("Run(sessionId):"))).toEqual([
      expect.stringMatching(/:1$/),
      expect.stringMatching(/:2$/),
    ]);
  });
});

describe("levels", () => {
  it("override a rule's own severity, and off leaves the rule out of the run", () => {
    const softened = check(IMPORT + CALL, { levels: { "legacy-surface": "info" } });
    expect(softened.findings.map(({ severity }) => severity)).toEqual(["info", "info"]);
    const off = check(IMPORT + CALL, { levels: { "legacy-surface": "off" } });
    expect(off.findings).toEqual([]);
    expect(off.rules.map(({ id }) => id)).not.toContain("legacy-surface");
    expect(off.rules.map(({ id }) => id)).toContain("foreign-key");
  });
});

describe("checkAnalysis", () => {
  it("lists the rules that ran with their docs, sorted, with those about exceptions", () => {
    const ids = check(IMPORT).rules.map(({ id }) => id);
    expect(ids).toEqual([...ids].sort());
    expect(ids).toContain("unused-suppression");
    expect(ids).not.toContain("ledger-stale");
  });

  it("lets a comment excuse a finding and complains about one that excuses nothing", () => {
    const excused = check(
      `${IMPORT}${CALL.replace("  return", "  // rewire-abort-ignore legacy-surface -- tracked elsewhere\n  return")}`,
    );
    expect(excused.findings.map(({ line }) => line)).toEqual([1]);
    expect(excused.suppressed.map(({ suppressedBy }) => suppressedBy.reason)).toEqual(["tracked elsewhere"]);
    const unused = check("// rewire-abort-ignore foreign-key -- long gone\nexport const a = 1;\n");
    expect(unused.findings.map(({ rule }) => rule)).toEqual(["unused-suppression"]);
  });

  it("lets the ledger accept a finding by identity, and reports growth", () => {
    const [first, second] = check(IMPORT + CALL).findings;
    const entry = {
      rule: "legacy-surface",
      symbol: "stop.ts#stop",
      fingerprint: second!.fingerprint,
      issue: "https://example.org/1",
      owner: "ops",
      expires: "2026-06-01",
      line: 3,
    };
    const outcome = check(IMPORT + CALL, { ledger: { path: "ledger.json", entries: [entry] } });
    expect(outcome.suppressed.map(({ fingerprint }) => fingerprint)).toEqual([second!.fingerprint]);
    expect(outcome.findings.map(({ fingerprint }) => fingerprint)).toEqual([first!.fingerprint]);
    expect(outcome.rules.map(({ id }) => id)).toContain("ledger-stale");
  });

  it("gives the end of a finding", () => {
    const [, call] = check(IMPORT + CALL).findings;
    expect(call).toMatchObject({ line: 3, column: 10, endLine: 3, endColumn: 39 });
  });
});
