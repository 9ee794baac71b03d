import type { Analysis, LegacyUse, RunCall } from "../../analyze/analysis.ts";
import { legacyFunction, type Migration } from "../../migration/migration.ts";
import { legacyTail } from "../../migration/module-paths.ts";
import { defineRule, placeOf, type Violation } from "../rule.ts";

export const rule = defineRule({
  id: "legacy-surface",
  severity: "error",
  fixable: true,
  docs: {
    what: "A function of the engine that is gone is still imported, called, handed on, mocked or named.",
    why: "It stops nothing: runs are CLI subprocesses in the session-run registry, and the old functions know nothing of them. An import that stays also brings the stub back with the next upstream sync.",
    fix: "Run rewire-abort migrate --write. What it leaves has a reason: rewire-abort explain REASON.",
  },
  check(analysis, migration) {
    const tolerated = new Set(
      analysis.calls
        .filter((call) => isTolerated(call, migration))
        .map((call) => `${call.file}:${call.nameSpan.start}`),
    );
    const production = analysis.calls.filter(({ inTest }) => !inTest);
    const red = new Set(
      production.filter((call) => !isTolerated(call, migration)).map(({ legacy }) => legacy),
    );
    // Which tests load what takes long to find out: it is asked once everything else has moved.
    const isAsked = (legacy: string, test: string): boolean =>
      red.size > 0
        ? production.some((call) => call.legacy === legacy)
        : loadsCallOf(legacy, test, production, analysis);
    const follows = ({ inTest, file, legacy }: RunCall | LegacyUse): boolean =>
      inTest && (red.has(legacy) || isTestOfTheEngine(file, migration) || isAsked(legacy, file));
    return [
      ...analysis.calls.filter((call) => !follows(call)).map((call) => fromCall(call, migration)),
      ...analysis.uses
        .filter((use) => use.kind !== "stub" && !isHandedOn(use, migration) && !follows(use))
        .map((use) => fromUse(use, migration, tolerated)),
    ];
  },
});

/** The modules that define and hand on the old functions may stay until nobody asks them for any. */
function isHandedOn({ file, kind }: LegacyUse, migration: Migration): boolean {
  return (kind === "re-export" || kind === "import") && legacyTail(migration, file) !== undefined;
}

/**
 * A test of what asks the engine follows the code: where a call is a finding, its doubles need not be. Where calls may
 * stay, a double is right in a test that loads one of them, and left behind in any other.
 */
function loadsCallOf(
  legacy: string,
  test: string,
  production: readonly RunCall[],
  analysis: Analysis,
): boolean {
  const callers = production.filter((call) => call.legacy === legacy);
  if (callers.length === 0) return false;
  const loaded = analysis.doubles().loadedWith(test);
  return callers.some(({ file }) => loaded.has(file));
}

/** The engine's own tests go with it, as its modules do. */
function isTestOfTheEngine(file: string, migration: Migration): boolean {
  return legacyTail(migration, file.replace(/\.(?:test|spec|e2e)\b.*$/, "")) !== undefined;
}

/** A call that nothing can take the place of: it may stay, and is only named. */
function isTolerated(call: RunCall, migration: Migration): boolean {
  return call.global || counterpart(call.name, call.legacy, migration) === null;
}

function fromCall(call: RunCall, migration: Migration): Violation {
  const replacement = counterpart(call.name, call.legacy, migration);
  const soft = call.inTest || isTolerated(call, migration) || call.via === "unknown";
  return {
    ...placeOf(call),
    message: call.global
      ? `${call.name} is called for all sessions at once, which the registry has no counterpart for in this call. Decide by hand what it should stop.`
      : replacement === null
        ? `${call.name} is called, and the registry has no counterpart: nothing takes its place. Remove the call, or keep it with a suppression that says why.`
        : `${call.name} is called, and stops or sees no run any more. Call ${replacement}${isKeyed(call, migration) ? " with the session key" : ""}.`,
    evidence: call.evidence,
    severity: soft ? "warning" : "error",
    fixable: replacement !== null && !call.global && !call.unsupported,
  };
}

function fromUse(use: LegacyUse, migration: Migration, tolerated: ReadonlySet<string>): Violation {
  const replacement = counterpart(use.name, use.legacy, migration);
  const soft =
    use.inTest ||
    replacement === null ||
    use.kind === "text" ||
    isUnbound(use) ||
    // An import that only such calls need stays with them.
    (use.uses.length > 0 && use.uses.every(({ start }) => tolerated.has(`${use.file}:${start}`)));
  return {
    ...placeOf(use),
    message:
      use.kind === "text"
        ? `${use.name} is named in a ${use.detail === "regex" ? "regular expression" : "string"}. Look whether something still depends on the name.`
        : `${use.name} is ${use.detail === "element" ? "read by its name as a string" : (VERBS[use.kind] ?? "used")}${use.specifier === null ? "" : ` from "${use.specifier}"`}. ${
            replacement === null
              ? "The registry has no counterpart: nothing takes its place."
              : `Use ${replacement} of the session-run registry.`
          }`,
    severity: soft ? "warning" : "error",
    fixable:
      replacement !== null && use.kind !== "text" && use.detail !== "element" && use.detail !== "mangled",
    shape: `${use.kind} ${use.name}`,
  };
}

/** A member of that name on an object that nothing ties to the old engine. */
function isUnbound({ kind, detail, specifier }: LegacyUse): boolean {
  return (
    kind === "dependency" &&
    specifier === null &&
    (detail === "access" || detail === "destructured" || detail === "implementation")
  );
}

const VERBS: Partial<Record<LegacyUse["kind"], string>> = {
  import: "imported",
  "re-export": "handed on",
  "dynamic-import": "taken",
  dependency: "passed as a dependency",
  wrapper: "wrapped",
  callback: "passed as a callback",
  type: "named in a type",
  mock: "mocked",
  assertion: "asserted on",
};

/** Counts and drains take no session. */
function isKeyed({ name, legacy }: RunCall, migration: Migration): boolean {
  return (legacyFunction(migration, name) ?? legacyFunction(migration, legacy))?.keyed ?? true;
}

function counterpart(name: string, legacy: string, migration: Migration): string | null {
  return (legacyFunction(migration, name) ?? legacyFunction(migration, legacy))?.replacement ?? null;
}
