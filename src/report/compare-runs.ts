import type { Finding } from "../check/finding.ts";
import type { SiteDecision } from "../plan/plan.ts";
import { UserError } from "../shared/errors.ts";
import { breakCommands, markdownCode, neutralise } from "./escape-text.ts";
import { wrapText } from "./fit-text.ts";
import { clip, collapse, LimitedText } from "./markdown/limited-text.ts";
import type { RunResult } from "./run-result.ts";

/** One difference. `what` and `place` hold text from the repository and are escaped by the renderers. */
export interface Difference {
  readonly kind: "finding" | "site" | "scan";
  readonly place: string;
  readonly what: string;
}

/** What changed between two runs of one command. A run is worse when `worse` has an entry. */
export interface RunComparison {
  readonly command: RunResult["command"];
  readonly better: readonly Difference[];
  readonly worse: readonly Difference[];
  /** neither better nor worse, yet worth a look: another key, another reason */
  readonly changed: readonly Difference[];
  readonly same: number;
}

interface Lists {
  readonly better: Difference[];
  readonly worse: Difference[];
  readonly changed: Difference[];
}

const SEVERITY = { info: 0, warning: 1, error: 2 } as const;

/**
 * Compares two saved runs. Findings are the same by fingerprint, sites by file, function, callee and occurrence: lines
 * that moved are no difference.
 * @throws UserError when the runs are of different commands
 */
export function compareRuns(before: RunResult, after: RunResult): RunComparison {
  if (before.command !== after.command)
    throw new UserError(
      `The runs cannot be compared: one is of ${before.command}, the other of ${after.command}.`,
      "Give two runs of the same command.",
    );
  const lists: Lists = { better: [], worse: [], changed: [] };
  compareScans(before, after, lists);
  let same = pair(identifyFindings(before.findings), identifyFindings(after.findings), {
    gone: (finding) => lists.better.push(ofFinding(finding, `gone: ${finding.message}`)),
    added: (finding) => lists.worse.push(ofFinding(finding, `new ${finding.severity}: ${finding.message}`)),
    both: (old, now) => {
      const step = SEVERITY[now.severity] - SEVERITY[old.severity];
      if (step !== 0)
        (step > 0 ? lists.worse : lists.better).push(
          ofFinding(now, `${old.severity} is now ${now.severity}: ${now.message}`),
        );
      return step === 0;
    },
  });
  same += pair(identifyFindings(before.suppressed), identifyFindings(after.suppressed), {
    gone: (finding) => lists.changed.push(ofFinding(finding, "no longer suppressed")),
    added: (finding) => lists.worse.push(ofFinding(finding, `newly suppressed: ${finding.message}`)),
    both: () => true,
  });
  same += pair(identifySites(before.sites), identifySites(after.sites), {
    gone: (site) => lists.better.push(ofSite(site, "gone: the legacy name stands there no more")),
    added: (site) =>
      lists.worse.push(
        ofSite(site, `new: ${site.decision}${site.reason === null ? "" : `, ${site.reason}`}`),
      ),
    both: (old, now) => compareSites(old, now, lists),
  });
  return { command: before.command, ...lists, same };
}

function compareScans(before: RunResult, after: RunResult, lists: Lists): void {
  const failedBefore = new Set(before.files.failed.map((item) => item.file));
  const failedAfter = new Set(after.files.failed.map((item) => item.file));
  for (const { file, message } of after.files.failed)
    if (!failedBefore.has(file))
      lists.worse.push({ kind: "scan", place: file, what: `can no longer be analysed: ${message}` });
  for (const { file } of before.files.failed)
    if (!failedAfter.has(file))
      lists.better.push({ kind: "scan", place: file, what: "can be analysed again, or is gone" });
  const ran = new Set(after.rules.map((rule) => rule.id));
  for (const rule of before.rules)
    if (!ran.has(rule.id)) lists.worse.push({ kind: "scan", place: rule.id, what: "this rule did not run" });
  const folders = new Set([...Object.keys(before.files.byFolder), ...Object.keys(after.files.byFolder)]);
  for (const folder of [...folders].sort()) {
    const [was, is] = [before.files.byFolder[folder] ?? 0, after.files.byFolder[folder] ?? 0];
    // Files come and go; a folder that loses half of them was more likely lost from sight.
    if (is * 2 < was)
      lists.worse.push({ kind: "scan", place: folder, what: `${was} files were scanned, now ${is}` });
  }
  if (!before.reportOnly && after.reportOnly)
    lists.worse.push({ kind: "scan", place: "the run", what: "only reports now: findings do not fail it" });
}

