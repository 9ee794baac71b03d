import { compareRuns, renderComparisonMarkdown, renderComparisonText } from "../../report/compare-runs.ts";
import { listReporters } from "../../report/load-reporters.ts";
import type { RunResult } from "../../report/run-result.ts";
import type { CliContext } from "../context.ts";
import { emitReport } from "../emit-report.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { type OutputPlan, planOutputs } from "../parse-format.ts";
import { readRun } from "../read-run.ts";
import { checkReportFiles, writeReportFile } from "../report-file.ts";
import { widthOf, writeText } from "../write-text.ts";

export interface ReportFlags {
  readonly format?: string[];
  readonly quiet?: boolean;
  readonly color: boolean;
  readonly compare?: string;
}

/** What a comparison can be rendered as: plain text, or a comment for a pull request. */
const COMPARISON_FORMATS = ["terminal", "markdown"];

/**
 * `rewire-abort report RUN.json`: 0 when it was rendered, whatever the run's own code was. With `--compare OLD.json`
 * 1 when something got worse.
 */
export async function report(file: string, flags: ReportFlags, context: CliContext): Promise<ExitCode> {
  const known = flags.compare === undefined ? listReporters() : COMPARISON_FORMATS;
  const outputs = planOutputs(flags.format ?? [], known, flags.quiet === true);
  await checkReportFiles(
    outputs.files.map((output) => output.file),
    flags.compare === undefined ? [file] : [file, flags.compare],
  );
  const run = await readRun(file);
  if (flags.compare !== undefined) return await compare(await readRun(flags.compare), run, outputs, context);
  await emitReport(run, outputs, flags.color, context);
  return EXIT.ok;
}

async function compare(
  older: RunResult,
  newer: RunResult,
  outputs: OutputPlan,
  context: CliContext,
): Promise<ExitCode> {
  const comparison = compareRuns(older, newer);
  const text = renderComparisonText(comparison);
  const markdown = renderComparisonMarkdown(comparison);
  for (const { name, file } of outputs.files)
    await writeReportFile(file, name === "markdown" ? markdown : text);
  if (outputs.stdout !== null) await writeText(context.stdout, markdown);
  if (outputs.terminal !== null) {
    const stream = context[outputs.terminal];
    await writeText(stream, renderComparisonText(comparison, widthOf(stream)));
  }
  return comparison.worse.length > 0 ? EXIT.findings : EXIT.ok;
}
