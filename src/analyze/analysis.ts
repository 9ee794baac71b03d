import type { LegacyRole } from "../migration/migration.ts";
import type { Evidence, Span } from "../shared/location.ts";
import type { DoubleFacts } from "./doubles/double-facts.ts";
import type { EffectFacts } from "./effects/effect-facts.ts";
import type { Leftover } from "./leftovers.ts";
import type { Revival } from "./revive/revival.ts";
import type { OnProgress } from "../shared/on-progress.ts";

/** What a site is, as the JSON report names it. */
export type SiteKind =
  | "call"
  | "import"
  | "re-export"
  | "dynamic-import"
  | "dependency"
  | "wrapper"
  | "callback"
  | "type"
  | "mock"
  | "assertion"
  | "placeholder"
  | "stub"
  | "handler"
  | "text";

/** Which rule proposed a key; see src/analyze/keys. */
export type KeyRule =
  | "provenance"
  | "companion"
  | "co-passed"
  | "store-write"
  | "sibling-property"
  | "parameter-bag"
  | "same-name-parameter";

/** How a candidate's value relates to the session of the id. */
export interface KeyRelation {
  /**
   * same: shown to name the id's session by its canonical key; raw: the session, but un-normalised;
   * different: shown to be another session; disagree: differs between callers; unknown: not shown
   */
  readonly verdict: "same" | "raw" | "different" | "disagree" | "unknown";
  /** shown through lookups and data flow, or only by the convention that the names follow */
  readonly by: "data-flow" | "convention";
}

/** An expression that may be the session key at one call. */
export interface KeyCandidate {
  readonly expression: string;
  readonly rules: readonly KeyRule[];
  readonly relation: KeyRelation;
  /** why it cannot be read at the call, or null */
  readonly unusable: "not-initialised" | "shadowed" | "reassigned" | "out-of-scope" | null;
  /** the word in its name that points at another session (requester, lane …), or null */
  readonly foreignWord: string | null;
  /** its name says that it is the spelling a request carried */
  readonly rawName: boolean;
  /** it may be undefined at the call; null when that is not declared */
  readonly nullable: boolean | null;
  /** a plain name rather than a property path */
  readonly plain: boolean;
  /** offset below which it cannot be read: the end of the last declaration it needs, 0 for parameters */
  readonly declaredAt: number;
  /** candidates with the same value name the same thing at the call */
  readonly value: string;
  /** the object that the value is read from; names of one object are forms of one session */
  readonly owner: string;
  /** position of its name in the vocabulary of key names (lower is more canonical); Infinity when absent */
  readonly nameRank: number;
  readonly evidence: readonly Evidence[];
}

/** A condition that decides whether a call runs, and which of its operands test the id's presence. */
export interface Guard {
  readonly form: "ternary" | "if" | "and" | "early-exit";
  /** the whole statement or expression */
  readonly span: Span;
  readonly test: Span;
  readonly operands: readonly { readonly span: Span; readonly testsId: boolean }[];
  /** what runs when the test holds (ternary branch, block, right operand) */
  readonly body: Span;
  /** the if has no else and its block holds only this one statement */
  readonly soleStatement: Span | null;
  /** reads of the id below the guard that are no arguments of run calls and no presence tests */
  readonly otherReads: boolean;
}

/** One call of a legacy function. */
export interface RunCall {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly function: string;
  /** name as written */
  readonly name: string;
  /** first name of the legacy function in the migration data */
  readonly legacy: string;
  readonly role: LegacyRole;
  readonly via:
    | "import"
    | "namespace"
    | "destructured"
    | "module-object"
    | "dependency"
    | "stub"
    | "wrapper"
    | "placeholder"
    | "unknown";
  readonly span: Span;
  readonly callee: Span;
  /** the token that is renamed */
  readonly nameSpan: Span;
  readonly arguments: readonly Span[];
  /** which argument is the id */
  readonly idIndex: number;
  /** the wrapper around the call, when the id is one of its parameters; see Analysis.wrappers */
  readonly wrapper: string | null;
  readonly argumentText: string;
  /** not keyed on one session: no id, `undefined`, or a spread */
  readonly global: boolean;
  readonly unsupported: boolean;
  /** calls with the same value name one flow */
  readonly cluster: string;
  /** the outermost function around the call */
  readonly scope: string;
  readonly inTest: boolean;
  readonly candidates: readonly KeyCandidate[];
  readonly guards: readonly Guard[];
  /** symbol spans of the id that the call reads, for the search of leftovers */
  readonly idReads: readonly Span[];
  /** the const that holds the result, when the call (or its ternary) initialises one */
  readonly result: { readonly name: string; readonly statement: Span; readonly indent: string } | null;
  readonly inAsync: boolean;
  readonly evidence: readonly Evidence[];
  /** the same id also goes to a function without counterpart in this flow */
  readonly feedsNoCounterpart: boolean;
  /** the call stands behind `runtime?.` */
  readonly optional: boolean;
  /** set for calls through an object or a wrapper: what must move with the call */
  readonly through: string | null;
  /** the call, or its await, is a statement of its own */
  readonly standsAlone: boolean;
  /** offset of the line above which a comment about the call can stand; null where none can */
  readonly lineStart?: number | null;
  readonly awaited: boolean;
}

