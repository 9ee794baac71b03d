/** literals shorter than this are searched one by one: with them in the table, no byte could be passed over */
const TABLE_FROM = 5;
const BLOCK = 2;

/**
 * Makes a test for "these bytes hold one of the literals", by the algorithm of Wu and Manber (1994): a table says for
 * each pair of bytes how far the search may jump, so that most bytes are never looked at. Forty alternatives of a
 * regular expression take ten times as long.
 *
 * @param literals Latin-1 text, none of them empty
 */
export function findLiterals(literals: readonly string[]): (bytes: Buffer) => boolean {
  const short = literals.filter((literal) => literal.length < TABLE_FROM);
  const long = literals
    .filter((literal) => literal.length >= TABLE_FROM)
    .map((literal) => Buffer.from(literal, "latin1"));
  const holdsLong = long.length === 0 ? () => false : searchTable(long);
  return (bytes) => short.some((literal) => bytes.includes(literal, 0, "latin1")) || holdsLong(bytes);
}

function searchTable(literals: readonly Buffer[]): (bytes: Buffer) => boolean {
  const width = Math.min(...literals.map(({ length }) => length));
  const jumps = new Uint8Array(1 << 16).fill(Math.min(width - BLOCK + 1, 255));
  /** by the pair of bytes that their window ends with */
  const ending = new Map<number, Placed[]>();
  for (const literal of literals) {
    const end = rarestEnd(literal, width);
    for (let left = 0; left <= width - BLOCK; left += 1) {
      const pair = literal[end - left - 2]! | (literal[end - left - 1]! << 8);
      jumps[pair] = Math.min(jumps[pair]!, left);
      if (left === 0) ending.set(pair, [...(ending.get(pair) ?? []), { literal, end }]);
    }
  }
  return (bytes) => {
    const { length } = bytes;
    for (let end = width; end <= length; ) {
      const pair = bytes[end - 2]! | (bytes[end - 1]! << 8);
      const jump = jumps[pair]!;
      if (jump === 0 && oneStandsAt(bytes, end, ending.get(pair)!)) return true;
      end += jump || 1;
    }
    return false;
  };
}

/** A literal, and where the part of it that the table knows ends. */
interface Placed {
  readonly literal: Buffer;
  readonly end: number;
}

/** Where a window of a literal ends with the pair that is rarest in code: each one that is met has to be compared. */
function rarestEnd(literal: Buffer, width: number): number {
  let best = width;
  let bestCommon = Number.POSITIVE_INFINITY;
  for (let end = width; end <= literal.length; end += 1) {
    const common = commonness(literal[end - 2]!) + commonness(literal[end - 1]!);
    if (common < bestCommon) [best, bestCommon] = [end, common];
  }
  return best;
}

function commonness(byte: number): number {
  if (byte <= 32) return 3;
  return byte >= 97 && byte <= 122 ? 1 : 0;
}

function oneStandsAt(bytes: Buffer, end: number, placed: readonly Placed[]): boolean {
  for (const { literal, end: within } of placed) {
    const start = end - within;
    let same = start >= 0 && start + literal.length <= bytes.length ? 0 : -1;
    while (same >= 0 && same < literal.length && bytes[start + same] === literal[same]) same += 1;
    if (same === literal.length) return true;
  }
  return false;
}
