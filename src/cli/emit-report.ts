import type { RunResult } from "../report/run-result.ts";
import type { CliContext } from "./context.ts";
import type { OutputPlan } from "./parse-format.ts";
import { writeReportFile } from "./report-file.ts";
import { useColor } from "./use-color.ts";
import { widthOf, writeText } from "./write-text.ts";

/** Renders one result to every place that was asked for. Files first: a reader of stdout may go away. */
export async function emitReport(
  result: RunResult,
  outputs: OutputPlan,
  color: boolean,
  context: CliContext,
): Promise<void> {
  const { getReporter } = await import("../report/load-reporters.ts");
  for (const { name, file } of outputs.files) {
    const text = (await getReporter(name)).render(result, {});
    await writeReportFile(file, withFinalNewline(text));
  }
  if (outputs.stdout !== null) {
    const text = (await getReporter(outputs.stdout)).render(result, {});
    await writeText(context.stdout, withFinalNewline(text));
  }
  if (outputs.terminal !== null) {
    const stream = context[outputs.terminal];
    const text = (await getReporter("terminal")).render(result, {
      color: useColor(stream, context.env, color),
      width: widthOf(stream),
    });
    await writeText(stream, withFinalNewline(text));
  }
}

function withFinalNewline(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
