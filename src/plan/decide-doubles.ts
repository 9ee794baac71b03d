import type { Analysis } from "../analyze/analysis.ts";
import type { DoubleFacts, DoubleName, MockFact } from "../analyze/doubles/double-facts.ts";
import { withReplacement } from "../migration/double-names.ts";
import { legacyFunction, type Migration } from "../migration/migration.ts";
import type { Evidence } from "../shared/location.ts";
import { type CallDecision, type DecideOptions, siteId } from "./decide-calls.ts";
import type { ReasonCode } from "./reasons.ts";

/**
 * What becomes of the doubles of one legacy function in the test files that share them.
 * move: every call that the tests load was rewritten; both: some were, so the old double stays and the registry gets
 * one as well; keep: none was; refused: something is bound to it that could not be followed.
 */
export type DoubleMode = "move" | "both" | "keep" | "refused";

export interface DoubleDecision {
  readonly mode: DoubleMode;
  readonly reason: ReasonCode | null;
  readonly evidence: readonly Evidence[];
  /** the function of the registry that the double moves to; null where only calls about all runs moved */
  readonly to: string | null;
  /** the function of the registry that aborts all runs, where calls that these tests load moved to it */
  readonly toAllRuns: string | null;
  /** calls that these tests get to and that still pass the old double an id */
  readonly idsLeft: readonly Evidence[];
  /** what the tests load imports the old function for a call that none of them gets to */
  readonly stillImported: boolean;
  /** names of the registry that the rewritten code of these tests calls */
  readonly needed: ReadonlySet<string>;
  readonly cluster: string;
}

/** Decisions by name; names that are something else, or the engine's own tests, have none. */
export type DoubleDecisions = ReadonlyMap<DoubleName, DoubleDecision>;

