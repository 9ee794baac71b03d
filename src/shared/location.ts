/** A half-open range of UTF-16 offsets in a file's text as it was before the change. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** One hop of a proof chain: where to look, and what stands there. `file` is posix, relative to the root; `line` is 1-based. */
export interface Evidence {
  readonly file: string;
  readonly line: number;
  readonly note: string;
}

/** Replace `[start, end)` of the original text by `text`. */
export interface Edit extends Span {
  readonly text: string;
}

/** Turns offsets into 1-based line and column; built once for each file. */
export class LineIndex {
  readonly #starts: number[] = [0];
  constructor(text: string) {
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) this.#starts.push(i + 1);
    }
  }
  /** @returns the 1-based line and column of a UTF-16 offset */
  at(offset: number): { line: number; column: number } {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.#starts[low]! + 1 };
  }
  /** @returns the offset at which a 1-based line starts */
  startOf(line: number): number {
    return this.#starts[Math.max(0, Math.min(line - 1, this.#starts.length - 1))]!;
  }
  get lineCount(): number {
    return this.#starts.length;
  }
}

/**
 * Applies edits to a text by splicing, so that every byte outside them stays.
 * @throws RangeError when edits overlap or leave the text
 */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const ordered = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  let result = "";
  let at = 0;
  for (const edit of ordered) {
    if (edit.start < at || edit.end < edit.start || edit.end > text.length)
      throw new RangeError(`edits overlap or leave the file at offset ${edit.start}`);
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}
