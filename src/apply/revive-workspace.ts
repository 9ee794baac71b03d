import type { Revival } from "../analyze/revive/revival.ts";
import type { Workspace } from "../discover/workspace.ts";
import { lineEnding } from "../shared/layout.ts";
import { applyEdits, type Edit } from "../shared/location.ts";

/** A workspace in which lost statements stand again, in memory. */
export interface RevivedWorkspace {
  readonly workspace: Workspace;
  /** by file: what was put in, as edits of its text as it is */
  readonly edits: ReadonlyMap<string, readonly Edit[]>;
}

/** Puts lost statements back, and the imports that they need. */
export function reviveWorkspace(base: Workspace, revivals: readonly Revival[]): RevivedWorkspace {
  const edits = new Map<string, Edit[]>();
  const texts = new Map<string, string>();
  for (const file of [...new Set(revivals.map((revival) => revival.file))].sort()) {
    const own = revivals.filter((revival) => revival.file === file);
    const before = base.read(file);
    const all = [...importEdits(before, own), ...own.flatMap((one) => one.edits)];
    edits.set(file, joinAtOnePlace(all));
    texts.set(file, applyEdits(before, edits.get(file)!));
  }
  const hits = new Map(base.hits.map(({ path, text }) => [path, text]));
  for (const [path, text] of texts) hits.set(path, text);
  return {
    edits,
    workspace: {
      ...base,
      hits: [...hits].map(([path, text]) => ({ path, text })).sort((a, b) => (a.path < b.path ? -1 : 1)),
      read: (file) => texts.get(file) ?? base.read(file),
      has: (file) => base.has(file),
      filesContaining: (needle) =>
        [
          ...[...texts.keys()].filter((file) => texts.get(file)!.includes(needle)),
          ...base.filesContaining(needle).filter((file) => !texts.has(file)),
        ].sort(),
    },
  };
}

/** One line for each module, below the last import, spelled as that one is. */
function importEdits(text: string, revivals: readonly Revival[]): Edit[] {
  const modules = new Map<string, Map<string, string>>();
  for (const { specifier, imported, local } of revivals.flatMap(({ imports }) => imports)) {
    const names = modules.get(specifier) ?? new Map<string, string>();
    names.set(local, imported === local ? local : `${imported} as ${local}`);
    modules.set(specifier, names);
  }
  if (modules.size === 0) return [];
  const eol = lineEnding(text);
  const end = revivals[0]!.importsEnd;
  const last = text.slice(0, end ?? 0);
  const quote = /'[^']*';?$/.test(last) ? "'" : '"';
  const semicolon = last === "" || last.endsWith(";") ? ";" : "";
  const lines = [...modules]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([specifier, names]) => {
      const list = [...names.values()].sort().join(", ");
      return `import { ${list} } from ${quote}${specifier}${quote}${semicolon}`;
    });
  if (end !== null) return [{ start: end, end, text: lines.map((line) => eol + line).join("") }];
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  return [{ start, end: start, text: lines.map((line) => line + eol).join("") }];
}

function joinAtOnePlace(edits: readonly Edit[]): Edit[] {
  const joined: Edit[] = [];
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const before = joined.at(-1);
    if (before && before.start === edit.start && before.end === before.start && edit.end === edit.start)
      joined[joined.length - 1] = { ...before, text: before.text + edit.text };
    else joined.push(edit);
  }
  return joined;
}