function compareSites(old: SiteDecision, now: SiteDecision, lists: Lists): boolean {
  const rank = (site: SiteDecision) =>
    site.decision === "manual" ? 0 : site.decision === "keep" ? 1 : site.confidence === "likely" ? 2 : 3;
  const describe = (site: SiteDecision) =>
    `${site.decision}${site.confidence === null ? "" : `, ${site.confidence}`}`;
  const step = rank(now) - rank(old);
  if (step !== 0)
    (step > 0 ? lists.better : lists.worse).push(ofSite(now, `${describe(old)} is now ${describe(now)}`));
  else if (old.key !== now.key)
    lists.changed.push(ofSite(now, `key ${old.key ?? "none"} is now ${now.key ?? "none"}`));
  else if (old.reason !== now.reason)
    lists.changed.push(ofSite(now, `reason ${old.reason ?? "none"} is now ${now.reason ?? "none"}`));
  return step === 0 && old.key === now.key && old.reason === now.reason;
}

function identifyFindings<T extends Finding>(findings: readonly T[]): Map<string, T> {
  return identify(findings, (finding) => finding.fingerprint);
}

function identifySites(sites: readonly SiteDecision[]): Map<string, SiteDecision> {
  return identify(sites, (site) => JSON.stringify([site.file, site.function, site.callee, site.kind]));
}

/** Items by identity and occurrence, so that two alike stay two. */
function identify<T>(items: readonly T[], identityOf: (item: T) => string): Map<string, T> {
  const seen = new Map<string, number>();
  const result = new Map<string, T>();
  for (const item of items) {
    const identity = identityOf(item);
    const occurrence = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, occurrence);
    result.set(JSON.stringify([identity, occurrence]), item);
  }
  return result;
}

function pair<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  on: { gone(item: T): void; added(item: T): void; both(old: T, now: T): boolean },
): number {
  let same = 0;
  for (const [id, old] of before) {
    const now = after.get(id);
    if (now === undefined) on.gone(old);
    else if (on.both(old, now)) same += 1;
  }
  for (const [id, now] of after) if (!before.has(id)) on.added(now);
  return same;
}

function ofFinding(finding: Finding, what: string): Difference {
  return { kind: "finding", place: `${finding.file}:${finding.line} ${finding.rule}`, what };
}

function ofSite(site: SiteDecision, what: string): Difference {
  return { kind: "site", place: `${site.file}:${site.line} ${site.callee} in ${site.function}`, what };
}

function describeVerdict(comparison: RunComparison): string {
  const { better, worse, changed, same } = comparison;
  const verdict =
    worse.length > 0 ? "Worse" : better.length > 0 ? "Better" : changed.length > 0 ? "Changed" : "The same";
  return `${verdict}: ${better.length} better, ${worse.length} worse, ${changed.length} changed, ${same} the same.`;
}

/** For a terminal or a log: worse first, what happened below its place. */
export function renderComparisonText(comparison: RunComparison, width = 100): string {
  const lines = [describeVerdict(comparison)];
  for (const name of ["worse", "better", "changed"] as const) {
    const list = comparison[name];
    if (list.length === 0) continue;
    lines.push("", `${name} (${list.length})`);
    for (const item of list)
      lines.push(
        `  ${neutralise(clip(item.place))}`,
        ...wrapText(neutralise(clip(item.what)), width - 4).map((line) => `    ${line}`),
      );
  }
  return breakCommands(`${lines.join("\n")}\n`);
}

/** For a pull request comment, under 60 kB; what is left out is counted. */
export function renderComparisonMarkdown(comparison: RunComparison): string {
  const out = new LimitedText(57_000);
  out.add(`## rewire-abort: ${describeVerdict(comparison)}`);
  for (const name of ["worse", "better", "changed"] as const) {
    const list = comparison[name];
    if (list.length === 0) continue;
    const items = new LimitedText(18_000);
    const left = items.addAll(
      list,
      (item) => `- ${markdownCode(clip(item.place, 200))} ${markdownCode(clip(item.what, 200))}`,
    );
    const more = left > 0 ? `\n\n${left} more` : "";
    out.add(
      collapse(
        `${name} (${list.length})`,
        `${items.toString().replaceAll("\n\n", "\n")}${more}`,
        name === "worse",
      ),
    );
  }
  return breakCommands(`${out.toString()}\n`);
}
