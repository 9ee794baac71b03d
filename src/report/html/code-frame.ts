import { colorCode, colorCodeAround } from "./color-code.ts";
import { type Content, html, type Markup } from "./markup.ts";
import type { SourceLinks } from "./source-links.ts";

export interface FramedRange {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

const BEFORE = 2;
const AFTER = 1;
const MOST = 6;

/** The numbered lines around a range, with the range marked. Nothing where the run kept no line of it. */
export function renderFrame(range: FramedRange, links: SourceLinks, after = AFTER): Content {
  const lines: Markup[] = [];
  const last = Math.min(range.endLine + after, range.line + MOST);
  for (let line = range.line - BEFORE; line <= last; line += 1) {
    const text = links.line(range.file, line);
    if (text !== null)
      lines.push(
        html`<span class="num">${String(line).padStart(5)}</span> ${line === range.line ? mark(text, range) : colorCode(text)}\n`,
      );
  }
  return lines.length === 0 ? "" : html`<h3>Code</h3><pre tabindex="0">${lines}</pre>`;
}

function mark(text: string, range: FramedRange): Markup {
  const start = Math.min(text.length, range.column - 1);
  const end =
    range.endLine > range.line ? text.length : Math.max(start, Math.min(text.length, range.endColumn - 1));
  return colorCodeAround(text, start, end);
}
