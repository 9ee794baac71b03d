import { ts } from "../typescript.ts";
import type { EntryPoint } from "../../migration/migration.ts";
import type { Evaluator } from "../evaluate.ts";
import { functionName, type FunctionNode } from "../syntax.ts";
import type { BrokenPromise } from "./effect-facts.ts";
import { placeOf } from "./place-of.ts";
import type { Reach } from "./reach.ts";
import type { Effect } from "./sinks.ts";

/** Declared entry points that do not reach what the migration says they promise. */
export function findBrokenPromises(
  evaluator: Evaluator,
  reach: Reach,
  entries: readonly EntryPoint[],
  file: string,
): BrokenPromise[] {
  const { project } = evaluator;
  const found: BrokenPromise[] = [];
  const names = entries.map(({ name }) => name);
  if (!project.mentions(file, names)) return found;
  for (const node of project.nodesOf(file).functions) {
    if (!node.body) continue;
    const name = functionName(node);
    const entry = entries.find((candidate) => candidate.name === name);
    if (!entry || !isEntry(node, entry)) continue;
    for (const missing of missingEffects(reach, node, entry))
      found.push({ ...placeOf(project, nameOf(node), [], entry.name), name: entry.name, missing });
  }
  return found;
}

/** A property of that name is a seam for tests or a lazy import, unless the entry point is a row of a table. */
function isEntry(fn: FunctionNode, entry: EntryPoint): boolean {
  return !/^\w+$/.test(entry.name) || ts.isFunctionDeclaration(fn) || ts.isVariableDeclaration(fn.parent);
}

function missingEffects(reach: Reach, fn: FunctionNode, entry: EntryPoint): BrokenPromise["missing"][] {
  const promised: readonly Effect[] = entry.reaches ?? ["kill"];
  const missing: BrokenPromise["missing"][] = promised.filter((effect) => !reach.has(fn, effect));
  if (missing.length === 0 && entry.settleTimeout !== undefined && !promised.includes("wait")) {
    const registry = reach
      .direct(fn, "kill")
      .some((kill) => ts.isCallExpression(kill) && reach.sinks.ofRegistry(kill) === "kill");
    if (registry && isAsync(fn) && !reach.has(fn, "wait")) missing.push("settle");
  }
  return missing;
}

function isAsync(fn: FunctionNode): boolean {
  return (
    ts.canHaveModifiers(fn) &&
    (ts.getModifiers(fn)?.some((modifier) => modifier.kind === ts.SyntaxKind.AsyncKeyword) ?? false)
  );
}

function nameOf(fn: FunctionNode): ts.Node {
  if (fn.name) return fn.name;
  const parent = fn.parent;
  if (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent)) return parent.name;
  return fn;
}
