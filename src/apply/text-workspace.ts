import type { Workspace } from "../discover/workspace.ts";
import { UserError } from "../shared/errors.ts";

/** A workspace of texts in memory: changed files over an existing workspace, or files of their own. */
export function textWorkspace(texts: ReadonlyMap<string, string>, base?: Workspace): Workspace {
  const names = [...texts.keys()].sort();
  const scanned = base ? [...new Set([...base.scanned, ...names])].sort() : names;
  return {
    root: base?.root ?? "/",
    listedBy: base?.listedBy ?? "walk",
    discovered: scanned.length,
    scanned,
    hits: names.map((path) => ({ path, text: texts.get(path)! })),
    skipped: [],
    failed: [],
    unjudged: [],
    bytes: 0,
    has: (file) => texts.has(file) || (base?.has(file) ?? false),
    read: (file) => {
      const text = texts.get(file) ?? base?.read(file);
      if (text === undefined) throw new UserError(`${file} is not one of the scanned files.`);
      return text;
    },
    filesContaining: (needle) => {
      const changed = names.filter((name) => texts.get(name)!.includes(needle));
      const others = (base?.filesContaining(needle) ?? []).filter((name) => !texts.has(name));
      return [...changed, ...others].sort();
    },
  };
}
