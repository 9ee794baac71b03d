import { NothingScannedError } from "../shared/errors.ts";
import type { FileList } from "./list-files.ts";
import type { SkipReason } from "./workspace.ts";

/** Says why no file was scanned, so that an empty run is never taken for a clean one. */
export function explainNothingScanned(
  root: string,
  list: FileList,
  skipped: readonly { readonly reason: SkipReason }[],
): NothingScannedError {
  if (skipped.length === 0) {
    return new NothingScannedError(
      `${root} holds no source file that is not ignored (.ts .tsx .mts .cts .js .jsx .mjs .cjs${
        list.listedBy === "git" ? ", listed by git" : ""
      }).`,
      "Check the folder and .gitignore; an ignored folder can be given as the root.",
    );
  }
  const counts = new Map<SkipReason, number>();
  for (const { reason } of skipped) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const reasons = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reason, count]) => `${count} ${reason}`);
  return new NothingScannedError(
    `Nothing was scanned: ${root} holds ${skipped.length} source ${
      skipped.length === 1 ? "file" : "files"
    }, all skipped (${reasons.join(", ")}).`,
    "Name what should be scanned with --include, or change --exclude.",
  );
}
