import { describeVerdict } from "../describe-verdict.ts";
import type { Evidence } from "../../shared/location.ts";
import { countOf } from "../fit-text.ts";
import { joinAlike } from "../group-by-file.ts";
import { judgeAcceptance } from "../judge-acceptance.ts";
import type { RunResult } from "../run-result.ts";
import { type Content, html, type Markup } from "./markup.ts";
import type { SourceLinks } from "./source-links.ts";

const MOST_PLACES = 4;
const MARK = { met: "✓ met", "not-met": "✗ not met", "not-checkable": "? not checkable here" } as const;

/** good: nothing is left; bad: the run failed or nothing is known; open: work is left for a person. */
export function statusOf(result: RunResult): "good" | "bad" | "open" {
  const { exitCode, sites, findings } = result.summary;
  if (exitCode >= 2 || result.verification?.ok === false || findings.error > 0) return "bad";
  if (
    sites.manual > 0 ||
    findings.total > 0 ||
    (result.command === "migrate" && sites.rewrite > 0 && !result.written)
  )
    return "open";
  return exitCode === 0 ? "good" : "bad";
}

export function renderVerdict(result: RunResult): Markup {
  return html`<header class="verdict ${statusOf(result)}">
<p class="tool">${result.tool.name} ${result.tool.version} · ${result.command} · <span class="wrap">${result.root}</span></p>
<h1>${describeVerdict(result)}</h1>
${result.reportOnly ? html`<p class="loud">Report only: findings do not fail this run.</p>` : ""}
</header>`;
}

/** Counts that add up, with a bar that shows the shares. */
export function renderCounts(result: RunResult): Markup {
  const { sites, findings, filesChanged, suppressed } = result.summary;
  const { discovered, scanned, skipped, failed } = result.files;
  const parts: [string, number, string][] =
    result.command === "migrate"
      ? [
          ["manual", sites.manual, "manual"],
          ["rewrite", sites.rewrite, "rewrite"],
          ["keep", sites.keep, "keep"],
        ]
      : [
          ["error", findings.error, "error"],
          ["warning", findings.warning, "warning"],
          ["info", findings.info, "info"],
        ];
  const total = result.command === "migrate" ? sites.total : findings.total;
  const facts: string[] =
    result.command === "migrate"
      ? [
          result.written
            ? `${countOf(filesChanged, "file")} written`
            : `Nothing written, ${countOf(filesChanged, "file")} would change`,
        ]
      : [`${suppressed} suppressed`, `${result.rules.length} rules ran`];
  if (result.registry && !result.registry.exists) facts.push(`Registry missing: ${result.registry.path}`);
  return html`<section id="counts" aria-labelledby="h-counts"><h2 id="h-counts">Counts</h2>
<dl class="tiles">${parts.map(([name, count, style]) => html`<div class="tile ${style}"><dt>${name}</dt><dd>${count}</dd></div>`)}<div class="tile"><dt>${result.command === "migrate" ? "sites in all" : "findings in all"}</dt><dd>${total}</dd></div></dl>
${total > 0 ? renderBar(parts, total) : ""}
<p class="facts wrap">Files: ${discovered} discovered = ${scanned} scanned + ${skipped.length} skipped + ${failed.length} failed. ${facts.join(". ")}.</p>
</section>`;
}

function renderBar(parts: readonly [string, number, string][], total: number): Markup {
  let at = 0;
  const bars = parts.map(([, count, style]) => {
    const width = (count / total) * 1_000;
    const bar = html`<rect class="${style}" x="${round(at)}" y="0" width="${round(width)}" height="12"/>`;
    at += width;
    return bar;
  });
  return html`<svg class="bar" viewBox="0 0 1000 12" preserveAspectRatio="none" aria-hidden="true">${bars}</svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Each line once: two names of one import are one place to look at. */
function renderPlaces(evidence: readonly Evidence[], links: SourceLinks): Content {
  const places = joinAlike(evidence, ({ file, line }) => `${file}:${line}`).map(([first]) => first);
  return [
    ...places.slice(0, MOST_PLACES).map((hop): Content => [links.link(hop), " "]),
    places.length > MOST_PLACES ? `and ${places.length - MOST_PLACES} more` : "",
  ];
}

/** The acceptance criteria as a checklist, judged from facts of this run. */
export function renderAcceptance(result: RunResult, links: SourceLinks): Markup {
  const items = judgeAcceptance(result);
  const met = items.filter((item) => item.verdict === "met").length;
  return html`<section id="acceptance" aria-labelledby="h-acceptance"><h2 id="h-acceptance">Acceptance criteria <small>${met} of ${items.length} met by facts of this run</small></h2>
<ul class="checks">${items.map(
    (
      item,
    ) => html`<li class="${item.verdict}"><b>${MARK[item.verdict]}</b><div>${item.criterion}<small>${item.because} ${renderPlaces(item.evidence, links)}</small></div></li>
`,
  )}</ul></section>`;
}
