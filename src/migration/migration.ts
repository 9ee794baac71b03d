import type { Words } from "../shared/words.ts";

/** What a legacy function did, independent of its name. */
export type LegacyRole = "abort" | "wait" | "is-active" | "count" | "is-streaming" | "steer" | "wait-all";

/** One legacy function and what becomes of its calls. */
export interface LegacyFunction {
  /** the name in most repositories first, then names that forks gave it */
  readonly names: readonly string[];
  readonly role: LegacyRole;
  /** the registry's counterpart, or null when it has none (calls are reported, never rewritten) */
  readonly replacement: string | null;
  /** the first argument is a session id that must become a session key */
  readonly keyed: boolean;
  /** source text of the timeout that a call relied on when it left the argument out */
  readonly defaultTimeout?: string;
  /** options of a last, literal argument that mean nothing to the counterpart, so that they may go */
  readonly lostOptions?: readonly string[];
}

/** A function that finds a session entry: which argument is the key, and which outputs name entry and key. */
export interface LookupFunction {
  readonly name: string;
  /** index of the key argument, or the property of the first (object) argument that holds it */
  readonly key: number | string;
  /** property of the result that is the session entry; null when the result itself is the entry */
  readonly entry: string | null;
  /** properties of the result that hold the canonical key */
  readonly canonicalKeys: readonly string[];
}

/** A function or method that tells the id of the session, or of its run, under a key. */
export interface IdLookupFunction {
  readonly name: string;
  /** index of the key argument, or the property of the first (object) argument that holds it */
  readonly key: number | string;
}

/** A function whose result is the canonical form of the key it is given. */
export interface NormalizerFunction {
  readonly name: string;
  readonly key: number | string;
  /** property of the result that is the key; null when the result itself is the key */
  readonly output: string | null;
  /** property of the result that lists every spelling of that key, the canonical one first */
  readonly spellings?: string;
}

/** A function that users reach, and the effect that it promises. */
export interface EntryPoint {
  readonly name: string;
  /** the kill whose result the user sees is followed by a wait of this many milliseconds (source text) */
  readonly settleTimeout?: string;
  /** what it must reach on its own session, in itself or in what it calls. @default ["kill"] */
  readonly reaches?: readonly ("kill" | "wait")[];
  /** it must read the wait's answer: what follows takes away what the run may still be writing */
  readonly actsOnWait?: boolean;
  /** "children": what it kills are other sessions than the caller's, so it covers nothing for its callers. @default "own" */
  readonly of?: "own" | "children";
  /** it stands in a table of handlers: exported and named nowhere means that users cannot reach it any more */
  readonly handler?: boolean;
  /** what stood in it: a kill of the session of this record, a variable or a property of the parameter with key and id */
  readonly stood?: { readonly of: string };
  /** how a test that replaces the kill shows that it was reached, and with which key; so it can expect it */
  readonly shownBy?: readonly ShownKill[];
  /** a function that some file must name: without it the repository is of an age that promised less */
  readonly onlyWith?: string;
}

/** What a test says of a kill without looking at it. */
export interface ShownKill {
  /** the function that the test calls, and the property of its result that the test expects */
  readonly call: string;
  readonly result: string;
  /** "flag": it is true once the run of the session was killed; "count": it says how many runs were */
  readonly means: "flag" | "count";
  /** properties of what the function is given that hold the key of the session that is meant, the first that is there */
  readonly asks: readonly string[];
  /** for counts: properties of a record that hold the key of a killed run, whose it is, and that it was over before */
  readonly record?: { readonly key: string; readonly of: string; readonly ended: string };
}

/** How the session store spells its keys. */
export interface SessionKeyRule {
  /** what every key of an agent's session begins with; agent and rest follow, parted by a colon */
  readonly prefix: string;
  /** the agent of a key that names none */
  readonly defaultAgent: string;
  /** keys that belong to no agent and stay as they are */
  readonly unscoped: readonly string[];
  /** functions that spell a store key from the key of a request: fixtures that write through one hold canonical keys */
  readonly makers: readonly string[];
}

/** What says in the code that a run was stopped. */
export interface ReportVocabulary {
  /** fields that are set to true once a run was aborted */
  readonly fields: readonly string[];
  /** functions that write down an end; it is a kill when the property of their argument has one of the values */
  readonly functions: readonly {
    readonly name: string;
    readonly property: string;
    readonly values: readonly string[];
  }[];
}

