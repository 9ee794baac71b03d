import type { Finding } from "../../check/finding.ts";
import type { SiteDecision } from "../../plan/plan.ts";
import type { Evidence } from "../../shared/location.ts";
import { describeReason } from "../describe-reason.ts";
import { describeCall, describeReplacement } from "../describe-site.ts";
import { describeVerdict } from "../describe-verdict.ts";
import { hunkHeader } from "../diff-hunks.ts";
import { breakCommands, escapeMarkdown, markdownCode, markdownFence } from "../escape-text.ts";
import { countOf } from "../fit-text.ts";
import { countByReason, groupByFile, joinAlike } from "../group-by-file.ts";
import { judgeAcceptance } from "../judge-acceptance.ts";
import { clip, collapse, LimitedText, table } from "../markdown/limited-text.ts";
import type { Reporter } from "../reporter.ts";
import type { RunResult } from "../run-result.ts";
import { suggestPullRequest } from "../suggest-pull-request.ts";
import { isTestFile } from "../../shared/test-files.ts";

/** A comment takes 65,536 characters; bytes are never fewer. */
const LIMIT = 58_000;
const MOST_ROWS = 25;
/** Errors up to this many are read at once; more of them stay closed. */
const MOST_OPEN = 8;
const MARK = { met: "met", "not-met": "**not met**", "not-checkable": "not checkable here" } as const;

const reporter: Reporter = {
  name: "markdown",
  describe: "a pull request comment or step summary, under 60 kB, with a suggested PR title and body",
  render(result) {
    const out = new LimitedText(LIMIT);
    const tail = new LimitedText(16_000);
    if (result.command === "migrate") {
      addFirstThatFits(tail, [6, 0], (most) => renderAcceptance(result, most));
      addFirstThatFits(tail, [30, 10, 3, 0], (most) => renderPullRequest(result, most));
    }
    if (result.provenance.length > 0)
      addFirstThatFits(tail, [25, 5, 0], (most) => renderProvenance(result, most));
    out.reserve(Buffer.byteLength(tail.toString()) + 600);
    out.add(`## rewire-abort: ${describeVerdict(result)}`);
    if (result.reportOnly) out.add("**Report only: findings do not fail this run.**");
    out.add(renderCounts(result));
    if (result.files.failed.length + result.warnings.length > 0)
      addFirstThatFits(out, [25, 5, 0], (most) => renderTrouble(result, most));
    const left = result.command === "migrate" ? addSites(out, result) : addFindings(out, result);
    const note =
      left > 0
        ? `**${left} more left out to stay under the size limit; the JSON and HTML reports have them all.**`
        : "";
    return breakCommands(
      `${[out.toString(), note, tail.toString()].filter((part) => part !== "").join("\n\n")}\n`,
    );
  },
};
export default reporter;

function place(file: string, line: number): string {
  return markdownCode(`${clip(file)}:${line}`);
}

function hop(item: Evidence): string {
  return `${place(item.file, item.line)} ${escapeMarkdown(clip(item.note))}`;
}

function renderCounts(result: RunResult): string {
  const { files, summary } = result;
  const reasons = countByReason(files.skipped)
    .slice(0, MOST_ROWS)
    .map(([reason, count]) => `${escapeMarkdown(clip(reason, 60))} ${count}`);
  const skipped = reasons.length > 0 ? ` (${reasons.join(", ")})` : "";
  const first =
    result.command === "migrate"
      ? [
          "sites",
          `${summary.sites.total} = ${summary.sites.rewrite} rewrite + ${summary.sites.keep} keep + ${summary.sites.manual} manual`,
        ]
      : [
          "findings",
          `${summary.findings.total} = ${summary.findings.error} error + ${summary.findings.warning} warning + ${summary.findings.info} info; ${summary.suppressed} suppressed`,
        ];
  const rows = [
    first,
    [
      "files",
      `${files.discovered} discovered = ${files.scanned} scanned + ${files.skipped.length} skipped${skipped} + ${files.failed.length} failed`,
    ],
  ];
  if (result.command === "migrate") {
    rows.push([
      "written",
      result.written ? `yes, ${countOf(summary.filesChanged, "file")}` : "no, nothing has been written",
    ]);
    const checks = result.verification?.checks.map((check) => `${check.name} ${check.status}`).join(", ");
    if (checks) rows.push(["verified", checks]);
    if (result.registry && !result.registry.exists)
      rows.push([
        "registry",
        `${markdownCode(clip(result.registry.path))} is missing: run ${markdownCode("rewire-abort registry add")}`,
      ]);
  } else rows.push(["rules", `${result.rules.length} ran`]);
  return table(["", ""], rows);
}

