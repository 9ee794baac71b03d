import type { RunResult } from "./run-result.ts";

export interface NextStep {
  readonly command: string;
  readonly why: string;
}

/** Commands to type next, most useful first. Fixed words only: no path or name from the repository gets into a command. */
export function describeNextStep(result: RunResult): NextStep[] {
  if (result.summary.exitCode === 3)
    return [{ command: "rewire-abort --help", why: "check the root and the globs" }];
  return result.command === "check" ? afterCheck(result) : afterMigrate(result);
}

function afterCheck(result: RunResult): NextStep[] {
  const steps: NextStep[] = [];
  if (result.findings.some((finding) => finding.fixable))
    steps.push({ command: "rewire-abort migrate", why: "shows what can be mended" });
  return [...steps, ...explain(result.findings[0]?.rule)];
}

function afterMigrate(result: RunResult): NextStep[] {
  const steps: NextStep[] = [];
  // Written first: a registry that is not committed yet would be an uncommitted change in the way of --write.
  if (!result.written && result.summary.sites.rewrite > 0 && result.verification?.ok !== false)
    steps.push({ command: "rewire-abort migrate --write", why: "applies the plan" });
  if (result.registry && !result.registry.exists)
    steps.push({ command: "rewire-abort registry add", why: "puts it where the imports expect it" });
  if (result.written) steps.push({ command: "rewire-abort check", why: "shows what is left" });
  return [...steps, ...explain(result.sites.find((site) => site.decision === "manual")?.reason)];
}

function explain(code: string | null | undefined): NextStep[] {
  if (!code || !/^[A-Za-z0-9-]+$/.test(code)) return [];
  return [{ command: `rewire-abort explain ${code}`, why: "what it means and what to do" }];
}
