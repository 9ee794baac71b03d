import { ts } from "../typescript.ts";
import { legacyNames } from "../../migration/migration.ts";
import type { LegacyUse, PlaceholderFact, RegistryCall, RunCall, StubFact } from "../analysis.ts";
import type { CallerIndex } from "../callers.ts";
import type { Evaluator } from "../evaluate.ts";
import { isRegistryFile } from "../../migration/module-paths.ts";
import type { Span } from "../../shared/location.ts";
import { isTest } from "../is-test.ts";
import type { SourceProject } from "../source-project.ts";
import { functionName, type FunctionNode, isFunctionNode } from "../syntax.ts";
import { calledName } from "./called.ts";
import { DeadCode } from "./dead-code.ts";
import type { EffectFacts, EffectPlace } from "./effect-facts.ts";
import { findDeadCalls } from "./find-dead-calls.ts";
import { findFabricatedSuccesses, findNullObjectCalls } from "./find-hollow-calls.ts";
import { findOrphanHandlers } from "./find-orphan-handlers.ts";
import { findBrokenPromises } from "./find-promises.ts";
import { findRegistrations } from "./find-registrations.ts";
import { ReportFinder } from "./find-reports.ts";
import { findTombstones } from "./find-tombstones.ts";
import { findUndefinedCalls } from "./find-undefined-calls.ts";
import { findUnprovenTests } from "./find-unproven-tests.ts";
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
  readonly placeholders: readonly PlaceholderFact[];
  readonly registryCalls: readonly RegistryCall[];
  readonly calls: readonly RunCall[];
  readonly uses: readonly LegacyUse[];
}

/** Everything about what functions reach; the most expensive facts, and only `check` asks for them. */
export function collectEffects(request: EffectRequest): EffectFacts {
  const { evaluator, callers, files, stubs, registryCalls, calls, uses } = request;
  const { project, migration } = evaluator;
  const { register } = migration.registry;
  const home = (file: string): boolean => isRegistryFile(migration, file);
  const tests = files.filter((file) => isTest(project, file));
  const production = files.filter((file) => !isTest(project, file) && !home(file));
  const sinks = new Sinks(evaluator, stubs);
  const deadCode = new DeadCode(new Folder(evaluator));
  // A path that a setting switches off is not lost, and not alive either.
  const reach = new Reach(evaluator, sinks, new DeadCode(new Folder(evaluator, callers), true));
  const reports = new ReportFinder(evaluator, reach, callers);
  const family = files.some((file) => home(file) || isFamily(project.text(file), request));
  const entries = migration.entryPoints.filter(
    ({ onlyWith }) =>
      onlyWith === undefined || production.some((file) => project.text(file).includes(onlyWith)),
  );
  const unregistered = registryCalls.some(({ role, inTest }) => role === "unregister" && !inTest);
  const alive = aliveFunctions(calls, uses);
  const each = <Fact>(list: readonly string[], find: (file: string) => readonly Fact[]): Fact[] =>
    list.flatMap((file) => find(file));
  const unbackedReports = each(production, (file) => reports.find(file));
  const brokenPromises = family
    ? each(production, (file) => findBrokenPromises(evaluator, reach, entries, file))
    : [];
  return {
    undefinedCalls: each(production, (file) => findUndefinedCalls(project, file)),
    unbackedReports,
    brokenPromises,
    nullObjectCalls: each(production, (file) => findNullObjectCalls(evaluator, file)),
    fabricatedSuccesses: each(production, (file) => findFabricatedSuccesses(evaluator, file)),
    tombstones: tombstonesIn(project, [...unbackedReports, ...brokenPromises, ...request.placeholders]),
    deadCalls: each(production, (file) => findDeadCalls(evaluator, sinks, deadCode, file)),
    unsoundWaits: each(production, (file) => findUnsoundWaits(evaluator, reach, file)),
    registrations: each(production, (file) => findRegistrations(evaluator, file, unregistered)),
    orphanHandlers: family ? findOrphanHandlers(evaluator, production) : [],
    vacuousTests: each(tests, (file) => findVacuousTests(evaluator, file, alive)),
    unprovenTests: family ? findUnprovenTests(evaluator, tests) : [],
    registerHandedOn: production.some((file) => handsOn(project, file, register)),
    registers: registersIn(evaluator, new DeadCode(new Folder(evaluator, callers)), production),
  };
}

/** What comments say in the functions that these facts are about. */
function tombstonesIn(
  project: SourceProject,
  facts: readonly { readonly file: string; readonly span: Span }[],
): EffectPlace[] {
  const found = new Map<string, EffectPlace>();
  for (const { file, span } of facts) {
    const fn = flowAt(project.file(file), span.start);
    const name = fn && functionName(fn);
    if (!fn || name === undefined) continue;
    for (const place of findTombstones(project, fn, name))
      found.set(`${place.file}:${place.span.start}`, place);
  }
  return [...found.values()];
}

/** The flow that a place belongs to; the name of a function belongs to the function. */
function flowAt(source: ts.SourceFile, offset: number): FunctionNode | undefined {
  let found: FunctionNode | undefined;
  const visit = (node: ts.Node): void => {
    if (offset < node.getFullStart() || node.end <= offset) return;
    if (isFunctionNode(node) && functionName(node) !== undefined) found = node;
    if (ts.isVariableDeclaration(node) || ts.isPropertyAssignment(node)) {
      const value = node.initializer;
      if (value && isFunctionNode(value)) found = value;
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(source, visit);
  return found;
}

/** The names of entry points alone are no sign of the family: other projects have a handleStopCommand, too. */
function isFamily(text: string, { evaluator: { migration } }: EffectRequest): boolean {
  const { kill, wait, register } = migration.registry;
  return [...legacyNames(migration), kill, wait, register, ...migration.reports.fields].some((name) =>
    text.includes(name),
  );
}

/** Some call that registers a run may run: one behind a switch that is off fills nothing. */
function registersIn(evaluator: Evaluator, deadCode: DeadCode, files: readonly string[]): boolean {
  const { project, migration } = evaluator;
  const { register } = migration.registry;
  return files.some(
    (file) =>
      project.mentions(file, [register]) &&
      project
        .nodesOf(file)
        .calls.some((call) => calledName(evaluator, call.expression) === register && !deadCode.reason(call)),
  );
}

/** The function is given to something that may call it. */
function handsOn(project: SourceProject, file: string, name: string): boolean {
  if (!project.text(file).includes(name)) return false;
  return (project.nodesOf(file).identifiers.get(name) ?? []).some(isHandedOn);
}
