import { breakCommands } from "./escape-text.ts";

/** Columns that one code point takes on a terminal: wide scripts and emoji two, combining marks none. */
function columnsOf(char: string): number {
  if (/\p{Mn}|\p{Me}/u.test(char)) return 0;
  const code = char.codePointAt(0)!;
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd);
  return wide ? 2 : 1;
}

/** Columns that a neutralised text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) width += columnsOf(char);
  return width;
}

/** Cuts at the end, with "…", so that the text takes at most `width` columns. */
export function cutEnd(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let taken = 0;
  let kept = "";
  for (const char of text) {
    taken += columnsOf(char);
    if (taken > width - 1) break;
    kept += char;
  }
  return `${kept}…`;
}

/** Cuts at the start, with "…". */
export function cutStart(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let taken = 0;
  let kept = "";
  for (const char of [...text].reverse()) {
    taken += columnsOf(char);
    if (taken > width - 1) break;
    kept = char + kept;
  }
  return `…${kept}`;
}

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}

/** Breaks a text wherever a line is full. At least one line. */
export function breakText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  let taken = 0;
  for (const char of text) {
    const columns = columnsOf(char);
    if (line !== "" && taken + columns > width) {
      lines.push(line);
      line = "";
      taken = 0;
    }
    line += char;
    taken += columns;
  }
  return [...lines, line];
}

/** Breaks prose at spaces; a word longer than the line is broken where the line ends. At least one line. */
export function wrapText(text: string, width: number): string[] {
  const limit = Math.max(10, width);
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/ +/)) {
    if (line !== "" && displayWidth(line) + 1 + displayWidth(word) <= limit) {
      line += ` ${word}`;
      continue;
    }
    if (line !== "") lines.push(line);
    const pieces = breakText(word, limit);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1)!;
  }
  if (line !== "" || lines.length === 0) lines.push(line);
  // A break may put "::" at the start of a line, where a CI runner takes it for a command.
  return lines.map(breakCommands);
}

/** `1 site`, `2 sites`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
