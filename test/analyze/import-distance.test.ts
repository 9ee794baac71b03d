import { describe, expect, it } from "vitest";
import { ImportDistance } from "../../src/analyze/effects/import-distance.ts";
import { SourceProject } from "../../src/analyze/source-project.ts";
import { textWorkspace } from "../../src/apply/text-workspace.ts";

const FILES = new Map([
  ["kill.ts", "export function kill() {}"],
  ["one.ts", 'import { kill } from "./kill.js";\nexport const one = () => kill();'],
  [
    "two.ts",
    'import {\n  // it doesn\'t matter what is said here\n  one,\n} from "./one.js";\nexport const two = () => one();',
  ],
  ["barrel.ts", 'export { kill } from "./kill.js";'],
  ["list.ts", 'import { kill as end } from "./kill.js";\nexport { end };'],
  ["star.ts", 'export * from "./barrel.js";'],
  ["apart.ts", 'import { other } from "./other.js";\nexport const apart = other;'],
  ["other.ts", 'import { apart } from "./apart.js";\nexport const other = apart;'],
]);

describe("a file is as far from a target as the imports on the way", () => {
  const distance = new ImportDistance(new SourceProject(textWorkspace(FILES)), new Set(["kill.ts"]));

  it.each([
    ["kill.ts", 0],
    ["one.ts", 1],
    ["two.ts", 2],
    // what a file hands on is as near as the file
    ["barrel.ts", 0],
    ["star.ts", 0],
    ["list.ts", 0],
  ])("%s: %i", (file, imports) => {
    expect(distance.within(file, imports)).toBe(true);
    expect(distance.within(file, imports - 1)).toBe(false);
  });

  it("never arrives where nothing leads, cycles or not", () => {
    expect(distance.within("apart.ts", 9)).toBe(false);
  });
});