/**
 * A migration as data: the only place in the tool that spells legacy names. A fork's config extends it.
 */
export interface Migration {
  readonly id: string;
  readonly legacy: readonly LegacyFunction[];
  /** tails of module paths (no extension) that define or hand on the legacy functions */
  readonly legacyModules: readonly string[];
  readonly registry: {
    /** module path tail without extension, below the folder that the legacy modules stand in */
    readonly module: string;
    readonly register: string;
    readonly unregister: string;
    readonly kill: string;
    readonly wait: string;
    readonly isActive: string;
    readonly killAll: string;
    readonly waitAll: string;
  };
  readonly vocabulary: {
    /** property and variable names of a session id */
    readonly idNames: readonly string[];
    /** property names of a session entry held in a parameter bag, beside its key */
    readonly entryNames: readonly string[];
    /** names that by convention hold a store key, most canonical first */
    readonly keyNames: readonly string[];
    /** names that hold a key as a request carried it */
    readonly rawKeyNames: readonly string[];
    /** what a string that is put together must start with to be a key of the session store */
    readonly keyPrefixes: readonly string[];
    /** words in a name that point at another session than the id's, or at no session at all */
    readonly foreignWords: readonly string[];
    /** names of session stores and functions that load one */
    readonly storeNames: readonly string[];
  };
  readonly keyRule: SessionKeyRule;
  readonly lookups: readonly LookupFunction[];
  /** functions that go from the key to the id, without the entry between them */
  readonly idLookups: readonly IdLookupFunction[];
  readonly normalizers: readonly NormalizerFunction[];
  /** functions that take the keys and ids of one session together */
  readonly companions: readonly string[];
  /** functions without effects, so that a call nobody reads any more can go */
  readonly pureFunctions: readonly string[];
  readonly entryPoints: readonly EntryPoint[];
  readonly reports: ReportVocabulary;
}

/** Every legacy name, sorted by length so that alternations match the longest. */
export function legacyNames(migration: Migration): string[] {
  return migration.legacy.flatMap((fn) => fn.names).sort((a, b) => b.length - a.length || a.localeCompare(b));
}

/** The legacy function of that name, if it is one. */
export function legacyFunction(migration: Migration, name: string): LegacyFunction | undefined {
  return migration.legacy.find((fn) => fn.names.includes(name));
}

/** Words that make a file worth parsing for `migrate`. */
export function migrateWords(migration: Migration): RegExp {
  return new RegExp([...spelledNames(migration), "@rewire-abort-manual"].map(escapePattern).join("|"));
}

/** Words of the legacy functions, the registry and this tool's own comments. */
function surfaceNames(migration: Migration): string[] {
  return [...spelledNames(migration), ...surfaceFunctions(migration), "@rewire-abort", "rewire-abort-ignore"];
}

/** Every function of the two engines, by its own name. */
export function surfaceFunctions(migration: Migration): string[] {
  const { register, unregister, kill, wait, isActive, killAll, waitAll } = migration.registry;
  return [...legacyNames(migration), register, unregister, kill, wait, isActive, killAll, waitAll];
}

/** Pieces that such names are put together of, long enough to mean nothing else: `"EmbeddedPi"`, `"ForSession"`. */
function namePieces(migration: Migration): string[] {
  const pieces = surfaceFunctions(migration).flatMap((name) => {
    const [, ...words] = name.split(/(?=[A-Z])/);
    return words.map((_, at) => words.slice(0, at + 1).join(""));
  });
  return [...new Set(pieces)].filter((piece) => piece.length >= 10);
}

/** Words without which a test file is parsed only when something asks for it: most tests just use what others name. */
export function surfaceWords(migration: Migration): RegExp {
  return new RegExp(surfaceNames(migration).map(escapePattern).join("|"));
}

/** A letter, digit or underscore that is spelled by its number: a name that holds one is not found by its letters. */
export const ESCAPED_LETTER = "\\\\(?:u00|u\\{0*|x)(?:3[0-9]|4[1-9a-fA-F]|5[0-9aAfF]|6[1-9a-fA-F]|7[0-9aA])";

