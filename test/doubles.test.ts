import { describe, expect, it } from "vitest";
import { readDoubleCases, runDoubleCase } from "./helpers/double-cases.ts";

const cases = readDoubleCases();

it("has a near miss for every third case at least", () => {
  const misses = cases.filter(({ name }) => name.includes("near-miss"));
  expect(cases.length).toBeGreaterThanOrEqual(40);
  expect(misses.length * 3).toBeGreaterThanOrEqual(cases.length);
});

it("says of an id that is left where the double would hide it", async () => {
  const said = async (fallback: string): Promise<boolean> => {
    const left = cases.find(({ name }) => name === "keys-near-miss-fake-that-trusts")!;
    const file = left.own[0]!;
    const text = left.files.get(file)!.replace("?? true", `?? ${fallback}`);
    const { evidence } = await runDoubleCase(new Map([...left.files, [file, text]]));
    return evidence.some((note) => note.includes("answers true for what it does not know"));
  };
  expect(await said("true")).toBe(true);
  expect(await said("false")).toBe(false);
});

describe.each(cases.map((doubleCase) => [doubleCase.name, doubleCase] as const))(
  "%s",
  (_name, doubleCase) => {
    it(doubleCase.why, async () => {
      const { sites, after, refused } = await runDoubleCase(doubleCase.files);
      expect(refused).toEqual([]);
      expect(sites).toEqual(doubleCase.sites);
      for (const file of doubleCase.own)
        expect(after.get(file), file).toBe(doubleCase.expected.get(file) ?? doubleCase.files.get(file));
      expect(doubleCase.own).toEqual(expect.arrayContaining([...doubleCase.expected.keys()]));
    });

    it("changes nothing more in a second run", async () => {
      const { after } = await runDoubleCase(doubleCase.files);
      const again = await runDoubleCase(after);
      for (const file of doubleCase.own) expect(again.after.get(file), file).toBe(after.get(file));
    });
  },
);
