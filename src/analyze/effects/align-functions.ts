import { ts } from "../typescript.ts";
import type { Workspace } from "../../discover/workspace.ts";
import type { Migration } from "../../migration/migration.ts";
import type { CallerIndex } from "../callers.ts";
import { collectStubs } from "../collect-checks.ts";
import { calleeName, Evaluator } from "../evaluate.ts";
import { isTest } from "../is-test.ts";
import { Relator } from "../relate.ts";
import { SourceProject } from "../source-project.ts";
import { functionName, type FunctionNode, isFunctionNode, walk } from "../syntax.ts";
import { DeadCode } from "./dead-code.ts";
import { outermost } from "./find-reports.ts";
import { Folder } from "./folder.ts";
import { Reach } from "./reach.ts";
import { type Effect, Sinks } from "./sinks.ts";

/** One of the two revisions that are compared. */
export interface RevisionView {
  readonly evaluator: Evaluator;
  readonly project: SourceProject;
  readonly reach: Reach;
  readonly callers: CallerIndex;
}

/** A function that had an effect, the function that it is today, and what it lost on the way. */
export interface AlignedFunction {
  readonly name: string;
  readonly before: FunctionNode;
  readonly heir: FunctionNode;
  /** the calls that had each lost effect, in order */
  readonly lost: ReadonlyMap<Effect, readonly ts.CallExpression[]>;
}

/** A function that asked whether, or how many, runs there are, and asks no more. */
export interface DroppedQuestion {
  readonly name: string;
  readonly heir: FunctionNode;
  readonly call: ts.CallExpression;
}

/** An entry point that had an effect, and nothing of its name is left. */
export interface GoneFunction {
  readonly name: string;
  /** the file that it stood in, by its name today */
  readonly file: string;
  readonly call: ts.CallExpression;
  readonly effect: Effect;
}

export interface AlignedRevisions {
  readonly then: RevisionView;
  readonly today: RevisionView;
  readonly functions: readonly AlignedFunction[];
  readonly questions: readonly DroppedQuestion[];
  readonly gone: readonly GoneFunction[];
}

/**
 * Aligns the functions of two revisions that killed or awaited runs in the first and do not in the second. A function
 * is found by its name, in its file, in the file that git says it became, or in the only other one that has the name;
 * else by its shape, where the rest of its statements is still there under a new name. One that is gone altogether is
 * told only where users reach it; one whose callers have taken the effect over is not told.
 * @param renamed path then → path today
 */
export function alignFunctions(
  before: Workspace,
  now: Workspace,
  migration: Migration,
  renamed: ReadonlyMap<string, string>,
): AlignedRevisions {
  const then = openView(before, migration);
  const today = openView(now, migration);
  const functions: AlignedFunction[] = [];
  const questions: DroppedQuestion[] = [];
  const gone: GoneFunction[] = [];
  for (const { path } of before.hits) {
    if (isTest(then.project, path) || path.includes(migration.registry.module) || broken(then.project, path))
      continue;
    for (const [fn, calls] of actingFunctions(then, path)) {
      const name = functionName(fn);
      const file = renamed.get(path) ?? path;
      const heir = name === undefined ? undefined : heirOf(then, today, file, fn, name);
      if (name !== undefined && !heir && isGone(today, migration, name))
        for (const [effect, [call]] of calls) gone.push({ name, file, effect, call: call! });
      if (name === undefined || !heir) continue;
      const lost = new Map(
        [...calls].filter(([effect]) => !today.reach.has(heir, effect) && !takenOver(today, heir, effect)),
      );
      if (lost.size > 0) functions.push({ name, before: fn, heir, lost });
    }
    for (const [fn, calls] of askingFunctions(then, path)) {
      const name = functionName(fn);
      const heir = name === undefined ? undefined : heirOf(then, today, renamed.get(path) ?? path, fn, name);
      if (name === undefined || !heir) continue;
      for (const [role, call] of calls) {
        // A kill says by itself that nothing ran; without it, its own loss is what is to be told.
        if (role === "is-active" && then.reach.has(fn, "kill")) continue;
        if (!asks(today, heir, role, 0) && keepsConsumer(heir, call)) questions.push({ name, heir, call });
      }
    }
  }
  return { then, today, functions, questions, gone };
}

type Question = "count" | "is-active";

/** What a function of either engine is asked for. */
function questionOf(migration: Migration, name: string): Question | undefined {
  const fn = migration.legacy.find(({ names, replacement }) => names.includes(name) || replacement === name);
  return fn?.role === "count" || fn?.role === "is-active" ? fn.role : undefined;
}

/** Functions of a file that ask about runs, with the first call of each kind. */
function askingFunctions(
  { project, evaluator }: RevisionView,
  file: string,
): Map<FunctionNode, Map<Question, ts.CallExpression>> {
  const asking = new Map<FunctionNode, Map<Question, ts.CallExpression>>();
  for (const node of project.nodesOf(file).calls) {
    const role = questionOf(evaluator.migration, calleeName(node.expression) ?? "");
    const fn = role && outermost(node);
    if (!role || !fn) continue;
    const calls = asking.get(fn) ?? new Map<Question, ts.CallExpression>();
    if (!calls.has(role)) calls.set(role, node);
    asking.set(fn, calls);
  }
  return asking;
}

/** The function asks, or what it calls does; handing the question on is asking, too. */
function asks(view: RevisionView, fn: FunctionNode, role: Question, depth: number): boolean {
  let found = false;
  const calls: ts.CallExpression[] = [];
  walk(fn, (node) => {
    if (ts.isIdentifier(node) && questionOf(view.evaluator.migration, node.text) === role) found = true;
    if (ts.isCallExpression(node)) calls.push(node);
  });
  if (found || depth >= 2) return found;
  return calls.some((call) => {
    const callee = view.evaluator.calleeFunction(call.expression);
    return callee !== undefined && callee !== fn && asks(view, callee, role, depth + 1);
  });
}

