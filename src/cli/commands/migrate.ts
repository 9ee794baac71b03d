import path from "node:path";
import { type ReplayedDecision, parseDecisions } from "../../config/decisions-file.ts";
import { readTextFile } from "../../config/load-config.ts";
import { UserError } from "../../shared/errors.ts";
import type { CliContext } from "../context.ts";
import { isDryRun } from "../dry-run.ts";
import { emitReport } from "../emit-report.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import type { MigrateOptions } from "../stages.ts";
import { writeText } from "../write-text.ts";
import type { Progress } from "../show-progress.ts";
import { checkRevision, prepareScan, type ScanFlags } from "./prepare-scan.ts";

export interface MigrateFlags extends ScanFlags {
  readonly write?: boolean;
  readonly allowDirty?: boolean;
  readonly interactive?: boolean;
  readonly decisions?: string;
  readonly minConfidence: "proven" | "likely";
  readonly settle: boolean;
  readonly mark?: boolean;
  readonly verifyTypes?: boolean;
  readonly failOnManual?: boolean;
  readonly history?: string;
}

const DECISIONS_FILE = "rewire-abort-decisions.json";

/** `rewire-abort migrate [root]` */
export async function migrate(root: string, flags: MigrateFlags, context: CliContext): Promise<ExitCode> {
  if (flags.interactive) refuseWithoutTerminal(context);
  checkRevision("--history", flags.history);
  const { common, outputs, progress } = await prepareScan(root, flags, context);
  const dryRun = isDryRun(context.env);
  if (flags.write && dryRun) await writeText(context.stderr, "DRY_RUN is set, so nothing is written.\n");
  const decisionsFile = flags.decisions ?? path.join(common.root, DECISIONS_FILE);
  const decisions = await readDecisions(decisionsFile, flags);
  const options: MigrateOptions = {
    ...common,
    write: flags.write === true && !dryRun,
    allowDirty: flags.allowDirty === true,
    ownFiles: [path.relative(common.root, path.resolve(decisionsFile)).split(path.sep).join("/")],
    minConfidence: flags.minConfidence,
    settle: flags.settle,
    mark: flags.mark === true,
    verifyTypes: flags.verifyTypes ?? (flags.write === true && !dryRun),
    failOnManual: flags.failOnManual === true,
    ...(decisions && { decisions }),
    ...(flags.history !== undefined && { history: flags.history }),
  };
  try {
    const reviewed = flags.interactive
      ? await review(options, decisions ?? [], dryRun ? null : decisionsFile, flags, context, progress)
      : options;
    if (reviewed === null) return EXIT.ok;
    const { result } = await context.stages.runMigrate(reviewed);
    progress.end();
    await emitReport(result, outputs, flags.color, context);
    return result.summary.exitCode;
  } finally {
    progress.end();
  }
}

/** Plans without writing, asks about each site, and returns the options of the run that carries the answers out. */
async function review(
  options: MigrateOptions,
  earlier: readonly ReplayedDecision[],
  file: string | null,
  flags: MigrateFlags,
  context: CliContext,
  progress: Progress,
): Promise<MigrateOptions | null> {
  // Every candidate is put before the person, so the plan is made as if nothing had been decided, likely keys included.
  const { result, checkKey } = await context.stages.runMigrate({
    ...options,
    minConfidence: "likely",
    write: false,
    mark: false,
    decisions: undefined,
  });
  progress.end();
  const { runReview } = await import("../interactive/run-review.ts");
  const outcome = await runReview({
    result,
    ...(checkKey ? { checkKey } : {}),
    earlier,
    file,
    color: flags.color,
    context,
  });
  return outcome.finished ? { ...options, decisions: outcome.decisions } : null;
}

async function readDecisions(file: string, flags: MigrateFlags): Promise<ReplayedDecision[] | undefined> {
  if (flags.decisions === undefined && !flags.interactive) return undefined;
  // An interactive session starts the file; a replay needs it.
  const text = await readTextFile(file, flags.decisions ?? DECISIONS_FILE, !flags.interactive);
  return text === undefined ? undefined : parseDecisions(text, flags.decisions ?? DECISIONS_FILE);
}

function refuseWithoutTerminal({ stdin, stderr }: CliContext): void {
  if (stdin.isTTY !== true || stderr.isTTY !== true)
    throw new UserError(
      "--interactive needs a terminal.",
      "In CI, replay saved decisions with --decisions FILE.",
    );
}
