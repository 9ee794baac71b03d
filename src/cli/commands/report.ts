import { neutralise } from "../../report/escape-text.ts";
import { listReporters } from "../../report/load-reporters.ts";
import { UserError } from "../../shared/errors.ts";
import { compareRuns } from "../compare-runs.ts";
import type { CliContext } from "../context.ts";
import { emitReport } from "../emit-report.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { planOutputs } from "../parse-format.ts";
import { readRun } from "../read-run.ts";
import { checkReportFiles } from "../report-file.ts";
import { writeText } from "../write-text.ts";

export interface ReportFlags {
  readonly format?: string[];
  readonly quiet?: boolean;
  readonly color: boolean;
  readonly compare?: string;
}

/** `rewire-abort report RUN.json`: 0 when it was rendered, whatever the run's own code was. */
export async function report(file: string, flags: ReportFlags, context: CliContext): Promise<ExitCode> {
  const outputs = planOutputs(flags.format ?? [], listReporters(), flags.quiet === true);
  const inputs = flags.compare === undefined ? [file] : [file, flags.compare];
  await checkReportFiles(
    outputs.files.map((output) => output.file),
    inputs,
  );
  const run = await readRun(file);
  if (flags.compare === undefined) {
    await emitReport(run, outputs, flags.color, context);
    return EXIT.ok;
  }
  if (flags.format !== undefined)
    throw new UserError("--compare prints text; it does not take --format.", "Leave --format out.");
  const older = await readRun(flags.compare);
  if (older.command !== run.command)
    throw new UserError(
      `${flags.compare} is a run of ${older.command}, ${file} one of ${run.command}: they cannot be compared.`,
    );
  const { better, worse, unchanged } = compareRuns(older, run);
  const list = (title: string, lines: readonly string[]) =>
    [`${title}: ${lines.length}`, ...lines.map((line) => `  ${neutralise(line)}`), ""].join("\n");
  if (!flags.quiet)
    await writeText(
      context.stdout,
      `${list("Better", better)}${list("Worse", worse)}Unchanged: ${unchanged}\n`,
    );
  return worse.length > 0 ? EXIT.findings : EXIT.ok;
}
