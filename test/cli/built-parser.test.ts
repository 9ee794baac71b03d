import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ts } from "ts-morph";
import { describe, expect, it } from "vitest";
import { runCli } from "../helpers/run-cli.ts";

const repo = fileURLToPath(new URL("../..", import.meta.url));
const built = pathToFileURL(path.join(repo, "dist/cli/typescript-parser.js")).href;
const parser = (await import(built)) as typeof ts;

const OPTIONS: ts.CreateSourceFileOptions = {
  languageVersion: ts.ScriptTarget.ESNext,
  jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
};

/** All that a tree says, as text. */
function told(compiler: typeof ts, name: string, text: string): string {
  const source = compiler.createSourceFile(name, text, OPTIONS, true);
  const lines: string[] = [];
  const visit = (node: ts.Node): void => {
    const { text: own } = node as ts.Node & { readonly text?: string };
    lines.push(
      `${compiler.SyntaxKind[node.kind]} ${node.pos} ${node.getStart()} ${node.end} ${node.flags} ${own ?? ""}`,
    );
    compiler.forEachChild(node, visit);
  };
  compiler.forEachChild(source, visit);
  const { parseDiagnostics } = source as ts.SourceFile & {
    readonly parseDiagnostics: readonly ts.DiagnosticWithLocation[];
  };
  const problems = parseDiagnostics.map(
    ({ code, start, messageText }) =>
      `${code} ${start} ${compiler.flattenDiagnosticMessageText(messageText, " ")}`,
  );
  return [...lines, ...problems].join("\n");
}

const BROKEN = {
  "broken.ts": "function (a: { const x = ; class { constructor(private) } <<<<<<< HEAD\n export default",
  "open.ts": "const text = `a ${b; /x(?<n>)\\k<m>/v; 0b12; 'no end",
  "view.tsx":
    "const view = <List<string> of={[1]}>{...items} &nbsp; <b.c d-e='f' /></List>; <T,>(x: T) => x; <a>",
  "old.js":
    "var a = <b>c; enum D { e } abstract class F { private g!: number } export = a; import h = require('i');",
  "every.ts": `
    @dec() export abstract class A<const T extends object = {}> extends B<T> implements C { declare #x?: T; static { this.#x; }
      accessor y = 1; get z(): asserts this is D { return super.z; } constructor(readonly a?: string) { super(); } [k: string]: unknown }
    type M<T> = { readonly [K in keyof T as \`\${K & string}!\`]-?: T[K] extends infer U extends string ? U : never };
    namespace N.O { export import P = Q.R; } declare global { var v: unique symbol } declare module "m" { export = x; }
    label: for await (using of of of) { continue label; } await using d = e; f<g>(h)\`i\${j!}\`; k?.l?.[m]?.(n satisfies o as const);
    import p, { type q as r } from "s" with { type: "json" }; export * as t from "u"; export type { v }; import.meta.w; import("x");
    function* y(this: void, [a = 1, ...b]: [x?: 1, ...y: 2[]], { c: { d } } = e): asserts d is Z { yield* new.target; }
    try { throw 1n ** 2n; } catch { debugger; } finally { do ; while (0) } switch (1) { case 2: default: } with (a) b; a ||= b &&= c ??= d, void 0;
  `,
};

describe("the parser that the command line is built with", () => {
  it.each(Object.entries(BROKEN))("makes of %s what the whole compiler makes", (name, text) => {
    expect(told(parser, name, text)).toBe(told(ts, name, text));
  });

  it("makes the same trees of this project's sources and fixtures", () => {
    const files = ["src", "transforms", "fixtures"].flatMap((folder) =>
      readdirSync(path.join(repo, folder), { recursive: true, encoding: "utf8" })
        .map((file) => path.join(folder, file))
        .filter((file) => /\.[cm]?[jt]sx?$/.test(file)),
    );
    const different = files.filter((file) => {
      const text = readFileSync(path.join(repo, file), "utf8");
      return told(parser, file, text) !== told(ts, file, text);
    });
    expect(different).toEqual([]);
    expect(files.length).toBeGreaterThan(1000);
  });

  it("is all that a check loads of the compiler", async () => {
    const hook = `data:text/javascript,${encodeURIComponent(`
      import module from "node:module";
      const load = module._load;
      module._load = (name, ...more) => {
        if (name.includes("ts-morph")) throw new Error("loaded " + name);
        return load(name, ...more);
      };`)}`;
    const { code, stdout } = await runCli(
      ["check", path.join(repo, "fixtures/projects/gateway"), "--format=json", "--quiet"],
      {
        nodeArgs: ["--import", hook],
      },
    );
    // A failure of the hook would be a 2.
    expect(code).toBe(1);
    expect(JSON.parse(stdout).findings.length).toBeGreaterThan(0);
  });
});
