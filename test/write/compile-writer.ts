import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import ts from "typescript";

const REPOSITORY = resolve(import.meta.dirname, "../..");

/**
 * Compiles the writer into a folder, for tests that must kill a real process: Node 20 runs no TypeScript, and a build
 * of the whole package would make these tests depend on every other stage.
 *
 * @returns path of the compiled driver (see driver.ts)
 */
export function compileWriter(folder: string): string {
  for (const stage of ["src/shared", "src/discover", "src/write", "test/write"]) {
    mkdirSync(join(folder, stage), { recursive: true });
    for (const name of readdirSync(join(REPOSITORY, stage))) {
      if (!name.endsWith(".ts") || name.endsWith(".test.ts")) continue;
      const { outputText } = ts.transpileModule(readFileSync(join(REPOSITORY, stage, name), "utf8"), {
        compilerOptions: {
          target: ts.ScriptTarget.ES2023,
          module: ts.ModuleKind.ESNext,
          verbatimModuleSyntax: true,
          rewriteRelativeImportExtensions: true,
        },
      });
      writeFileSync(join(folder, stage, name.replace(/ts$/, "js")), outputText);
    }
  }
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  return join(folder, "test/write/driver.js");
}
