import type { Workspace } from "../discover/workspace.ts";
import type { FileChange, Plan } from "../plan/plan.ts";
import { applyEdits, type Edit } from "../shared/location.ts";
import type { ChangeSet } from "./change-set.ts";
import { loadTransforms } from "./load-transforms.ts";
import type { OnProgress } from "../shared/on-progress.ts";

/** Runs every transform over the steps of each file, in memory. A file whose steps do not fit is refused whole. */
export async function applyPlan(
  plan: Plan,
  workspace: Workspace,
  onProgress?: OnProgress,
): Promise<ChangeSet> {
  const changes: FileChange[] = [];
  const refused: { site: string; why: string }[] = [];
  if (plan.steps.size === 0) return { changes, refused };
  const transforms = await loadTransforms();
  const files = [...plan.steps].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [done, [file, steps]] of files.entries()) {
    onProgress?.(done, files.length);
    const before = workspace.read(file);
    try {
      const edits = distinct(transforms.flatMap((transform) => transform.editsOf(before, file, steps)));
      const after = applyEdits(before, edits);
      if (after === before) continue;
      changes.push({
        file,
        before,
        after,
        edits,
        sites: [...new Set(steps.map((step) => step.site))].sort(),
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      for (const site of new Set(steps.map((step) => step.site))) refused.push({ site, why });
    }
  }
  return { changes, refused };
}

function distinct(edits: readonly Edit[]): Edit[] {
  const seen = new Map<string, Edit>();
  for (const edit of edits) seen.set(`${edit.start}-${edit.end}-${edit.text}`, edit);
  return [...seen.values()].sort((a, b) => a.start - b.start || a.end - b.end);
}
