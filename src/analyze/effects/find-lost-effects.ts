import { ts } from "ts-morph";
import type { Workspace } from "../../discover/workspace.ts";
import type { Migration } from "../../migration/migration.ts";
import type { Evidence } from "../../shared/location.ts";
import { CallerIndex } from "../callers.ts";
import { collectStubs } from "../collect-checks.ts";
import { Evaluator } from "../evaluate.ts";
import { Relator } from "../relate.ts";
import { SourceProject } from "../source-project.ts";
import { functionName, type FunctionNode, isFunctionNode, walk } from "../syntax.ts";
import { isTestFile } from "../test-files.ts";
import { DeadCode } from "./dead-code.ts";
import type { EffectPlace } from "./effect-facts.ts";
import { outermost } from "./find-reports.ts";
import { Folder } from "./folder.ts";
import { placeOf, shortText } from "./place-of.ts";
import { Reach } from "./reach.ts";
import { type Effect, Sinks } from "./sinks.ts";

/** A function that killed or awaited runs in an earlier revision and does neither now. */
export interface LostEffect extends EffectPlace {
  readonly name: string;
  readonly effect: Effect;
  /** the call that stood there */
  readonly call: string;
}

interface View {
  readonly project: SourceProject;
  readonly reach: Reach;
  readonly callers: CallerIndex;
}

/**
 * Compares two revisions, function by function. A function that moved is found by its name; one that is gone altogether
 * is no finding here, and neither is one whose callers have taken the effect over.
 */
export function findLostEffects(before: Workspace, now: Workspace, migration: Migration): LostEffect[] {
  const then = openView(before, migration);
  const today = openView(now, migration);
  const found: LostEffect[] = [];
  for (const { path } of before.hits) {
    if (isTestFile(path) || path.includes(migration.registry.module) || broken(then.project, path)) continue;
    for (const [fn, calls] of actingFunctions(then, path)) {
      const name = functionName(fn);
      if (name === undefined) continue;
      const heir = heirOf(today, path, name);
      if (!heir) continue;
      for (const [effect, call] of calls) {
        if (today.reach.has(heir, effect) || takenOver(today, heir, effect)) continue;
        const evidence: Evidence = {
          ...then.project.evidence(call, `there stood ${shortText(call)}`),
        };
        found.push({
          ...placeOf(today.project, nameNode(heir), [evidence], name),
          name,
          effect,
          call: shortText(call),
        });
      }
    }
  }
  return found;
}

function openView(workspace: Workspace, migration: Migration): View {
  const project = new SourceProject(workspace);
  const evaluator = new Evaluator(project, migration);
  const callers = new CallerIndex(project);
  const files = workspace.hits
    .map(({ path }) => path)
    .filter((path) => !isTestFile(path) && !broken(project, path));
  const stubs = collectStubs(evaluator, new Relator(evaluator, callers), files);
  const reach = new Reach(evaluator, new Sinks(migration, stubs), new DeadCode(new Folder(evaluator)));
  return { project, reach, callers };
}

function broken(project: SourceProject, file: string): boolean {
  return project.syntaxErrors(file).length > 0;
}

/** Functions of a file that hold a kill or wait by name, with the first call of each. */
function actingFunctions({ project, reach }: View, file: string): Map<FunctionNode, Map<Effect, ts.Node>> {
  const acting = new Map<FunctionNode, Map<Effect, ts.Node>>();
  walk(project.file(file), (node) => {
    if (!ts.isCallExpression(node)) return;
    const effect = reach.sinks.named(node, file);
    const fn = effect && outermost(node);
    if (!effect || !fn || reach.deadCode.reason(node)) return;
    const calls = acting.get(fn) ?? new Map<Effect, ts.Node>();
    if (!calls.has(effect)) calls.set(effect, node);
    acting.set(fn, calls);
  });
  return acting;
}

/** The function of that name today: in the same file, or in the only other one that has it. */
function heirOf({ project }: View, path: string, name: string): FunctionNode | undefined {
  const { workspace } = project;
  if (workspace.has(path)) {
    const same = functionsNamed(project, path, name);
    if (same.length > 0) return same[0];
  }
  const others = workspace
    .filesContaining(name)
    .filter((file) => file !== path && !isTestFile(file))
    .slice(0, 40)
    .flatMap((file) => functionsNamed(project, file, name));
  return others.length === 1 ? others[0] : undefined;
}

function functionsNamed(project: SourceProject, file: string, name: string): FunctionNode[] {
  const found: FunctionNode[] = [];
  walk(project.file(file), (node) => {
    if (isFunctionNode(node) && node.body && functionName(node) === name) found.push(node);
  });
  return found;
}

/** Every caller has the effect itself now. */
function takenOver({ reach, callers }: View, fn: FunctionNode, effect: Effect): boolean {
  const flows = (callers.of(fn)?.calls ?? []).flatMap((call) => outermost(call) ?? []);
  return flows.length > 0 && flows.every((flow) => reach.has(flow, effect));
}

function nameNode(fn: FunctionNode): ts.Node {
  if (fn.name) return fn.name;
  const parent = fn.parent;
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) ? parent.name : fn;
}
