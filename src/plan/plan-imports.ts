import path from "node:path/posix";
import type { Analysis, ImportFact, LegacyUse } from "../analyze/analysis.ts";
import type { Migration } from "../migration/migration.ts";
import { legacyTail, withoutExtension } from "../migration/module-paths.ts";
import { lineEnding } from "../shared/layout.ts";
import type { Edit, Span } from "../shared/location.ts";

/** A name that the file now takes from the registry. */
export interface NewImport {
  readonly name: string;
  readonly local: string;
}

/** What happens to the imports of one file. */
export interface ImportPlan {
  readonly edits: readonly Edit[];
}

export interface ImportQuestion {
  readonly analysis: Analysis;
  readonly migration: Migration;
  readonly file: string;
  readonly text: string;
  /** local names (spans of specifiers) that nobody reads any more */
  readonly dead: readonly Span[];
  /** legacy specifiers whose calls moved: what each becomes */
  readonly moved: ReadonlyMap<string, NewImport>;
  /** further names, for calls that had no static import, and for settlement */
  readonly added: readonly string[];
  readonly uses: readonly LegacyUse[];
}

/**
 * The registry is imported directly. An import whose every name moves is edited in place, token by
 * token; otherwise dead names go and one line is added below it, in the file's own spelling.
 */
export function planImports(question: ImportQuestion): ImportPlan {
  const { analysis, file, text, dead, moved } = question;
  const imports = analysis.imports.get(file) ?? [];
  const edits: Edit[] = [];
  let wanted = new Map<string, NewImport>();
  for (const target of moved.values()) wanted.set(target.local, target);
  for (const name of question.added)
    if (![...wanted.values()].some((one) => one.name === name)) wanted.set(name, { name, local: name });
  const registryImport = imports.find((fact) => isRegistry(question, fact) && !fact.typeOnly && !fact.other);
  for (const fact of imports.filter((candidate) => isRegistry(question, candidate) && !candidate.typeOnly))
    for (const name of fact.names) wanted = without(wanted, name.local);
  const isDead = (span: Span): boolean =>
    dead.some((gone) => gone.start === span.start && gone.end === span.end);
  let anchor: ImportFact | undefined;
  let replaced: ImportFact | undefined;
  for (const fact of imports) {
    // `import * as runs`: nobody reads the namespace any more; the new import takes its line.
    if (isDead(fact.span)) {
      if (!replaced && !registryImport && wanted.size > 0) replaced = fact;
      else edits.push({ ...wholeLine(text, fact.span), text: "" });
      continue;
    }
    const deadNames = fact.names.filter((name) => isDead(name.span));
    if (deadNames.length === 0) continue;
    const legacyNames = deadNames.filter((name) => moved.has(name.local));
    const allGo = deadNames.length === fact.names.length && !fact.other;
    if (legacyNames.length > 0) anchor ??= fact;
    if (
      allGo &&
      legacyNames.length > 0 &&
      legacyNames.length === deadNames.length &&
      !registryImport &&
      wanted.size > 0
    ) {
      const inPlace = legacyNames.filter((name) => wanted.has(moved.get(name.local)!.local));
      if (inPlace.length === legacyNames.length) {
        edits.push(...renameInPlace(question, fact, inPlace));
        for (const name of inPlace) wanted = without(wanted, moved.get(name.local)!.local);
        const last = fact.names.at(-1)!;
        const more = [...wanted.values()].sort(byName).map((one) => `, ${spell(one)}`);
        if (more.length > 0) edits.push({ start: last.span.end, end: last.span.end, text: more.join("") });
        wanted = new Map();
        continue;
      }
    }
    // With a name that only the id needed: the new import takes the line.
    if (allGo && legacyNames.length > 0 && !replaced && !registryImport && wanted.size > 0) replaced = fact;
    else if (allGo) edits.push({ ...wholeLine(text, fact.span), text: "" });
    else edits.push(...dropNames(text, fact, deadNames));
  }
  if (wanted.size === 0) {
    if (replaced) edits.push({ ...wholeLine(text, replaced.span), text: "" });
    return { edits };
  }
  if (registryImport && registryImport.names.length > 0) {
    const last = registryImport.names.at(-1)!;
    const more = [...wanted.values()].sort(byName).map((one) => `, ${spell(one)}`);
    edits.push({ start: last.span.end, end: last.span.end, text: more.join("") });
    return { edits };
  }
  const below =
    replaced ??
    anchor ??
    imports.find((fact) => question.uses.some((use) => use.specifier === fact.specifier)) ??
    imports.at(-1);
  const names = [...wanted.values()].sort(
    (a, b) => Number(a.local !== a.name) - Number(b.local !== b.name) || byName(a, b),
  );
  const eol = lineEnding(text);
  const quote = below ? text[below.module.start]! : '"';
  const semicolon = !below || text[below.span.end - 1] === ";" ? ";" : "";
  const line = `import { ${names.map(spell).join(", ")} } from ${quote}${registrySpecifier(question, below?.specifier)}${quote}${semicolon}`;
  if (replaced) {
    edits.push({ ...replaced.span, text: line });
    return { edits };
  }
  const at = below ? below.span.end : firstCodeOffset(text);
  edits.push({ start: at, end: at, text: below ? `${eol}${line}` : `${line}${eol}` });
  return { edits };
}

function isRegistry(question: ImportQuestion, fact: ImportFact): boolean {
  return withoutExtension(fact.specifier).endsWith(`/${question.migration.registry.module}`);
}

function without(map: Map<string, NewImport>, name: string): Map<string, NewImport> {
  const copy = new Map(map);
  copy.delete(name);
  return copy;
}

