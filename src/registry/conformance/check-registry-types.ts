import { extname, resolve } from "node:path";
import { Project, ts } from "ts-morph";

/** What callers of the existing registries compile against. */
const EXPECTED = `
type Handle = {
  startedAt: number; pid?: number; sessionKey: string; agentId: string; abortController?: AbortController;
};
export const isSessionRunActive: (sessionKey: string) => boolean = registry.isSessionRunActive;
export const getActiveSessionRunCount: () => number = registry.getActiveSessionRunCount;
export const registerSessionRun: (sessionKey: string, handle: Handle) => void = registry.registerSessionRun;
export const unregisterSessionRun: (sessionKey: string) => void = registry.unregisterSessionRun;
export const getSessionRunHandle: (sessionKey: string) => Handle | undefined = registry.getSessionRunHandle;
export const killSessionRun: (sessionKey: string) => boolean = registry.killSessionRun;
export const waitForSessionRunEnd: (sessionKey: string, timeoutMs: number) => Promise<boolean> =
  registry.waitForSessionRunEnd;
export const resetSessionRunRegistryForTest: () => void = registry.resetSessionRunRegistryForTest;
export const MODULE_ATTESTATIONS: Readonly<Record<string, string>> = registry.MODULE_ATTESTATIONS;
export const handle: registry.SessionRunHandle = { startedAt: 0, sessionKey: "", agentId: "" };
`;

/** Part A01 of the suite for a TypeScript module: its functions are assignable to the signatures in use. */
export function checkRegistryTypes(modulePath: string): { typeProblems?: string[]; typesNote?: string } {
  if (![".ts", ".mts", ".cts"].includes(extname(modulePath))) {
    return { typesNote: "types not checked: the module is JavaScript" };
  }
  const project = new Project({
    compilerOptions: {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
      target: ts.ScriptTarget.ES2022,
      lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      allowImportingTsExtensions: true,
    },
  });
  const module = project.addSourceFileAtPath(resolve(modulePath));
  const specifier = JSON.stringify(module.getFilePath());
  const check = project.createSourceFile(
    `${module.getFilePath()}.type-check.ts`,
    `import * as registry from ${specifier};\n${EXPECTED}`,
  );
  const problems = project.getProgram().getSemanticDiagnostics(check);
  return {
    typeProblems: problems.map((each) =>
      ts.flattenDiagnosticMessageText(each.compilerObject.messageText, "\n"),
    ),
  };
}
