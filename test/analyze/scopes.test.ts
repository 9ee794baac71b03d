import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ts } from "ts-morph";
import { expect, it } from "vitest";
import { Scopes } from "../../src/analyze/scopes.ts";
import type { ValueSymbol } from "../../src/analyze/parsed-files.ts";
import { SourceProject } from "../../src/analyze/source-project.ts";
import { textWorkspace } from "../../src/apply/text-workspace.ts";

const repo = fileURLToPath(new URL("../..", import.meta.url));

const TRICKY = `
import run, { stop as halt } from "./a.js";
import * as space from "./b.js";
function run2(a = outer, { b: c, ...rest } = a) { var outer = c; return run2(outer, rest, arguments); }
const outer = function inner(n) { return n ? inner(n - 1) : halt(n); };
try { run(outer); } catch (error) { for (const error of [1]) space(error); halt(error); }
for (var i = 0; i < 2; i += 1) { let i = 3; run(i); function hoisted() { return run(i); } hoisted(); }
switch (outer) { case run: let i2 = 1; halt(i2); }
class Named { run() { return halt(this, Named); } static { var local = run; local(local); } }
const Other = class Inner { at = halt(Inner); };
enum Kind { one = run(1), two = one }
namespace Space { export const run = 1; halt(run); }
type halt2 = string; const halt2 = 1; run(halt2, missing, undefined);
function twice(a: string): void; function twice(a: unknown): void { run(twice, a); }
if (outer) { const run = halt; run(run); } else run(!outer);
const shapes = (run) => ({ run, halt, outer: [run, ...rest], ...outer, text: \`\${run}\${halt}\` }); const lone = (run) => run;
({ outer: shapes.a, halt } = shapes); throw run;
export function twice2(a: string): void; export function twice2(a: unknown): void { twice2(a); }
export default function main() { main(); } export const shown = 1; shown; export { shown as seen, halt2, Named, run };
for (const each of run) halt(each); for (const key in run) { let run = key; for (const inner of run) run(inner); } for (run of [1]);
for (const halt of halt) run(halt); for (let space in space) run(space); for (key in halt) run(key);
while (outer) { let outer = run; do { let run = outer; run--; } while (run); outer++; }
switch (run) { case halt: { let halt = typeof run; void halt; delete halt; } break; case run: let run4 = typeof run4; }
function* steps(run: unknown): Generator<typeof run> { const halt: typeof run = yield run; yield halt; type One = typeof halt; }
const asked: typeof outer & { a: typeof asked; b: typeof Named; c: typeof space.run } = outer; function askedOf(a: typeof outer, b: typeof a): typeof b { const outer: typeof b = b; return outer; }
function head1(p: typeof outer): typeof outer { var outer = 2; return outer; } function head2(p = typeof halt, q = (halt++)) { var halt = 2; return halt; }
function head3(p = () => { for (const x of halt) run(x); }) { var halt = 2; } function head4({ q = typeof halt }) { var halt = 1; }
function head5<T extends typeof outer>(outer: T) { return outer; } function head6(a = head6, b = a) { while (a) run(b); }
switch (outer) { case 1: function head1b() {} break; default: while (head1b) run(head1b); } switch (outer) { case 2: const late = 1; case 3: switch (late) {} }
const late2 = 1; switch (run) { case 1: function late2() {} break; default: while (late2) typeof late2; }
const shared = 1; namespace Merged { export const shared = 2; } namespace Merged { type U = typeof shared; while (shared) run(shared); run(shared); }
function Both2() {} namespace Both2 { export const inner2 = 1; } namespace Both2 { type I = typeof inner2; run(inner2); }
class Decorated { m(@run(typeof late3, late3) late3) { while (late3) run(late3); } } here: function labelled() {} while (labelled) run(labelled);
export { run as elsewhere } from "./a.js"; interface Both { a: 1 } const Both = 1; export { Both };
`;

/** Every name of the project in which scopes claim to know the answer, and the checker's. */
function disagreements(files: ReadonlyMap<string, string>): {
  readonly asked: number;
  readonly wrong: string[];
} {
  const project = new SourceProject(textWorkspace(new Map(files)));
  const wrong: string[] = [];
  const pairs = new Map<unknown, unknown>();
  // One value has one symbol on either side, and both say the same of it.
  const isPaired = (symbol: ValueSymbol | undefined, checked: ts.Symbol | undefined): boolean => {
    for (const [one, other] of [
      [symbol, checked],
      [checked, symbol],
    ])
      if (one) pairs.set(one, pairs.get(one) ?? other);
    return (
      (symbol && pairs.get(symbol)) === checked &&
      (checked && pairs.get(checked)) === symbol &&
      symbol?.valueDeclaration === checked?.valueDeclaration &&
      symbol?.declarations?.[0] === checked?.declarations?.[0]
    );
  };
  let asked = 0;
  for (const file of files.keys()) {
    const source = project.file(file);
    const scopes = new Scopes(project.nodesOf(file).declarations);
    const checker = checkerOf(source);
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node)) {
        const found = scopes.declarationOf(node);
        if (found !== "unclear") {
          asked += 1;
          const symbol = symbolByChecker(checker, node);
          if (found !== (symbol?.valueDeclaration ?? symbol?.declarations?.[0]))
            wrong.push(`${file}:${project.lines(file).at(node.getStart()).line} ${node.text}`);
        }
        if (!isMemberName(node) && !isPaired(project.symbolOf(node), symbolByChecker(checker, node)))
          wrong.push(`${file}:${project.lines(file).at(node.getStart()).line} symbol of ${node.text}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return { asked, wrong };
}

/** A checker of one file, its imports left alone. */
function checkerOf(source: ts.SourceFile): ts.TypeChecker {
  const options = { noResolve: true, noLib: true, types: [], target: ts.ScriptTarget.ESNext };
  const host = ts.createCompilerHost(options);
  const only = { getSourceFile: (name: string) => (name === source.fileName ? source : undefined) };
  return ts
    .createProgram({ rootNames: [source.fileName], options, host: { ...host, ...only } })
    .getTypeChecker();
}

function symbolByChecker(checker: ts.TypeChecker, name: ts.Identifier): ts.Symbol | undefined {
  const { parent } = name;
  if (ts.isShorthandPropertyAssignment(parent) && parent.name === name)
    return checker.getShorthandAssignmentValueSymbol(parent);
  if (ts.isExportSpecifier(parent) && !parent.parent.parent.moduleSpecifier)
    return checker.getExportSpecifierLocalTargetSymbol(parent);
  return checker.getSymbolAtLocation(name);
}

/** The checker makes a new symbol for the property each time it is asked. */
function isMemberName({ parent, ...name }: ts.Identifier): boolean {
  return ts.isBindingElement(parent) && parent.propertyName?.pos === name.pos;
}

it("agrees with the checker on names that are declared twice, hoisted, shadowed and captured", () => {
  const { asked, wrong } = disagreements(new Map([["tricky.ts", TRICKY]]));
  expect(wrong).toEqual([]);
  expect(asked).toBeGreaterThan(TRICKY.split("\n").length);
});

it("agrees with the checker on the sources of the analysis", () => {
  const sources = readdirSync(path.join(repo, "src/analyze"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => [file, readFileSync(path.join(repo, "src/analyze", file), "utf8")] as const);
  const { asked, wrong } = disagreements(new Map(sources));
  expect(wrong).toEqual([]);
  expect(asked).toBeGreaterThan(sources.length);
});