/** What a test expects of an abort of all runs. */
const ABORT_OF_ALL = /\bundefined,\s*\{\s*mode:\s*["']all["']/;

/** One decision for each legacy function in each group of test files that share its doubles: together or not at all. */
export function decideDoubles(
  analysis: Analysis,
  migration: Migration,
  decisions: readonly CallDecision[],
  /** kills behind which the end of the run is waited for */
  settled: readonly CallDecision[],
  options: DecideOptions,
): DoubleDecisions {
  const facts = analysis.doubles(options.onProgress);
  const production = decisions.filter(({ call }) => !call.inTest);
  const groups = groupNames(facts);
  const decided = new Map<DoubleName, DoubleDecision>();
  for (const [group, names] of groups) {
    const legacy = names[0]!.word.fn.names[0]!;
    const files = [...new Set(names.map(({ file }) => file))];
    const loaded = files.map((file) => facts.loadedWith(file));
    const inLoaded = production.filter(({ call }) => loaded.some((set) => set.has(call.file)));
    const reached = inLoaded.filter(
      ({ call, decision }) => decision === "rewrite" || isNamed(facts, call, loaded),
    );
    const own = reached.filter(({ call }) => call.legacy === legacy);
    // A double that no test of the group needs follows the rest of the code, as far as that is about one run.
    const all =
      own.length > 0
        ? own
        : production.filter(({ call }) => call.legacy === legacy && !(call.role === "abort" && call.global));
    const injected = names[0]!.tie === "dependency";
    const served = all.filter(({ call }) => !injected || call.via === "dependency");
    const moved = served.filter(({ decision }) => decision === "rewrite");
    const left = served.filter(({ decision }) => decision !== "rewrite");
    const needed = new Set(
      reached.flatMap(({ decision, fn }) =>
        decision === "rewrite" && fn.replacement !== null ? [fn.replacement] : [],
      ),
    );
    // An abort of all runs and one of a single run go to two functions of the registry.
    const targets = new Set(moved.map(({ fn }) => fn.replacement));
    const ofAllRuns = targets.delete(migration.registry.killAll);
    const expected = files.some((file) => ABORT_OF_ALL.test(facts.text(file)));
    const toAllRuns = ofAllRuns && expected ? migration.registry.killAll : null;
    // What the tests load was migrated before, and they were left behind.
    const replacement = [...targets][0] ?? legacyFunction(migration, legacy)!.replacement;
    const stale =
      own.length === 0 && replacement !== null
        ? staleSince(analysis, files, injected ? `.${replacement}` : replacement)
        : [];
    if (stale.length > 0)
      for (const set of loaded)
        for (const file of set)
          for (const name of facts.registryNames(file)) needed.add(name.replace(".", ""));
    if (reached.some((one) => settled.includes(one))) needed.add(migration.registry.wait);
    const to = ofAllRuns && targets.size === 0 ? null : replacement;
    const stillImported = inLoaded.length > reached.length;
    const idsLeft = left
      .filter(({ call }) => !call.global)
      .map(
        ({ call }): Evidence => ({
          file: call.file,
          line: call.line,
          note: `${call.name} still passes an id here, to the old double: see whether this test gets there`,
        }),
      );
    const base = { to, toAllRuns, needed, idsLeft, stillImported, cluster: `test-double ${group}` };
    const evidence = [...moved, ...left].slice(0, 6).map(
      ({ call, decision }): Evidence => ({
        file: call.file,
        line: call.line,
        note: `${call.name} is ${decision === "rewrite" ? "rewritten" : "left"} here`,
      }),
    );
    const decide = (): DoubleDecision => {
      if (replacement === null) return { ...base, mode: "keep", reason: "no-counterpart", evidence: [] };
      // Only aborts of all runs moved, and nothing is expected of them.
      if (to === null && toAllRuns === null && replacement !== null)
        return { ...base, mode: "keep", reason: "still-used", evidence };
      if (standBeside(facts, names)) return { ...base, mode: "keep", reason: "still-used", evidence };
      if (moved.length === 0 && stale.length === 0)
        return isAsked(analysis, legacy)
          ? { ...base, mode: "keep", reason: "still-used", evidence }
          : {
              ...base,
              mode: "refused",
              reason: "test-double",
              evidence: [
                {
                  file: names[0]!.file,
                  line: names[0]!.line,
                  note: `no production code asks ${legacy} any more: nothing that is expected of this double shows anything`,
                },
              ],
            };
      const stuck = names.find(
        (name) =>
          name.tie === "unknown" || unsupported(analysis, name, left.length > 0 && stale.length === 0),
      );
      const why = names.map((name) => ({ name, said: options.refused?.get(siteId(asSite(name))) }));
      const refused = why.find(({ said }) => said !== undefined);
      const clash = to === null ? undefined : names.find((name) => clashes(analysis, name, to));
      const split =
        toAllRuns !== null && !(left.length > 0 && standsForAllRuns(analysis, names)) ? names[0] : undefined;
      const blamed = refused?.name ?? stuck ?? clash ?? split;
      if (blamed) {
        const note =
          refused?.said?.why ??
          (clash === blamed
            ? `${newName(blamed, to!)} is already a name of this file`
            : split === blamed
              ? `${toAllRuns} takes the place of the aborts of all runs: give it a double of its own, and expect what they expected of it`
              : (blamed.why ?? `what ${blamed.text} is bound to here could not be followed`));
        return {
          ...base,
          mode: "refused",
          reason: "test-double",
          evidence: [{ file: blamed.file, line: blamed.line, note }, ...evidence],
        };
      }
      if (stale.length > 0) return { ...base, mode: "move", reason: null, evidence: stale };
      return { ...base, mode: left.length > 0 ? "both" : "move", reason: null, evidence };
    };
    const decision = decide();
    for (const name of names) decided.set(name, decision);
  }
  refuseWhatStaysInside(facts, decided);
  return decided;
}

/** A double whose value only its factory can read moves with the whole factory, or not at all. */
function refuseWhatStaysInside({ mocks }: DoubleFacts, decided: Map<DoubleName, DoubleDecision>): void {
  const stuck = (): DoubleName | undefined =>
    mocks
      .filter((mock) => !mock.registry && mock.factory.kind === "inline" && !movesInPlace(decided, mock))
      .flatMap(({ names }) => names)
      .find((name) => name.ofFactory !== null && ["move", "both"].includes(decided.get(name)?.mode ?? ""));
  // One that stays keeps its whole mock where it is, and then others of that mock may have to stay.
  for (let name = stuck(); name; name = stuck()) {
    const group = decided.get(name)!;
    const note = `${name.text} is made of ${name.ofFactory}, which only its factory can read: declare that outside of the factory, so that the registry's mock can read it as well`;
    const refused: DoubleDecision = {
      ...group,
      mode: "refused",
      reason: "test-double",
      evidence: [{ file: name.file, line: name.line, note }, ...group.evidence],
    };
    for (const [other, decision] of decided) if (decision === group) decided.set(other, refused);
  }
}

/** Nothing that is mocked by a factory stays behind when its doubles move. */
export function isEmptied(decisions: DoubleDecisions, { names, factory }: MockFact): boolean {
  return (
    factory.kind === "inline" &&
    names.every((name) => decisions.get(name)?.mode === "move") &&
    factory.others === 0 &&
    factory.foreignSpreads === 0
  );
}

/** The mock of the old module becomes the registry's where it stands. */
export function movesInPlace(decisions: DoubleDecisions, mock: MockFact): boolean {
  // What still imports the old module must not be given the real one.
  if (!isEmptied(decisions, mock) || mock.names.some((name) => decisions.get(name)!.stillImported))
    return false;
  const given = new Set(mock.names.map((name) => renamed(decisions, name)));
  const needed = mock.names.flatMap((name) => [...decisions.get(name)!.needed]);
  return mock.paths.length > 1 || needed.every((name) => given.has(name));
}

/**
 * What a helper makes is the mock of one old module, and every test that has it made mocks another one in its own file:
 * that one brings the registry's, and the helper's goes on to stand for the old module alone.
 */
function standBeside(facts: DoubleFacts, names: readonly DoubleName[]): boolean {
  const { mocks, names: all } = facts;
  const home = names[0]!.file;
  if (!names.every(({ tie, file }) => tie === "helper-key" && file === home)) return false;
  if (mocks.some(({ file }) => file === home)) return false;
  const users = usersOf(facts, home);
  return (
    users.length > 0 &&
    users.every((file) =>
      all.some((name) => name.file === file && name.tie === "key" && name.word.fn === names[0]!.word.fn),
    )
  );
}

/** Test files in which a helper of another file makes a mock of an old module. */
function usersOf({ mocks }: DoubleFacts, home: string): string[] {
  return mocks
    .filter(
      ({ file, factory, registry }) =>
        file !== home && !registry && factory.kind === "helper" && factory.homes.includes(home),
    )
    .map(({ file }) => file);
}

/** Each test that has the helper make a mock makes all its mocks of old modules so, and has none of the registry yet. */
function isMadeForAll({ mocks }: DoubleFacts, users: readonly string[]): boolean {
  return (
    users.length > 0 &&
    mocks.every(
      ({ file, registry, factory, room }) =>
        !users.includes(file) || (!registry && factory.kind === "helper" && room !== null),
    )
  );
}

/** Something that these tests load names the function around a call: it may run. */
function isNamed(
  facts: DoubleFacts,
  { file, function: name }: CallDecision["call"],
  loaded: readonly ReadonlySet<string>[],
): boolean {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return true;
  return loaded.some((set) => set.has(file) && [...set].some((other) => facts.mentions(other, name, file)));
}

/** Production code still calls a legacy function, or names it in a way that may be a call. */
function isAsked({ calls, uses }: Analysis, legacy: string): boolean {
  return (
    calls.some((call) => !call.inTest && call.legacy === legacy) ||
    uses.some(
      (use) => !use.inTest && use.legacy === legacy && !["text", "re-export", "stub"].includes(use.kind),
    )
  );
}

/** Production code that these tests load, asks the registry already, and that they still double the old engine for. */
function staleSince(analysis: Analysis, files: readonly string[], replacement: string): Evidence[] {
  const facts = analysis.doubles();
  const module = analysis.registry?.path.replace(/^.*\/|\.[cm]?[jt]sx?$/g, "");
  if (module === undefined || files.some((file) => facts.text(file).includes(module))) return [];
  const asking = new Set<string>();
  for (const file of files)
    for (const loaded of facts.loadedWith(file))
      if (facts.registryNames(loaded).has(replacement)) asking.add(loaded);
  return [...asking]
    .sort()
    .slice(0, 6)
    .map((file) => ({
      file,
      line: 1,
      note: `asks ${replacement.replace(".", "")} of the registry since an earlier migration`,
    }));
}

/** The new spelling of a name that moves, or gets a counterpart. */
export function renamed(decisions: DoubleDecisions, name: DoubleName): string {
  return newName(name, movesTo(decisions, name));
}

/** The function of the registry that a double moves to. */
export function movesTo(decisions: DoubleDecisions, name: DoubleName): string {
  return decisions.get(name)!.to!;
}

function newName({ text, word }: DoubleName, replacement: string): string {
  return withReplacement(text, word, replacement);
}

/**
 * The old double can be asked for all runs through its own name, so that what is expected of it stays true:
 * `killAll: () => spy(undefined, { mode: "all" })`.
 */
function standsForAllRuns(analysis: Analysis, names: readonly DoubleName[]): boolean {
  const files = new Set(names.map(({ file }) => file));
  const mocks = analysis.doubles().mocks.filter(({ file, registry }) => files.has(file) && !registry);
  const keys = names.filter(({ tie }) => tie === "key");
  return (
    keys.length > 0 &&
    keys.every(({ standsFor }) => standsFor !== null) &&
    mocks.every(({ factory }) => factory.kind === "inline") &&
    names.every(({ tie }) => ["key", "binding", "accessor", "state", "import"].includes(tie))
  );
}

/** A double's name as a place, for decisions and refusals. */
export function asSite({ file, line, column, word }: DoubleName): Parameters<typeof siteId>[0] {
  return { file, line, column, name: word.name };
}

/** A name whose statement cannot be taken apart, or doubled where both engines are asked. */
function unsupported(analysis: Analysis, name: DoubleName, both: boolean): boolean {
  const inFile = analysis.doubles().mocks.filter(({ file }) => file === name.file);
  const mocks = inFile.filter(({ registry }) => !registry);
  // Of two mocks of one path only the last counts.
  if (name.tie !== "dependency" && mocks.length < inFile.length) return true;
  if (name.tie === "key" && isBehindAnother(name, mocks)) return true;
  if (mocks.some(({ factory }) => factory.kind === "unknown")) return true;
  // Of mocks of different kinds that lead to one registry only the first would be carried over.
  if (
    name.tie === "helper-key" &&
    mocks.some(({ factory, names: own }) => factory.kind === "inline" && own.length > 0)
  )
    return true;
  if (name.tie === "state" && isOfALaterObject(name, mocks)) return true;
  // What a helper takes whole from an object has no second name there.
  if (name.tie === "state" && name.property && both && mocks.some(({ factory }) => factory.kind === "helper"))
    return !analysis
      .doubles()
      .names.some(
        ({ tie, file, word }) => tie === "helper-key" && file === name.file && word.fn === name.word.fn,
      );
  // The helper stands in for the whole module: each mock that it makes must be seen.
  if (name.tie === "helper-key" && !mocks.some(({ factory }) => factory.kind === "helper"))
    return mocks.length > 0 || !isMadeForAll(analysis.doubles(), usersOf(analysis.doubles(), name.file));
  if (name.tie === "dependency" && both) return true;
  if (name.tie === "dynamic-import") return name.taking === null || both;
  if (name.tie === "spy") return name.namespace === null || (both && !isDoubled(name));
  if (name.tie === "member") return name.namespace === null;
  return false;
}

/** Its object is the mock of a second legacy module, behind one that leads to the same registry. */
function isOfALaterObject(name: DoubleName, mocks: ReturnType<Analysis["doubles"]>["mocks"]): boolean {
  const objects = mocks.filter(({ factory }) => factory.kind === "object");
  return objects.some(
    (mock, at) =>
      mock.factory.kind === "object" &&
      mock.factory.keys.includes(name.text) &&
      objects
        .slice(0, at)
        .some(
          ({ factory, specifier }) =>
            factory.kind === "object" &&
            specifier !== mock.specifier &&
            specifier.startsWith("/") === mock.specifier.startsWith("/") &&
            !factory.keys.includes(name.text),
        ),
  );
}

/** Two legacy modules are mocked, both lead to one registry, and only this one's mock has the function. */
function isBehindAnother(name: DoubleName, mocks: ReturnType<Analysis["doubles"]>["mocks"]): boolean {
  const at = mocks.findIndex(({ names }) => names.includes(name));
  const own = mocks[at];
  return (
    own !== undefined &&
    mocks
      .slice(0, at)
      .some(
        (earlier) =>
          earlier.specifier !== own.specifier &&
          earlier.specifier.startsWith("/") === own.specifier.startsWith("/") &&
          earlier.names.length > 0 &&
          !earlier.names.some(({ word }) => word.fn === name.word.fn),
      )
  );
}

/** A spy that can be made a second time: its variable is named for the function, so that the other is named apart. */
function isDoubled({ spy, text }: DoubleName): boolean {
  return spy !== null && (spy.variable === null || spy.variable.toLowerCase().includes(text.toLowerCase()));
}

/** A new name that the file already uses for something else. */
function clashes(analysis: Analysis, name: DoubleName, to: string): boolean {
  if (!["binding", "accessor", "import", "dynamic-import"].includes(name.tie)) return false;
  return analysis.doubles().identifiers(name.file).has(newName(name, to));
}

/** Names of one legacy function in files that take each other's doubles. */
function groupNames(facts: DoubleFacts): Map<string, DoubleName[]> {
  const { names, loadedWith } = facts;
  const parent = new Map<string, string>();
  const find = (key: string): string => {
    let at = key;
    for (let up = parent.get(at); up !== undefined && up !== at; up = parent.get(at)) at = up;
    return at;
  };
  const relevant = names.filter(({ tie }) => tie !== "other" && tie !== "engine" && tie !== "option");
  for (const name of relevant) {
    const key = keyOf(name);
    if (!parent.has(key)) parent.set(key, key);
    // What could not be followed may come from any test file that this one loads.
    const others = name.tie === "unknown" ? relevant.filter((other) => other.word.fn === name.word.fn) : [];
    // What a helper makes belongs to the tests that have it made, but where they bring the registry's mock themselves.
    const made =
      name.tie === "helper-key" && !facts.mocks.some(({ file }) => file === name.file)
        ? standBeside(facts, [name])
          ? []
          : usersOf(facts, name.file)
        : [];
    const behind = new Set([
      ...(name.from === null ? [] : [name.from]),
      ...made,
      ...others
        .map(({ file }) => file)
        .filter((file) => file !== name.file && loadedWith(name.file).has(file)),
    ]);
    for (const file of behind) {
      const there = `${file} ${name.word.fn.names[0]!}`;
      if (!parent.has(there)) parent.set(there, there);
      const [a, b] = [find(key), find(there)].sort();
      if (a !== b) parent.set(b!, a!);
    }
  }
  const groups = new Map<string, DoubleName[]>();
  for (const name of relevant) {
    const group = find(keyOf(name));
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return groups;
}

/** What is handed to production code follows the property there, not the mocks of modules. */
function keyOf({ file, word, tie }: DoubleName): string {
  return `${file} ${word.fn.names[0]!}${tie === "dependency" ? " dependency" : ""}`;
}
