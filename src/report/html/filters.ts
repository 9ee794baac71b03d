import { html, type Markup } from "./markup.ts";

export interface Choice {
  /** data attribute of the rows */
  readonly name: string;
  readonly label: string;
  readonly values: readonly string[];
}

/** Search box and selects above a table; the script reads them, and without it they are hidden. */
export function renderFilters(what: string, total: number, choices: readonly Choice[]): Markup {
  return html`<form class="filters" role="search" aria-label="Filter ${what}">
<label>Search <input type="search" name="q" autocomplete="off" placeholder="path, function, key, text (press /)"></label>
${choices
  .filter((choice) => choice.values.length > 1)
  .map(
    (
      choice,
    ) => html`<label>${choice.label} <select name="${choice.name}"><option value="">all</option>${choice.values.map((value) => html`<option value="${value}">${value}</option>`)}</select></label>
`,
  )}<button type="button" class="all" aria-pressed="false">Open all</button>
<output aria-live="polite">${total} of ${total} shown</output>
</form>`;
}

/** Distinct values, sorted. */
export function valuesOf<T>(items: readonly T[], pick: (item: T) => string): string[] {
  return [...new Set(items.map(pick))].sort();
}
