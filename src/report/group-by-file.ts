/**
 * Items by file, items in their given order.
 * @param rank files with the item of the least rank come first, then by name. @default by name alone
 */
export function groupByFile<T extends { readonly file: string }>(
  items: readonly T[],
  rank: (item: T) => number = () => 0,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(item.file);
    if (group) group.push(item);
    else groups.set(item.file, [item]);
  }
  const first = new Map([...groups].map(([file, own]) => [file, Math.min(...own.map(rank))]));
  return new Map(
    [...groups].sort(([a], [b]) => first.get(a)! - first.get(b)! || (a < b ? -1 : a > b ? 1 : 0)),
  );
}

/** Items that read alike by `key` as one group, groups in the order of their first. */
export function joinAlike<T>(items: readonly T[], key: (item: T) => string): (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return [...groups.values()];
}

/** `reason → how many`, most first, then by name. */
export function countByReason(
  items: readonly { readonly reason: string }[],
): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { reason } of items) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].sort(([a, left], [b, right]) => right - left || (a < b ? -1 : 1));
}
