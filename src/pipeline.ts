import type { CheckOptions, MigrateOptions, RunOutcome } from "./cli/stages.ts";
import { discover } from "./discover/discover.ts";
import { checkWords, type Migration } from "./migration/migration.ts";
import { extendMigration } from "./migration/extend-migration.ts";
import { piToSessionRun } from "./migration/pi-to-session-run.ts";
import { makeRunResult } from "./report/make-run-result.ts";
import { toolVersion } from "./shared/tool-version.ts";

/** migrate: discover → analyze → plan → apply → verify (→ write) → report. */
export async function runMigrate(options: MigrateOptions): Promise<RunOutcome> {
  const migration = migrationOf(options);
  const workspace = discover({ ...selection(options), words: checkWords(migration) });
  const { analyze } = await import("./analyze/analyze.ts");
  const { planWithVerification } = await import("./plan-and-verify.ts");
  options.onProgress?.("analyze", 0, workspace.hits.length);
  const analysis = analyze(workspace, migration);
  const { plan, changeSet, verification } = await planWithVerification(
    analysis,
    workspace,
    migration,
    options,
  );
  const failed = workspace.failed.length + analysis.failed.length > 0;
  const written = options.write && verification.ok && changeSet.changes.length > 0;
  if (written) {
    const { writeChanges } = await import("./write/write-changes.ts");
    await writeChanges({
      root: workspace.root,
      changes: changeSet.changes,
      creates: [],
      allowDirty: options.allowDirty,
    });
  }
  const manual = plan.sites.some((site) => site.decision === "manual");
  const exitCode = failed || !verification.ok ? 2 : options.failOnManual && manual ? 1 : 0;
  return {
    result: makeRunResult({
      command: "migrate",
      version: toolVersion(),
      workspace,
      analysis,
      sites: plan.sites,
      changes: changeSet.changes,
      verification,
      written,
      registry: plan.registry,
      warnings: plan.warnings,
      exitCode,
    }),
  };
}

/** check: discover → analyze → check → report. */
export async function runCheck(options: CheckOptions): Promise<RunOutcome> {
  const migration = migrationOf(options);
  const workspace = discover({ ...selection(options), words: checkWords(migration) });
  const { analyze } = await import("./analyze/analyze.ts");
  const { checkAnalysis } = await import("./check/check.ts");
  const { readPolicy } = await import("./check/read-policy.ts");
  options.onProgress?.("analyze", 0, workspace.hits.length);
  const analysis = analyze(workspace, migration);
  const policy = readPolicy(workspace, options);
  const check = checkAnalysis({
    analysis,
    migration,
    files: workspace.hits,
    levels: options.config.rules,
    ledger: policy.ledger,
    today: options.today,
    more: policy.findings,
  });
  const failed = workspace.failed.length + analysis.failed.length > 0;
  const errors = check.findings.some((finding) => finding.severity === "error");
  const exitCode = failed ? 2 : errors && !options.reportOnly ? 1 : 0;
  return {
    result: makeRunResult({
      command: "check",
      version: toolVersion(),
      workspace,
      analysis,
      check,
      registry: analysis.registry,
      reportOnly: options.reportOnly,
      warnings: policy.warnings,
      exitCode,
    }),
  };
}

function migrationOf(options: MigrateOptions | CheckOptions): Migration {
  return extendMigration(piToSessionRun, options.config.migration);
}

function selection({ root, include, exclude, onProgress }: MigrateOptions | CheckOptions) {
  return {
    root,
    ...(include ? { include } : {}),
    ...(exclude ? { exclude } : {}),
    ...(onProgress
      ? { onProgress: (done: number, total: number): void => onProgress("discover", done, total) }
      : {}),
  };
}
