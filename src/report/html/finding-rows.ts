import type { Finding } from "../../check/finding.ts";
import type { RunResult } from "../run-result.ts";
import { renderFrame } from "./code-frame.ts";
import { colorCode } from "./color-code.ts";
import { type Content, html, type Markup } from "./markup.ts";
import type { SourceLinks } from "./source-links.ts";

const ORDER = { error: 0, warning: 1, info: 2 } as const;
const MOST_OPEN = 8;

/** The table of findings, worst first, each with its code, its evidence and the rule's help. */
export function renderFindings(result: RunResult, links: SourceLinks): Markup {
  const findings = [...result.findings].sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
  const rules = new Map(result.rules.map((rule) => [rule.id, rule]));
  const open = findings.length <= MOST_OPEN;
  return html`<table class="list">
<caption class="sr">Findings, worst first</caption>
<thead><tr>
<th scope="col" aria-sort="none"><button type="button">Severity</button></th>
<th scope="col" aria-sort="none"><button type="button">Place</button></th>
<th scope="col" aria-sort="none"><button type="button">Message</button></th>
<th scope="col" aria-sort="none"><button type="button">Rule</button></th>
</tr></thead>
${findings.map((finding, index) => renderFinding(finding, index, open, rules.get(finding.rule), links))}
</table>`;
}

function renderFinding(
  finding: Finding,
  index: number,
  open: boolean,
  rule: RunResult["rules"][number] | undefined,
  links: SourceLinks,
): Markup {
  const id = `finding-${index + 1}`;
  return html`<tbody id="${id}" class="${open ? "open" : ""}" data-severity="${finding.severity}" data-rule="${finding.rule}">
<tr><td data-sort="${ORDER[finding.severity]}"><button type="button" class="toggle" aria-expanded="${open ? "true" : "false"}" aria-controls="${id}-more"><span class="tag ${finding.severity}">${finding.severity}</span></button></td>
<td class="wrap">${finding.file}:${finding.line}${finding.function === "<module>" ? "" : html`<small>${finding.function}</small>`}</td>
<td>${finding.message}</td><td><code>${finding.rule}</code>${finding.fixable ? html`<small>migrate mends it where the key is proven</small>` : ""}</td></tr>
<tr class="more" id="${id}-more"><td colspan="4">${renderFrame(finding, links)}${renderEvidence(finding, links)}${renderHelp(rule)}</td></tr></tbody>
`;
}

function renderEvidence(finding: Finding, links: SourceLinks): Content {
  if (finding.evidence.length === 0) return "";
  const hops = finding.evidence.map((hop) => {
    const text = links.line(hop.file, hop.line);
    return html`<li>${links.link(hop)} ${hop.note}${text === null ? "" : html`<pre>${colorCode(text.trim())}</pre>`}</li>`;
  });
  return html`<h3>Evidence</h3><ol class="hops">${hops}</ol>`;
}

function renderHelp(rule: RunResult["rules"][number] | undefined): Content {
  if (!rule) return "";
  return html`<h3>Rule ${rule.id}</h3><p>${rule.what} ${rule.why}</p><p class="advice"><b>Fix:</b> ${rule.fix}</p>`;
}