/** What the answer went into is still there: without it there is nothing to ask for. */
function keepsConsumer(heir: FunctionNode, call: ts.CallExpression): boolean {
  let at: ts.Node = call;
  while (
    at.parent &&
    !ts.isStatement(at) &&
    !ts.isVariableDeclaration(at) &&
    !ts.isPropertyAssignment(at) &&
    !isFunctionNode(at)
  )
    at = at.parent;
  if (!ts.isVariableDeclaration(at) && !ts.isPropertyAssignment(at)) return true;
  const name = at.name.getText();
  let kept = false;
  walk(heir, (node) => {
    if (ts.isIdentifier(node) && node.text === name) kept = true;
  });
  return kept;
}

function openView(workspace: Workspace, migration: Migration): RevisionView {
  const project = new SourceProject(workspace);
  const evaluator = new Evaluator(project, migration);
  const { callers } = evaluator;
  const files = workspace.hits
    .map(({ path }) => path)
    .filter((path) => !isTest(project, path) && !broken(project, path));
  const stubs = collectStubs(evaluator, new Relator(evaluator), files);
  const reach = new Reach(
    evaluator,
    new Sinks(evaluator, stubs),
    new DeadCode(new Folder(evaluator, callers), true),
  );
  return { evaluator, project, reach, callers };
}

function broken(project: SourceProject, file: string): boolean {
  return project.syntaxErrors(file).length > 0;
}

/** Functions of a file that hold kills or waits by name. */
function actingFunctions(
  { project, reach }: RevisionView,
  file: string,
): Map<FunctionNode, Map<Effect, ts.CallExpression[]>> {
  const acting = new Map<FunctionNode, Map<Effect, ts.CallExpression[]>>();
  for (const node of project.nodesOf(file).calls) {
    const effect = reach.sinks.named(node, file);
    const fn = effect && outermost(node);
    if (!effect || !fn || reach.deadCode.reason(node)) continue;
    const calls = acting.get(fn) ?? new Map<Effect, ts.CallExpression[]>();
    calls.set(effect, [...(calls.get(effect) ?? []), node]);
    acting.set(fn, calls);
  }
  return acting;
}

/** The function that an earlier one is today. */
function heirOf(
  then: RevisionView,
  today: RevisionView,
  path: string,
  fn: FunctionNode,
  name: string,
): FunctionNode | undefined {
  const { workspace } = today.project;
  if (workspace.has(path)) {
    const same = functionsNamed(today.project, path, name);
    if (same.length > 0) return same[0];
  }
  const others = workspace
    .filesContaining(name)
    .filter((file) => file !== path && !isTest(today.project, file))
    .slice(0, 40)
    .flatMap((file) => functionsNamed(today.project, file, name));
  if (others.length > 0) return others.length === 1 ? others[0] : undefined;
  return workspace.has(path) ? sameShape(then, today, path, fn) : undefined;
}

/** Users reached something by that name, and no production code has anything of that name any more; comments aside. */
function isGone({ project }: RevisionView, { entryPoints }: Migration, name: string): boolean {
  if (entryPoints.every((entry) => entry.name !== name)) return false;
  const files = project.workspace.filesContaining(name).filter((file) => !isTest(project, file));
  return files.every((file) => {
    let named = false;
    walk(project.file(file), (node) => {
      if ((ts.isIdentifier(node) || ts.isStringLiteralLike(node)) && node.text === name) named = true;
    });
    return !named;
  });
}

/** The only function of the file that is new by its name and consists of what the old one did. */
function sameShape(
  then: RevisionView,
  today: RevisionView,
  path: string,
  fn: FunctionNode,
): FunctionNode | undefined {
  const file = then.project.pathOf(fn);
  const known = new Set<string>();
  walk(then.project.file(file), (node) => {
    if (isFunctionNode(node)) known.add(functionName(node) ?? "");
  });
  const wanted = new Set(linesOf(fn).filter((line) => !actsIn(then, file, line)));
  const likely: FunctionNode[] = [];
  walk(today.project.file(path), (node) => {
    if (!isFunctionNode(node) || !node.body || known.has(functionName(node) ?? "")) return;
    const lines = linesOf(node);
    const kept = lines.filter((line) => wanted.has(line)).length;
    if (kept >= 2 && kept >= lines.length * SAME_SHAPE) likely.push(node);
  });
  return likely.length === 1 ? likely[0] : undefined;
}

/** How much of a function of another name must be what the old one did: what was gutted has less, not more. */
const SAME_SHAPE = 0.6;

function linesOf(fn: FunctionNode): string[] {
  const body = fn.body?.getText() ?? "";
  return body
    .split(/\r\n|\n|\r/)
    .map((line) => line.replace(/\s+/g, ""))
    .filter((line) => line.length > 3);
}

function actsIn({ reach }: RevisionView, file: string, line: string): boolean {
  return (line.match(/[A-Za-z_$][\w$]*/g) ?? []).some((name) => reach.sinks.effectOf(name, file));
}

function functionsNamed(project: SourceProject, file: string, name: string): FunctionNode[] {
  const found: FunctionNode[] = [];
  for (const node of project.nodesOf(file).functions)
    if (node.body && functionName(node) === name) found.push(node);
  return found;
}

/** Every caller has the effect itself now. */
function takenOver({ reach, callers }: RevisionView, fn: FunctionNode, effect: Effect): boolean {
  const flows = (callers.of(fn)?.calls ?? []).flatMap((call) => outermost(call) ?? []);
  return flows.length > 0 && flows.every((flow) => reach.has(flow, effect));
}
