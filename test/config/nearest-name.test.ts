import { describe, expect, it } from "vitest";
import { nearestName, nearestNames } from "../../src/config/nearest-name.ts";

const rules = ["no-legacy-call", "no-legacy-import", "no-inert-stub", "no-foreign-key"];

describe("nearestName", () => {
  it("finds a name with a slip of the finger, in any case", () => {
    expect(nearestName("no-legcy-call", rules)).toBe("no-legacy-call");
    expect(nearestName("NO-INERT-STUB", rules)).toBe("no-inert-stub");
  });
  it("finds a name by a part of it", () => {
    expect(nearestName("inert", rules)).toBe("no-inert-stub");
  });
  it("offers nothing for a word that is far from all", () => {
    expect(nearestName("qqqqqqqqqqqq", rules)).toBeUndefined();
  });
  it("orders several, nearest first", () => {
    expect(nearestNames("legacy", rules, 3)).toEqual(["no-legacy-call", "no-legacy-import"]);
  });
});
