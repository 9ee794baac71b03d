import { type Dirent, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type IgnoreRules, isIgnored, readIgnoreRules } from "./read-ignore-rules.ts";
import { isSourceName } from "./source-names.ts";

interface Walk {
  readonly files: string[];
  readonly failed: { readonly file: string; readonly message: string }[];
}

/**
 * Lists source files below a folder without git. Symbolic links are listed but never followed, so cycles end by
 * themselves; node_modules and .git are not entered.
 *
 * @param root  absolute path
 * @param under folder to start in, posix, relative to the root
 * @param options.ignoreFiles honour .gitignore files; false when the user named the folder itself. @default true
 */
export function walkFiles(root: string, under = "", options: { readonly ignoreFiles?: boolean } = {}): Walk {
  const files: string[] = [];
  const failed: { file: string; message: string }[] = [];
  const honour = options.ignoreFiles ?? true;
  // a stack of our own: hostile trees nest deeper than the call stack
  const open: { readonly folder: string; readonly rules: readonly IgnoreRules[] }[] = [
    { folder: under, rules: [] },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { folder } = next;
    let entries: Dirent[];
    try {
      entries = readdirSync(join(root, folder), { withFileTypes: true });
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
      failed.push({ file: folder === "" ? "." : folder, message: `the folder cannot be read (${code})` });
      continue;
    }
    const own = honour && entries.some((entry) => entry.name === ".gitignore" && entry.isFile());
    const rules = own ? [...next.rules, readIgnoreRules(root, folder)] : next.rules;
    for (const entry of entries) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (entry.name === "node_modules" || entry.name.toLowerCase() === ".git") continue;
        if (!isIgnored(rules, `${path}/`)) open.push({ folder: path, rules });
      } else if (isSourceName(entry.name) && !isIgnored(rules, path)) {
        if (isUnreadableName(root, path)) failed.push({ file: path, message: "its name is not valid UTF-8" });
        else files.push(path);
      }
    }
  }
  files.sort();
  return { files, failed };
}

/** True for a name whose bytes are no UTF-8: its text, with replacement characters in it, names no file. */
export function isUnreadableName(root: string, path: string): boolean {
  return path.includes("\ufffd") && lstatSync(join(root, path), { throwIfNoEntry: false }) === undefined;
}