/** Every name that the gate judges by, to be searched in a text whose escapes are resolved. */
export function judgedNames(migration: Migration): RegExp {
  const { entryPoints, companions, reports } = migration;
  const names = [
    ...surfaceNames(migration),
    ...entryPoints.map(({ name }) => name),
    ...companions,
    ...reports.fields,
  ];
  return new RegExp(names.map(escapePattern).join("|"));
}

/** What makes a file worth parsing for `check`: stubs and foreign keys stay when the legacy names are gone. */
export function checkWords(migration: Migration): Words {
  const { companions, entryPoints, reports } = migration;
  const isName = (name: string): boolean => /^\w+$/.test(name);
  const entries = entryPoints.map(({ name }) => name);
  const names = [
    ...surfaceNames(migration),
    // What is left of a path whose calls were taken out: who promised a kill, and who says that there was one.
    ...entries.filter(isName),
  ];
  const rows = entries.filter((name) => !isName(name));
  const any = (words: readonly string[]): string => words.map(escapePattern).join("|");
  const marks = reports.functions.map(({ name }) => name);
  const pieces = namePieces(migration);
  const nothing = ["undefined", "null", "void 0"];
  const shapes: { readonly pattern: string; readonly anchors: readonly string[] }[] = [
    { pattern: any(names), anchors: names },
    {
      pattern: `const\\s+(?:${OUTCOME_NAMES.join("|")})\\s*(?::[^=\\n]{1,40})?=\\s*(?:/\\*.{0,60}?\\*/\\s*)?(?:await\\s+|[^=;\\n]{1,60}\\?\\s*)?(?:true\\b|false\\b|0\\b|!0|!1)`,
      anchors: OUTCOME_NAMES.flatMap((name) => SPACES.map((space) => space + name)),
    },
    {
      pattern: `\\b(?:${any(reports.fields)})["'\\]]{0,2}\\s*(?:(?:\\|\\|)?=|[:,])\\s*(?:[^;,{}\\n]{1,60}\\?\\s*)?(?:true\\b|!0)`,
      anchors: reports.fields,
    },
    { pattern: `\\b(?:${any(marks)})\\s*\\(`, anchors: marks },
    {
      pattern: `["'\`}](?:${any(pieces)})["'\`$]`,
      anchors: pieces.flatMap((piece) => ['"', "'", "`", "}"].map((before) => before + piece)),
    },
    {
      // What stands before it is looked at last: parentheses are everywhere.
      pattern: `(?:${any(nothing)})(?:\\s+as\\b|!)(?<=\\(\\s*(?:${any(nothing)})(?:\\s+as|!))|>(?:${any(nothing)})\\)(?<=\\(\\s*<\\w+>(?:${any(nothing)})\\))`,
      anchors: nothing.flatMap((word) => [`${word}!`, `>${word})`, ...spacedOut(word, ["as"])]),
    },
    { pattern: ESCAPED_LETTER, anchors: ["\\u00", "\\u{", "\\x"] },
    { pattern: `(?:${any(companions)})\\s*(?:\\?\\.)?\\(`, anchors: companions },
    { pattern: `["'](?:${any(rows)})["']\\s*:`, anchors: rows },
  ];
  return {
    shapes: shapes
      .filter(({ anchors }) => anchors.length > 0)
      .map(({ pattern, anchors }) => ({ pattern: new RegExp(pattern), anchors })),
  };
}

/** What a variable is called that holds whether, or how far, runs were stopped. */
export const OUTCOME_NAMES: readonly string[] = [
  ...["aborted", "ended", "killed", "settled", "stopped", "isActive", "isRunActive", "isStreaming"],
  ...["hasActiveRun", "embeddedRuns", "activeRuns"],
  ...["wasAborted", "wasKilled", "wasStopped", "didAbort", "didKill", "didStop", "didSettle"],
];

const SPACES = [..." \t\n\v\f\r\u00a0"];

/** One of these stands wherever a word, white space, and one of the next words do. */
function spacedOut(word: string, next: readonly string[]): string[] {
  return SPACES.flatMap((first) =>
    first === " " ? [...next, ...SPACES].map((then) => `${word} ${then}`) : [word + first],
  );
}

/** Legacy names as they stand alone, and inside of longer names: harnesses hand out `get…Mock`. */
function spelledNames(migration: Migration): string[] {
  return legacyNames(migration).flatMap((name) => [name, name[0]!.toUpperCase() + name.slice(1)]);
}

function escapePattern(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
