import { readFileSync } from "node:fs";
import { join } from "node:path";
import ignore, { type Ignore } from "ignore";

/** Rules of one .gitignore file. */
export interface IgnoreRules {
  /** folder of the file, posix, relative to the root, "" for the root itself */
  readonly folder: string;
  readonly rules: Ignore;
}

const MAX_PATTERN_LENGTH = 512;
const MAX_STAR_RUNS = 3;

/** Reads the .gitignore of a folder. An unreadable one ignores nothing: scanning too much is the safe side. */
export function readIgnoreRules(root: string, folder: string): IgnoreRules {
  const rules = ignore({ ignorecase: false });
  try {
    const text = readFileSync(join(root, folder, ".gitignore"), "utf8");
    rules.add(text.split(/\r?\n/).filter(isHarmless));
  } catch {
    // see above
  }
  return { folder, rules };
}

/**
 * Whether a path is ignored; the deepest .gitignore that speaks about it decides, as in git.
 *
 * @param path posix, relative to the root; folders end in "/"
 */
export function isIgnored(stack: readonly IgnoreRules[], path: string): boolean {
  for (let at = stack.length - 1; at >= 0; at -= 1) {
    const { folder, rules } = stack[at]!;
    const verdict = rules.test(folder === "" ? path : path.slice(folder.length + 1));
    if (verdict.ignored) return true;
    if (verdict.unignored) return false;
  }
  return false;
}

// Patterns become regular expressions; many stars in one make them run for minutes on a chosen file name.
function isHarmless(pattern: string): boolean {
  return pattern.length <= MAX_PATTERN_LENGTH && pattern.split(/\*+/).length <= MAX_STAR_RUNS + 1;
}
