import type { Edit } from "../shared/location.ts";

/** A place in the text after the edits, seen in the text before them. */
export interface MappedOffset {
  /** the same place, or the start of the edit that put the text there */
  readonly offset: number;
  /** the edit whose new text holds the place; null for text that was there before */
  readonly edit: Edit | null;
}

/** Translates offsets between a text and its edited form. */
export class OffsetMap {
  readonly #edits: readonly Edit[];

  constructor(edits: readonly Edit[]) {
    this.#edits = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  }

  before(after: number): MappedOffset {
    let shift = 0;
    for (const edit of this.#edits) {
      const start = edit.start + shift;
      if (after < start) break;
      if (after < start + edit.text.length) return { offset: edit.start, edit };
      shift += edit.text.length - (edit.end - edit.start);
    }
    return { offset: after - shift, edit: null };
  }

  /** For a place that no edit replaces. */
  after(before: number): number {
    return this.#edits
      .filter((edit) => edit.end <= before)
      .reduce((offset, edit) => offset + edit.text.length - (edit.end - edit.start), before);
  }
}
