import { type Edit, LineIndex } from "../shared/location.ts";
import type { DiffHunk } from "./run-result.ts";

const CONTEXT = 3;
/** Lines before times lines after up to which a block is searched for lines that stay. */
const MOST_PAIRS = 250_000;

/** A run of whole lines that an edit replaces: old lines [from, to), 0-based, and the lines that stand there after. */
interface Block {
  from: number;
  to: number;
  lines: readonly string[];
}

/**
 * The difference of one file as hunks with three lines of context. The edits say where to look: each is widened to
 * whole lines, and within those a line that stays is context, as in git's own diff.
 *
 * @param before the text before the change
 * @param after  the text after it; must be `before` with the edits applied
 * @param edits  offsets in `before`
 * @throws RangeError when the edits do not lead from `before` to `after`
 */
export function makeHunks(before: string, after: string, edits: readonly Edit[]): DiffHunk[] {
  const index = new LineIndex(before);
  const oldLines = splitLines(before, index);
  const blocks = collectBlocks(before, index, oldLines.length, edits);
  let delta = 0;
  for (const block of blocks) delta += block.lines.join("").length - joined(oldLines, block.from, block.to);
  if (before.length + delta !== after.length)
    throw new RangeError("the edits do not lead from the text before to the text after");
  return joinHunks(
    oldLines,
    blocks.flatMap((block) => split(shrink(block, oldLines), oldLines)),
  );
}

function joined(lines: readonly string[], from: number, to: number): number {
  let length = 0;
  for (let i = from; i < to; i += 1) length += lines[i]!.length;
  return length;
}

/** Lines with their terminators; a text that ends in one has no empty last line. */
function splitLines(text: string, index = new LineIndex(text)): string[] {
  const lines: string[] = [];
  for (let line = 1; line <= index.lineCount; line += 1)
    lines.push(
      text.slice(index.startOf(line), line < index.lineCount ? index.startOf(line + 1) : text.length),
    );
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function collectBlocks(before: string, index: LineIndex, count: number, edits: readonly Edit[]): Block[] {
  const ordered = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  const blocks: Block[] = [];
  for (let i = 0; i < ordered.length; ) {
    const from = index.at(ordered[i]!.start).line - 1;
    let to = Math.min(index.at(ordered[i]!.end).line, count);
    let next = i + 1;
    // Edits on one line or on neighbouring lines belong to one block.
    while (next < ordered.length && index.at(ordered[next]!.start).line - 1 <= to) {
      to = Math.max(to, Math.min(index.at(ordered[next]!.end).line, count));
      next += 1;
    }
    const end = to < index.lineCount ? index.startOf(to + 1) : before.length;
    let text = "";
    let at = index.startOf(from + 1);
    for (const edit of ordered.slice(i, next)) {
      if (edit.start < at) throw new RangeError(`edits overlap at offset ${edit.start}`);
      text += before.slice(at, edit.start) + edit.text;
      at = edit.end;
    }
    blocks.push({
      from: Math.min(from, count),
      to,
      lines: splitLines(text + before.slice(at, Math.max(at, end))),
    });
    i = next;
  }
  return blocks;
}

function shrink(block: Block, oldLines: readonly string[]): Block {
  let { from, to } = block;
  let start = 0;
  let end = block.lines.length;
  while (from < to && start < end && oldLines[from] === block.lines[start]) {
    from += 1;
    start += 1;
  }
  while (to > from && end > start && oldLines[to - 1] === block.lines[end - 1]) {
    to -= 1;
    end -= 1;
  }
  return { from, to, lines: block.lines.slice(start, end) };
}

/** The block parted at the lines that stay: a longest common run of lines, in order. Nothing for an empty block. */
function split(block: Block, oldLines: readonly string[]): Block[] {
  const before = oldLines.slice(block.from, block.to);
  const after = block.lines;
  if (before.length === 0 && after.length === 0) return [];
  if (before.length * after.length > MOST_PAIRS) return [block];
  const width = after.length + 1;
  const common = new Uint32Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i -= 1)
    for (let j = after.length - 1; j >= 0; j -= 1)
      common[i * width + j] =
        before[i] === after[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
  const parts: Block[] = [];
  let [i, j] = [0, 0];
  let [start, added] = [0, 0];
  const close = () => {
    if (i > start || j > added)
      parts.push({ from: block.from + start, to: block.from + i, lines: after.slice(added, j) });
  };
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      close();
      i += 1;
      j += 1;
      [start, added] = [i, j];
    } else if (common[(i + 1) * width + j]! >= common[i * width + j + 1]!) i += 1;
    else j += 1;
  }
  [i, j] = [before.length, after.length];
  close();
  return parts;
}

function joinHunks(oldLines: readonly string[], blocks: readonly Block[]): DiffHunk[] {
  const hunks: DiffHunk[] = [];
  let shift = 0;
  for (let i = 0; i < blocks.length; ) {
    const start = Math.max(0, blocks[i]!.from - CONTEXT);
    const lines: string[] = [];
    let at = start;
    let nextShift = shift;
    let last = i;
    do {
      const block = blocks[last]!;
      pushLines(lines, " ", oldLines.slice(at, block.from));
      pushLines(lines, "-", oldLines.slice(block.from, block.to));
      pushLines(lines, "+", block.lines);
      at = block.to;
      nextShift += block.lines.length - (block.to - block.from);
      last += 1;
    } while (last < blocks.length && blocks[last]!.from - at <= 2 * CONTEXT);
    pushLines(lines, " ", oldLines.slice(at, at + CONTEXT));
    hunks.push({ oldStart: start + 1, newStart: start + 1 + shift, lines });
    shift = nextShift;
    i = last;
  }
  return hunks;
}

function pushLines(target: string[], mark: string, lines: readonly string[]): void {
  for (const line of lines) target.push(mark + line.replace(/\r\n$|[\r\n]$/, ""));
}

/** `@@ -12,7 +12,9 @@`, as diff and patch write it. */
export function hunkHeader(hunk: DiffHunk): string {
  let removed = 0;
  let added = 0;
  for (const line of hunk.lines) {
    if (line[0] !== "+") removed += 1;
    if (line[0] !== "-") added += 1;
  }
  return `@@ -${hunk.oldStart},${removed} +${hunk.newStart},${added} @@`;
}
