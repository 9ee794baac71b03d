import type { RunResult } from "./run-result.ts";

/** Commands to type next, most useful first. Fixed words only: no path or name from the repository is put into a command. */
export function describeNextStep(result: RunResult): string[] {
  if (result.summary.exitCode === 3) return ["rewire-abort --help          (check the root and the globs)"];
  if (result.command === "check") {
    const steps: string[] = [];
    if (result.findings.some((finding) => finding.fixable))
      steps.push("rewire-abort migrate         (shows what can be mended)");
    const rule = result.findings[0]?.rule;
    if (rule !== undefined && /^[a-z0-9-]+$/.test(rule)) steps.push(`rewire-abort explain ${rule}`);
    return steps;
  }
  const steps: string[] = [];
  const { rewrite, manual } = result.summary.sites;
  if (result.registry && !result.registry.exists)
    steps.push("rewire-abort registry add    (puts the registry where the imports expect it)");
  if (!result.written && rewrite > 0 && result.verification?.ok !== false)
    steps.push("rewire-abort migrate --write (applies the plan)");
  if (result.written) steps.push("rewire-abort check           (shows what is left)");
  const reason = result.sites.find((site) => site.decision === "manual")?.reason;
  if (manual > 0 && reason !== null && reason !== undefined && /^[A-Za-z0-9-]+$/.test(reason))
    steps.push(`rewire-abort explain ${reason}`);
  return steps;
}
