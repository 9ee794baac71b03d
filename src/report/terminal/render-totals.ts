import { describeNextStep } from "../describe-next-step.ts";
import { describeVerdict } from "../describe-verdict.ts";
import { neutralise } from "../escape-text.ts";
import { countOf, cutEnd, wrapText } from "../fit-text.ts";
import { countByReason } from "../group-by-file.ts";
import type { RunResult } from "../run-result.ts";
import type { Paint } from "./paint.ts";
import { describeSites } from "./render-sites.ts";

const MOST_NAMES = 10;

/** Totals that add up, what could not be read, what was shown about the change, and the next command to type. */
export function renderTotals(result: RunResult, width: number, paint: Paint): string[] {
  const lines: string[] = [];
  for (const failure of result.files.failed.slice(0, MOST_NAMES)) {
    const text = cutEnd(`${neutralise(failure.file)}: ${neutralise(failure.message)}`, width - 7);
    lines.push(`${paint.red("failed")} ${text}`);
  }
  if (result.files.failed.length > MOST_NAMES)
    lines.push(`${paint.red("failed")} ${result.files.failed.length - MOST_NAMES} more, see --format json`);
  for (const warning of result.warnings)
    wrapText(neutralise(warning), width - 8).forEach((line, i) => {
      lines.push(`${i === 0 ? paint.yellow("warning") : "       "} ${line}`);
    });
  if (lines.length > 0) lines.push("");
  if (result.command === "migrate") lines.push(`${paint.dim("sites   ")} ${describeSites(result)}`);
  else lines.push(`${paint.dim("findings")} ${describeFindings(result)}`);
  lines.push(`${paint.dim("files   ")} ${describeFiles(result)}`);
  if (result.command === "migrate") lines.push(...renderMigrateFacts(result, width, paint));
  else lines.push(...renderRules(result, width, paint));
  lines.push("", ...wrapText(describeVerdict(result), width).map((line) => paint.bold(line)));
  if (result.reportOnly) lines.push(paint.inverse(" REPORT ONLY: findings do not fail this run "));
  for (const step of describeNextStep(result)) lines.push(`${paint.dim("next")} ${step}`);
  return lines;
}

function describeFindings(result: RunResult): string {
  const { total, error, warning, info } = result.summary.findings;
  const suppressed = result.summary.suppressed > 0 ? `; ${result.summary.suppressed} suppressed` : "";
  return `${total} = ${error} error + ${warning} warning + ${info} info${suppressed}`;
}

/** `12 discovered = 10 scanned + 2 skipped (…) + 0 failed`. */
export function describeFiles(result: RunResult): string {
  const { discovered, scanned, skipped, failed } = result.files;
  const reasons = countByReason(skipped).map(([reason, count]) => `${neutralise(reason)} ${count}`);
  return (
    `${discovered} discovered = ${scanned} scanned + ${skipped.length} skipped` +
    `${reasons.length > 0 ? ` (${reasons.join(", ")})` : ""} + ${failed.length} failed`
  );
}

function renderMigrateFacts(result: RunResult, width: number, paint: Paint): string[] {
  const lines: string[] = [];
  if (result.verification)
    for (const check of result.verification.checks) {
      const colour = { passed: paint.green, failed: paint.red, "not-run": paint.dim }[check.status];
      const details = check.status === "passed" ? [] : check.details;
      lines.push(`${paint.dim("verify  ")} ${colour(check.status)} ${check.name}`);
      for (const detail of details)
        for (const line of wrapText(neutralise(detail), width - 11)) lines.push(`           ${line}`);
    }
  const changed = countOf(result.summary.filesChanged, "file");
  lines.push(
    `${paint.dim("written ")} ${result.written ? `yes, ${changed} changed` : `no, nothing was written (${changed} would change)`}`,
  );
  if (result.registry && !result.registry.exists)
    lines.push(
      `${paint.dim("registry")} ${paint.yellow("missing")}: ${neutralise(result.registry.path)} does not exist yet`,
    );
  return lines;
}

function renderRules(result: RunResult, width: number, paint: Paint): string[] {
  if (result.rules.length === 0) return [`${paint.dim("rules   ")} ${paint.red("none ran")}`];
  const names = result.rules.map((rule) => neutralise(rule.id)).join(", ");
  return wrapText(`${countOf(result.rules.length, "rule")} ran: ${names}`, width - 9).map(
    (line, i) => `${i === 0 ? paint.dim("rules   ") : "        "} ${line}`,
  );
}
