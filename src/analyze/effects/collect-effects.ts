import { ts } from "ts-morph";
import { legacyNames } from "../../migration/migration.ts";
import type { LegacyUse, RegistryCall, RunCall, StubFact } from "../analysis.ts";
import type { CallerIndex } from "../callers.ts";
import type { Evaluator } from "../evaluate.ts";
import { withoutExtension } from "../../migration/module-paths.ts";
import { walk } from "../syntax.ts";
import { isTestFile } from "../test-files.ts";
import { DeadCode } from "./dead-code.ts";
import type { EffectFacts } from "./effect-facts.ts";
import { findDeadCalls } from "./find-dead-calls.ts";
import { findOrphanHandlers } from "./find-orphan-handlers.ts";
import { findBrokenPromises } from "./find-promises.ts";
import { findRegistrations } from "./find-registrations.ts";
import { ReportFinder } from "./find-reports.ts";
import { findUndefinedCalls } from "./find-undefined-calls.ts";
import { findUnsoundWaits } from "./find-unsound-waits.ts";
import { aliveFunctions, findVacuousTests } from "./find-vacuous-tests.ts";
import { Folder } from "./folder.ts";
import { isHandedOn, Reach } from "./reach.ts";
import { Sinks } from "./sinks.ts";

export interface EffectRequest {
  readonly evaluator: Evaluator;
  readonly callers: CallerIndex;
  /** files that parse, sorted */
  readonly files: readonly string[];
  readonly stubs: readonly StubFact[];
  readonly registryCalls: readonly RegistryCall[];
  readonly calls: readonly RunCall[];
  readonly uses: readonly LegacyUse[];
}

/** Everything about what functions reach; the most expensive facts, and only `check` asks for them. */
export function collectEffects(request: EffectRequest): EffectFacts {
  const { evaluator, callers, files, stubs, registryCalls, calls, uses } = request;
  const { project, migration } = evaluator;
  const { module, register } = migration.registry;
  const home = (file: string): boolean => {
    const stem = withoutExtension(file);
    return stem === module || stem.endsWith(`/${module}`);
  };
  const tests = files.filter(isTestFile);
  const production = files.filter((file) => !isTestFile(file) && !home(file));
  const sinks = new Sinks(migration, stubs);
  const deadCode = new DeadCode(new Folder(evaluator));
  const reach = new Reach(evaluator, sinks, deadCode);
  const reports = new ReportFinder(evaluator, reach, callers);
  const family = files.some((file) => home(file) || isFamily(project.file(file).text, request));
  const entries = migration.entryPoints.filter(
    ({ onlyWith }) =>
      onlyWith === undefined || production.some((file) => project.file(file).text.includes(onlyWith)),
  );
  const unregistered = registryCalls.some(({ role, inTest }) => role === "unregister" && !inTest);
  const alive = aliveFunctions(calls, uses);
  const each = <Fact>(list: readonly string[], find: (file: string) => readonly Fact[]): Fact[] =>
    list.flatMap((file) => find(file));
  return {
    undefinedCalls: each(production, (file) => findUndefinedCalls(project, file)),
    unbackedReports: each(production, (file) => reports.find(file)),
    brokenPromises: family
      ? each(production, (file) => findBrokenPromises(evaluator, reach, entries, file))
      : [],
    deadCalls: each(production, (file) => findDeadCalls(evaluator, sinks, deadCode, file)),
    unsoundWaits: each(production, (file) => findUnsoundWaits(evaluator, sinks, file)),
    registrations: each(production, (file) => findRegistrations(evaluator, file, unregistered)),
    orphanHandlers: family ? findOrphanHandlers(evaluator, production) : [],
    vacuousTests: each(tests, (file) => findVacuousTests(evaluator, file, alive)),
    registerHandedOn: production.some((file) => handsOn(project.file(file), register)),
  };
}

/** The names of entry points alone are no sign of the family: other projects have a handleStopCommand, too. */
function isFamily(text: string, { evaluator: { migration } }: EffectRequest): boolean {
  const { kill, wait, register } = migration.registry;
  return [...legacyNames(migration), kill, wait, register, ...migration.reports.fields].some((name) =>
    text.includes(name),
  );
}

/** The function is given to something that may call it. */
function handsOn(source: ts.SourceFile, name: string): boolean {
  if (!source.text.includes(name)) return false;
  let found = false;
  walk(source, (node) => {
    if (ts.isIdentifier(node) && node.text === name && isHandedOn(node)) found = true;
  });
  return found;
}
