/**
 * The known name that a mistyped one most likely meant.
 * @returns the nearest of `known`, or undefined when none is near enough to be worth saying
 */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  return nearestNames(name, known, 1)[0];
}

/** Up to `limit` known names, nearest first; names that share no more than a few letters are left out. */
export function nearestNames(name: string, known: Iterable<string>, limit: number): string[] {
  const wanted = name.toLowerCase().slice(0, 100);
  return [...known]
    .map((candidate) => ({ candidate, distance: distanceOf(wanted, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= Math.max(2, Math.floor(candidate.length / 2.5)))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** Levenshtein distance; a name that contains the other counts as near. */
function distanceOf(a: string, b: string): number {
  if (a.length >= 4 && b.includes(a)) return 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
