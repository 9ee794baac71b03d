import type { Workspace } from "./workspace.ts";

const SHOWN = 3;

/**
 * Says which skipped files hold names that the run is about, so that nobody takes what was not read for clean: bundles,
 * minified and generated code. A file that an exclude glob names is left out on purpose, and not told.
 */
export function tellUnjudged({ unjudged, skipped }: Pick<Workspace, "unjudged" | "skipped">): string[] {
  if (unjudged.length === 0) return [];
  const reasons = new Map(skipped.map(({ file, reason }) => [file, reason]));
  const named = unjudged.slice(0, SHOWN).map((file) => `${file} (${reasons.get(file)})`);
  const more = unjudged.length > SHOWN ? ` and ${unjudged.length - SHOWN} more` : "";
  const [files, were, they] =
    unjudged.length === 1
      ? ["1 skipped file names", "was", "it was"]
      : [`${unjudged.length} skipped files name`, "were", "they were"];
  return [
    `${files} functions of the old engine or the registry, and ${were} not judged: ${named.join(", ")}${more}. Check the sources that ${they} made of; an --exclude glob says that this is known.`,
  ];
}
