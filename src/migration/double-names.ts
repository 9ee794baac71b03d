import { type LegacyFunction, legacyFunction, legacyNames, type Migration } from "./migration.ts";

/** A legacy name inside a longer one, as tests make them: `abort…Mock`, `getAbort…Mock`. */
export interface LegacyWord {
  readonly fn: LegacyFunction;
  /** the name as the migration spells it */
  readonly name: string;
  readonly start: number;
  /** written with a capital, inside of a longer name */
  readonly capital: boolean;
}

const patterns = new WeakMap<Migration, RegExp>();

/** The first legacy name that an identifier holds as a word of its own, in either capitalisation. */
export function legacyWord(migration: Migration, text: string): LegacyWord | undefined {
  let pattern = patterns.get(migration);
  if (!pattern) {
    const names = legacyNames(migration);
    pattern = new RegExp(
      `(?<![A-Za-z])(?:${names.join("|")})(?![a-z])|(?<![A-Z])(?:${names.map(capitalized).join("|")})(?![a-z])`,
    );
    patterns.set(migration, pattern);
  }
  const found = pattern.exec(text);
  if (!found) return undefined;
  const exact = legacyFunction(migration, found[0]);
  const name = exact ? found[0] : found[0][0]!.toLowerCase() + found[0].slice(1);
  return { fn: exact ?? legacyFunction(migration, name)!, name, start: found.index, capital: !exact };
}

/** The identifier with the legacy name in it replaced, in the same capitalisation. */
export function withReplacement(text: string, word: LegacyWord, replacement: string): string {
  const spelled = word.capital ? capitalized(replacement) : replacement;
  return text.slice(0, word.start) + spelled + text.slice(word.start + word.name.length);
}

/** `abortRun` → `AbortRun` */
export function capitalized(name: string): string {
  return name[0]!.toUpperCase() + name.slice(1);
}
