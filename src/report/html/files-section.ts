import { countOf } from "../fit-text.ts";
import { countByReason } from "../group-by-file.ts";
import type { RunResult } from "../run-result.ts";
import { colorCode } from "./color-code.ts";
import { html, type Markup } from "./markup.ts";
import type { SourceLinks } from "./source-links.ts";

const MOST_ROWS = 200;

/** What was looked at and what was not, what was verified, and which rules ran. */
export function renderFiles(result: RunResult): Markup {
  const { skipped, failed } = result.files;
  return html`<section id="files" aria-labelledby="h-files"><h2 id="h-files">What was looked at</h2>
${failed.length > 0 ? html`<h3>Failed: the answer is incomplete</h3><ul>${failed.slice(0, MOST_ROWS).map((item) => html`<li class="wrap"><code>${item.file}</code> ${item.message}</li>`)}</ul>${more(failed.length)}` : ""}
${result.warnings.length > 0 ? html`<h3>Warnings</h3><ul>${result.warnings.slice(0, MOST_ROWS).map((warning) => html`<li class="wrap">${warning}</li>`)}</ul>${more(result.warnings.length)}` : ""}
${result.verification ? html`<h3>Verification</h3><ul class="checks">${result.verification.checks.map((check) => html`<li class="${check.status === "passed" ? "met" : check.status === "failed" ? "not-met" : "not-checkable"}"><b>${check.status}</b><div>${check.name}<small>${check.details.join("; ")}</small></div></li>`)}</ul>` : ""}
<h3>Skipped: ${skipped.length}</h3>
${
  skipped.length > 0
    ? html`<details><summary>${countByReason(skipped)
        .map(([reason, count]) => `${reason} ${count}`)
        .join(
          ", ",
        )}</summary><ul>${skipped.slice(0, MOST_ROWS).map((item) => html`<li class="wrap"><code>${item.file}</code> ${item.reason}</li>`)}</ul>${more(skipped.length)}</details>`
    : ""
}
${result.rules.length > 0 ? html`<h3>Rules that ran: ${result.rules.length}</h3>${result.rules.map((rule) => html`<details><summary><code>${rule.id}</code> ${rule.severity}${hits(result, rule.id)}</summary><p>${rule.what} ${rule.why}</p><p class="advice"><b>Fix:</b> ${rule.fix}</p></details>`)}` : ""}
${result.suppressed.length > 0 ? html`<h3>Suppressed: ${result.suppressed.length}</h3><ul>${result.suppressed.slice(0, MOST_ROWS).map((item) => html`<li class="wrap"><code>${item.rule}</code> ${item.file}:${item.line} by ${item.suppressedBy.kind}: ${item.suppressedBy.reason}</li>`)}</ul>${more(result.suppressed.length)}` : ""}
</section>`;
}

function hits({ findings }: RunResult, id: string): string {
  const count = findings.filter(({ rule }) => rule === id).length;
  return count === 0 ? "" : ` · ${countOf(count, "finding")}`;
}

function more(count: number): Markup {
  return count > MOST_ROWS ? html`<p>${count - MOST_ROWS} more, in the JSON report.</p>` : html``;
}

/** The lines that hops lead to, by file. A link opens its file. */
export function renderSources(links: SourceLinks): Markup {
  if (links.files.length === 0) return html``;
  return html`<section id="sources" aria-labelledby="h-sources"><h2 id="h-sources">Code <small>the lines that this report speaks of, as they were before</small></h2>
${links.files.map((file) => {
  let last = 0;
  const lines = links.lines(file).map(([line, text]) => {
    const gap = last > 0 && line > last + 1 ? html`<span class="gap">⋯</span>\n` : "";
    last = line;
    return html`${gap}<span id="${links.idOf(file, line)}" tabindex="-1"><b>${line}</b>${colorCode(text)}</span>\n`;
  });
  return html`<details class="source"><summary class="wrap">${file}</summary><pre tabindex="0">${lines}</pre></details>
`;
})}</section>`;
}
