import { readFileSync } from "node:fs";
import vm from "node:vm";
import ts from "typescript";
import { afterAll, describe, expect, it } from "vitest";
import type { Analysis } from "../src/analyze/analysis.ts";
import { analyze } from "../src/analyze/analyze.ts";
import { textWorkspace } from "../src/apply/text-workspace.ts";
import { piToSessionRun } from "../src/migration/pi-to-session-run.ts";
import { decideCalls } from "../src/plan/decide-calls.ts";
import type { judgeKey } from "../src/plan/judge-key.ts";
import { type KeyCase, readKeyCases, sameKey } from "./helpers/key-cases.ts";

const source = readFileSync(new URL("../src/plan/judge-key.ts", import.meta.url), "utf8");

/** One change of the judge: which text is replaced, and by what. */
const MUTANTS: Readonly<Record<string, readonly [from: string, to: string][]>> = {
  "all preferences reversed": [
    ["? shownPreference : preference)", "? (a, b) => -shownPreference(a, b) : (a, b) => -preference(a, b))"],
  ],
  "no preferences": [["[...from].sort(isShown(from[0]!) ? shownPreference : preference)", "[...from]"]],
  "companions last": [
    [
      'return (\n    Number(b.rules.includes("companion")) - Number(a.rules.includes("companion")) ||\n    Number(a.nullable',
      'return (\n    Number(a.rules.includes("companion")) - Number(b.rules.includes("companion")) ||\n    Number(a.nullable',
    ],
    [
      'return (\n    Number(b.rules.includes("companion")) - Number(a.rules.includes("companion")) ||\n    Number(b.plain',
      'return (\n    Number(a.rules.includes("companion")) - Number(b.rules.includes("companion")) ||\n    Number(b.plain',
    ],
  ],
  "keys that may be missing first": [
    [
      "Number(a.nullable === true) - Number(b.nullable === true)",
      "Number(b.nullable === true) - Number(a.nullable === true)",
    ],
  ],
  "least canonical name first": [["a.nameRank - b.nameRank", "b.nameRank - a.nameRank"]],
  "fewest votes first": [["votes(b) - votes(a)", "votes(a) - votes(b)"]],
  "paths before names": [
    [
      "Number(b.plain) - Number(a.plain) ||\n    preference(a, b)",
      "Number(a.plain) - Number(b.plain) ||\n    preference(a, b)",
    ],
  ],
  "longest expression first": [
    ["a.expression.length - b.expression.length", "b.expression.length - a.expression.length"],
  ],
  "not initialised is no objection": [['return "declared below the call: not initialised there";', "break;"]],
  "reassigned is no objection": [['return "assigned again: its value at the call is not shown";', "break;"]],
  "shadowed is no objection": [['return "another variable of that name hides it at the call";', "break;"]],
  "out of scope is no objection": [['return "not in scope at the call";', "break;"]],
  "an id is no objection": [
    ['if (candidate.foreignWord === "sessionId") return "may be the session id itself";', ""],
    [
      "if (candidate.foreignWord) return",
      'if (candidate.foreignWord && candidate.foreignWord !== "sessionId") return',
    ],
  ],
  "disagreeing callers are no objection": [
    ['if (verdict === "disagree") return "callers pass the keys of different sessions";', ""],
  ],
  "another session is no objection": [
    [
      'if (verdict === "different") return "names another session: the id\'s entry was read under another key";',
      "",
    ],
  ],
  "another session counts as shown": [
    [
      'if (verdict === "different") return "names another session: the id\'s entry was read under another key";',
      "",
    ],
    [
      'candidate.relation.verdict === "same" &&',
      '["same", "different"].includes(candidate.relation.verdict) &&',
    ],
  ],
  "a raw key is no objection": [
    ['if (verdict === "raw") return "un-normalised: the id\'s entry stands under its canonical form";', ""],
  ],
  "a raw key counts as shown": [
    ['if (verdict === "raw") return "un-normalised: the id\'s entry stands under its canonical form";', ""],
    ['candidate.relation.verdict === "same" &&', '["same", "raw"].includes(candidate.relation.verdict) &&'],
  ],
  "a request's spelling is no objection": [
    ['return "named as the key that a request carried";', "return null;"],
  ],
  "a foreign word is no objection": [
    ["if (candidate.foreignWord) return", "if (candidate.foreignWord && false) return"],
  ],
  "convention counts as shown": [[' && candidate.relation.by === "data-flow";\n}', ";\n}"]],
  "one vote proves": [["votes(best[0]!) >= 2", "votes(best[0]!) >= 1"]],
  "one observation counts for each rule": [
    ["candidate.rules.map((rule) => FAMILIES[rule])", "candidate.rules"],
  ],
  "no rivals": [["if (rival)", "if (rival && false)"]],
  "data flow proves nothing": [["if (shown.length > 0)", "if (shown.length > 1e9)"]],
};

function mutantJudge(changes: readonly (readonly [string, string])[]): typeof judgeKey {
  let text = source;
  for (const [from, to] of changes) {
    expect(text.split(from).length - 1, `"${from}" stands in the judge once`).toBe(1);
    text = text.replace(from, () => to);
  }
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  const exported: { judgeKey?: typeof judgeKey } = {};
  vm.compileFunction(outputText, ["exports"])(exported);
  return exported.judgeKey!;
}

const cases = readKeyCases().map((keyCase) => ({
  keyCase,
  analysis: analyze(textWorkspace(keyCase.files), piToSessionRun),
}));

/** Names of the cases whose answers are not met under a judge. */
function redCases(judge: typeof judgeKey | undefined): string[] {
  return cases
    .filter(({ keyCase, analysis }) => !isMet(keyCase, analysis, judge))
    .map(({ keyCase }) => keyCase.name);
}

function isMet(keyCase: KeyCase, analysis: Analysis, judge: typeof judgeKey | undefined): boolean {
  const decisions = decideCalls(analysis, piToSessionRun, {
    minConfidence: "proven",
    ...(judge ? { judge } : {}),
  });
  return keyCase.sites.every((site) => {
    const found = decisions.find(
      ({ call }) =>
        call.via !== "wrapper" &&
        call.file === (site.file ?? keyCase.main) &&
        call.line === site.line &&
        (call.name === site.callee || call.name === site.alias),
    );
    if (!found) return false;
    if (found.decision === "manual" && site.acceptable?.includes("manual")) return true;
    if (found.decision !== site.decision) return false;
    if (site.decision !== "rewrite" || !site.key) return true;
    return [site.key, ...(site.alternatives ?? [])].some((key) => sameKey(key, found.key ?? ""));
  });
}

it("meets every answer as it is", () => {
  expect(redCases(undefined)).toEqual([]);
  expect(redCases(mutantJudge([]))).toEqual([]);
});

describe("a changed judge is noticed", () => {
  const red = new Map<string, string[]>();
  it.each(Object.keys(MUTANTS))("%s", (name) => {
    red.set(name, redCases(mutantJudge(MUTANTS[name]!)));
    expect(red.get(name), "no key case turns red").not.toEqual([]);
  });
  afterAll(() => {
    const rows = [...red].map(
      ([name, names]) => `${String(names.length).padStart(4)}  ${name}: ${names.slice(0, 3).join(", ")}`,
    );
    const seen = (except: string) =>
      new Set([...red].flatMap(([name, names]) => (name === except ? [] : names))).size;
    console.log(`${rows.join("\n")}\n${seen("")} of ${cases.length} cases turn red under some mutant`);
    expect(seen("data flow proves nothing")).toBeGreaterThanOrEqual(20);
  });
});
