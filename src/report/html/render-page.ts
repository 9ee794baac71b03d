import { createHash } from "node:crypto";
import type { RunResult } from "../run-result.ts";
import { renderFiles, renderSources } from "./files-section.ts";
import { renderFilters, valuesOf } from "./filters.ts";
import { renderFindings } from "./finding-rows.ts";
import { html, Markup } from "./markup.ts";
import { renderAcceptance, renderCounts, renderVerdict } from "./overview.ts";
import { renderProvenance } from "./provenance-drawing.ts";
import { EARLY_SCRIPT, SCRIPT } from "./script.ts";
import { renderSites } from "./site-rows.ts";
import { SourceLinks } from "./source-links.ts";
import { STYLES } from "./styles.ts";
import { renderTreeMap } from "./tree-map.ts";

// Nothing is loaded, nothing is sent, and only these three texts may style or run.
const POLICY = [
  "default-src 'none'",
  `style-src '${hash(STYLES)}'`,
  `script-src '${hash(EARLY_SCRIPT)}' '${hash(SCRIPT)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

function hash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** The whole report as one file: no network, no inline handlers, readable without scripts. */
export function renderPage(result: RunResult): string {
  const links = new SourceLinks(result.excerpts);
  return `${html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${Markup.trusted(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>rewire-abort ${result.command} report</title>
<style>${Markup.trusted(STYLES)}</style>
<script>${Markup.trusted(EARLY_SCRIPT)}</script>
</head><body>
${renderVerdict(result)}
<nav aria-label="Sections">${renderNavigation(result)}</nav>
<main>
${renderCounts(result)}
${renderAcceptance(result, links)}
${renderTreeMap(result)}
${renderList(result, links)}
${renderProvenance(result, links)}
${renderFiles(result)}
${renderSources(links)}
</main>
<footer>Made by ${result.tool.name} ${result.tool.version}. This page loads nothing and sends nothing.</footer>
<a id="back" href="#list" hidden>← back to the site</a>
<script>${Markup.trusted(SCRIPT)}</script>
</body></html>`}\n`;
}

function renderList(result: RunResult, links: SourceLinks): Markup {
  if (result.command === "migrate") {
    const { sites } = result;
    const filters = renderFilters("sites", sites.length, [
      { name: "decision", label: "Decision", values: valuesOf(sites, (site) => site.decision) },
      { name: "kind", label: "Kind", values: valuesOf(sites, (site) => site.kind) },
      {
        name: "confidence",
        label: "Confidence",
        values: valuesOf(sites, (site) => site.confidence ?? "none"),
      },
    ]);
    return html`<section id="list" aria-labelledby="h-list"><h2 id="h-list">Sites <small>those left for a person first</small></h2>
${sites.length === 0 ? html`<p>No site was found.</p>` : [filters, renderSites(result, links)]}</section>`;
  }
  const { findings } = result;
  const filters = renderFilters("findings", findings.length, [
    { name: "severity", label: "Severity", values: valuesOf(findings, (finding) => finding.severity) },
    { name: "rule", label: "Rule", values: valuesOf(findings, (finding) => finding.rule) },
  ]);
  return html`<section id="list" aria-labelledby="h-list"><h2 id="h-list">Findings <small>worst first</small></h2>
${findings.length === 0 ? html`<p>No finding.</p>` : [filters, renderFindings(result, links)]}</section>`;
}

function renderNavigation(result: RunResult): Markup[] {
  const entries: [string, string][] = [
    ["counts", "Counts"],
    ["acceptance", "Acceptance"],
  ];
  if (Object.values(result.files.byFolder).some((count) => count > 0)) entries.push(["tree", "Where"]);
  entries.push(["list", result.command === "migrate" ? "Sites" : "Findings"]);
  if (result.provenance.length > 0) entries.push(["provenance", "Registry keys"]);
  entries.push(["files", "What was looked at"]);
  if (Object.keys(result.excerpts).length > 0) entries.push(["sources", "Code"]);
  return entries.map(([id, label]) => html`<a href="#${id}">${label}</a>`);
}
