import type { Analysis } from "../analyze/analysis.ts";
import type { DoubleName, FixtureKey, SilentTest } from "../analyze/doubles/double-facts.ts";
import { isCanonical } from "../migration/session-keys.ts";
import type { Migration } from "../migration/migration.ts";
import { lineEnding } from "../shared/layout.ts";
import { type CallDecision, type DecideOptions, siteId } from "./decide-calls.ts";
import { type DoubleDecisions, renamed } from "./decide-doubles.ts";
import type { PlannedStep, SiteDecision } from "./plan.ts";
import { startOfLine } from "./plan-imports.ts";

/** An expectation that a silent test gets: the kill was called with the key that its fixtures prove. */
export interface StrengthenDecision {
  readonly test: SilentTest;
  /** legacy name of the kill, as the test's file spells it */
  readonly callee: string;
  /** how the test names the double */
  readonly handle: string;
  /** the double has no name in the file yet: this one is imported from the registry */
  readonly imports: string | null;
  readonly keys: readonly { readonly key: FixtureKey; readonly expected: string }[];
}

/** What silent tests can be told to expect: only where the double moved whole and each key is proven. */
export function strengthenTests(
  analysis: Analysis,
  migration: Migration,
  decisions: readonly CallDecision[],
  doubles: DoubleDecisions,
  options: DecideOptions,
): StrengthenDecision[] {
  const facts = analysis.doubles();
  const rewritten = decisions.filter(
    ({ call, decision, fn }) => decision === "rewrite" && fn.role === "abort" && !call.inTest,
  );
  return facts.silent.flatMap((test): StrengthenDecision[] => {
    const loaded = facts.loadedWith(test.file);
    if (!rewritten.some(({ call }) => call.function === test.entry && loaded.has(call.file))) return [];
    const kills = facts.names.filter(({ file, word }) => file === test.file && word.fn.role === "abort");
    if (kills.some((name) => name.tie === "dependency" || doubles.get(name)?.mode !== "move")) return [];
    const named = handleOf(analysis, doubles, test.file, kills);
    if (!named) return [];
    const keys = test.keys.map((key) => ({ key, expected: expectedOf(migration, key) }));
    if (keys.some(({ expected }) => expected === null)) return [];
    const callee = kills[0]!.word.name;
    const decision = { test, callee, ...named, keys: keys as StrengthenDecision["keys"] };
    return options.refused?.has(siteId(strengthenSite(decision))) ? [] : [decision];
  });
}

/** A strengthened test as a place, for decisions and refusals. */
export function strengthenSite({ test, callee }: StrengthenDecision): Parameters<typeof siteId>[0] {
  return { file: test.file, line: test.line, column: test.column, name: callee };
}

/**
 * The key as the kill gets it. One that the store's normaliser would spell otherwise reaches it in either spelling,
 * and each ends with it.
 */
function expectedOf(migration: Migration, { value, expression }: FixtureKey): string | null {
  if (isCanonical(migration.keyRule, value)) return expression;
  const plain = value === value.trim().toLowerCase() && /^\S+$/.test(value);
  return plain && !value.startsWith(migration.keyRule.prefix)
    ? `expect.stringContaining(${expression})`
    : null;
}

/** How a test file names its double of the kill, when that is a spy. */
function handleOf(
  analysis: Analysis,
  doubles: DoubleDecisions,
  file: string,
  kills: readonly DoubleName[],
): Pick<StrengthenDecision, "handle" | "imports"> | undefined {
  const facts = analysis.doubles();
  const text = facts.text(file);
  const valueText = ({ property, span }: DoubleName): string =>
    property
      ? facts
          .text(file)
          .slice(span.end, property.end)
          .replace(/^\s*:\s*/, "")
      : "";
  const keys = kills.filter(({ tie }) => tie === "key");
  // Of several mocks only one is there when the test runs, and which is not said.
  if (keys.length !== 1) return undefined;
  const key = keys[0]!;
  const mock = facts.mocks.find(({ names }) => names.includes(key));
  if (!mock || !/\.mock$/.test(mock.callee) || mock.framework === "bun" || /\bresetModules\b/.test(text))
    return undefined;
  const value = valueText(key);
  const imported = kills.find(({ tie, from }) => tie === "import" && from === null);
  const replacement = renamed(doubles, key);
  if (isSpy(value)) {
    const specifier = imported && importOf(analysis, file, imported);
    if (specifier)
      return { handle: specifier.local === imported.text ? replacement : specifier.local, imports: null };
    if (imported || facts.identifiers(file).has(replacement)) return undefined;
    return { handle: replacement, imports: replacement };
  }
  // `old: mocks.old`: the state's own spy.
  const state = kills.find(({ tie, property }) => tie === "state" && property !== null);
  const read = new RegExp(`^([\\w$]+)\\.${key.text}$`).exec(value.trim());
  return state && read && isSpy(valueText(state))
    ? { handle: `${read[1]}.${renamed(doubles, state)}`, imports: null }
    : undefined;
}

function isSpy(value: string): boolean {
  return /^(?:vi|jest)\.fn\b/.test(value);
}

function importOf(
  analysis: Analysis,
  file: string,
  name: DoubleName,
): { readonly local: string } | undefined {
  return (analysis.imports.get(file) ?? [])
    .flatMap(({ names }) => names)
    .find(({ span }) => span.start <= name.span.start && name.span.end <= span.end);
}

/** The steps that put the expectations in, by file. */
export function planStrengthening(
  analysis: Analysis,
  decisions: readonly StrengthenDecision[],
): Map<string, PlannedStep[]> {
  const steps = new Map<string, PlannedStep[]>();
  for (const decision of decisions) {
    const { file, statement } = decision.test;
    const text = analysis.doubles().text(file);
    const indent = /^[ \t]*/.exec(text.slice(startOfLine(text, statement.start)))![0];
    const semicolon = text[statement.end - 1] === ";" ? ";" : "";
    const lines = decision.keys.map(
      (one) => `${lineEnding(text)}${indent}${expectation(decision, one.expected)}${semicolon}`,
    );
    const at = { start: statement.end, end: statement.end, expect: "" };
    steps.set(file, [
      ...(steps.get(file) ?? []),
      {
        transform: "expect-kills",
        ...at,
        data: { text: lines.join("") },
        site: siteId(strengthenSite(decision)),
      },
    ]);
  }
  return steps;
}

function expectation({ handle }: StrengthenDecision, expected: string): string {
  return `expect(${handle}).toHaveBeenCalledWith(${expected})`;
}

/** The report's view of a test that is told to look at the kill. */
export function describeStrengthening(decision: StrengthenDecision): SiteDecision {
  const { test, callee, keys } = decision;
  const { file, line, column } = test;
  return {
    id: siteId(strengthenSite(decision)),
    file,
    line,
    column,
    function: test.function,
    callee,
    argument: null,
    kind: "assertion",
    decision: "rewrite",
    reason: null,
    key: keys.map(({ key }) => key.expression).join(", "),
    confidence: "proven",
    replacement: keys.map(({ expected }) => expectation(decision, expected)).join("; "),
    cluster: `${file}:${line}:${column}`,
    evidence: [
      { file, line, note: `this shows that ${test.entry} reached its kill, and nothing here looks at it` },
      ...keys.map(({ key }) => key.evidence),
    ],
    rejected: [],
  };
}
