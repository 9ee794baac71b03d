import type { Edit } from "./location.ts";

type Piece = { readonly start: number; readonly end: number } | { readonly text: string };

/**
 * One set of edits that does what two do one after the other.
 * @param length of the text that `first` is about
 * @param second edits of the text that `first` makes
 */
export function composeEdits(length: number, first: readonly Edit[], second: readonly Edit[]): Edit[] {
  const pieces = edited(edited([{ start: 0, end: length }], first), second);
  const edits: Edit[] = [];
  let at = 0;
  let text = "";
  const close = (next: number): void => {
    if (next > at || text !== "") edits.push({ start: at, end: next, text });
    text = "";
  };
  for (const piece of pieces) {
    if ("text" in piece) text += piece.text;
    else {
      close(piece.start);
      at = piece.end;
    }
  }
  close(length);
  return edits;
}

function edited(source: readonly Piece[], edits: readonly Edit[]): Piece[] {
  const result: Piece[] = [];
  let at = 0;
  for (const edit of [...edits].sort(byStart)) {
    result.push(...cut(source, at, edit.start));
    if (edit.text !== "") result.push({ text: edit.text });
    at = edit.end;
  }
  result.push(...cut(source, at, Number.POSITIVE_INFINITY));
  return result;
}

function cut(pieces: readonly Piece[], from: number, to: number): Piece[] {
  const result: Piece[] = [];
  let at = 0;
  for (const piece of pieces) {
    const length = "text" in piece ? piece.text.length : piece.end - piece.start;
    const start = Math.max(from - at, 0);
    const end = Math.min(to - at, length);
    if (start < end)
      result.push(
        "text" in piece
          ? { text: piece.text.slice(start, end) }
          : { start: piece.start + start, end: piece.start + end },
      );
    at += length;
  }
  return result;
}

function byStart(a: Edit, b: Edit): number {
  return a.start - b.start || a.end - b.end;
}
