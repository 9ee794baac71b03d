/** The white space that a line starts with. */
export function indentAt(text: string, offset: number): string {
  let start = offset;
  while (start > 0 && text[start - 1] !== "\n" && text[start - 1] !== "\r") start -= 1;
  return /^[ \t]*/.exec(text.slice(start, offset))![0];
}

/** One level of indentation as the file has it. */
export function indentUnit(text: string): string {
  if (/^\t/m.test(text)) return "\t";
  const widths = [...text.matchAll(/^( +)\S/gm)]
    .map((match) => match[1]!.length)
    .filter((width) => width > 1);
  return " ".repeat(widths.length > 0 ? Math.min(8, ...widths) : 2);
}

/** The line break that the text uses first. */
export function lineEnding(text: string): string {
  return /\r\n|\n|\r/.exec(text)?.[0] ?? "\n";
}
