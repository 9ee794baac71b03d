// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source files
import { describe, expect, it } from "vitest";
import { applySuppressions } from "../../src/check/suppressions.ts";
import { makeFinding } from "./make-finding.ts";

const RULES = ["no-legacy-call", "no-inert-stub", "unused-suppression", "invalid-suppression"];

function apply(text: string, ...findings: ReturnType<typeof makeFinding>[]) {
  const { findings: left, suppressed } = applySuppressions(findings, [{ path: "src/a.ts", text }], RULES);
  return {
    left: left.map(({ rule, line }) => `${rule}:${line}`),
    suppressed: suppressed.map(
      ({ line, suppressedBy }) => `${line} ${suppressedBy.kind} ${suppressedBy.reason}`,
    ),
    messages: left.map(({ message }) => message),
  };
}

describe("applySuppressions", () => {
  it.each([
    ["on the line above", "// rewire-abort-ignore no-legacy-call -- kept for v1\nabort(id);", 2],
    ["on the same line", "abort(id); // rewire-abort-ignore no-legacy-call -- kept for v1", 1],
    ["in a block comment", "/* rewire-abort-ignore no-legacy-call -- kept for v1 */\nabort(id);", 2],
    ["in JSX", "{/* rewire-abort-ignore no-legacy-call -- kept for v1 */}\n<A stop={abort} />", 2],
    [
      "above more comments",
      "// rewire-abort-ignore no-legacy-call -- kept for v1\n// why\n/* more */\nabort(id);",
      4,
    ],
    ["with CRLF", "x();\r\n// rewire-abort-ignore no-legacy-call -- kept for v1\r\nabort(id);\r\n", 3],
    [
      "after strings and templates",
      "f('//', \"/*\", `${g(`x`)} // `);\n// rewire-abort-ignore no-legacy-call -- kept for v1\nabort(id);",
      3,
    ],
    [
      "after a regular expression",
      "const r = /[/'\"]\\/*/;\n// rewire-abort-ignore no-legacy-call -- kept for v1\nabort(id);",
      3,
    ],
    [
      "after a division",
      "const q = a / b; const s = '/';\n// rewire-abort-ignore no-legacy-call -- kept for v1\nabort(id);",
      3,
    ],
  ])("honours a comment %s", (_, text, line) => {
    expect(apply(text, makeFinding({ line }))).toEqual({
      left: [],
      suppressed: [`${line} comment kept for v1`],
      messages: [],
    });
  });

  it("excuses each rule that it names, and no other", () => {
    const text = "// rewire-abort-ignore no-legacy-call, no-inert-stub -- both\nabort(id);";
    expect(
      apply(text, makeFinding({ line: 2 }), makeFinding({ line: 2, rule: "no-inert-stub" })).left,
    ).toEqual([]);
    const one = "// rewire-abort-ignore no-legacy-call -- one\nabort(id);";
    expect(
      apply(one, makeFinding({ line: 2 }), makeFinding({ line: 2, rule: "no-inert-stub" })).left,
    ).toEqual(["no-inert-stub:2"]);
  });

  it("keeps -- inside a reason", () => {
    expect(
      apply("abort(id); // rewire-abort-ignore no-legacy-call -- a -- b", makeFinding()).suppressed,
    ).toEqual(["1 comment a -- b"]);
  });

  it.each([
    ["two lines above", "// rewire-abort-ignore no-legacy-call -- x\n\nabort(id);", 3],
    ["below", "abort(id);\n// rewire-abort-ignore no-legacy-call -- x", 1],
    ["for another rule", "// rewire-abort-ignore no-inert-stub -- x\nabort(id);", 2],
  ])("reports a comment %s as unused and keeps the finding", (_, text, line) => {
    const { left, suppressed } = apply(text, makeFinding({ line }));
    expect(suppressed).toEqual([]);
    expect(left.sort()).toEqual(
      [`no-legacy-call:${line}`, `unused-suppression:${text.startsWith("//") ? 1 : 2}`].sort(),
    );
  });

  it("reports each unused rule of a comment that excuses another", () => {
    const text = "// rewire-abort-ignore no-legacy-call, no-inert-stub -- x\nabort(id);";
    expect(apply(text, makeFinding({ line: 2 }))).toMatchObject({
      left: ["unused-suppression:1"],
      suppressed: ["2 comment x"],
    });
  });

  it.each([
    ["without a reason", "// rewire-abort-ignore no-legacy-call\nabort(id);", /gives no reason/],
    ["with an empty reason", "// rewire-abort-ignore no-legacy-call --   \nabort(id);", /gives no reason/],
    [
      "without dashes before the reason",
      "// rewire-abort-ignore no-legacy-call because\nabort(id);",
      /No rule named because/,
    ],
    ["without a rule", "// rewire-abort-ignore -- because\nabort(id);", /names no rule/],
    ["with nothing", "// rewire-abort-ignore\nabort(id);", /names no rule/],
    [
      "for an unknown rule",
      "// rewire-abort-ignore no-such-rule -- because\nabort(id);",
      /No rule named no-such-rule/,
    ],
    [
      "against the gate itself",
      "// rewire-abort-ignore unused-suppression -- because\nabort(id);",
      /cannot be suppressed/,
    ],
  ])("does not honour a comment %s", (_, text, message) => {
    const { left, suppressed, messages } = apply(text, makeFinding({ line: 2 }));
    expect(suppressed).toEqual([]);
    expect(left).toEqual(["invalid-suppression:1", "no-legacy-call:2"]);
    expect(messages[0]).toMatch(message);
  });

  it.each([
    ["a string", 'const s = "// rewire-abort-ignore no-legacy-call -- x";\nabort(id);'],
    ["a template", "const s = `\n// rewire-abort-ignore no-legacy-call -- x\n`; abort(id);"],
    ["a nested template", "f(`${g({ a: `${1}` })} // rewire-abort-ignore no-legacy-call -- x`);\nabort(id);"],
    ["a regular expression", "const r = /\\/\\/ rewire-abort-ignore no-legacy-call -- x/;\nabort(id);"],
    ["the middle of a comment", "// see rewire-abort-ignore no-legacy-call -- x\nabort(id);"],
    ["a longer word", "// rewire-abort-ignore-file no-legacy-call -- x\nabort(id);"],
  ])("takes the words in %s for text", (_, text) => {
    const line = text.split("\n").length;
    expect(apply(text, makeFinding({ line }))).toEqual({
      left: [`no-legacy-call:${line}`],
      suppressed: [],
      messages: ["A message."],
    });
  });

  it("excuses nothing in another file", () => {
    const files = [{ path: "src/b.ts", text: "// rewire-abort-ignore no-legacy-call -- x\nabort(id);" }];
    const outcome = applySuppressions([makeFinding({ line: 2 })], files, RULES);
    expect(outcome.suppressed).toEqual([]);
    expect(outcome.findings.map(({ file, rule }) => `${file} ${rule}`)).toEqual([
      "src/a.ts no-legacy-call",
      "src/b.ts unused-suppression",
    ]);
  });

  it("points at the comment and tells equal comments apart by their fingerprint", () => {
    const text =
      "a();\n  // rewire-abort-ignore no-legacy-call -- x\nb();\n// rewire-abort-ignore no-legacy-call -- x\nc();";
    const { findings } = applySuppressions([], [{ path: "src/a.ts", text }], RULES);
    expect(findings.map(({ line, column, endColumn }) => [line, column, endColumn])).toEqual([
      [2, 6, 45],
      [4, 4, 43],
    ]);
    expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });
});