function renameInPlace(question: ImportQuestion, fact: ImportFact, names: ImportFact["names"]): Edit[] {
  const { moved, text } = question;
  const quote = text[fact.module.start]!;
  return [
    ...names.map((name) => {
      const target = moved.get(name.local)!;
      return { ...name.token, text: target.name };
    }),
    { ...fact.module, text: quote + registrySpecifier(question, fact.specifier) + quote },
  ];
}

/** The registry's specifier as this file would write it: like the legacy one, with the tail replaced. */
export function registrySpecifier(
  question: Pick<ImportQuestion, "analysis" | "migration" | "file"> & Partial<Pick<ImportQuestion, "uses">>,
  legacy: string | undefined,
): string {
  const { analysis, migration, file } = question;
  const extension = /\.[cm]?[jt]sx?$/.exec(legacy ?? "")?.[0] ?? "";
  const tail =
    legacy === undefined ? undefined : legacyTail(migration, path.join("/", path.dirname(file), legacy));
  if (legacy !== undefined && tail !== undefined) {
    const stem = withoutExtension(legacy);
    if (stem.endsWith(tail)) return stem.slice(0, -tail.length) + migration.registry.module + extension;
  }
  // Dynamic imports show the file's habit too.
  const specifiers = [...(analysis.imports.get(file) ?? []), ...(question.uses ?? [])].map(
    (each) => each.specifier,
  );
  const known = specifiers.map((specifier) => /\.[cm]?[jt]sx?$/.exec(specifier ?? "")?.[0]);
  const style = extension || known.find((end) => end !== undefined) || (/\.[cm]?js$/.test(file) ? ".js" : "");
  const registry = analysis.registry?.path ?? `${path.dirname(file)}/${migration.registry.module}.ts`;
  const relative = path.relative(path.dirname(file), withoutExtension(registry));
  return (relative.startsWith(".") ? relative : `./${relative}`) + style;
}

function spell({ name, local }: NewImport): string {
  return name === local ? name : `${name} as ${local}`;
}

function byName(a: NewImport, b: NewImport): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** Takes names out of `{ a, b, c }`, each with its comma; a name alone on its line takes the line with it. */
export function dropNames(text: string, fact: ImportFact, dead: ImportFact["names"]): Edit[] {
  const first = fact.names[0]!.span;
  const last = fact.names.at(-1)!.span;
  // `import pi, { a } from`: what is left is the default.
  if (dead.length === fact.names.length) {
    const open = /,\s*\{\s*$/.exec(text.slice(0, first.start));
    const close = /^\s*,?\s*\}/.exec(text.slice(last.end));
    if (open && close) return [{ start: open.index, end: last.end + close[0].length, text: "" }];
  }
  return neighbours(text, dead).map((span) =>
    dropElement(text, span, span.end === last.end ? span : last, first),
  );
}

/** Dead names that only a comma parts go as one: apart they would both claim the space between them. */
function neighbours(text: string, dead: ImportFact["names"]): Span[] {
  const spans: Span[] = [];
  for (const { span } of [...dead].sort((a, b) => a.span.start - b.span.start)) {
    const before = spans.at(-1);
    if (before && /^\s*,\s*$/.test(text.slice(before.end, span.start)))
      spans[spans.length - 1] = { start: before.start, end: span.end };
    else spans.push({ start: span.start, end: span.end });
  }
  return spans;
}

/** Takes one element out of a comma-separated list. */
export function dropElement(text: string, span: Span, last: Span, first: Span): Edit {
  let end = span.end;
  const comma = /^\s*,/.exec(text.slice(end));
  if (comma) {
    end += comma[0].length;
    const lineStart = startOfLine(text, span.start);
    const rest = /^[ \t]*(\r\n|\n|\r)/.exec(text.slice(end));
    if (text.slice(lineStart, span.start).trim() === "" && rest)
      return { start: lineStart, end: end + rest[0].length, text: "" };
    const space = /^[ \t]+/.exec(text.slice(end))?.[0] ?? "";
    // The last of a list that ends with a comma: the space before it goes instead of the one behind.
    if (text[end + space.length] === "}") {
      const before = /[ \t]*$/.exec(text.slice(0, span.start))?.[0] ?? "";
      return { start: span.start - before.length, end, text: "" };
    }
    if (span.start !== last.start) end += space.length;
    return { start: span.start, end, text: "" };
  }
  if (span.start === first.start) return { start: span.start, end, text: "" };
  const before = /,\s*$/.exec(text.slice(0, span.start));
  return { start: span.start - (before?.[0].length ?? 0), end, text: "" };
}

/** The lines of a statement that stands alone on them, line break included. */
export function wholeLine(text: string, span: Span): Span {
  const start = startOfLine(text, span.start);
  const rest = /^[ \t]*(\r\n|\n|\r|$)/.exec(text.slice(span.end));
  if (text.slice(start, span.start).trim() !== "" || !rest) return span;
  // A BOM is no part of the first line.
  const from = start === 0 && text.charCodeAt(0) === 0xfeff ? 1 : start;
  return { start: from, end: span.end + rest[0].length };
}

export function startOfLine(text: string, offset: number): number {
  let at = offset;
  while (at > 0 && text[at - 1] !== "\n" && text[at - 1] !== "\r") at -= 1;
  return at;
}

function firstCodeOffset(text: string): number {
  const bom = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const shebang = /^#![^\r\n]*(\r\n|\n|\r)/.exec(text.slice(bom));
  return bom + (shebang?.[0].length ?? 0);
}
