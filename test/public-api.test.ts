import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

const repo = fileURLToPath(new URL("..", import.meta.url));
const ENTRIES = {
  "rewire-abort": "src/index.ts",
  "rewire-abort/registry": "src/registry/session-run-registry.ts",
  "rewire-abort/registry/conformance": "src/registry/conformance/index.ts",
};

const program = ts.createProgram(
  Object.values(ENTRIES).map((file) => path.join(repo, file)),
  compilerOptions(),
);
const checker = program.getTypeChecker();

function compilerOptions(): ts.CompilerOptions {
  const parsed = ts.getParsedCommandLineOfConfigFile(
    path.join(repo, "tsconfig.json"),
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} },
  );
  return parsed?.options ?? {};
}

function exportsOf(file: string): ts.Symbol[] {
  const source = program.getSourceFile(path.join(repo, file))!;
  return checker
    .getExportsOfModule(checker.getSymbolAtLocation(source)!)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function resolve(symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** A line of the reviewed file: functions with their signature, everything else by its kind. */
function describeExport(exported: ts.Symbol): string {
  const symbol = resolve(exported);
  const declaration = symbol.declarations![0]!;
  if (ts.isFunctionDeclaration(declaration)) {
    const [signature] = checker.getTypeOfSymbol(symbol).getCallSignatures();
    return `function ${exported.name}${checker.signatureToString(signature!, undefined, ts.TypeFormatFlags.NoTruncation)}`;
  }
  if (ts.isClassDeclaration(declaration)) return `class ${exported.name}`;
  if (ts.isInterfaceDeclaration(declaration)) return `interface ${exported.name}`;
  return ts.isTypeAliasDeclaration(declaration) ? `type ${exported.name}` : `const ${exported.name}`;
}

it("is what was last reviewed", async () => {
  const parts = Object.entries(ENTRIES).map(([name, file]) =>
    [`## ${name}`, "", ...exportsOf(file).map((symbol) => `- \`${describeExport(symbol)}\``)].join("\n"),
  );
  await expect(`# Public API\n\n${parts.join("\n\n")}\n`).toMatchFileSnapshot("public-api.md");
});

it("says what each function and class does", () => {
  const silent = Object.values(ENTRIES).flatMap((file) =>
    exportsOf(file)
      .map(resolve)
      .filter((symbol) => symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class))
      .filter((symbol) => ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim() === "")
      .map((symbol) => symbol.name),
  );
  expect(silent).toEqual([]);
});

it("has no any in a signature", () => {
  const loose = exportsOf(ENTRIES["rewire-abort"])
    .map(describeExport)
    .filter((line) => /\bany\b/.test(line));
  expect(loose).toEqual([]);
});
