const LITERAL_ALTERNATIVES = /^\w+(?:\|\w+)*$/;
const MAX_LITERALS = 6;

/**
 * Makes a test for "these bytes hold one of the words". Bytes are read as Latin-1: the words are ASCII, and ASCII is
 * itself in UTF-8, so nothing has to be decoded to be searched. A few plain words are faster to find one by one.
 */
export function compileWords(words: RegExp): (bytes: Buffer) => boolean {
  // g and y would carry a position from one file to the next
  const pattern = new RegExp(words.source, words.flags.replace(/[gy]/g, ""));
  if (LITERAL_ALTERNATIVES.test(pattern.source) && pattern.flags === "") {
    const literals = [...new Set(pattern.source.split("|"))];
    if (literals.length <= MAX_LITERALS)
      return (bytes) => literals.some((word) => bytes.includes(word, 0, "latin1"));
  }
  return (bytes) => pattern.test(bytes.toString("latin1", 0, bytes.length));
}
