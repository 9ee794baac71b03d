import { describe, expect, it } from "vitest";
import {
  formatDecisions,
  parseDecisions,
  placeOfDecision,
  type ReplayedDecision,
} from "../../src/config/decisions-file.ts";

const decisions: ReplayedDecision[] = [
  { site: "b.ts:9:1:wait", callee: "wait", argument: "id, 5", action: "skip", key: null },
  { site: "a.ts:3:7:abort", callee: "abort", argument: 'ids["x"]', action: "key", key: "params.key" },
];

describe("decisions file", () => {
  it("reads back what it wrote, sorted by site", () => {
    expect(parseDecisions(formatDecisions(decisions), "d.json")).toEqual([decisions[1], decisions[0]]);
    expect(formatDecisions(decisions)).toBe(formatDecisions([...decisions].reverse()));
  });

  it("a decision finds its call where lines moved, and no other one", () => {
    const place = (line: number, fields = {}) => ({
      ...{ id: `a.ts:${line}:7:abort`, file: "a.ts", function: "stop", callee: "abort", argument: "id" },
      ...fields,
    });
    const decision: ReplayedDecision = {
      ...{ site: "a.ts:3:7:abort", callee: "abort", argument: "id", function: "stop", key: "key" },
      action: "key",
    };
    const { function: _, ...placeOnly } = decision;
    expect(placeOfDecision(decision, [place(3), place(9)])?.id).toBe("a.ts:3:7:abort");
    expect(placeOfDecision(decision, [place(4)])?.id).toBe("a.ts:4:7:abort");
    expect(placeOfDecision(placeOnly, [place(3)])?.id).toBe("a.ts:3:7:abort");
    expect(placeOfDecision(placeOnly, [place(4)])).toBeUndefined();
    for (const others of [
      [place(4), place(9)],
      [place(3, { function: "other" })],
      [place(4, { function: "other" })],
      [place(4, { argument: "other" })],
      [place(4, { callee: "wait" })],
      [place(4, { file: "b.ts", id: "b.ts:4:7:abort" })],
      [],
    ])
      expect(placeOfDecision(decision, others), JSON.stringify(others)).toBeUndefined();
  });

  it("writes one decision on each line", () => {
    expect(formatDecisions(decisions).split("\n")).toHaveLength(8);
    expect(parseDecisions(formatDecisions([]), "d.json")).toEqual([]);
  });

  it.each([
    ['{"schemaVersion": 2, "decisions": []}', /"schemaVersion" must be 1, not 2/],
    ['{"decisions": []}', /"schemaVersion" is missing/],
    ['{"schemaVersion": 1, "decisions": [{"site": "x"}]}', /"decisions\.0\.callee" is missing/],
    [
      '{"schemaVersion": 1, "decisions": [{"site":"a","callee":"b","argument":null,"action":"apply","key":null}]}',
      /"decisions\.0\.action" must be "accept", "key", "skip" or "mark"/,
    ],
    ['{"schemaVersion": 1, "decision": []}', /unknown key "decision"; did you mean "decisions"\?/],
  ])("refuses %s", (text, message) => {
    expect(() => parseDecisions(text, "d.json")).toThrow(message);
  });
});
