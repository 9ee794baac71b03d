import type { Analysis } from "./analyze/analysis.ts";
import type { CheckOutcome } from "./check/check.ts";
import type { CheckOptions, MigrateOptions, RunOutcome } from "./cli/stages.ts";
import type { Config } from "./config/config.ts";
import { checkWords, type Migration, surfaceWords } from "./migration/migration.ts";
import { extendMigration } from "./migration/extend-migration.ts";
import { piToSessionRun } from "./migration/pi-to-session-run.ts";
import { resolveRoot } from "./discover/resolve-root.ts";
import { startDiscovery } from "./discover/start-discovery.ts";
import { tellUnjudged } from "./discover/unjudged-files.ts";
import { unmatchedGlobs } from "./discover/unmatched-globs.ts";
import { makeRunResult } from "./report/make-run-result.ts";
import { isTestFile } from "./shared/test-files.ts";
import { toolVersion } from "./shared/tool-version.ts";

/** migrate: discover → analyze → plan → apply → verify (→ write) → report. */
export async function runMigrate(options: MigrateOptions): Promise<RunOutcome> {
  const migration = migrationOf(options);
  const discovery = startDiscovery({ ...selection(options), ...wordsOf(migration) });
  const { analyze, readHits } = await import("./analyze/analyze.ts");
  const { reviveAndPlan } = await import("./revive-and-plan.ts");
  const { checkKey } = await import("./plan/check-key.ts");
  const { workspace, parsed } = await readHits(discovery, migration);
  const analysis = analyze(workspace, migration, { parsed, onProgress: reporting(options, "analyze") });
  const { reviveFromHistory } = await import("./check/compare-history.ts");
  const remembered =
    options.history === undefined ? [] : await reviveFromHistory(workspace, options.history, migration);
  const revived = await reviveAndPlan(
    analysis,
    [...remembered, ...analysis.revivals()],
    workspace,
    migration,
    options,
  );
  const { plan, changeSet, verification } = revived;
  const failed = workspace.failed.length + analysis.failed.length > 0;
  const written = options.write && verification.ok && changeSet.changes.length > 0;
  if (written) {
    const { writeChanges } = await import("./write/write-changes.ts");
    await writeChanges({
      root: workspace.root,
      changes: changeSet.changes,
      creates: [],
      allowDirty: options.allowDirty,
      ...(options.ownFiles ? { own: options.ownFiles } : {}),
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
      warnings: [...plan.warnings, ...tellUnjudged(workspace), ...unmatchedGlobs(workspace, options.exclude)],
      exitCode,
    }),
    checkKey: (site, key) => checkKey(revived.analysis, site, key),
  };
}

/** check: discover → analyze → check → report. */
export async function runCheck(options: CheckOptions): Promise<RunOutcome> {
  const { readPolicy, holdFloors } = await import("./check/read-policy.ts");
  const policy = readPolicy(resolveRoot(options.root), options);
  const judged = { ...options, config: policy.config, ...globsOf(options, policy.config) };
  const migration = migrationOf(judged);
  const discovery = startDiscovery({ ...selection(judged), ...wordsOf(migration) });
  const { analyze, readHits } = await import("./analyze/analyze.ts");
  const { checkAnalysis, exitCodeOf } = await import("./check/check.ts");
  const { plantedViolationsFound } = await import("./check/plant-violation.ts");
  if (!plantedViolationsFound(migration))
    throw new Error(
      "The gate does not find a violation that it planted itself: nothing it says can be trusted.",
    );
  const { workspace, parsed } = await readHits(discovery, migration);
  holdFloors(workspace, policy.config.floors);
  const analysis = analyze(workspace, migration, {
    parsed,
    keys: "by-need",
    onProgress: reporting(options, "analyze"),
  });
  const { HISTORY_RULE, compareHistory } = await import("./check/compare-history.ts");
  const history =
    options.history === undefined ? null : await compareHistory(workspace, options.history, migration);
  const refs = [options.history, options.policyRef].filter((ref) => ref !== undefined);
  const { SKIPPED_RULE, findSkippedSince } = await import("./check/skipped-since.ts");
  const hidden = findSkippedSince(workspace, refs, checkWords(migration));
  const found = checkAnalysis({
    analysis,
    migration,
    files: policy.excusing(workspace.hits),
    levels: policy.config.rules,
    ledger: policy.ledger,
    today: options.today,
    more: [...(history ?? []), ...hidden],
    moreRules: [...(history ? [HISTORY_RULE] : []), ...(refs.length > 0 ? [SKIPPED_RULE] : [])],
  });
  const check = await withoutVainHope(found, analysis, migration);
  const failed = workspace.failed.length + analysis.failed.length > 0;
  const exitCode = exitCodeOf(check.findings, { failed, reportOnly: options.reportOnly });
  return {
    result: makeRunResult({
      command: "check",
      version: toolVersion(),
      workspace,
      analysis,
      check,
      registry: analysis.registry,
      reportOnly: options.reportOnly,
      warnings: [
        ...policy.warnings,
        ...tellUnjudged(workspace),
        ...unmatchedGlobs(workspace, judged.exclude),
      ],
      exitCode,
    }),
  };
}

/** Once code was migrated, what is left may be what migrate refuses; then it is not named as the way to mend it. */
async function withoutVainHope(
  check: CheckOutcome,
  analysis: Analysis,
  migration: Migration,
): Promise<CheckOutcome> {
  const isMigrated = analysis.registryCalls.some(({ role, inTest }) => role === "kill" && !inTest);
  if (!isMigrated || !check.findings.some(({ fixable }) => fixable)) return check;
  const { offersRewrite } = await import("./plan/offers-rewrite.ts");
  if (offersRewrite(analysis, migration)) return check;
  const findings = check.findings.map((finding) => ({
    ...finding,
    fixable: finding.fixable && isTestFile(finding.file),
  }));
  return { ...check, findings };
}

function wordsOf(migration: Migration) {
  return { words: checkWords(migration), names: surfaceWords(migration) };
}

function migrationOf(options: MigrateOptions | CheckOptions): Migration {
  return extendMigration(piToSessionRun, options.config.migration);
}

function reporting({ onProgress }: MigrateOptions | CheckOptions, stage: string) {
  return (done: number, total: number): void => onProgress?.(stage, done, total);
}

/** What is scanned is policy, too: with a policyRef the globs of the config are those of that revision. */
function globsOf(options: CheckOptions, config: Config): { include?: string[]; exclude?: string[] } {
  if (options.policyRef === undefined) return {};
  const include = [...(options.askedInclude ?? config.include)];
  const exclude = [...config.exclude, ...(options.askedExclude ?? [])];
  return {
    include: include.length > 0 ? include : undefined,
    exclude: exclude.length > 0 ? exclude : undefined,
  } as { include?: string[]; exclude?: string[] };
}

function selection(options: MigrateOptions | CheckOptions) {
  const { root, include, exclude } = options;
  return {
    root,
    ...(include ? { include } : {}),
    ...(options.includeName === undefined ? {} : { includeName: options.includeName }),
    ...(exclude ? { exclude } : {}),
    onProgress: reporting(options, "discover"),
  };
}
