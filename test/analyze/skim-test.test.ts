import { expect, it } from "vitest";
import { mayBeUnproven } from "../../src/analyze/effects/skim-test.ts";

const ENTRIES = ["stopCommand", "resetSession"];
const END = /abort|kill|stop/i;

const may = (text: string): boolean => mayBeUnproven(text, ENTRIES, END);
const test = (title: string, ...lines: string[]): string =>
  [`it(${title}, async () => {`, ...lines.map((line) => `  ${line}`), "});", ""].join("\n");

it.each([
  [
    "what it expects is about something else",
    test('"aborts"', "await stopCommand(key);", "expect(queue).toEqual([]);"),
  ],
  [
    "its title stands in the next line",
    test('\n  "aborts"', "await stopCommand(key);", "expect(queue).toEqual([]);"),
  ],
  [
    "its title is a template of two lines",
    test("`first\naborts`", "stopCommand();", "expect(queue).toEqual([]);"),
  ],
  ["a comment before the title", test('/* why */ "aborts"', "stopCommand();", "expect(queue).toEqual([]);")],
  ["the title of a table", `it.each([1])${test('"aborts"', "stopCommand();", "expect(queue);").slice(2)}`],
  [
    "a table that begins further up",
    test('[\n  1,\n])("kills"', "stopCommand();", "expect(queue);").replace("it(", "it.each("),
  ],
  [
    "all in one line, beside one that looks",
    'it("aborts", () => { stopCommand(); expect(queue); }); it("kills", () => { expect(killed) });',
  ],
  ["laid out in another way", 'it("aborts", () => {\nstopCommand();\nexpect(queue).toEqual([]);\n});'],
  [
    "one that looks, and one that does not",
    test('"aborts"', "stopCommand();", "expect(aborted);") +
      test('"kills"', "stopCommand();", "expect(queue);"),
  ],
  ["one that does not run", `it.skip("aborts", () => {});`],
  ["a folder of tests that does not run", `describe.skip("x", () => {\n${test('"aborts"')}});`],
  [
    "an entry point that is replaced",
    `vi.mock("./a.js", () => ({ stopCommand: async () => 1 }));\n${test('"aborts"')}`,
  ],
])("is parsed: %s", (_, text) => {
  expect(may(text)).toBe(true);
});

it.each([
  ["no title about a stop", test('"resets"', "stopCommand();", "expect(queue);")],
  ["it looks at the end", test('"aborts"', "await stopCommand(key);", "expect(killed).toBe(true);")],
  ["it calls no entry point", test('"aborts"', "await other(key);", "expect(queue);")],
  [
    "a text that is no title",
    `console.log("stopped");\n${test('"resets"', "stopCommand();", "expect(queue);")}`,
  ],
  [
    "an entry point that stands in for itself",
    `vi.mock("./a.js", () => ({ stopCommand: mocks.stop }));\n${test('"aborts"', "expect(1);")}`,
  ],
  ["a member that is called skip", test('"aborts"', "reader.skip(1);")],
])("is left: %s", (_, text) => {
  expect(may(text)).toBe(false);
});
