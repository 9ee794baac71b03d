import { analyze } from "../analyze/analyze.ts";
import { textWorkspace } from "../apply/text-workspace.ts";
import type { Migration } from "../migration/migration.ts";
import { checkAnalysis } from "./check.ts";

/**
 * Plants one call of a legacy function and one kill by session id in memory, and looks whether the same
 * analysis and rules that judge the repository find both. A gate that is blind to them must not pass.
 */
export function plantedViolationsFound(migration: Migration): boolean {
  const abort = migration.legacy.find((fn) => fn.role === "abort")!.names[0]!;
  const { kill, module } = migration.registry;
  const file = "agents/planted.ts";
  const text = [
    `import { ${abort} } from "./${migration.legacyModules.at(-1)}.js";`,
    `import { ${kill} } from "./${module}.js";`,
    "export function planted(entry: { sessionId: string }): boolean {",
    `  return ${abort}(entry.sessionId) || ${kill}(entry.sessionId);`,
    "}",
    "",
  ].join("\n");
  const analysis = analyze(textWorkspace(new Map([[file, text]])), migration, { keys: "by-need" });
  const { findings } = checkAnalysis({
    analysis,
    migration,
    files: [{ path: file, text }],
    today: "2000-01-01",
  });
  const found = (rule: string): boolean =>
    findings.some((finding) => finding.rule === rule && finding.severity === "error");
  return found("legacy-surface") && found("foreign-key");
}
