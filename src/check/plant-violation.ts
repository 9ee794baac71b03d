import { analyze } from "../analyze/analyze.ts";
import { textWorkspace } from "../apply/text-workspace.ts";
import { wouldBeHit } from "../discover/scan-files.ts";
import { isSourceName } from "../discover/source-names.ts";
import { checkWords, type Migration } from "../migration/migration.ts";
import { checkAnalysis, exitCodeOf } from "./check.ts";

/**
 * Plants a call of a legacy function, a kill by session id, and a session that is marked as aborted and never killed,
 * in memory, and looks whether the same file filter, scan, analysis, rules and exit code that judge the repository find
 * all of them. A gate that is blind to them must not pass.
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
    `export function marked(entry: { ${migration.reports.fields[0]!}?: boolean }): void {`,
    `  entry.${migration.reports.fields[0]!} = true;`,
    "}",
    "",
  ].join("\n");
  if (!isSourceName(file) || !wouldBeHit(file, Buffer.from(text), checkWords(migration))) return false;
  const analysis = analyze(textWorkspace(new Map([[file, text]])), migration, { keys: "by-need" });
  const { findings } = checkAnalysis({
    analysis,
    migration,
    files: [{ path: file, text }],
    today: "2000-01-01",
  });
  const found = (rule: string): boolean =>
    findings.some((finding) => finding.rule === rule && finding.severity === "error");
  const failed = analysis.failed.length > 0;
  return (
    ["legacy-surface", "foreign-key", "paper-kill"].every(found) &&
    exitCodeOf(findings, { failed, reportOnly: false }) === 1
  );
}
