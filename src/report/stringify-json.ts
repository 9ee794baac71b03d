import { escapeJsonText } from "./escape-text.ts";

/** Keys in this order come first; others follow, numbers by value and names by code unit. Or: as they were made. */
export type KeyOrder = readonly string[] | "as-made";

type Frame = { readonly close: string; readonly items: readonly [string | null, unknown][]; at: number };

/**
 * Two-space JSON with a stable key order and a newline at the end. Walks with a stack of its own, because
 * `JSON.stringify` overflows on values that `JSON.parse` reads without complaint. Characters that a terminal or a CI
 * log could act on are written as `\uXXXX`, which parses to the same string.
 */
export function stringifyJson(value: unknown, order: KeyOrder): string {
  const rank = order === "as-made" ? null : new Map(order.map((key, index) => [key, index]));
  const parts: string[] = [];
  const stack: Frame[] = [];
  open(value);
  while (stack.length > 0) {
    const frame = stack.at(-1)!;
    const item = frame.items[frame.at];
    if (item === undefined) {
      stack.pop();
      if (frame.items.length > 0) parts.push("\n", indentOf(stack.length));
      parts.push(frame.close);
      continue;
    }
    parts.push(frame.at === 0 ? "\n" : ",\n", indentOf(stack.length));
    frame.at += 1;
    if (item[0] !== null) parts.push(JSON.stringify(item[0]), ": ");
    open(item[1]);
  }
  return `${escapeJsonText(parts.join(""))}\n`;

  function open(entry: unknown): void {
    if (Array.isArray(entry)) {
      parts.push("[");
      stack.push({ close: "]", items: entry.map((item) => [null, item]), at: 0 });
    } else if (typeof entry === "object" && entry !== null) {
      parts.push("{");
      const keys = Object.keys(entry).filter((key) => (entry as Record<string, unknown>)[key] !== undefined);
      if (rank) keys.sort((a, b) => compareKeys(a, b, rank));
      stack.push({
        close: "}",
        items: keys.map((key) => [key, (entry as Record<string, unknown>)[key]]),
        at: 0,
      });
    } else {
      parts.push(JSON.stringify(entry) ?? "null");
    }
  }
}

/** Indentation stops growing at a depth that no document of ours has, or a deep value would need quadratic space. */
function indentOf(depth: number): string {
  return "  ".repeat(Math.min(depth, 64));
}

function compareKeys(a: string, b: string, rank: ReadonlyMap<string, number>): number {
  const byRank = (rank.get(a) ?? rank.size) - (rank.get(b) ?? rank.size);
  if (byRank !== 0) return byRank;
  const [left, right] = [Number(a), Number(b)];
  if (Number.isFinite(left) && Number.isFinite(right) && left !== right) return left - right;
  return a < b ? -1 : a > b ? 1 : 0;
}
