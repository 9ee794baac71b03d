import path from "node:path/posix";
import { ts } from "ts-morph";
import { ConfinedFiles } from "./confined-files.ts";

/** Options of a project that has no tsconfig.json. */
const WITHOUT_CONFIG: ts.CompilerOptions = {
  strict: true,
  allowJs: true,
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.Preserve,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  jsx: ts.JsxEmit.Preserve,
};

/** What a project says that concerns what a file means; all that is about output, plugins and traces stays out. */
const FORCED: ts.CompilerOptions = {
  noEmit: true,
  skipLibCheck: true,
  skipDefaultLibCheck: true,
  noUnusedLocals: true,
  incremental: undefined,
  composite: undefined,
  tsBuildInfoFile: undefined,
  declaration: undefined,
  declarationDir: undefined,
  declarationMap: undefined,
  isolatedDeclarations: undefined,
  outDir: undefined,
  outFile: undefined,
  plugins: undefined,
  libReplacement: undefined,
  maxNodeModuleJsDepth: 0,
  traceResolution: undefined,
  generateTrace: undefined,
  generateCpuProfile: undefined,
  diagnostics: undefined,
  extendedDiagnostics: undefined,
  listFiles: undefined,
  listEmittedFiles: undefined,
  explainFiles: undefined,
};

/** The tsconfig.json that holds for a file: the nearest one above it, inside the root. Null when there is none. */
export function nearestConfig(file: string, files: ConfinedFiles): string | null {
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const config = path.join(folder, "tsconfig.json");
    if (files.isFile(config)) return config;
    if (folder === ConfinedFiles.root || folder === path.dirname(folder)) return null;
  }
}

/**
 * Compiler options as the project has them. Only options are taken: file lists, references and plugins are not
 * looked at, and `extends` reaches no further than the root. What is broken in the file counts as not said.
 */
export function readCompilerOptions(config: string | null, files: ConfinedFiles): ts.CompilerOptions {
  if (config === null) return { ...WITHOUT_CONFIG, ...FORCED };
  const { config: json } = ts.readConfigFile(config, (name) => files.read(name)) as { config?: unknown };
  const { options } = ts.parseJsonConfigFileContent(
    json ?? {},
    {
      useCaseSensitiveFileNames: true,
      readDirectory: () => [],
      fileExists: (name) => files.isFile(name),
      readFile: (name) => files.read(name),
    },
    path.dirname(config),
    undefined,
    config,
  );
  // Before TypeScript 6 every package of types below node_modules was taken in, and projects rely on it.
  return { types: ["*"], ...options, ...FORCED };
}
