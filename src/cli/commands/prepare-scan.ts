import path from "node:path";
import { CONFIG_FILE } from "../../config/defaults.ts";
import { loadConfig } from "../../config/load-config.ts";
import { compileGlob } from "../../discover/match-globs.ts";
import { resolveRoot } from "../../discover/resolve-root.ts";
import { listReporters } from "../../report/load-reporters.ts";
import { UserError } from "../../shared/errors.ts";
import type { CliContext } from "../context.ts";
import { type OutputPlan, planOutputs } from "../parse-format.ts";
import { checkReportFiles } from "../report-file.ts";
import { createProgress, type Progress } from "../show-progress.ts";
import type { CommonOptions } from "../stages.ts";

/** What `migrate` and `check` have in common on the command line. */
export interface ScanFlags {
  readonly format?: string[];
  readonly include?: string[];
  readonly exclude?: string[];
  readonly config?: string;
  readonly quiet?: boolean;
  readonly color: boolean;
}

export interface PreparedScan {
  readonly common: CommonOptions;
  readonly outputs: OutputPlan;
  readonly progress: Progress;
}

/**
 * Everything that can be refused before a file is scanned: formats, root, report files, config.
 * Globs of the command line replace the config's includes and are added to its excludes.
 */
export async function prepareScan(
  root: string,
  flags: ScanFlags,
  context: CliContext,
): Promise<PreparedScan> {
  const outputs = planOutputs(flags.format ?? [], listReporters(), flags.quiet === true);
  const realRoot = resolveRoot(root);
  const configFile = flags.config ?? path.join(realRoot, CONFIG_FILE);
  const config = await loadConfig({ root: realRoot, file: flags.config });
  await checkReportFiles(
    outputs.files.map(({ file }) => file),
    [configFile, path.join(realRoot, config.ledger)],
  );
  const source = flags.config ?? CONFIG_FILE;
  for (const key of ["include", "exclude"] as const)
    for (const glob of config[key]) compileGlob(glob, `${source}: "${key}" holds`);
  const include = flags.include ?? [...config.include];
  const exclude = [...config.exclude, ...(flags.exclude ?? [])];
  const progress = createProgress(context.stderr, flags.quiet !== true, () => performance.now());
  return {
    common: {
      root: realRoot,
      ...(include.length > 0 && { include }),
      ...(flags.include === undefined && { includeName: `${source}: "include" holds` }),
      ...(exclude.length > 0 && { exclude }),
      config,
      onProgress: (stage, done, total) => progress.update(stage, done, total),
    },
    outputs,
    progress,
  };
}

/** A revision name as git may take it: never an option. @throws UserError */
export function checkRevision(option: string, revision: string | undefined): void {
  if (revision === undefined) return;
  if (revision === "" || revision.startsWith("-") || /[\s\0:]/.test(revision))
    throw new UserError(
      `${option} ${JSON.stringify(revision)} is no revision.`,
      "Name a commit, a tag or a branch.",
    );
}
