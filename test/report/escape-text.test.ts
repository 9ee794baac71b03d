import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  breakCommands,
  escapeCommandData,
  escapeCommandProperty,
  escapeHtml,
  escapeJsonText,
  escapeMarkdown,
  escapeUriPath,
  escapeXml,
  markdownFence,
  neutralise,
  neutraliseCode,
} from "../../src/report/escape-text.ts";
import { findRunnerCommands } from "./runner-commands.ts";

const DANGEROUS = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u;
const unicode = fc.string({ unit: "binary", maxLength: 60 });
const attack = fc
  .array(
    fc.oneof(
      unicode,
      fc.constantFrom(
        "::error::x",
        "##[group]",
        "\r",
        "\n",
        "\u00a0",
        " ",
        "\t",
        "#",
        "[",
        ":",
        "\u001b[31m",
        "\u202e",
        "]]>",
        "%0A",
      ),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""));

describe("neutralise", () => {
  test("makes controls, bidi and zero-width marks visible", () => {
    expect(neutralise("a\u001b[31mb\u202ec\u200bd\u009be")).toBe("a\\u{1b}[31mb\\u{202e}c\\u{200b}d\\u{9b}e");
  });
  test("escapes line ends and tabs", () => expect(neutralise("a\r\nb\tc")).toBe("a\\r\\nb\\tc"));
  test("leaves ordinary text of any script alone", () => {
    for (const text of ["src/a b.ts", "grüße 日本 😀", "a::b", "# [x]", "store[key]?.id"])
      expect(neutralise(text)).toBe(text);
  });
  test("breaks workflow commands where a runner would see them", () => {
    expect(neutralise("::error::x")).toBe(":\\:error::x");
    expect(neutralise("\u00a0 ::error::x")).toBe("\u00a0 :\\:error::x");
    expect(neutralise("12 | // ##[error]x ##[group]")).toBe("12 | // ##\\[error]x ##\\[group]");
  });
  test("leaves nothing dangerous, whatever comes in", () => {
    fc.assert(
      fc.property(attack, (text) => {
        const safe = neutralise(text);
        expect(safe).not.toMatch(DANGEROUS);
        expect(safe).not.toMatch(/\p{Cs}/u);
        expect(findRunnerCommands(safe)).toEqual([]);
        expect(findRunnerCommands(neutraliseCode(text))).toEqual([]);
      }),
    );
  });
  test("is done in linear time", () => {
    for (const unit of ["#", ":", " ", "\n", "`", "##[", "a", "f0"])
      neutralise(escapeMarkdown(unit.repeat(200_000)));
  });
});

describe("breakCommands", () => {
  test("works line by line over a whole output", () => {
    expect(findRunnerCommands(breakCommands("ok\n  ::error::x\r::warning::y\nz ##[group]"))).toEqual([]);
    expect(breakCommands("a\n\n\n::x::\n")).toBe("a\n\n\n:\\:x::\n");
  });
});

describe("markup", () => {
  test("HTML and XML cannot leave text or attribute", () => {
    fc.assert(
      fc.property(attack, (text) => {
        for (const escaped of [escapeHtml(text), escapeXml(text)]) {
          expect(escaped).not.toMatch(/[<>"']/);
          expect(escaped).not.toMatch(/&(?!(amp|lt|gt|quot|#39);)/);
        }
      }),
    );
  });
  test("a fence is longer than any run of backticks inside", () => {
    for (let run = 1; run <= 12; run += 1) {
      const [fence] = markdownFence(["`".repeat(run)]).split("\n");
      expect(fence!.length).toBeGreaterThan(Math.max(2, run));
    }
  });
});

describe("workflow commands", () => {
  test("escape percent first, then what ends a property", () => {
    expect(escapeCommandData("50% a:b,c")).toBe("50%25 a:b,c");
    expect(escapeCommandProperty("50%0A a:b,c")).toBe("50%250A a%3Ab%2Cc");
  });
});

describe("machine formats", () => {
  test("JSON keeps its value and loses what a log could act on", () => {
    fc.assert(
      fc.property(attack, (text) => {
        const json = escapeJsonText(JSON.stringify(text));
        expect(JSON.parse(json)).toBe(text);
        expect(json).not.toMatch(DANGEROUS);
        expect(findRunnerCommands(json)).toEqual([]);
      }),
    );
  });
  test("a URI path is relative, encoded, and decodes to the path", () => {
    expect(escapeUriPath("src/a b#c?.ts")).toBe("src/a%20b%23c%3F.ts");
    expect(escapeUriPath("javascript:alert(1)")).toBe("javascript%3Aalert%281%29");
    expect(escapeUriPath("//evil.example/../x")).toBe("evil.example/x");
    expect(decodeURIComponent(escapeUriPath("src/\u202e\n.ts"))).toBe("src/\u202e\n.ts");
  });
});
