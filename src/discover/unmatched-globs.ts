import { compileGlob } from "./match-globs.ts";
import type { Workspace } from "./workspace.ts";

/**
 * Exclude globs that leave nothing out, as sentences: misspelled, or about a folder that moved. An include glob that
 * matches nothing is an error before anything is read.
 */
export function unmatchedGlobs(
  { scanned, skipped, failed }: Pick<Workspace, "scanned" | "skipped" | "failed">,
  exclude: readonly string[] = [],
): string[] {
  const files = [...scanned, ...[...skipped, ...failed].map(({ file }) => file)];
  return exclude
    .map((source) => compileGlob(source, "--exclude"))
    .filter((glob) => !files.some((file) => glob.matches(file)))
    .map(({ source }) => `The exclude glob "${source}" matches no source file, so it leaves nothing out.`);
}
