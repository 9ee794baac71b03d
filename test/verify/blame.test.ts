import { expect, describe, it } from "vitest";
import { discover } from "../../src/discover/discover.ts";
import type { PlannedStep } from "../../src/plan/plan.ts";
import { applyEdits } from "../../src/shared/location.ts";
import { TypeCheck } from "../../src/verify/check-types.ts";
import { tempProject } from "../helpers/temp-project.ts";
import { STRICT } from "./type-project.ts";

interface HandStep {
  readonly find: string;
  readonly replace: string;
  readonly site: string;
  readonly transform?: string;
}

/** What the compiler's check refuses of steps that are written by hand, as a faulty planner could make them. */
function refusalsOf(before: string, hand: readonly HandStep[], more: Record<string, string> = {}) {
  const project = tempProject({ "tsconfig.json": STRICT, "src/a.ts": before, ...more });
  const workspace = discover({ root: project.root, words: /never-there/ });
  const steps = hand.map(({ find, replace, site, transform = "rewire-run-calls" }): PlannedStep => {
    const start = before.indexOf(find);
    if (start < 0 || before.indexOf(find, start + 1) > 0) throw new Error(`not once: ${find}`);
    return { transform, start, end: start + find.length, expect: find, data: { text: replace }, site };
  });
  const edits = steps.map((step) => ({ start: step.start, end: step.end, text: String(step.data["text"]) }));
  const change = { file: "src/a.ts", before, after: applyEdits(before, edits), edits, sites: [] };
  const plan = { sites: [], steps: new Map([["src/a.ts", steps]]), registry: null, warnings: [] };
  return new TypeCheck(workspace, null, "session-run-registry").refusals(
    { changes: [change], refused: [] },
    plan,
  );
}

const IDS = [
  'import { readId } from "./ids.js";',
  'import { stop } from "./ids.js";',
  "export function first(entry: { key: string }): boolean {",
  "  return stop(readId(entry));",
  "}",
  "export function second(entry: { key: string }): boolean {",
  "  const id = entry.key;",
  "  return stop(id) || stop(id);",
  "}",
  "",
].join("\n");
const MODULE = {
  "src/ids.ts":
    "export const readId = (entry: object): string => String(entry);\nexport const stop = (id: string): boolean => id !== '';\n",
};

describe("what a rewrite leaves unused", () => {
  it("is blamed on the decision that took the last use away: imports", () => {
    const refusals = refusalsOf(
      IDS,
      [
        { find: "stop(readId(entry))", replace: "stop(entry.key)", site: "one" },
        { find: "stop(id) || ", replace: "", site: "two" },
      ],
      MODULE,
    );
    expect(refusals).toEqual([
      {
        site: "one",
        reason: "type-errors",
        why: "the compiler refuses the result at src/a.ts:1: 'readId' is declared but its value is never read. (TS6133)",
      },
    ]);
  });

  it("is blamed on the decisions that took the uses away: locals, also when their declaration is far off", () => {
    const refusals = refusalsOf(
      IDS,
      [
        { find: "stop(readId(entry))", replace: "stop(String(readId(entry)))", site: "one" },
        { find: "stop(id) || stop(id)", replace: "stop(entry.key)", site: "two" },
      ],
      MODULE,
    );
    expect(refusals.map((refusal) => refusal.site)).toEqual(["two"]);
    expect(refusals[0]!.why).toContain("'id' is declared");
  });

  it("was so before: one name of an import, then all that is left of it", () => {
    const before = IDS.replace("{ readId }", "{ readId, never, type Nothing }");
    const more = {
      "src/ids.ts": `${MODULE["src/ids.ts"]}export const never = 1;\nexport type Nothing = 0;\n`,
    };
    const edits: HandStep[] = [
      {
        find: "{ readId, never, type Nothing }",
        replace: "{ never, type Nothing }",
        site: "one",
        transform: "rewire-imports",
      },
      { find: "stop(readId(entry))", replace: "stop(entry.key)", site: "one" },
    ];
    expect(refusalsOf(before, edits, more)).toEqual([]);
  });

  it("does not mean parameters: a function may keep one that its callers pass", () => {
    const before = "export function f(id: string, key: string): string {\n  return id + key;\n}\n";
    expect(refusalsOf(before, [{ find: "id + key", replace: "key", site: "one" }])).toEqual([]);
  });
});

describe("an error", () => {
  const two = [
    "declare function stop(id: string): boolean;",
    "export function near(key?: string): boolean {",
    "  const own = key;",
    '  return stop("a");',
    "}",
    "export function far(key?: string): boolean {",
    '  return stop("b") && key !== "";',
    "}",
    "",
  ].join("\n");

  it("is blamed on the edit that it stands in", () => {
    const refusals = refusalsOf(two, [
      { find: '"a"', replace: "own ?? ''", site: "one" },
      { find: '"b"', replace: "key", site: "two" },
    ]);
    expect(refusals.map((refusal) => refusal.site)).toEqual(["two"]);
    expect(refusals[0]!.why).toMatch(/src\/a\.ts:7: .*\(TS2345\)$/);
  });

  it("away from every edit is blamed on the nearest one of its function", () => {
    const before = [
      "export function a(): string {",
      "  return String(1);",
      "}",
      "export function b(): number {",
      "  const x = String(2);",
      "  const y = String(3);",
      "",
      "  return x.length;",
      "}",
      "",
    ].join("\n");
    const refusals = refusalsOf(before, [
      { find: "String(1)", replace: "`1`", site: "other" },
      { find: "String(2)", replace: "{ other: 2 }", site: "x" },
      { find: "String(3)", replace: "x.toString()", site: "y" },
    ]);
    expect(refusals.map((refusal) => refusal.site)).toEqual(["y"]);
  });

  it("outside every function is blamed on all decisions of the file", () => {
    const before =
      'export const kind = { a: 1 };\nexport const read: number = kind.a;\nexport const f = () => "x";\n';
    const refusals = refusalsOf(before, [
      { find: "{ a: 1 }", replace: "{ b: 1 }", site: "one" },
      { find: '"x"', replace: '"y"', site: "two" },
    ]);
    expect(refusals.map((refusal) => refusal.site).sort()).toEqual(["one", "two"]);
  });

  it("in an import is blamed on the decisions that need the name", () => {
    const refusals = refusalsOf(
      IDS,
      [
        { find: "{ stop }", replace: "{ stop, halt }", site: "one", transform: "rewire-imports" },
        { find: "stop(readId(entry))", replace: "readId(entry) === ''", site: "one" },
        { find: "stop(id) || ", replace: "halt(id) || ", site: "two" },
      ],
      MODULE,
    );
    expect(refusals.map((refusal) => refusal.site)).toEqual(["two"]);
    expect(refusals[0]!.why).toContain("no exported member");
  });

  it("names no path of the machine", () => {
    const refusals = refusalsOf(
      IDS,
      [{ find: "stop(readId(entry))", replace: 'import("./ids.js")', site: "one" }],
      MODULE,
    );
    expect(refusals.map((refusal) => refusal.why).join("\n")).toMatch(/not assignable/);
    expect(refusals.map((refusal) => refusal.why).join("\n")).not.toMatch(/workspace|tmp/);
  });
});
