import { ts } from "ts-morph";

const BLANK_LINE = "//@blank-line";

/** TypeScript to readable ESM JavaScript: types go; comments, blank lines and the two-space indent stay. */
export function stripTypes(source: string): string {
  // The printer drops blank lines; as comments they survive it.
  const marked = source.replace(/^$/gm, BLANK_LINE);
  const { outputText } = ts.transpileModule(marked, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      removeComments: false,
      verbatimModuleSyntax: true,
      newLine: ts.NewLineKind.LineFeed,
    },
  });
  return `${outputText
    .replace(/^ +/gm, (indent) => " ".repeat(Math.floor(indent.length / 4) * 2 + (indent.length % 4)))
    .replace(new RegExp(`^ *${BLANK_LINE}$`, "gm"), "")
    .replace(/\n{3,}/g, "\n\n")
    .trim()}\n`;
}
