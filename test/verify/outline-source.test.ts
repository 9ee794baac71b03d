import { ts } from "ts-morph";
import { describe, expect, it } from "vitest";
import { outlineSource } from "../../src/verify/outline-source.ts";

const SOURCE = `
import { helper } from "./helper.js";
import { type Shown, hidden } from "./shown.js";
import { seed } from "./seed.js";
import * as all from "./all.js";
import fallback, { also } from "./fallback.js";
import "./effects.js";
export function sealed(key: Shown): string { return helper(key) + all.x; }
export function inferred(key: string) { return { key, seed: seed(key) }; }
export const arrow = async (key: string): Promise<number> => { const { length } = key; return length + also; };
export const short = (key: string): number => key.length;
export class Store<T> {
  #items;
  private count = 0;
  constructor(start: number) { this.#items = [start]; this.count = start; }
  get first(): number { return this.#items[0] ?? 0; }
  get second() { return this.#items[1]; }
  has(item: T): item is T & {} { return item !== undefined; }
  each() { return this.#items.map((item): string => { return String(item); }); }
}
export function over(a: string): string;
export function over(a: number): number;
export function over(a: never): never { return a; }
export default function () { return fallback; }
export function* counted(): Generator<number> { yield 1; }
function local(): { a: 1 } { return { a: 1 }; }
export const result = local();
export const made = { build(key: string): { built: string } { return { built: key }; }, run() { return local; } };
export function asserts(value: unknown): asserts value is string { if (typeof value !== "string") throw 1; }
`;

/** Types of everything a module exports, as the compiler prints them. */
function exportsOf(text: string): Record<string, string> {
  const source = ts.createSourceFile("/a.ts", text, ts.ScriptTarget.ESNext);
  const modules = ["helper", "shown", "seed", "all", "fallback", "effects"];
  const other = ts.createSourceFile(
    "/other.ts",
    "export const seed = (k: string) => ({ grown: k }); export type Shown = string; export const also = 1; export const x = 1; export default 7; export const helper = String; export const hidden = 1;",
    ts.ScriptTarget.ESNext,
  );
  const host: ts.CompilerHost = {
    fileExists: () => true,
    readFile: () => undefined,
    getSourceFile: (name) => (name === "/a.ts" ? source : name === "/other.ts" ? other : undefined),
    resolveModuleNameLiterals: (literals) =>
      literals.map((literal) => ({
        resolvedModule: modules.some((name) => literal.text === `./${name}.js`)
          ? { resolvedFileName: "/other.ts", extension: ".ts" }
          : undefined,
      })),
    getDefaultLibFileName: () => "/lib.d.ts",
    writeFile: () => undefined,
    getCurrentDirectory: () => "/",
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
  };
  const options = { strict: true, noLib: true, target: ts.ScriptTarget.ESNext };
  const checker = ts.createProgram({ rootNames: ["/a.ts"], options, host }).getTypeChecker();
  const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(source)!);
  return Object.fromEntries(
    symbols.map((symbol) => {
      const type = checker.getTypeOfSymbol(symbol);
      const instance = type.getConstructSignatures()[0]?.getReturnType();
      const members = instance ? checker.getPropertiesOfType(instance) : [];
      const shown = members.map(
        (member) => `${member.name}: ${checker.typeToString(checker.getTypeOfSymbol(member))}`,
      );
      return [
        symbol.name,
        [checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation), ...shown].join("; "),
      ];
    }),
  );
}

describe("the outline of a file", () => {
  it("gives other files the same types", () => {
    const outline = outlineSource("/a.ts", SOURCE);
    expect(exportsOf(outline)).toEqual(exportsOf(SOURCE));
    expect(Object.keys(exportsOf(SOURCE))).toHaveLength(11);
    // The comparison must be able to fail: types that come through bodies and imports are among them.
    expect(exportsOf(SOURCE)).toMatchObject({
      inferred: "(key: string) => { key: string; seed: { grown: string; }; }",
      default: "() => number",
    });
  });

  it("leaves out bodies that no type depends on, and the imports that only they read", () => {
    const outline = outlineSource("/a.ts", SOURCE);
    expect(outline).not.toMatch(/helper|all\.js|yield|const \{ length \}|typeof value/);
    expect(outline).toContain("constructor(start: number) { this.#items = [start]; this.count = start; }");
    expect(outline).toContain('import { seed } from "./seed.js";');
    expect(outline).toContain('import { type Shown, hidden } from "./shown.js";');
    expect(outline).toContain('import fallback, { also } from "./fallback.js";');
    expect(outline).toContain('import "./effects.js";');
  });

  it("keeps unread imports where nothing is left out, and leaves other languages and declarations alone", () => {
    const text = 'import { a } from "./a.js";\nexport const b = 1;\n';
    expect(outlineSource("/a.ts", text)).toBe(text);
    expect(outlineSource("/a.js", SOURCE)).toBe(SOURCE);
    expect(outlineSource("/a.d.ts", SOURCE)).toBe(SOURCE);
  });

  it("keeps parameter defaults and what follows a body", () => {
    const text =
      "export const f = (a = (): number => { return 1; }): number => { return a(); };\nexport const g = 1;\n";
    expect(outlineSource("/a.ts", text)).toBe(
      "export const f = (a = (): number => {}): number => {};\nexport const g = 1;\n",
    );
  });
});
