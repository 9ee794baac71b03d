import { ts } from "./typescript.ts";
import type { Analysis, PlaceholderFact, RegistryCall, StubFact } from "./analysis.ts";
import { collectEffects } from "./effects/collect-effects.ts";
import { findPlaceholders } from "./effects/find-placeholders.ts";
import { isHollow } from "./effects/hollow.ts";
import type { EffectFacts } from "./effects/effect-facts.ts";
import { isRegistryFile } from "../migration/module-paths.ts";
import { calledName } from "./effects/called.ts";
import type { Evaluator } from "./evaluate.ts";
import { spanOf } from "./guards.ts";
import { inertForm } from "./inert.ts";
import { isTest } from "./is-test.ts";
import { functionOf } from "./legacy-modules.ts";
import type { Relator } from "./relate.ts";
import { enclosingFunctions, enclosingName, isFunctionNode, unwrap, walk } from "./syntax.ts";
import { someTerm, type Term } from "./term.ts";

/** Facts that only `check` reads: stubs, placeholders and calls of the registry. */
export function collectChecks(
  evaluator: Evaluator,
  relator: Relator,
  files: readonly string[],
  sites: Pick<Analysis, "calls" | "uses">,
): Pick<Analysis, "stubs" | "placeholders" | "registryCalls" | "effects"> {
  const stubs: StubFact[] = [];
  const placeholders: PlaceholderFact[] = [];
  const registryCalls: RegistryCall[] = [];
  for (const file of files) {
    if (isTest(evaluator.project, file)) {
      registryCalls.push(...registryCallsIn(evaluator, file, true));
      continue;
    }
    stubs.push(...stubsIn(evaluator, relator, file));
    placeholders.push(...findPlaceholders(evaluator, file));
    registryCalls.push(...registryCallsIn(evaluator, file, false));
  }
  let effects: EffectFacts | undefined;
  return {
    stubs,
    placeholders,
    registryCalls,
    effects: () =>
      (effects ??= collectEffects({
        evaluator,
        callers: relator.callers,
        files,
        stubs,
        placeholders,
        registryCalls,
        ...sites,
      })),
  };
}

/** Functions of the surface that do nothing, in production files. */
export function collectStubs(evaluator: Evaluator, relator: Relator, files: readonly string[]): StubFact[] {
  return files.flatMap((file) => stubsIn(evaluator, relator, file));
}

function stubsIn(evaluator: Evaluator, relator: Relator, file: string): StubFact[] {
  const { project, migration } = evaluator;
  const names = new Set([
    ...migration.legacy.flatMap((fn) => fn.names),
    migration.registry.kill,
    migration.registry.wait,
    migration.registry.killAll,
    migration.registry.waitAll,
  ]);
  const found: StubFact[] = [];
  if (!project.mentions(file, [...names])) return found;
  const { identifiers } = project.nodesOf(file);
  const named = [...names].flatMap((name) => identifiers.get(name) ?? []).sort((a, b) => a.pos - b.pos);
  for (const name of named) {
    const node = name.parent;
    if ((!ts.isFunctionDeclaration(node) && !ts.isVariableDeclaration(node)) || node.name !== name) continue;
    const fn = functionOf(node) ?? heldFunction(evaluator, node);
    const form = fn && (inertForm(fn) ?? hollowForm(evaluator, fn, name.text));
    if (!fn || !form) continue;
    const span = spanOf(node);
    // Who calls the other name says nothing of this one.
    const callers =
      ts.isVariableDeclaration(node) && functionOf(node) === undefined ? null : relator.callers.of(fn);
    found.push({
      file,
      ...project.lines(file).at(span.start),
      span,
      function: enclosingName(node),
      name: name.text,
      form,
      called: callers === null ? isCalled(evaluator, name) : (callers?.calls.length ?? 0) > 0,
      local: enclosingName(node) !== "<module>" || !isExported(node),
    });
  }
  return found;
}

function isCalled({ project }: Evaluator, name: ts.Identifier): boolean {
  const symbol = project.symbolOf(name);
  return (
    symbol !== undefined &&
    project
      .references(project.pathOf(name), symbol)
      .some((read) => ts.isCallExpression(read.parent) && read.parent.expression === read)
  );
}

/** `const abort = noop;`: the function behind the other name, of the same file or imported. */
function heldFunction(evaluator: Evaluator, node: ts.Node): ts.SignatureDeclaration | undefined {
  const value = ts.isVariableDeclaration(node) && node.initializer ? unwrap(node.initializer) : undefined;
  return value && ts.isIdentifier(value) ? evaluator.calleeFunction(value) : undefined;
}

