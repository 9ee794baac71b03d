import type { SiteDecision } from "../../plan/plan.ts";
import { describeReason } from "../describe-reason.ts";
import { describeCall, describeProof, describeReplacement } from "../describe-site.ts";
import { hunkHeader } from "../diff-hunks.ts";
import { neutralise, neutraliseColumns } from "../escape-text.ts";
import { countOf, cutEnd, padEnd, wrapText } from "../fit-text.ts";
import { groupByFile } from "../group-by-file.ts";
import type { DiffHunk, RunResult } from "../run-result.ts";
import type { Paint } from "./paint.ts";

/** The sites of `migrate`, grouped by file: decision, key, proof, and the diff of the file below its sites. */
export function renderSites(result: RunResult, width: number, paint: Paint): string[] {
  const lines: string[] = [];
  const hunks = new Map(result.changes.map((change) => [change.file, change.hunks]));
  const bySite = groupByFile(result.sites);
  const files = new Set([...bySite.keys(), ...hunks.keys()]);
  for (const file of [...files].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))) {
    const sites = bySite.get(file) ?? [];
    lines.push(`${paint.bold(neutralise(file))}  ${paint.dim(tally(sites))}`.trimEnd());
    const place = Math.max(0, ...sites.map((site) => `${site.line}:${site.column}`.length));
    for (const group of joinKept(sites)) lines.push(...renderSite(group, place, width, paint));
    for (const hunk of hunks.get(file) ?? []) lines.push(...renderHunk(hunk, width, paint));
    lines.push("");
  }
  return lines;
}

function tally(sites: readonly SiteDecision[]): string {
  const counts = { rewrite: 0, keep: 0, manual: 0 };
  for (const site of sites) counts[site.decision] += 1;
  return (["rewrite", "keep", "manual"] as const)
    .filter((decision) => counts[decision] > 0)
    .map((decision) => `${counts[decision]} ${decision}`)
    .join(" · ");
}

/** Sites that stay for one reason are one entry: nothing is to be done about them. */
function joinKept(sites: readonly SiteDecision[]): (readonly [SiteDecision, ...SiteDecision[]])[] {
  const groups: [SiteDecision, ...SiteDecision[]][] = [];
  for (const site of sites) {
    const before = groups.at(-1);
    const [first] = before ?? [];
    if (
      before &&
      first?.decision === "keep" &&
      site.decision === "keep" &&
      first.reason === site.reason &&
      first.kind === site.kind &&
      first.function === site.function
    )
      before.push(site);
    else groups.push([site]);
  }
  return groups;
}

function renderSite(
  group: readonly [SiteDecision, ...SiteDecision[]],
  place: number,
  width: number,
  paint: Paint,
): string[] {
  const [site] = group;
  const colour = { rewrite: paint.green, keep: paint.dim, manual: paint.yellow }[site.decision];
  const position = padEnd(`${site.line}:${site.column}`, place);
  const indent = " ".repeat(place + 4);
  const replacement = describeReplacement(site);
  const calls = neutralise(group.map(describeCall).join(", "));
  const call = calls + (replacement === null ? "" : ` → ${neutralise(replacement)}`);
  const first = wrapText(call, width - place - 12);
  const lines = [`  ${position}  ${colour(padEnd(site.decision, 7))} ${first[0]}`];
  for (const more of first.slice(1)) lines.push(`${indent}        ${more}`);
  const facts = [
    site.key === null ? "" : `key: ${neutralise(site.key)}`,
    site.confidence ?? "",
    site.reason === null ? "" : neutralise(site.reason),
    site.function === "<module>" ? site.kind : `${site.kind} in ${neutralise(site.function)}`,
  ].filter((fact) => fact !== "");
  push(lines, indent, "", facts.join(" · "), width, paint.cyan);
  if (site.evidence.length > 0)
    push(lines, indent, "proof", neutralise(describeProof(site)), width, paint.dim);
  if (site.decision === "manual") lines.push(...renderManual(site, indent, width, paint));
  return lines;
}

/** What a person needs to decide a refused site: the rivals, why each was not taken, and what to look at. */
function renderManual(site: SiteDecision, indent: string, width: number, paint: Paint): string[] {
  const lines: string[] = [];
  for (const rival of site.rejected)
    push(lines, indent, "rival", `${neutralise(rival.key)}: ${neutralise(rival.why)}`, width, paint.dim);
  const docs = describeReason(site.reason);
  if (docs) push(lines, indent, "why", docs.meaning, width, paint.dim);
  push(
    lines,
    indent,
    "look",
    docs?.whatToDo ?? "Find out which session this call means, and who holds its key.",
    width,
    paint.yellow,
  );
  return lines;
}

function push(
  lines: string[],
  indent: string,
  label: string,
  text: string,
  width: number,
  colour: (text: string) => string,
): void {
  const lead = label === "" ? "" : `${padEnd(label, 5)} `;
  const wrapped = wrapText(text, width - indent.length - lead.length);
  wrapped.forEach((line, i) => {
    lines.push(`${indent}${i === 0 ? lead : " ".repeat(lead.length)}${colour(line)}`);
  });
}

/** One hunk, indented below its file. */
export function renderHunk(hunk: DiffHunk, width: number, paint: Paint): string[] {
  const lines = [`    ${paint.cyan(hunkHeader(hunk))}`];
  for (const line of hunk.lines) {
    const shown = cutEnd(line.slice(0, 1) + neutraliseColumns(line.slice(1)), width - 4).trimEnd();
    lines.push(
      `    ${line[0] === "+" ? paint.green(shown) : line[0] === "-" ? paint.red(shown) : paint.dim(shown)}`,
    );
  }
  return lines;
}

/** `3 sites: 1 rewrite, 1 keep, 1 manual`. */
export function describeSites(result: RunResult): string {
  const { total, rewrite, keep, manual } = result.summary.sites;
  return `${countOf(total, "site")} = ${rewrite} rewrite + ${keep} keep + ${manual} manual`;
}
