import type { SiteDecision } from "../../plan/plan.ts";
import { describeReason } from "../describe-reason.ts";
import { describeCall, describeReplacement } from "../describe-site.ts";
import { isTestFile } from "../../shared/test-files.ts";
import { hunkHeader } from "../diff-hunks.ts";
import { joinAlike } from "../group-by-file.ts";
import type { DiffHunk, RunResult } from "../run-result.ts";
import { renderFrame } from "./code-frame.ts";
import { colorCode } from "./color-code.ts";
import { type Content, html, type Markup } from "./markup.ts";
import type { SourceLinks } from "./source-links.ts";

const ORDER = { manual: 0, rewrite: 1, keep: 2 } as const;
const MOST_OPEN = 8;
const MOST_TOGETHER = 8;

/** The table of sites: those left for a person first and open, so that they are read; production before its tests. */
export function renderSites(result: RunResult, links: SourceLinks): Markup {
  const sites = [...result.sites].sort(
    (a, b) =>
      ORDER[a.decision] - ORDER[b.decision] ||
      Number(isTestFile(a.file)) - Number(isTestFile(b.file)) ||
      Number(a.confidence === "proven") - Number(b.confidence === "proven"),
  );
  const open = result.summary.sites.manual <= MOST_OPEN;
  const hunks = new Map(result.changes.map((change) => [change.file, change.hunks]));
  const together = new Map(
    joinAlike(result.sites, ({ cluster }) => cluster).map((all) => [all[0].cluster, all]),
  );
  return html`<table class="list">
<caption class="sr">Sites, those left for a person first</caption>
<thead><tr>
<th scope="col" aria-sort="none"><button type="button">Decision</button></th>
<th scope="col" aria-sort="none"><button type="button">Place</button></th>
<th scope="col" aria-sort="none"><button type="button">Call</button></th>
<th scope="col" aria-sort="none"><button type="button">Key</button></th>
<th scope="col" aria-sort="none"><button type="button">Confidence</button></th>
</tr></thead>
${sites.map((site, index) => renderSite(site, index, open && site.decision === "manual", hunks.get(site.file) ?? [], together, links))}
</table>`;
}

function renderSite(
  site: SiteDecision,
  index: number,
  open: boolean,
  hunks: readonly DiffHunk[],
  together: ReadonlyMap<string, readonly SiteDecision[]>,
  links: SourceLinks,
): Markup {
  const id = `site-${index + 1}`;
  const replacement = describeReplacement(site);
  const reason = describeReason(site.reason);
  return html`<tbody id="${id}" class="${open ? "open" : ""}" data-decision="${site.decision}" data-kind="${site.kind}" data-confidence="${site.confidence ?? "none"}">
<tr><td data-sort="${ORDER[site.decision]}"><button type="button" class="toggle" aria-expanded="${open ? "true" : "false"}" aria-controls="${id}-more"><span class="tag ${site.decision}">${site.decision}</span></button></td>
<td class="wrap">${site.file}:${site.line}<small>${site.kind}${site.function === "<module>" ? "" : ` in ${site.function}`}</small></td>
<td><code>${colorCode(describeCall(site))}</code>${replacement === null ? "" : html` <b class="arrow">→</b> <code>${colorCode(replacement)}</code>`}${site.decision === "rewrite" ? "" : html`<small class="${site.decision === "manual" ? "look" : "calm"}">${reason?.title ?? site.reason ?? "left for a person"}</small>`}</td>
<td data-label="key">${site.key === null ? "" : html`<code>${site.key}</code>`}</td><td data-label="confidence">${site.confidence ?? ""}</td></tr>
<tr class="more" id="${id}-more"><td colspan="5">${renderDetails(site, hunks, together, links)}</td></tr></tbody>
`;
}

function renderDetails(
  site: SiteDecision,
  hunks: readonly DiffHunk[],
  together: ReadonlyMap<string, readonly SiteDecision[]>,
  links: SourceLinks,
): Content {
  const reason = describeReason(site.reason);
  const own = hunks.filter((hunk) => holds(hunk, site.line));
  // What is left alone may stand amid lines that change: a hunk there would show somebody else's change.
  const changed = site.decision === "rewrite" && own.length > 0;
  const advice = site.decision === "rewrite" ? null : reason;
  return [
    advice
      ? html`<p class="advice"><b>${advice.title}.</b> ${advice.meaning} ${advice.why}<br><b>What to do:</b> ${advice.whatToDo}</p>`
      : "",
    site.reason !== null && !advice ? html`<p>Reason: <code>${site.reason}</code></p>` : "",
    changed ? html`<h3>Change</h3>${own.map(renderHunk)}` : renderCode(site, links),
    site.evidence.length > 0 ? html`<h3>Proof</h3>${renderProof(site, links)}` : "",
    site.rejected.length > 0
      ? html`<h3>${site.key === null ? "Candidates, and why none was taken" : "Rivals not taken"}</h3><ul class="${site.key === null ? "candidates" : "rivals"}">${site.rejected.map((rival) => html`<li><code>${rival.key}</code> ${rival.why}</li>`)}</ul>`
      : "",
    html`<p class="facts">${renderCluster(site, together, links)}${site.reason === null ? "" : html` Reason <code>${site.reason}</code>.`}</p>`,
  ];
}

/** The sites of the same cluster; the cluster's own name means nothing to a reader. */
function renderCluster(
  { id, cluster }: SiteDecision,
  together: ReadonlyMap<string, readonly SiteDecision[]>,
  links: SourceLinks,
): Content {
  const others = (together.get(cluster) ?? []).filter((other) => other.id !== id);
  if (others.length === 0) return "Judged by itself.";
  return html`Judged together with ${others.slice(0, MOST_TOGETHER).map((other, i): Content => [i > 0 ? ", " : "", links.link(other)])}${others.length > MOST_TOGETHER ? ` and ${others.length - MOST_TOGETHER} more` : ""}.`;
}

function holds(hunk: DiffHunk, line: number): boolean {
  const length = hunk.lines.filter((text) => text[0] !== "+").length;
  return line >= hunk.oldStart && line < hunk.oldStart + length;
}

export function renderHunk(hunk: DiffHunk): Markup {
  const lines = hunk.lines.map((line) => {
    const code = colorCode(line.slice(1));
    if (line[0] === "+") return html`<ins>+${code}\n</ins>`;
    return line[0] === "-" ? html`<del>-${code}\n</del>` : html` ${code}\n`;
  });
  return html`<pre class="diff" tabindex="0"><b>${hunkHeader(hunk)}</b>
<span>${lines}</span></pre>`;
}

/** The code of a site that does not change; more of it for one that a person has to decide. */
function renderCode(site: SiteDecision, links: SourceLinks): Content {
  const { file, line, column, callee } = site;
  const range = { file, line, column, endLine: line, endColumn: column + callee.length };
  return renderFrame(range, links, site.decision === "manual" ? 3 : 1);
}

/** The chain drawn as hops, each a link to its line; the last is the call itself. */
function renderProof(site: SiteDecision, links: SourceLinks): Markup {
  const hops = site.evidence.map((hop) => {
    const text = links.line(hop.file, hop.line);
    return html`<li>${links.link(hop)} ${hop.note}${text === null ? "" : html`<pre>${colorCode(text.trim())}</pre>`}</li>`;
  });
  const end =
    site.key !== null
      ? html`the key is <code>${site.key}</code>`
      : site.decision === "rewrite"
        ? "this follows"
        : (describeReason(site.reason)?.title ?? "left as it is");
  return html`<ol class="hops">${hops}<li class="end">${links.link(site)} ${end}</li></ol>`;
}
