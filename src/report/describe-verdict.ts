import { countOf } from "./fit-text.ts";
import type { RunResult } from "./run-result.ts";

/** The run in one sentence, with no text from the repository in it. */
export function describeVerdict(result: RunResult): string {
  if (result.summary.exitCode === 3) return "Nothing was scanned, so nothing is known: this is no pass.";
  const sentence = result.command === "migrate" ? describeMigrate(result) : describeCheck(result);
  const failed = result.files.failed.length;
  if (failed > 0) {
    const left = result.written
      ? ` What was written stands; ${failed === 1 ? "that file is" : "those files are"} as before: mend ${failed === 1 ? "it" : "them"} and run migrate again.`
      : "";
    return `${sentence} ${countOf(failed, "file")} could not be read or parsed, so the answer is incomplete.${left}`;
  }
  return sentence;
}

function describeMigrate(result: RunResult): string {
  const { total, rewrite, manual } = result.summary.sites;
  if (result.verification && !result.verification.ok) return "Verification failed: nothing was written.";
  if (total === 0) return "No legacy abort or wait call was found.";
  const files = countOf(result.summary.filesChanged, "file");
  const left =
    manual === 0 ? "" : ` ${countOf(manual, "site")} ${manual === 1 ? "is" : "are"} left for a person.`;
  if (rewrite === 0) return `Nothing can be rewritten with proof.${left}`;
  if (result.written) return `${countOf(rewrite, "site")} rewritten in ${files}.${left}`;
  return `${countOf(rewrite, "site")} can be rewritten in ${files}; nothing has been written.${left}`;
}

function describeCheck(result: RunResult): string {
  const { total, error, warning } = result.summary.findings;
  if (total === 0) return "No dead abort path was found.";
  const verdict = result.summary.exitCode === 0 ? "The run passes" : "The run fails";
  const counts = [
    error > 0 ? countOf(error, "error") : "",
    warning > 0 ? countOf(warning, "warning") : "",
    total - error - warning > 0 ? countOf(total - error - warning, "note") : "",
  ].filter((count) => count !== "");
  const why = result.reportOnly && result.summary.exitCode === 0 ? " because it only reports" : "";
  return `${verdict}${why}: ${counts.join(", ")}.`;
}