/** A kill or wait of the registry's name that does nothing to a run. */
function hollowForm(evaluator: Evaluator, fn: ts.SignatureDeclaration, name: string): "hollow" | null {
  const { kill, killAll, wait, waitAll } = evaluator.migration.registry;
  if (!isFunctionNode(fn) || ![kill, killAll, wait, waitAll].includes(name)) return null;
  const effect = name === kill || name === killAll ? "kill" : "wait";
  return isHollow(evaluator, fn, effect, isRegistryFile(evaluator.migration, evaluator.project.pathOf(fn)))
    ? "hollow"
    : null;
}

function isExported(node: ts.Node): boolean {
  const statement = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword) ?? false)
  );
}

function registryCallsIn(evaluator: Evaluator, file: string, inTest: boolean): RegistryCall[] {
  const { project, migration } = evaluator;
  const { register, unregister, kill, wait, isActive, module } = migration.registry;
  const roles = new Map<string, RegistryCall["role"]>([
    [register, "register"],
    [unregister, "unregister"],
    [kill, "kill"],
    [wait, "wait"],
    [isActive, "active"],
  ]);
  // The registry's own module calls itself with plain parameters.
  if (file.includes(module) || !project.mentions(file, [...roles.keys()])) return [];
  const found: RegistryCall[] = [];
  for (const node of project.nodesOf(file).calls) {
    const name = calledName(evaluator, node.expression);
    const role = name === undefined ? undefined : roles.get(name);
    const key = node.arguments[0];
    if (!role || !key || ts.isSpreadElement(key)) continue;
    const term = evaluator.evaluate(key);
    const span = spanOf(node);
    found.push({
      file,
      ...project.lines(file).at(span.start),
      span,
      function: enclosingName(node),
      callee: name!,
      role,
      key: key.getText(),
      ...originOf(evaluator, key, term),
      evidence: [project.evidence(key, `${name} is given ${key.getText()}`)],
      inTest,
    });
  }
  return found;
}

/** What a key is made of. A session id or a made-up string in the place of a key is what the gate looks for. */
function originOf(
  evaluator: Evaluator,
  node: ts.Expression,
  term: Term,
): Pick<RegistryCall, "origin" | "shape"> {
  // The value of `key && other` is the other, wherever there is a key.
  const inner = unwrap(node);
  if (ts.isBinaryExpression(inner) && inner.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken)
    return originOf(evaluator, inner.right, evaluator.evaluate(inner.right));
  const { idNames } = evaluator.migration.vocabulary;
  const isId = (part: Term): boolean =>
    part.kind === "fresh" ||
    (part.kind === "prop" && idNames.includes(part.name)) ||
    (part.kind === "root" && idNames.some((name) => part.name.toLowerCase().endsWith(name.toLowerCase())));
  if (term.kind === "nothing") return { origin: "nothing" };
  if (term.kind === "literal") return { origin: "literal" };
  if (isId(term)) return { origin: "session-id" };
  if (term.kind === "fallback" && (isId(term.second) || isId(term.first))) return { origin: "session-id" };
  if (term.kind === "choice" && term.of.some(isId)) return { origin: "session-id" };
  const changed = changedText(evaluator, term);
  if (changed !== undefined) return { origin: "foreign", shape: changed };
  const at = unwrap(node);
  const name = ts.isIdentifier(at) ? at.text : ts.isPropertyAccessExpression(at) ? at.name.text : "";
  if (idNames.some((id) => name.toLowerCase().endsWith(id.toLowerCase()))) return { origin: "session-id" };
  const joined = joinedShape(evaluator, term);
  if (joined !== undefined)
    return evaluator.migration.vocabulary.keyPrefixes.some((prefix) => joined.startsWith(prefix)) &&
      !isPrefixedTwice(evaluator, term, node)
      ? { origin: "store-key", shape: joined }
      : { origin: "foreign", shape: joined };
  // What stands in for a key that is not there is asked for as well.
  for (const part of term.kind === "fallback" ? [term.first, term.second] : []) {
    const shape = joinedShape(evaluator, part) ?? changedText(evaluator, part);
    if (
      shape !== undefined &&
      !evaluator.migration.vocabulary.keyPrefixes.some((prefix) => shape.startsWith(prefix))
    )
      return { origin: "foreign", shape };
  }
  if (someTerm(term, (part) => part.kind === "canonical" || part.kind === "entry"))
    return { origin: "store-key" };
  if (/key$/i.test(name)) return { origin: "store-key" };
  if (term.kind === "root" && evaluator.parameterOf(term)) return { origin: "parameter" };
  return { origin: "unknown" };
}