/** Manual sites first, then each file's rewrites with their diff, tests last. @returns how many items did not fit */
function addSites(out: LimitedText, result: RunResult): number {
  const manual = result.sites.filter((site) => site.decision === "manual");
  if (manual.length > 0) out.add(`### Left for a person (${manual.length})`);
  let left = out.addAll(manual, renderManual);
  const rewritten = groupByFile(
    result.sites.filter((site) => site.decision === "rewrite"),
    ({ file }) => Number(isTestFile(file)),
  );
  if (rewritten.size > 0)
    out.add(`### ${result.written ? "Rewritten" : "To be rewritten"} (${result.summary.sites.rewrite})`);
  left += out.addAll([...rewritten], ([file, sites]) => renderFile(file, sites, result));
  return left;
}

function renderManual(site: SiteDecision): string {
  const docs = describeReason(site.reason);
  const lines = [`${place(site.file, site.line)} in ${markdownCode(clip(site.function))}`];
  if (docs) lines.push("", `${docs.meaning} **What to do:** ${docs.whatToDo}`);
  const facts = [
    ...site.evidence.slice(0, MOST_ROWS).map((item) => `- ${hop(item)}`),
    ...site.rejected
      .slice(0, MOST_ROWS)
      .map((rival) => `- candidate ${markdownCode(clip(rival.key))}: ${escapeMarkdown(clip(rival.why))}`),
  ];
  if (facts.length > 0) lines.push("", ...facts);
  const summary = `${markdownCode(clip(describeCall(site), 120))} · ${escapeMarkdown(clip(site.reason ?? "manual", 60))}`;
  return collapse(summary, lines.join("\n"), true);
}

function renderFile(file: string, sites: readonly SiteDecision[], result: RunResult): string {
  const rows = sites
    .slice(0, MOST_ROWS)
    .map((site) => [
      `${site.line}:${site.column}`,
      markdownCode(clip(describeCall(site), 120)),
      markdownCode(clip(describeReplacement(site) ?? "", 120)),
      markdownCode(clip(site.key ?? "", 80)),
      site.confidence ?? "",
      site.evidence.slice(0, 6).map(hop).join("<br>"),
    ]);
  const more = sites.length > MOST_ROWS ? [`${sites.length - MOST_ROWS} more sites in this file.`] : [];
  const hunks = result.changes.find((change) => change.file === file)?.hunks ?? [];
  const lines = hunks.flatMap((hunk) => [hunkHeader(hunk), ...hunk.lines.map((line) => clip(line))]);
  const shown = lines.slice(0, 200);
  if (shown.length < lines.length) shown.push(`… ${lines.length - shown.length} more lines`);
  const body = [table(["line", "was", "becomes", "key", "confidence", "proof"], rows), ...more];
  if (shown.length > 0) body.push(markdownFence(shown, "diff"));
  return collapse(`${markdownCode(clip(file))} · ${countOf(sites.length, "site")}`, body.join("\n\n"));
}

function addFindings(out: LimitedText, result: RunResult): number {
  let left = 0;
  const rules = new Map(result.rules.map((rule) => [rule.id, rule]));
  for (const severity of ["error", "warning", "info"] as const) {
    const findings = result.findings.filter((finding) => finding.severity === severity);
    if (findings.length === 0) continue;
    out.add(`### ${severity} (${findings.length})`);
    const open = severity === "error" && findings.length <= MOST_OPEN;
    // The help of a rule once, above its findings: below each of them it would bury what differs.
    for (const group of joinAlike(findings, ({ rule }) => rule)) {
      const help = renderHelp(group, rules.get(group[0].rule));
      if (!out.add(help)) left += group.length;
      else left += out.addAll(group, (finding) => renderFinding(finding, result, open));
    }
  }
  const ran = result.rules
    .slice(0, 100)
    .map((rule) => `- ${markdownCode(clip(rule.id, 80))} ${escapeMarkdown(clip(rule.what))}`);
  if (!out.add(collapse(`Rules that ran (${result.rules.length})`, ran.join("\n") || "none"))) left += 1;
  return left;
}

