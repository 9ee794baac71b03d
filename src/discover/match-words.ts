import type { Words } from "../shared/words.ts";
import { findLiterals } from "./find-literals.ts";

const LITERAL_ALTERNATIVES = /^[\w@-]+(?:\|[\w@-]+)*$/;

/**
 * Makes a test for "these bytes hold one of the words". Bytes are read as Latin-1: the words are ASCII, and ASCII is
 * itself in UTF-8, so nothing has to be decoded to be searched.
 */
export function compileWords(words: RegExp | Words): (bytes: Buffer) => boolean {
  const { pattern, anchors } = words instanceof RegExp ? { pattern: words, anchors: undefined } : words;
  // g and y would carry a position from one file to the next
  const plain = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""));
  if (LITERAL_ALTERNATIVES.test(plain.source) && plain.flags === "")
    return findLiterals(plain.source.split("|"));
  const matches = (bytes: Buffer): boolean => plain.test(bytes.toString("latin1", 0, bytes.length));
  if (anchors === undefined) return matches;
  const mayMatch = findLiterals(anchors);
  return (bytes) => mayMatch(bytes) && matches(bytes);
}
