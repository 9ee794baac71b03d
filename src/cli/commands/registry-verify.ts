import { stat } from "node:fs/promises";
import path from "node:path";
import { neutralise } from "../../report/escape-text.ts";
import { UserError } from "../../shared/errors.ts";
import type { CliContext } from "../context.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { writeText } from "../write-text.ts";

/** `rewire-abort registry verify FILE` */
export async function registryVerify(
  file: string,
  flags: { readonly quiet?: boolean },
  context: CliContext,
): Promise<ExitCode> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile())
    throw new UserError(
      `${file} is no file that can be loaded.`,
      "Name the registry module, built to JavaScript if Node cannot load it as it is.",
    );
  const outcome = await context.stages.verifyRegistry(path.resolve(file));
  if (!flags.quiet)
    await writeText(context.stdout, outcome.lines.map((line) => `${neutralise(line)}\n`).join(""));
  return outcome.ok ? EXIT.ok : EXIT.findings;
}
