import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, extname, join, relative, resolve } from "node:path";
import { ts } from "ts-morph";
import { RegistryModuleError } from "./conformance-report.ts";

export interface PreparedModule {
  /** JavaScript that Node can import. */
  entry: string;
  /** The same module as CommonJS, where it has no relative imports. */
  commonJs: string | undefined;
  /** A message about the translated files, as one about the files that the user knows. */
  inOwnPaths(message: string): string;
  dispose(): void;
}

const TS_OUTPUT: Record<string, string> = { ".ts": ".js", ".mts": ".mjs", ".cts": ".cjs" };
const TS_FOR_JS: Record<string, string> = { ".js": ".ts", ".mjs": ".mts", ".cjs": ".cts" };

/**
 * Makes a module importable by the running Node: TypeScript, with what it imports by relative path, is translated
 * into a temporary folder; JavaScript stays where it is. Nothing is written beside the module.
 */
export function prepareModule(file: string): PreparedModule {
  const source = resolve(file);
  if (!existsSync(source)) throw new RegistryModuleError(`${file} does not exist`);
  const folder = mkdtempSync(join(tmpdir(), "rewire-abort-registry-"));
  const isTypeScript = extname(source) in TS_OUTPUT;
  const files = collectRelativeImports(source);
  // Readable for all: one case runs as another user.
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, "package.json"), '{"type":"module"}\n');
  linkNodeModules(dirname(source), folder);
  let entry = source;
  const root = commonFolder(files);
  if (isTypeScript) {
    for (const each of files) {
      const target = join(folder, "esm", outputName(relative(root, each)));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, translate(each, ts.ModuleKind.ESNext));
    }
    entry = join(folder, "esm", outputName(relative(root, source)));
  }
  let commonJs: string | undefined;
  if (files.length === 1 && ![".cjs", ".cts"].includes(extname(source))) {
    commonJs = join(folder, "registry.cjs");
    writeFileSync(commonJs, translate(source, ts.ModuleKind.CommonJS));
  }
  return {
    entry,
    commonJs,
    inOwnPaths: (message) => message.replaceAll(join(folder, "esm"), root),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function translate(file: string, module: ts.ModuleKind): string {
  const text = readFileSync(file, "utf8");
  const asIs = !(extname(file) in TS_OUTPUT) && module === ts.ModuleKind.ESNext;
  if (asIs) return text;
  return ts.transpileModule(text, {
    // The name decides the module kind too: under its own, .mjs would stay ESM.
    fileName: module === ts.ModuleKind.CommonJS ? "registry.ts" : file,
    compilerOptions: {
      module: extname(file) === ".cts" ? ts.ModuleKind.CommonJS : module,
      target: ts.ScriptTarget.ES2022,
      rewriteRelativeImportExtensions: true,
      allowJs: true,
    },
  }).outputText;
}

function collectRelativeImports(entry: string): string[] {
  const seen = new Set([entry]);
  for (const file of seen) {
    for (const { fileName } of ts.preProcessFile(readFileSync(file, "utf8"), true, true).importedFiles) {
      const found = fileName.startsWith(".") ? resolveImport(dirname(file), fileName) : undefined;
      if (found) seen.add(found);
    }
  }
  return [...seen];
}

function resolveImport(folder: string, specifier: string): string | undefined {
  const exact = resolve(folder, specifier);
  const extension = extname(exact);
  const asTypeScript = exact.slice(0, exact.length - extension.length) + (TS_FOR_JS[extension] ?? extension);
  return [asTypeScript, exact].find((path) => existsSync(path));
}

function outputName(file: string): string {
  const extension = extname(file);
  return file.slice(0, file.length - extension.length) + (TS_OUTPUT[extension] ?? extension);
}

function commonFolder(files: readonly string[]): string {
  let folder = dirname(files[0]!);
  while (files.some((file) => relative(folder, file).startsWith(".."))) folder = dirname(folder);
  return folder;
}

function linkNodeModules(from: string, folder: string): void {
  for (let at = from; ; at = dirname(at)) {
    const packages = join(at, "node_modules");
    if (existsSync(packages)) {
      symlinkSync(packages, join(folder, "node_modules"), "junction");
      return;
    }
    if (dirname(at) === at) return;
  }
}
