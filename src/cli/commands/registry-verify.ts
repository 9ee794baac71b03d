import { stat } from "node:fs/promises";
import path from "node:path";
import { neutralise } from "../../report/escape-text.ts";
import { stringifyJson } from "../../report/stringify-json.ts";
import { UserError } from "../../shared/errors.ts";
import type { CliContext } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { planOutputs } from "../parse-format.ts";
import { checkReportFiles, writeReportFile } from "../report-file.ts";
import { writeText } from "../write-text.ts";

export interface VerifyFlags {
  readonly format?: string[];
  readonly quiet?: boolean;
}

/** `rewire-abort registry verify FILE` */
export async function registryVerify(
  file: string,
  flags: VerifyFlags,
  context: CliContext,
): Promise<ExitCode> {
  const outputs = planOutputs(flags.format ?? [], ["terminal", "json"], flags.quiet === true);
  const places = outputs.files.map((output) => output.file);
  if (outputs.files.some(({ name }) => name === "terminal"))
    throw new UserError("The table is for a terminal; a file takes json.", "Write --format json=FILE.");
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile())
    throw new UserError(
      `${file} is no file that can be loaded.`,
      "Name the registry module, built to JavaScript if Node cannot load it as it is.",
    );
  await checkReportFiles(places, [path.resolve(file)]);
  const { ok, lines, report } = await context.stages.verifyRegistry(path.resolve(file));
  // As on the command line, so that the document is the same on every machine.
  const json = `${stringifyJson({ ...report, module: file }, "as-made").trimEnd()}\n`;
  for (const place of places) await writeReportFile(place, json);
  if (outputs.stdout !== null) await writeText(context.stdout, json);
  if (outputs.terminal !== null)
    await writeText(context[outputs.terminal], lines.map((line) => `${neutralise(line)}\n`).join(""));
  return ok ? EXIT.ok : EXIT.findings;
}