/**
 * A function of the repository that takes an id and hands it to a run call. Parameter and callers change
 * together, or not at all.
 */
export interface WrapperFact {
  readonly id: string;
  readonly file: string;
  readonly name: string;
  /** the parameter's new name */
  readonly newName: string;
  /** the parameter and every read of it: all are renamed */
  readonly tokens: readonly Span[];
  /** calls of the wrapper, each with the candidates for the key that it must pass */
  readonly calls: readonly RunCall[];
}

/** A use of a legacy name that is no call. */
export interface LegacyUse {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly function: string;
  readonly name: string;
  readonly legacy: string;
  readonly role: LegacyRole;
  readonly kind: SiteKind;
  readonly span: Span;
  readonly inTest: boolean;
  /** for imports and destructurings: positions of the uses of the bound name */
  readonly uses: readonly Span[];
  /** the module it comes from, as written */
  readonly specifier: string | null;
  /** local name, when the import is aliased */
  readonly local: string;
  /** a type-only import or use */
  readonly typeOnly: boolean;
  readonly detail: string | null;
}

/** A function on the legacy surface that does nothing. */
export interface StubFact {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly span: Span;
  readonly function: string;
  readonly name: string;
  /** constant, empty, throws */
  /** hollow: it looks runs up, and tells none of them anything */
  readonly form: "constant" | "empty" | "throws" | "hollow";
  /** called from somewhere in the workspace */
  readonly called: boolean;
  readonly local: boolean;
}

/** A role-named const that holds a literal and is read later. */
export interface PlaceholderFact {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly span: Span;
  readonly function: string;
  readonly name: string;
  readonly literal: string;
  /** an object whose type is narrowed to what it holds, rather than a plain literal */
  readonly isObject: boolean;
  readonly flowsTo: readonly Evidence[];
}

/** A call of the registry, and where its key comes from. */
export interface RegistryCall {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly span: Span;
  readonly function: string;
  readonly callee: string;
  readonly role: "register" | "unregister" | "kill" | "wait" | "active";
  readonly key: string;
  /** shape of the key: store-key, session-id, foreign, literal, parameter, unknown */
  readonly origin: "store-key" | "session-id" | "foreign" | "literal" | "nothing" | "parameter" | "unknown";
  /** for a key that is put together: how, with its parts left out */
  readonly shape?: string;
  readonly evidence: readonly Evidence[];
  readonly inTest: boolean;
}

/** A `@rewire-abort-manual` comment that is still there. */
export interface MarkerFact {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly span: Span;
  readonly function: string;
  readonly text: string;
}

/** An import declaration, token by token, so that it can be edited without a reprint. */
export interface ImportFact {
  readonly span: Span;
  /** as written, without quotes */
  readonly specifier: string;
  readonly module: Span;
  readonly typeOnly: boolean;
  /** anything besides named imports: a default or namespace import stays */
  readonly other: boolean;
  readonly names: readonly {
    readonly imported: string;
    readonly local: string;
    readonly span: Span;
    /** the imported name's token */
    readonly token: Span;
    readonly typeOnly: boolean;
  }[];
}

/** Facts about the workspace: plain, sorted data that plan and check read. */
export interface Analysis {
  readonly calls: readonly RunCall[];
  readonly uses: readonly LegacyUse[];
  /**
   * What nobody reads any more once the spans are gone. `kept` are names that the new code reads.
   * The one question that facts alone cannot answer beforehand: it depends on the decisions.
   */
  leftovers(
    file: string,
    gone: readonly Span[],
    kept: readonly { readonly offset: number; readonly names: readonly string[] }[],
  ): readonly Leftover[];
  readonly wrappers: readonly WrapperFact[];
  /**
   * What tests, mocks and harnesses do with the legacy functions; found at the first question, then kept.
   * @param onProgress told how far that is
   */
  doubles(onProgress?: OnProgress): DoubleFacts;
  /** Lets go of what only the finding of keys needed: most of the memory. Facts stay; what is asked later is read again. */
  forget(): void;
  /** why an expression that a person typed cannot stand at an offset of a file, as a sentence, or null */
  keyProblem(file: string, offset: number, expression: string): string | null;
  /** constants in entry points where a call stood, as the calls that would restore them */
  readonly restores: readonly RunCall[];
  /** import declarations of the files that hold calls */
  readonly imports: ReadonlyMap<string, readonly ImportFact[]>;
  /** names declared in a file besides its imports: a new import must not collide with them */
  readonly declaredNames: ReadonlyMap<string, ReadonlySet<string>>;
  readonly texts: ReadonlyMap<string, string>;
  readonly stubs: readonly StubFact[];
  readonly placeholders: readonly PlaceholderFact[];
  readonly registryCalls: readonly RegistryCall[];
  readonly markers: readonly MarkerFact[];
  /** registry module of the workspace: where it is, or where it should be */
  readonly registry: {
    readonly path: string;
    readonly exists: boolean;
    /** functions that an existing registry exports, of those that the migration knows */
    readonly exports: readonly string[];
  } | null;
  /** files that could not be analysed, with the sentence why */
  readonly failed: readonly { readonly file: string; readonly message: string }[];
  /** what declared entry points lost, put back as their contracts say; found at the question */
  revivals(): readonly Revival[];
  /** what functions reach and where they only say so; found at the first question, then kept */
  effects(): EffectFacts;
}
