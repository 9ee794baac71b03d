import type { RunResult } from "../run-result.ts";
import { html, type Markup } from "./markup.ts";
import type { SourceLinks } from "./source-links.ts";

type Item = RunResult["provenance"][number];
interface Side {
  readonly origin: string;
  readonly items: readonly Item[];
}

const ROW = 58;
const MOST = 12;
const PRODUCERS = new Set<Item["role"]>(["register", "unregister"]);

/** Who registers runs under keys of which origin, and who kills and awaits by which: lines join what can meet. */
export function renderProvenance(result: RunResult, links: SourceLinks): Markup {
  if (result.provenance.length === 0) return html``;
  const left = groupByOrigin(result.provenance.filter((item) => PRODUCERS.has(item.role)));
  const right = groupByOrigin(result.provenance.filter((item) => !PRODUCERS.has(item.role)));
  const shared = left.filter((side) => right.some((other) => other.origin === side.origin)).length;
  return html`<section id="provenance" aria-labelledby="h-provenance"><h2 id="h-provenance">Registry keys <small>who registers under what, who kills and waits with what</small></h2>
<p class="${shared === 0 ? "advice" : "facts"}">${describe(left.length, right.length, shared)}</p>
${left.length + right.length > 0 ? draw(left, right) : ""}
<details class="numbers"><summary>Each place</summary><table><thead><tr><th scope="col">Role</th><th scope="col">Place</th><th scope="col">Key</th><th scope="col">Origin</th></tr></thead>
<tbody>${result.provenance.map((item) => html`<tr><td>${item.role}</td><td class="wrap">${links.link(item)}<small>${item.function}</small></td><td><code>${item.expression}</code></td><td>${item.origin}</td></tr>`)}</tbody></table></details>
</section>`;
}

function describe(left: number, right: number, shared: number): string {
  if (left === 0) return "Nothing in this run registers a run: a kill or wait has nothing to find.";
  if (right === 0) return "Nothing in this run kills or awaits by key.";
  if (shared === 0)
    return "No origin is on both sides: as far as this run shows, no kill can find a registered run.";
  return `Origins on both sides: ${shared} of ${left} registered and ${right} killed or awaited.`;
}

function groupByOrigin(items: readonly Item[]): Side[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(item.origin, [...(groups.get(item.origin) ?? []), item]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([origin, own]) => ({ origin, items: own }));
}

function draw(left: readonly Side[], right: readonly Side[]): Markup {
  const rows = Math.max(1, Math.min(MOST, Math.max(left.length, right.length)));
  const height = rows * ROW + 30;
  const [shownLeft, shownRight] = [left.slice(0, MOST), right.slice(0, MOST)];
  const lines = shownLeft.flatMap((side, i) => {
    const j = shownRight.findIndex((other) => other.origin === side.origin);
    return j < 0
      ? []
      : [
          html`<path class="meets" d="M400 ${middle(i)} C500 ${middle(i)} 500 ${middle(j)} 600 ${middle(j)}"/>`,
        ];
  });
  return html`<svg class="provenance wide" viewBox="0 0 1000 ${height}" role="img" aria-label="Origins of registered keys on the left, of killed and awaited keys on the right; the table below has each place">
<text x="0" y="14" class="muted">registered under</text><text x="600" y="14" class="muted">killed, awaited and asked for with</text>
${lines}${shownLeft.map((side, i) => renderSide(side, 0, i, right))}${shownRight.map((side, i) => renderSide(side, 600, i, left))}${shownLeft.length === 0 ? html`<text x="0" y="${middle(0)}" class="lonely">nothing registers</text>` : ""}</svg>`;
}

function middle(row: number): number {
  return 26 + row * ROW + (ROW - 10) / 2;
}

function renderSide(side: Side, x: number, row: number, others: readonly Side[]): Markup {
  const meets = others.some((other) => other.origin === side.origin);
  const origin = side.origin.length > 44 ? `${side.origin.slice(0, 43)}…` : side.origin;
  const roles = [...new Set(side.items.map((item) => item.role))].sort().join(", ");
  return html`<g class="${meets ? "meets" : "lonely"}"><title>${side.origin}</title><rect x="${x + 1}" y="${26 + row * ROW}" width="398" height="${ROW - 10}" rx="6"/><text x="${x + 12}" y="${46 + row * ROW}">${origin}</text><text x="${x + 12}" y="${64 + row * ROW}" class="muted">${side.items.length} × ${roles}${meets ? "" : " · meets nothing"}</text></g>`;
}
