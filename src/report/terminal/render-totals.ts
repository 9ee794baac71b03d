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
  if (result.command === "migrate") lines.push(...label("sites", describeSites(result), width, paint));
  else lines.push(...label("findings", describeFindings(result), width, paint));
  const reasons = describeReasons(result);
  if (reasons !== "")
    lines.push(...label(result.command === "migrate" ? "left" : "by rule", reasons, width, paint));
  lines.push(...label("files", describeFiles(result), width, paint));
  if (result.command === "migrate") lines.push(...renderMigrateFacts(result, width, paint));
  else lines.push(...renderRules(result, width, paint));
  lines.push(...renderOpen(result, width, paint));
  lines.push("", ...wrapText(describeVerdict(result), width).map((line) => paint.bold(line)));
  if (result.reportOnly) lines.push(paint.inverse(" REPORT ONLY: findings do not fail this run "));
  lines.push(...renderNextSteps(result, width, paint));
  return lines;
}

function describeFindings(result: RunResult): string {
  const { total, error, warning, info } = result.summary.findings;
  const suppressed = result.summary.suppressed > 0 ? `; ${result.summary.suppressed} suppressed` : "";
  return `${total} = ${error} error + ${warning} warning + ${info} info${suppressed}`;
}

/** How many there are of each rule, or of each reason that left a site as it is; nothing where one line says it all. */
function describeReasons(result: RunResult): string {
  const counts = countByReason([
    ...result.findings.map(({ rule }) => ({ reason: rule })),
    ...result.sites.flatMap(({ reason }) => (reason === null ? [] : [{ reason }])),
  ]);
  return counts.length > 1
    ? counts.map(([reason, count]) => `${neutralise(reason)} ${count}`).join(", ")
    : "";
}

/** What needs a person, once more where the whole is longer than a screen: errors of check, refused sites of migrate. */
function renderOpen(result: RunResult, width: number, paint: Paint): string[] {
  const open: { place: string; what: string }[] =
    result.command === "migrate"
      ? result.sites
          .filter(({ decision }) => decision === "manual")
          .map((site) => ({
            place: `${site.file}:${site.line}:${site.column}`,
            what: site.reason ?? "manual",
          }))
      : result.findings
          .filter(({ severity }) => severity === "error")
          .map((finding) => ({
            place: `${finding.file}:${finding.line}:${finding.column}`,
            what: finding.rule,
          }));
  if (open.length === 0 || result.sites.length + result.findings.length <= MOST_NAMES) return [];
  const name = result.command === "migrate" ? "by hand" : "errors";
  const lines = open.slice(0, MOST_NAMES).flatMap(({ place, what }, i) => {
    const [first, ...more] = wrapText(`${neutralise(place)}  ${neutralise(what)}`, width - 9);
    return [
      `${paint.yellow((i === 0 ? name : "").padEnd(8))} ${first}`,
      ...more.map((text) => `         ${text}`),
    ];
  });
  if (open.length > MOST_NAMES) lines.push(`         … and ${open.length - MOST_NAMES} more above`);
  return ["", ...lines];
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
  const written = result.written
    ? `yes, ${changed} changed`
    : `no, nothing was written (${changed} would change)`;
  lines.push(...label("written", written, width, paint));
  if (result.registry && !result.registry.exists)
    lines.push(
      ...label(
        "registry",
        `missing: ${neutralise(result.registry.path)} does not exist yet`,
        width,
        paint,
        paint.yellow,
      ),
    );
  return lines;
}

function renderRules(result: RunResult, width: number, paint: Paint): string[] {
  if (result.rules.length === 0) return label("rules", "none ran", width, paint, paint.red);
  const names = result.rules.map((rule) => neutralise(rule.id)).join(", ");
  return label("rules", `${countOf(result.rules.length, "rule")} ran: ${names}`, width, paint);
}

/** The command always, and why where the line has room. */
function renderNextSteps(result: RunResult, width: number, paint: Paint): string[] {
  const steps = describeNextStep(result);
  const longest = Math.max(0, ...steps.map((step) => step.command.length));
  return steps.map(({ command, why }) => {
    const padded = `${command.padEnd(longest)}  (${why})`;
    return `${paint.dim("next")} ${padded.length + 5 <= width ? padded : command}`;
  });
}

function label(
  name: string,
  text: string,
  width: number,
  paint: Paint,
  colour = (line: string) => line,
): string[] {
  return wrapText(text, width - 9).map(
    (line, i) => `${i === 0 ? paint.dim(name.padEnd(8)) : "        "} ${colour(line)}`,
  );
}
