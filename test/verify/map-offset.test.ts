import { describe, expect, it } from "vitest";
import { applyEdits } from "../../src/shared/location.ts";
import { OffsetMap } from "../../src/verify/map-offset.ts";

describe("offsets", () => {
  const before = "abcdefghij";
  const edits = [
    { start: 7, end: 8, text: "HHH" },
    { start: 2, end: 4, text: "" },
    { start: 5, end: 5, text: "++" },
  ];
  const after = applyEdits(before, edits);
  const map = new OffsetMap(edits);

  it("lead back to the same character, or to the edit that put it there", () => {
    expect(after).toBe("abe++fgHHHij");
    const seen = [...after].map((character, offset) => {
      const { offset: at, edit } = map.before(offset);
      return edit ? `${edit.text}@${at}` : before[at] === character;
    });
    expect(seen).toEqual([
      true,
      true,
      true,
      "++@5",
      "++@5",
      true,
      true,
      "HHH@7",
      "HHH@7",
      "HHH@7",
      true,
      true,
    ]);
    expect(map.before(after.length)).toEqual({ offset: before.length, edit: null });
  });

  it("lead forward to the same character", () => {
    for (const kept of "abefgij") expect(after[map.after(before.indexOf(kept))]).toBe(kept);
  });
});
