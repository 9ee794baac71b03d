import { UserError } from "../shared/errors.ts";
import { compileSegment, matchesSegment, type Refuse, type SegmentPattern } from "./match-segment.ts";

/** A glob, ready to match posix paths relative to the root. */
export interface Glob {
  /** as the user wrote it */
  readonly source: string;
  /** true when a literal segment of the glob is this folder name */
  names(folder: string): boolean;
  /** the literal folders that every alternative starts with, e.g. `packages/a` of `packages/a/*.ts` */
  readonly bases: readonly string[];
  matches(path: string): boolean;
}

const MAX_LENGTH = 1_000;
const MAX_ALTERNATIVES = 256;
const GLOBSTAR = "**";

/**
 * Compiles a glob: `*`, `?`, `**`, `[a-z]`, `{a,b}`. Dots are ordinary characters, and a glob that names a folder
 * takes in everything below it. Matching never backtracks over more than one star, so no glob is slow.
 *
 * @param option how the user gave it (`--include`), for messages
 * @throws UserError when the glob is empty, too large, malformed or leaves the root
 */
export function compileGlob(source: string, option: string): Glob {
  if (source.length > MAX_LENGTH)
    throw new UserError(
      `${option} has a glob of ${source.length} characters; ${MAX_LENGTH} is the limit.`,
      "Split it, or name a folder.",
    );
  const refuse: Refuse = (why, hint) => {
    throw new UserError(`${option} "${source}" ${why}.`, hint);
  };
  if (source === "") refuse("is empty", "Give a glob relative to the root, or leave the option out.");
  if (source.includes("\0")) refuse("holds a NUL character", "Take it out.");
  if (source.startsWith("!")) refuse("starts with !", "Use --exclude for what should be left out.");
  const alternatives = expandBraces(source, refuse).map((pattern) => {
    const segments = pattern.split("/").filter((segment) => segment !== "." && segment !== "");
    if (pattern.startsWith("/") || /^[A-Za-z]:/.test(pattern) || segments.includes(".."))
      refuse("leaves the root", "Give a glob relative to the root.");
    return segments;
  });
  const compiled = alternatives.map((segments) => compilePath(segments, refuse));
  const literals = new Set(alternatives.flat().filter(isLiteral));
  return {
    source,
    names: (folder) => literals.has(folder),
    bases: alternatives.map((segments) => {
      const end = segments.findIndex((segment) => !isLiteral(segment));
      return (end === -1 ? segments : segments.slice(0, end)).join("/");
    }),
    matches: (path) => {
      const names = path.split("/");
      return compiled.some((segments) => matchesPath(segments, names));
    },
  };
}

type PathPattern = readonly (SegmentPattern | typeof GLOBSTAR)[];

function compilePath(segments: readonly string[], refuse: Refuse): PathPattern {
  const path = segments.map((segment) => (segment === GLOBSTAR ? GLOBSTAR : compileSegment(segment, refuse)));
  return path.filter((segment, at) => segment !== GLOBSTAR || path[at - 1] !== GLOBSTAR);
}

/** Walks the names once, keeping the set of positions in the pattern that are still possible. */
function matchesPath(pattern: PathPattern, names: readonly string[]): boolean {
  let open = closeOverGlobstars(pattern, new Set([0]));
  for (const name of names) {
    // the pattern is used up before the path: it named a folder above this file
    if (open.has(pattern.length)) return true;
    const next = new Set<number>();
    for (const at of open) {
      const segment = pattern[at]!;
      if (segment === GLOBSTAR) next.add(at);
      else if (matchesSegment(segment, name)) next.add(at + 1);
    }
    if (next.size === 0) return false;
    open = closeOverGlobstars(pattern, next);
  }
  return open.has(pattern.length);
}

function closeOverGlobstars(pattern: PathPattern, open: Set<number>): Set<number> {
  for (const at of open) if (pattern[at] === GLOBSTAR) open.add(at + 1);
  return open;
}

function isLiteral(segment: string): boolean {
  return !/[*?[\]\\]/.test(segment);
}

/** Expands `{a,b}` from the left, stopping at a fixed number of alternatives. */
function expandBraces(source: string, refuse: Refuse): string[] {
  const done: string[] = [];
  const open = [source];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const start = findBrace(next);
    if (start === -1) {
      done.push(next);
    } else {
      const { parts, end } =
        splitGroup(next, start) ?? refuse("has braces that do not close", "Write {a,b}.");
      for (const part of parts) open.push(next.slice(0, start) + part + next.slice(end + 1));
    }
    if (done.length + open.length > MAX_ALTERNATIVES)
      refuse(`stands for more than ${MAX_ALTERNATIVES} patterns`, "Use * or fewer braces.");
  }
  return done;
}

function findBrace(text: string): number {
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === "{") return at;
  }
  return -1;
}

function splitGroup(text: string, start: number): { parts: string[]; end: number } | null {
  const parts: string[] = [];
  let depth = 0;
  let from = start + 1;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at];
    if (char === "\\") at += 1;
    else if (char === "{") depth += 1;
    else if (char === "," && depth === 1) {
      parts.push(text.slice(from, at));
      from = at + 1;
    } else if (char === "}") {
      depth -= 1;
      if (depth === 0) return { parts: [...parts, text.slice(from, at)], end: at };
    }
  }
  return null;
}