/** Methods that make another string of a key. Lower case and no white space are how keys are spelled. */
const CHANGES = new Set(["toUpperCase", "concat", "repeat", "padStart", "padEnd", "charAt", "at"]);
const CUTS = new Set(["slice", "substring", "substr"]);

/** `….toUpperCase()`: a key that was changed by a method is none, and neither is a piece of fixed length. */
function changedText(evaluator: Evaluator, term: Term): string | undefined {
  if (term.kind !== "call" && term.kind !== "unknown") return undefined;
  const node = callAt(evaluator, term.at);
  const callee = node && unwrap(node.expression);
  if (!node || !callee || !ts.isPropertyAccessExpression(callee)) return undefined;
  const name = callee.name.text;
  const isCut = CUTS.has(name) && node.arguments.every((argument) => ts.isNumericLiteral(unwrap(argument)));
  return CHANGES.has(name) || isCut
    ? `….${name}(${isCut ? node.arguments.map((a) => a.getText()).join(", ") : ""})`
    : undefined;
}

/** `agent:${sessionKey}`: what follows the prefix is a whole key already, by its name or by what it is used as. */
function isPrefixedTwice(evaluator: Evaluator, term: Term, key: ts.Node): boolean {
  const first = term.kind === "call" && term.name === "`template`" ? term.args[0] : undefined;
  if (!first || term.kind !== "call") return false;
  const text = textAt(evaluator, term.at);
  return (
    text !== undefined &&
    evaluator.migration.vocabulary.keyPrefixes.some((prefix) => text.startsWith(`\`${prefix}\${`)) &&
    (someTerm(first, (part) => part.kind === "canonical") ||
      /^`[^$]*\$\{[\w.]*(?:canonical|session|store)key\}/i.test(text) ||
      isWholeKey(evaluator, first, key))
  );
}

/** The function reads or writes a session under the value, or clears its queues: alone it is a key. */
function isWholeKey(evaluator: Evaluator, value: Term, near: ts.Node): boolean {
  const fn = enclosingFunctions(near).at(-1);
  if (!fn) return false;
  const { companions } = evaluator.migration;
  const isIt = (node: ts.Expression): boolean => evaluator.evaluate(node).id === value.id;
  return evaluator.project.nodesIn(fn).some((node) => {
    if (ts.isElementAccessExpression(node))
      return (
        evaluator.isStore(node.expression, evaluator.evaluate(node.expression)) &&
        isIt(node.argumentExpression)
      );
    return (
      ts.isCallExpression(node) &&
      companions.includes(calledName(evaluator, node.expression) ?? "") &&
      node.arguments.some((bag) => ts.isArrayLiteralExpression(bag) && bag.elements.some(isIt))
    );
  });
}

/** `a:…:…` for a template or a joined array, also where a function of the workspace makes it. */
function joinedShape(evaluator: Evaluator, term: Term): string | undefined {
  if (term.kind !== "call" || (term.name !== "`template`" && term.name !== "+" && term.name !== "join"))
    return undefined;
  const text = textAt(evaluator, term.at);
  return text === undefined ? "…" : shapeOfText(text);
}

function textAt(evaluator: Evaluator, at: string): string | undefined {
  const place = /^([^#]*):(\d+)-(\d+)#/.exec(at);
  return place
    ? evaluator.project.text(place[1]!).slice(Number(place[2]), Number(place[3])).trim()
    : undefined;
}

function callAt(evaluator: Evaluator, at: string): ts.CallExpression | undefined {
  const place = /^([^#]*):(\d+)-(\d+)#/.exec(at);
  if (!place) return undefined;
  let found: ts.CallExpression | undefined;
  walk(evaluator.project.file(place[1]!), (node) => {
    if (ts.isCallExpression(node) && node.end === Number(place[3]) && node.pos === Number(place[2]))
      found ??= node;
  });
  return found;
}

function shapeOfText(text: string): string {
  if (text.startsWith("`")) return text.slice(1, -1).replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, "…");
  return text
    .replace(
      /(?:"([^"]*)"|'([^']*)')|[^"'+\s][^"'+]*/g,
      (_, double?: string, single?: string) => double ?? single ?? "…",
    )
    .replace(/\s*\+\s*/g, "");
}
