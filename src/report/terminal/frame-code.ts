import { neutraliseColumns } from "../escape-text.ts";
import { cutEnd, cutStart, displayWidth } from "../fit-text.ts";
import type { RunResult } from "../run-result.ts";
import type { Paint } from "./paint.ts";

export interface FrameRange {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

const BEFORE = 2;
const AFTER = 1;
const MOST_LINES = 8;

/**
 * The lines around a finding with a caret line below the one where it starts.
 * @param width columns that a frame line may take
 * @returns no lines when the run kept no excerpt of the place
 */
export function frameCode(
  excerpts: RunResult["excerpts"],
  range: FrameRange,
  width: number,
  paint: Paint,
): string[] {
  const source = Object.hasOwn(excerpts, range.file) ? excerpts[range.file]! : {};
  if (source[range.line] === undefined) return [];
  const last = Math.min(range.endLine + AFTER, range.line + MOST_LINES - BEFORE - 1);
  const numbers: number[] = [];
  for (let line = range.line - BEFORE; line <= last; line += 1)
    if (source[line] !== undefined) numbers.push(line);
  const gutter = String(numbers.at(-1)).length;
  const room = Math.max(20, width - gutter - 5);
  const lines: string[] = [];
  for (const line of numbers) {
    const inRange = line >= range.line && line <= range.endLine;
    const mark = inRange ? paint.red(">") : " ";
    const number = paint.dim(`${String(line).padStart(gutter)} |`);
    if (line === range.line) {
      const { shown, caret } = placeCaret(source[line]!, range, room);
      lines.push(`${mark} ${number} ${shown}`.trimEnd());
      lines.push(`  ${" ".repeat(gutter)} ${paint.dim("|")} ${paint.red(caret)}`);
    } else {
      lines.push(`${mark} ${number} ${cutEnd(neutraliseColumns(source[line]!), room)}`.trimEnd());
    }
  }
  return lines;
}

/** The line cut so that the caret can be seen, and the caret below it. Widths are those of the text as shown. */
function placeCaret(text: string, range: FrameRange, room: number): { shown: string; caret: string } {
  const start = Math.max(0, Math.min(range.column - 1, text.length));
  const end =
    range.endLine > range.line ? text.length : Math.max(start, Math.min(range.endColumn - 1, text.length));
  let lead = neutraliseColumns(text.slice(0, start));
  const body = neutraliseColumns(text.slice(start, end));
  const bodyWidth = Math.max(1, displayWidth(body));
  // Some of what follows stays in sight as well.
  const wanted = Math.min(bodyWidth + 12, room >> 1);
  if (displayWidth(lead) + wanted > room) lead = cutStart(lead, room - wanted);
  const at = displayWidth(lead);
  const shown = cutEnd(lead + body + neutraliseColumns(text.slice(end)), room);
  return { shown, caret: " ".repeat(at) + "^".repeat(Math.max(1, Math.min(bodyWidth, room - at))) };
}
