import type { SiteDecision } from "../../plan/plan.ts";
import { describeReason } from "../describe-reason.ts";
import { describeCall, describeProof, describeReplacement } from "../describe-site.ts";
import { hunkHeader } from "../diff-hunks.ts";
import { neutralise, neutraliseColumns } from "../escape-text.ts";
import { breakText, countOf, cutEnd, displayWidth, padEnd, wrapText } from "../fit-text.ts";
import { groupByFile, joinAlike } from "../group-by-file.ts";
import type { DiffHunk, RunResult } from "../run-result.ts";
import { isTestFile } from "../../shared/test-files.ts";
import type { Paint } from "./paint.ts";

const RANK = { manual: 0, rewrite: 1, keep: 2 } as const;

/**
 * The sites of `migrate`, grouped by file: decision, key, proof, and the diff of the file below its sites. Files in
 * which something is left for a person come first, those that stay as they are last, production before its tests.
 */
export function renderSites(result: RunResult, width: number, paint: Paint): string[] {
  const lines: string[] = [];
  const hunks = new Map(result.changes.map((change) => [change.file, change.hunks]));
  const bySite = groupByFile(
    result.sites,
    ({ decision, file }) => 2 * RANK[decision] + Number(isTestFile(file)),
  );
  for (const file of new Set([...bySite.keys(), ...hunks.keys()])) {
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
  return joinAlike(sites, ({ id, decision, reason, kind, function: within, evidence }) =>
    decision === "keep" ? JSON.stringify([reason, kind, within, evidence]) : id,
  );
}

/** `first (5, 63, 129), second (6)`: what stays, with its lines; the call itself where it is one. */
function nameAll(group: readonly [SiteDecision, ...SiteDecision[]]): string {
  if (group.length === 1) return describeCall(group[0]);
  return joinAlike(group, describeCall)
    .map((same) => `${describeCall(same[0])} (${[...new Set(same.map(({ line }) => line))].join(", ")})`)
    .join(", ");
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
  const calls = neutralise(nameAll(group));
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

/** What a person needs to decide a refused site: the candidates, why each was not taken, and what to look at. */
function renderManual(site: SiteDecision, indent: string, width: number, paint: Paint): string[] {
  const lines: string[] = [];
  for (const rival of site.rejected)
    push(lines, indent, "key?", `${neutralise(rival.key)}: ${neutralise(rival.why)}`, width, paint.dim);
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

/** One hunk, indented below its file. A changed line is shown whole, over several lines where it is long. */
export function renderHunk(hunk: DiffHunk, width: number, paint: Paint): string[] {
  const lines = [`    ${paint.cyan(hunkHeader(hunk))}`];
  const room = Math.max(20, width - 5);
  for (const line of hunk.lines) {
    const text = neutraliseColumns(line.slice(1));
    const changed = line[0] === "+" || line[0] === "-";
    const breaks = changed && displayWidth(text) > room;
    const [first, ...more] = breaks ? breakText(text, room - 2) : [cutEnd(text, room)];
    const colour = line[0] === "+" ? paint.green : line[0] === "-" ? paint.red : paint.dim;
    lines.push(`    ${colour(`${line[0]}${first}`.trimEnd())}`);
    for (const rest of more) lines.push(`    ${colour(`${line[0]}↪ ${rest}`.trimEnd())}`);
  }
  return lines;
}

/** `3 sites: 1 rewrite, 1 keep, 1 manual`. */
export function describeSites(result: RunResult): string {
  const { total, rewrite, keep, manual } = result.summary.sites;
  return `${countOf(total, "site")} = ${rewrite} rewrite + ${keep} keep + ${manual} manual`;
}
