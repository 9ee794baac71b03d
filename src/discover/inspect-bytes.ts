const MINIFIED_FROM_BYTES = 16 * 1024;
const MINIFIED_LINE_BYTES = 500;
const HEADER_BYTES = 512;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * True when the average line is longer than 500 bytes in a file of at least 16 kB: nobody wrote that by hand.
 * Counting stops as soon as there are enough lines, which for ordinary code is after a few per cent of the file.
 */
export function looksMinified(bytes: Buffer): boolean {
  if (bytes.length < MINIFIED_FROM_BYTES) return false;
  const enough = bytes.length / MINIFIED_LINE_BYTES;
  const lines = countUpTo(enough, bytes, LINE_FEED);
  return lines < enough && lines + countUpTo(enough, bytes, CARRIAGE_RETURN) < enough;
}

function countUpTo(limit: number, bytes: Buffer, value: number): number {
  let count = 0;
  for (let at = bytes.indexOf(value); at !== -1 && count < limit; at = bytes.indexOf(value, at + 1))
    count += 1;
  return count;
}

/** True when the comment at the top of the file says `@generated`, the mark that review tools also fold by. */
export function saysGenerated(bytes: Buffer): boolean {
  const head = bytes.toString("latin1", 0, Math.min(bytes.length, HEADER_BYTES));
  const mark = /@generated(?![\w-])/.exec(head);
  if (mark === null) return false;
  return head
    .slice(0, mark.index)
    .replace(/^\xef\xbb\xbf/, "")
    .split("\n")
    .every((line, at) => /^\s*(?:$|\/\/|\/\*|\*)/.test(line) || (at === 0 && line.startsWith("#!")));
}

/** How a file's bytes become text. */
export type Decoded = { readonly text: string } | { readonly problem: string };

// ignoreBOM keeps a BOM in the text, so that offsets and bytes agree
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Decodes strictly: what cannot be written back byte for byte is refused. */
export function decodeSource(bytes: Buffer): Decoded {
  if (bytes.includes(0)) return { problem: "it holds NUL bytes (UTF-16, or not a text file)" };
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { problem: "it is not valid UTF-8" };
  }
  const line = findConflictMarker(text);
  if (line !== null) return { problem: `it holds merge conflict markers (line ${line})` };
  return { text };
}

/**
 * Text of a UTF-16 file (with a BOM, or known by a NUL beside the first character), else null. Its words do not show
 * in the bytes, so a search for them would pass over it silently.
 */
export function peekUtf16(bytes: Buffer): string | null {
  if (bytes.length < 2) return null;
  const [first, second] = [bytes[0]!, bytes[1]!];
  const little = (first === 0xff && second === 0xfe) || (first !== 0 && second === 0);
  const big = (first === 0xfe && second === 0xff) || (first === 0 && second !== 0);
  if (!little && !big) return null;
  const even = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)));
  return (big ? even.swap16() : even).toString("utf16le");
}

/** The three marker lines in their order; a lone row of equal signs is an ordinary line. */
function findConflictMarker(text: string): number | null {
  const ours = markerAt(text, "<<<<<<< ", 0);
  if (ours === -1) return null;
  const middle = markerAt(text, "=======", ours);
  const theirs = middle === -1 ? -1 : markerAt(text, ">>>>>>> ", middle);
  return theirs === -1 ? null : text.slice(0, ours).split("\n").length;
}

function markerAt(text: string, marker: string, from: number): number {
  for (let at = text.indexOf(marker, from); at !== -1; at = text.indexOf(marker, at + 1))
    if (at === 0 || text[at - 1] === "\n") return at;
  return -1;
}
