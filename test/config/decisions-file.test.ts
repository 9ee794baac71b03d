import { describe, expect, it } from "vitest";
import { formatDecisions, parseDecisions, type ReplayedDecision } from "../../src/config/decisions-file.ts";

const decisions: ReplayedDecision[] = [
  { site: "b.ts:9:1:wait", callee: "wait", argument: "id, 5", action: "skip", key: null },
  { site: "a.ts:3:7:abort", callee: "abort", argument: 'ids["x"]', action: "key", key: "params.key" },
];

describe("decisions file", () => {
  it("reads back what it wrote, sorted by site", () => {
    expect(parseDecisions(formatDecisions(decisions), "d.json")).toEqual([decisions[1], decisions[0]]);
    expect(formatDecisions(decisions)).toBe(formatDecisions([...decisions].reverse()));
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
