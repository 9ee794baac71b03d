import { describe, expect, it } from "vitest";
import type { Finding } from "../../src/check/finding.ts";
import { applyLedger, symbolOf } from "../../src/check/ledger.ts";
import { formatLedger, type LedgerEntry, parseLedger } from "../../src/check/parse-ledger.ts";
import { makeFinding } from "./make-finding.ts";

const TODAY = "2026-06-15";
const ISSUE = "https://example.com/issues/7";

function entry(fields: Partial<LedgerEntry> = {}): Omit<LedgerEntry, "line"> {
  return {
    fingerprint: "f1",
    rule: "no-legacy-call",
    symbol: "src/a.ts#stop",
    issue: ISSUE,
    owner: "@kim",
    expires: "2026-06-15",
    ...fields,
  };
}

function run(
  findings: ReturnType<typeof makeFinding>[],
  entries: Omit<LedgerEntry, "line">[],
  today = TODAY,
) {
  const { findings: left, suppressed } = applyLedger(
    findings,
    parseLedger(formatLedger(entries), "ledger.json"),
    today,
  );
  return {
    left: left.map(({ rule, fingerprint, severity }) =>
      rule.startsWith("ledger-") ? rule : `${rule} ${fingerprint} ${severity}`,
    ),
    suppressed: suppressed.map(
      ({ fingerprint, suppressedBy }) => `${fingerprint} ${suppressedBy.kind} ${suppressedBy.reason}`,
    ),
    all: left,
  };
}

describe("applyLedger", () => {
  it("accepts a finding by identity, wherever it moved in its function", () => {
    const outcome = run([makeFinding({ line: 99 })], [entry()]);
    expect(outcome.left).toEqual([]);
    expect(outcome.suppressed).toEqual([`f1 ledger ${ISSUE} (@kim, until 2026-06-15)`]);
  });

  it("accepts through the day, and not on the next", () => {
    expect(run([makeFinding()], [entry()], "2026-06-15").suppressed).toHaveLength(1);
    const late = run([makeFinding()], [entry()], "2026-06-16");
    expect(late.suppressed).toEqual([]);
    expect(late.left).toEqual(["ledger-expired", "no-legacy-call f1 error"]);
    expect(late.all[0]!.message).toContain("accepted until 2026-06-15");
  });

  it("changes nothing without entries", () => {
    const warning = makeFinding({ severity: "warning" });
    expect(run([warning], []).all).toEqual([warning]);
  });

  it("fails on growth, whatever the severity of the rule", () => {
    const { left, all, suppressed } = run(
      [
        makeFinding({ severity: "warning" }),
        makeFinding({ fingerprint: "f2", severity: "warning", line: 3 }),
      ],
      [entry()],
    );
    expect(suppressed).toHaveLength(1);
    expect(left).toEqual(["no-legacy-call f2 error"]);
    expect(all[0]!.evidence).toEqual([
      { file: "ledger.json", line: 1, note: "the ledger accepts 1 of no-legacy-call; this one is new" },
    ]);
  });

  it("leaves findings of rules without accepted debt as they are", () => {
    const other = makeFinding({ rule: "no-inert-stub", severity: "info", fingerprint: "f9" });
    expect(run([makeFinding(), other], [entry()]).all).toEqual([other]);
  });

  it("reports an entry whose finding is gone", () => {
    expect(run([], [entry()]).left).toEqual(["ledger-stale"]);
  });

  it.each<[string, Partial<Finding>]>([
    ["in the same function", { fingerprint: "f2" }],
    ["in the same file", { fingerprint: "f2", function: "other" }],
    ["of the same shape in another file", { file: "src/z.ts" }],
  ])("reports an exchange for a finding %s", (_, fields) => {
    const { left, all } = run([makeFinding(fields)], [entry()]);
    expect(left.sort()).toEqual(["ledger-swap", `no-legacy-call ${fields.fingerprint ?? "f1"} error`]);
    expect(all.find(({ rule }) => rule === "ledger-swap")!.evidence).toHaveLength(1);
  });

  it("does not take a finding far away for the exchange of an entry", () => {
    expect(run([makeFinding({ file: "src/z.ts", fingerprint: "f2" })], [entry()]).left.sort()).toEqual([
      "ledger-stale",
      "no-legacy-call f2 error",
    ]);
  });

  it("does not accept the same fingerprint under another rule", () => {
    expect(run([makeFinding({ rule: "no-inert-stub" })], [entry()]).left.sort()).toEqual([
      "ledger-stale",
      "no-inert-stub f1 error",
    ]);
  });

  it("reports an entry that stands there twice, as after a merge", () => {
    const text = formatLedger([entry()]).replace(/(\{"rule".*\})/, "$1,\n    $1");
    const { findings, suppressed } = applyLedger([makeFinding()], parseLedger(text, "ledger.json"), TODAY);
    expect(findings.map(({ rule, line }) => `${rule}:${line}`)).toEqual(["ledger-stale:5"]);
    expect(suppressed).toHaveLength(1);
  });

  it("gives the same findings for any order of entries", () => {
    const entries = [
      entry(),
      entry({ fingerprint: "f2" }),
      entry({ fingerprint: "f3", symbol: "src/b.ts#x" }),
    ];
    const findings = [makeFinding({ fingerprint: "f4", line: 8 }), makeFinding()];
    expect(run(findings, entries)).toEqual(run([...findings].reverse(), [...entries].reverse()));
  });

  it("names a symbol by file and function", () => {
    expect(symbolOf(makeFinding())).toBe("src/a.ts#stop");
  });
});

describe("parseLedger", () => {
  const ledger = (fields: object) =>
    JSON.stringify({ schemaVersion: 1, accepted: [{ ...entry(), ...fields }] });

  it("keeps the line of each entry", () => {
    const text = formatLedger([entry({ fingerprint: "b" }), entry({ fingerprint: "a" })]);
    expect(parseLedger(text, "l.json").entries.map(({ fingerprint, line }) => [fingerprint, line])).toEqual([
      ["a", 4],
      ["b", 5],
    ]);
  });

  it.each([
    [ledger({ issue: undefined }), /"accepted\.0\.issue" is missing/],
    [ledger({ issue: "later" }), /"accepted\.0\.issue" must be the URL of an issue/],
    [ledger({ owner: "" }), /"accepted\.0\.owner" must not be empty/],
    [ledger({ expires: "2026-02-30" }), /"accepted\.0\.expires" must be a day as YYYY-MM-DD/],
    [ledger({ expires: "15.06.2026" }), /must be a day/],
    [ledger({ symbol: "stop" }), /must be FILE#FUNCTION/],
    [ledger({ expiry: "2026-01-01" }), /unknown key "accepted\.0\.expiry"; did you mean "expires"\?/],
    ['{"schemaVersion": 1, "accepted": {}}', /"accepted" must be a list/],
    ["{}", /"schemaVersion" is missing/],
  ])("refuses %s", (text, message) => {
    expect(() => parseLedger(text, "l.json")).toThrow(message);
  });
});
