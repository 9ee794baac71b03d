import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findLiterals } from "../../src/discover/find-literals.ts";
import { compileWords } from "../../src/discover/match-words.ts";
import { checkWords, migrateWords, surfaceWords } from "../../src/migration/migration.ts";
import { piToSessionRun } from "../../src/migration/pi-to-session-run.ts";

describe("literals in bytes", () => {
  it("are found wherever the bytes hold one, and nowhere else", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c", " ", "\n"), maxLength: 60 });
    const literal = fc.string({
      unit: fc.constantFrom("a", "b", "c", " ", "\n"),
      minLength: 1,
      maxLength: 12,
    });
    let found = 0;
    fc.assert(
      fc.property(text, fc.array(literal, { minLength: 1, maxLength: 8 }), (bytes, literals) => {
        const expected = literals.some((one) => bytes.includes(one));
        if (expected) found += 1;
        expect(findLiterals(literals)(Buffer.from(bytes, "latin1"))).toBe(expected);
      }),
      { numRuns: 5000, seed: 7 },
    );
    // Both answers were asked for.
    expect(found).toBeGreaterThan(500);
    expect(found).toBeLessThan(4500);
  });

  it.each([
    ["at the start", "killRun();"],
    ["at the end", "void killRun"],
    ["as all there is", "killRun"],
    ["after a part of it", "killRukillRun"],
    ["with letters beside it", "xkillRunx"],
  ])("are found %s", (_, text) => {
    expect(findLiterals(["killRun", "waitForRunEnd"])(Buffer.from(text))).toBe(true);
  });

  it.each(["", "k", "killRu", "illRun", "kill Run", "KillRun"])("are not found in %j", (text) => {
    expect(findLiterals(["killRun", "waitForRunEnd"])(Buffer.from(text))).toBe(false);
  });
});

/** Pieces that patterns of the prefilter are made of, and pieces that break them. */
const PIECES = [
  ...["const", "let", " ", "  ", "\t", "\n", "\r\n", "\u000b", "\u00a0", "(", ")", "<T>", "[", "]", '"', "'"],
  ...[
    "=",
    ":",
    "?",
    "!",
    "true",
    "false",
    "0",
    "!0",
    "await",
    "as",
    "as any",
    "boolean",
    ".",
    "?.",
    "/* no */",
  ],
  ...["undefined", "null", "void 0", "\\u", "\\u00", "\\u{", "\\x", "61", "41", "}", "0041"],
  ...["aborted", "ended", "killed", "isActive", "activeRuns"],
  ...piToSessionRun.reports.fields,
  ...piToSessionRun.companions,
  ...piToSessionRun.entryPoints.map(({ name }) => name),
  ...piToSessionRun.legacy.flatMap(({ names }) => names),
  ...Object.values(piToSessionRun.registry),
];

describe("the words of a run", () => {
  it("are never missed for want of an anchor", () => {
    const { pattern, anchors } = checkWords(piToSessionRun);
    const holds = compileWords({ pattern, anchors });
    let matched = 0;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }), (pieces) => {
        const bytes = Buffer.from(pieces.join(""), "latin1");
        const expected = pattern.test(bytes.toString("latin1"));
        if (expected) matched += 1;
        expect(holds(bytes)).toBe(expected);
      }),
      { numRuns: 20_000, seed: 11 },
    );
    expect(matched).toBeGreaterThan(2000);
  });

  // What is written out in random pieces only now and then.
  it.each([
    "const aborted = false",
    "const\n  aborted: boolean =\n true",
    "const\u00a0ended=!1",
    "const isRunActive = await 0",
    "const settled = /* gone */ false",
    "entry.abortedLastRun = true",
    'store["abortedLastRun"]: !0',
    "(undefined as any)",
    "( null\n as never)",
    "(undefined  as any)",
    "(void 0\tas any)",
    "(null!)",
    "(<any>undefined)",
    'x["\\u0061bort"]',
    "x.\\u{61}bort",
    "'\\x61bort'",
    "clearSessionQueues ?.(keys)",
    `"sessions.reset" : async () => {}`,
  ])("%j is of interest to check, with anchors and without", (text) => {
    const words = checkWords(piToSessionRun);
    expect(compileWords(words.pattern)(Buffer.from(text, "latin1"))).toBe(true);
    expect(compileWords(words)(Buffer.from(text, "latin1"))).toBe(true);
  });

  it.each([
    "const abortedRuns = []",
    "let aborted = false",
    "(undefined)",
    "x = null as T",
    "'\\n\\t'",
    "clearSessionQueue(keys)",
    "const ended = find()",
  ])("%j is not", (text) => {
    expect(compileWords(checkWords(piToSessionRun))(Buffer.from(text))).toBe(false);
  });

  it("of migrate and of the surface are plain literals, found as their pattern finds them", () => {
    for (const words of [migrateWords(piToSessionRun), surfaceWords(piToSessionRun)]) {
      const holds = compileWords(words);
      for (const name of words.source.split("|")) {
        expect(holds(Buffer.from(`a ${name} b`))).toBe(true);
        expect(holds(Buffer.from(`a ${name.slice(0, -1)} b`))).toBe(words.test(name.slice(0, -1)));
      }
    }
  });
});
