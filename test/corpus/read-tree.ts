import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

export interface FileState {
  readonly sha: string;
  /** nanoseconds, as a string: a number would round it */
  readonly mtime: string;
}

/** Every file below a folder: posix path → content and time. */
export function readTree(root: string): Map<string, FileState> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const tree = new Map<string, FileState>();
  for (const entry of files) {
    const file = path.join(entry.parentPath, entry.name);
    tree.set(path.relative(root, file).replaceAll(path.sep, "/"), {
      sha: createHash("sha256").update(readFileSync(file)).digest("hex"),
      mtime: String(statSync(file, { bigint: true }).mtimeNs),
    });
  }
  return tree;
}

export interface LegacyCall {
  readonly file: string;
  readonly line: number;
  readonly callee: string;
}

/** The module that defines the legacy functions, and the barrels that only hand them on. */
const DEFINERS = /(^|\/)agents\/pi-embedded(-runner)?(\.[cm]?js$|\/)/;

/**
 * Calls of the two functions that stop and await a run, found with a plain expression over the text: a second opinion
 * that knows nothing of the tool's own reading.
 */
export function findLegacyCalls(root: string, files: Iterable<string>): LegacyCall[] {
  const calls: LegacyCall[] = [];
  for (const file of files) {
    if (!/\.[cm]?js$/.test(file) || DEFINERS.test(file)) continue;
    readFileSync(path.join(root, file), "utf8")
      .split("\n")
      .forEach((text, at) => {
        const code = text.replace(/^\s*(\/\/|\*).*$/, "");
        for (const found of code.matchAll(/\b(abortEmbeddedPiRun|waitForEmbeddedPiRunEnd)\s*\(/g)) {
          calls.push({ file, line: at + 1, callee: found[1]! });
        }
      });
  }
  return calls;
}
