import { describe, expect, it } from "vitest";
import { SourceProject } from "../../src/analyze/source-project.ts";
import { discover } from "../../src/discover/discover.ts";
import { tempProject } from "../helpers/temp-project.ts";

/** Where `stop` of src/barrel.ts is declared, or undefined. */
function declaredIn(files: Readonly<Record<string, string>>): string | undefined {
  const { root } = tempProject(files);
  return new SourceProject(discover({ root, words: /stop/ })).exported("src/barrel.ts", "stop")?.file;
}

const HOME = { "src/home.ts": "export function stop(): void {}\n" };

describe("what a module exports is found behind", () => {
  it.each([
    ["a name", 'export { stop } from "./home.js";\n'],
    ["another name", 'export { halt as stop } from "./home.js";\n', "export function halt(): void {}\n"],
    ["all of another module", 'export * from "./home.js";\n'],
    ["a star on the next line", 'export\n  * from "./home.js";\n'],
    ["a comment before the star", 'export /* all */ * from "./home.js";\n'],
    ["a line comment before the star", 'export // all\n* from "./home.js";\n'],
    ["a name that is spelled with an escape", 'export { st\\u006fp } from "./home.js";\n'],
  ])("%s", (_, barrel, home = HOME["src/home.ts"]) => {
    expect(declaredIn({ "src/home.ts": home, "src/barrel.ts": barrel })).toBe("src/home.ts");
  });

  it.each([
    ["a module that has no such name", "export function halt(): void {}\n"],
    ["a module that only says it", "// stop\nexport const halt = 1 * 2;\n"],
    ["a name that is not exported", "function stop(): void {}\nexport const halt = stop;\n"],
  ])("nothing in %s", (_, barrel) => {
    expect(declaredIn({ ...HOME, "src/barrel.ts": barrel })).toBeUndefined();
  });
});