function renderHelp(
  group: readonly [Finding, ...Finding[]],
  rule: RunResult["rules"][number] | undefined,
): string {
  const head = `${markdownCode(clip(group[0].rule, 80))} · ${countOf(group.length, "finding")}`;
  if (!rule) return head;
  return `${head}<br>**Why:** ${escapeMarkdown(clip(rule.why))} **Fix:** ${escapeMarkdown(clip(rule.fix))}`;
}

function renderFinding(finding: Finding, result: RunResult, open: boolean): string {
  const summary = clip(finding.message, 120);
  const lines = summary === finding.message ? [] : [escapeMarkdown(clip(finding.message, 1_000))];
  const source = Object.hasOwn(result.excerpts, finding.file) ? result.excerpts[finding.file]! : {};
  const code: string[] = [];
  for (let line = finding.line - 1; line <= Math.min(finding.endLine + 1, finding.line + 6); line += 1)
    if (source[line] !== undefined)
      code.push(`${line === finding.line ? ">" : " "} ${line} | ${clip(source[line]!)}`);
  if (code.length > 0) lines.push(markdownFence(code, "text"));
  if (finding.evidence.length > 0)
    lines.push(
      finding.evidence
        .slice(0, MOST_ROWS)
        .map((item) => `- ${hop(item)}`)
        .join("\n"),
    );
  return collapse(
    `${place(finding.file, finding.line)} ${escapeMarkdown(summary)}`,
    lines.join("\n\n"),
    open,
  );
}

/** Sections that must appear shrink until they fit. */
function addFirstThatFits(
  out: LimitedText,
  sizes: readonly number[],
  render: (most: number) => string,
): void {
  sizes.some((most) => out.add(render(most)));
}

function renderAcceptance(result: RunResult, most: number): string {
  const rows = judgeAcceptance(result).map((item) => [
    escapeMarkdown(item.criterion),
    MARK[item.verdict],
    `${escapeMarkdown(item.because)}${item.evidence
      .slice(0, most)
      .map((at) => `<br>${place(at.file, at.line)}`)
      .join("")}`,
  ]);
  return collapse("Acceptance criteria", table(["criterion", "verdict", "evidence"], rows));
}

function renderProvenance(result: RunResult, most: number): string {
  const rows = result.provenance
    .slice(0, most)
    .map((item) => [
      item.role,
      place(item.file, item.line),
      markdownCode(clip(item.expression, 80)),
      escapeMarkdown(clip(item.origin, 80)),
    ]);
  const more = result.provenance.length > most ? `\n\n${result.provenance.length - most} more.` : "";
  return collapse(
    `Registry keys: who registers, who kills and waits (${result.provenance.length})`,
    table(["role", "where", "key", "origin"], rows) + more,
  );
}

function renderTrouble(result: RunResult, most: number): string {
  const lines = [
    ...result.files.failed.map(
      (item) => `- failed: ${markdownCode(clip(item.file))} ${escapeMarkdown(clip(item.message))}`,
    ),
    ...result.warnings.map((warning) => `- warning: ${escapeMarkdown(clip(warning))}`),
  ];
  const shown = lines.slice(0, most);
  if (shown.length < lines.length)
    shown.push(`- ${lines.length - shown.length} more files failed or warnings given`);
  return shown.join("\n");
}

function renderPullRequest(result: RunResult, most: number): string {
  const { title, body } = suggestPullRequest(result, most);
  return collapse(
    "Suggested pull request",
    `${markdownFence([title], "text")}\n\n${markdownFence(body.split("\n"), "markdown")}`,
  );
}
