import { posix } from "node:path";
import { loadConfig } from "../../config/load-config.ts";
import { resolveRoot } from "../../discover/resolve-root.ts";
import { neutralise } from "../../report/escape-text.ts";
import { UserError } from "../../shared/errors.ts";
import type { CliContext } from "../context.ts";
import { isDryRun } from "../dry-run.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { writeText } from "../write-text.ts";

/** `rewire-abort registry add [root]` */
export async function registryAdd(
  root: string,
  flags: {
    readonly config?: string;
    readonly quiet?: boolean;
    readonly force?: boolean;
    readonly path?: string;
  },
  context: CliContext,
): Promise<ExitCode> {
  const realRoot = resolveRoot(root);
  const config = await loadConfig({ root: realRoot, file: flags.config });
  const added = await context.stages.addRegistry({
    root: realRoot,
    config,
    dryRun: isDryRun(context.env),
    force: flags.force === true,
    ...(flags.path !== undefined && { path: insideRoot(flags.path) }),
  });
  const file = neutralise(added.path);
  const sentence = {
    written: `Wrote ${file}.`,
    updated: `Updated ${file}.`,
    same: `${file} is there already, in this version.`,
    "dry-run": `Would write ${file}; DRY_RUN is set, so nothing is written.`,
  }[added.status];
  if (!flags.quiet) await writeText(context.stdout, `${sentence}\n`);
  return EXIT.ok;
}

function insideRoot(typed: string): string {
  const file = posix.normalize(typed.replaceAll("\\", "/"));
  if (
    posix.isAbsolute(file) ||
    /^[A-Za-z]:/.test(file) ||
    file.split("/").includes("..") ||
    file.endsWith("/")
  )
    throw new UserError(`--path ${typed} is no file below the root.`, "Give it relative to the root.");
  return file;
}
