import type { RunResult } from "../report/run-result.ts";

/** What changed from one saved run to another; lines sorted, one for each finding or site. */
export interface RunComparison {
  readonly better: readonly string[];
  readonly worse: readonly string[];
  readonly unchanged: number;
}

/** Compares findings by fingerprint and refused sites by what they are, so that moved lines are no change. */
export function compareRuns(before: RunResult, after: RunResult): RunComparison {
  const old = problemsOf(before);
  const now = problemsOf(after);
  const gone = [...old].filter(([identity]) => !now.has(identity)).map(([, line]) => line);
  const added = [...now].filter(([identity]) => !old.has(identity)).map(([, line]) => line);
  const folders = lostFolders(before, after);
  return {
    better: gone.sort(),
    worse: [...added, ...folders].sort(),
    unchanged: [...now.keys()].filter((identity) => old.has(identity)).length,
  };
}

function problemsOf(run: RunResult): Map<string, string> {
  const problems = new Map<string, string>();
  for (const finding of run.findings)
    problems.set(
      `finding\0${finding.rule}\0${finding.fingerprint}`,
      `${finding.file}:${finding.line} ${finding.severity} ${finding.rule}: ${finding.message}`,
    );
  const seen = new Map<string, number>();
  for (const site of run.sites) {
    if (site.decision !== "manual") continue;
    const shape = `site\0${site.file}\0${site.function}\0${site.callee}\0${site.argument}\0${site.reason}`;
    const occurrence = seen.get(shape) ?? 0;
    seen.set(shape, occurrence + 1);
    problems.set(
      `${shape}\0${occurrence}`,
      `${site.file}:${site.line} left for a person (${site.reason}): ${site.callee}`,
    );
  }
  for (const { file, message } of run.files.failed)
    problems.set(`failed\0${file}`, `${file} could not be read or parsed: ${message}`);
  return problems;
}

/** Fewer findings because fewer files were read is no improvement. */
function lostFolders(before: RunResult, after: RunResult): string[] {
  return Object.entries(before.files.byFolder)
    .filter(([folder, files]) => (after.files.byFolder[folder] ?? 0) * 2 < files)
    .map(
      ([folder, files]) =>
        `${folder}/ lost most of its scanned files: ${files} before, ${after.files.byFolder[folder] ?? 0} now`,
    );
}
