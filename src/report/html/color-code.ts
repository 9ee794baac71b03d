import { codeText, type Content, html, type Markup } from "./markup.ts";

// One line at a time: enough to read a diff by. Each alternative starts with another character class, so that the
// expression is linear; a comment or template that began on an earlier line is coloured as code.
const TOKEN =
  /(?<comment>\/\/.*|\/\*[^*]*(?:\*\/)?)|(?<string>"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|`(?:[^`\\]|\\.)*`?)|(?<number>\b\d[\d_.a-fx]*\b)|(?<word>[A-Za-z_$][\w$]*)/g;

const KEYWORDS = new Set(
  (
    "as async await break case catch class const continue default delete do else export extends false finally for from " +
    "function if implements import in instanceof interface let new null of readonly return static super switch this " +
    "throw true try type typeof undefined var void while yield"
  ).split(" "),
);
const LONGEST = 2_000;

/** A line of TypeScript with light colours. Very long lines stay plain. */
export function colorCode(line: string): Markup {
  if (line.length > LONGEST) return html`${codeText(line.slice(0, LONGEST))}…`;
  return html`${colorRange(line, 0, line.length)}`;
}

/** As `colorCode`, with the characters from `start` to `end` marked; they alone have no colour. */
export function colorCodeAround(line: string, start: number, end: number): Markup {
  const marked = html`<mark>${codeText(line.slice(start, end))}</mark>`;
  if (line.length > LONGEST)
    return html`${codeText(line.slice(0, start))}${marked}${codeText(line.slice(end))}`;
  return html`${colorRange(line, 0, start)}${marked}${colorRange(line, end, line.length)}`;
}

/** What the line's tokens put between two of its characters; a token that crosses one of them stays plain. */
function colorRange(line: string, start: number, end: number): Content[] {
  const parts: Content[] = [];
  let at = start;
  for (const match of line.matchAll(TOKEN)) {
    const style = styleOf(match, line);
    const after = match.index + match[0].length;
    if (style === null || match.index < at || after > end) continue;
    parts.push(codeText(line.slice(at, match.index)), html`<i class="${style}">${codeText(match[0])}</i>`);
    at = after;
  }
  return [...parts, codeText(line.slice(at, end))];
}

function styleOf(match: RegExpExecArray, line: string): string | null {
  const { comment, string, number } = match.groups!;
  if (comment !== undefined) return "c";
  if (string !== undefined) return "s";
  if (number !== undefined) return "n";
  if (KEYWORDS.has(match[0])) return "k";
  return line[match.index + match[0].length] === "(" ? "f" : null;
}
