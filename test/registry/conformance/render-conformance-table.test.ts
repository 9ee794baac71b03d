import { expect, test } from "vitest";
import { type CaseResult, makeReport } from "../../../src/registry/conformance/conformance-report.ts";
import { renderConformanceTable } from "../../../src/registry/conformance/index.ts";

const result = (id: string, fields: Partial<CaseResult>): CaseResult => ({
  id,
  title: `what ${id} tries`,
  protectsFrom: `harm ${id}`,
  status: "pass",
  notes: [],
  ...fields,
});

test("one line per case, in order, with reasons and notes below and the tally at the end", () => {
  const report = makeReport("registry.ts", 1, [
    result("A02", { status: "fail", reason: "two\nlines \u001b[31m and a color" }),
    result("A01", { notes: ["half of it"] }),
    result("A03", { status: "not-applicable", reason: "only on Windows" }),
  ]);
  const lines = renderConformanceTable({ ...report, node: "v0", platform: "test" }).split("\n");
  expect(lines).toEqual([
    "registry.ts on Node v0, test, scale 1",
    "",
    "case  result  what is tried   protects from",
    "A01   pass    what A01 tries  harm A01",
    "              half of it",
    "A02   FAIL    what A02 tries  harm A02",
    "              two lines \uFFFD[31m and a color",
    "A03   n/a     what A03 tries  harm A03",
    "              only on Windows",
    "",
    "3 cases: 1 pass, 1 fail, 1 not applicable",
    "",
  ]);
  expect(report.ok).toBe(false);
});

test("a report in which nothing passed is not ok", () => {
  expect(makeReport("registry.ts", 1, []).ok).toBe(false);
  expect(makeReport("registry.ts", 1, [result("A37", { status: "not-applicable" })]).ok).toBe(false);
  expect(makeReport("registry.ts", 1, [result("A01", {})]).ok).toBe(true);
});
