import type { Words, WordShape } from "../shared/words.ts";
import { findLiterals } from "./find-literals.ts";

const LITERAL_ALTERNATIVES = /^[\w@-]+(?:\|[\w@-]+)*$/;

/**
 * Makes a test for "these bytes hold one of the words". Bytes are read as Latin-1: the words are ASCII, and ASCII is
 * itself in UTF-8, so nothing has to be decoded to be searched. A pattern is tried where one of its anchors was found.
 */
export function compileWords(words: RegExp | Words): (bytes: Buffer) => boolean {
  if (words instanceof RegExp && !isLiteral(words)) {
    const pattern = withoutPosition(words);
    return (bytes) => pattern.test(asLatin1(bytes));
  }
  const shapes: readonly WordShape[] =
    words instanceof RegExp ? [{ pattern: words, anchors: [] }] : words.shapes;
  const patterns = shapes.map(({ pattern }) => (isLiteral(pattern) ? null : withoutPosition(pattern)));
  const search = findLiterals(
    shapes.map(({ pattern, anchors }) => (isLiteral(pattern) ? pattern.source.split("|") : anchors)),
  );
  return (bytes) => {
    const tried = new Set<number>();
    let isHit = false;
    search(bytes, (shape) => {
      isHit = patterns[shape] === null;
      tried.add(shape);
      return isHit;
    });
    if (isHit || tried.size === 0) return isHit;
    const text = asLatin1(bytes);
    return [...tried].some((shape) => patterns[shape]!.test(text));
  };
}

/** Nothing but names with `|` between them: whoever finds one of them has found a match. */
function isLiteral({ source, flags }: RegExp): boolean {
  return flags === "" && LITERAL_ALTERNATIVES.test(source);
}

/** g and y would carry a position from one file to the next. */
function withoutPosition({ source, flags }: RegExp): RegExp {
  return new RegExp(source, flags.replace(/[gy]/g, ""));
}

function asLatin1(bytes: Buffer): string {
  return bytes.toString("latin1", 0, bytes.length);
}
