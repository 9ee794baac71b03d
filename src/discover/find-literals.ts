/** literals shorter than this are searched one by one: with them in the table, no byte could be passed over */
const TABLE_FROM = 5;
const BLOCK = 2;

/** Told for each group that has a literal in the bytes, once. @returns true when nothing more is to be searched */
type OnFound = (group: number) => boolean;

/**
 * Makes a search for literals in bytes, by the algorithm of Wu and Manber (1994): a table says for each pair of bytes how
 * far the search may jump, so that most bytes are never looked at. Forty alternatives of a regular expression take ten
 * times as long.
 *
 * @param groups Latin-1 text, none of it empty
 */
export function findLiterals(
  groups: readonly (readonly string[])[],
): (bytes: Buffer, onFound: OnFound) => void {
  const all = groups.flatMap((literals, group) => literals.map((literal) => ({ literal, group })));
  const short = all.filter(({ literal }) => literal.length < TABLE_FROM);
  const long = all.filter(({ literal }) => literal.length >= TABLE_FROM);
  const searchLong = long.length === 0 ? () => {} : searchTable(long);
  return (bytes, onFound) => {
    const found = new Set<number>();
    const tell = (group: number): boolean => {
      if (found.has(group)) return false;
      found.add(group);
      return onFound(group);
    };
    for (const { literal, group } of short)
      if (!found.has(group) && bytes.includes(literal, 0, "latin1") && tell(group)) return;
    searchLong(bytes, tell);
  };
}

function searchTable(
  literals: readonly { readonly literal: string; readonly group: number }[],
): (bytes: Buffer, tell: OnFound) => void {
  const width = Math.min(...literals.map(({ literal }) => literal.length));
  const jumps = new Uint8Array(1 << 16).fill(Math.min(width - BLOCK + 1, 255));
  /** by the pair of bytes that their window ends with */
  const ending = new Map<number, Placed[]>();
  for (const { literal: text, group } of literals) {
    const literal = Buffer.from(text, "latin1");
    const end = rarestEnd(literal, width);
    for (let left = 0; left <= width - BLOCK; left += 1) {
      const pair = literal[end - left - 2]! | (literal[end - left - 1]! << 8);
      jumps[pair] = Math.min(jumps[pair]!, left);
      if (left === 0) ending.set(pair, [...(ending.get(pair) ?? []), { literal, end, group }]);
    }
  }
  return (bytes, tell) => {
    const { length } = bytes;
    for (let end = width; end <= length; ) {
      const pair = bytes[end - 2]! | (bytes[end - 1]! << 8);
      const jump = jumps[pair]!;
      if (jump === 0)
        for (const placed of ending.get(pair)!)
          if (standsAt(bytes, end, placed) && tell(placed.group)) return;
      end += jump || 1;
    }
  };
}

/** A literal, and where the part of it that the table knows ends. */
interface Placed {
  readonly literal: Buffer;
  readonly end: number;
  readonly group: number;
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

function standsAt(bytes: Buffer, end: number, { literal, end: within }: Placed): boolean {
  const start = end - within;
  if (start < 0 || start + literal.length > bytes.length) return false;
  let same = 0;
  while (same < literal.length && bytes[start + same] === literal[same]) same += 1;
  return same === literal.length;
}
