import type { LegacyWord } from "../../migration/double-names.ts";
import type { Evidence, Span } from "../../shared/location.ts";
import type { UnprovenTest } from "../effects/effect-facts.ts";

/**
 * How a name in a test is bound to what is mocked.
 * key: a property of the object that a mock's factory returns; helper-key: of an object that a helper of the factory
 * makes; state: a property of an object that the factory takes its values from; binding: a variable or function of the
 * test's own; accessor: one that another test file exports; import, dynamic-import, member: the mocked module's;
 * spy: the string that names it; dependency: a property handed to production code; engine: a test of the legacy
 * functions themselves; option: of a helper of the tests' own, which reads it by name; other: shown to be something else of the same name; unknown: none of these is shown.
 */
export type Tie =
  | "key"
  | "helper-key"
  | "state"
  | "binding"
  | "accessor"
  | "import"
  | "dynamic-import"
  | "member"
  | "spy"
  | "dependency"
  | "engine"
  | "option"
  | "other"
  | "unknown";

/** One name in a test file that holds a legacy name. */
export interface DoubleName {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly function: string;
  readonly span: Span;
  readonly text: string;
  readonly word: LegacyWord;
  readonly tie: Tie;
  /** why it could not be followed, where more can be said than that */
  readonly why: string | null;
  /** the test file that an accessor or a state object comes from */
  readonly from: string | null;
  /** a statement that only sets the double up (`vi.mocked(x).mockReturnValue(…);`), when the name is its subject */
  readonly setup: Span | null;
  /** the name stands in an expectation */
  readonly asserted: boolean;
  /** for keys and helper keys: the whole property */
  readonly property: Span | null;
  /** for a property that is a shorthand */
  readonly shorthand: boolean;
  /** for keys: what stands for the function, where it has a name of its own: `spy` of `{ old: spy }` */
  readonly standsFor: string | null;
  /** for keys: its parameter that receives the id, with every read of it, when it is named like one */
  readonly idTokens: readonly Span[];
  /** for keys: a name that its value reads and that only the factory around it declares */
  readonly ofFactory: string | null;
  /** for dynamic imports: the whole statement, and how many names it takes */
  readonly taking: { readonly statement: Span; readonly names: number; readonly module: Span } | null;
  /** for spies: the statement that makes it, and the variable that holds it */
  readonly spy: { readonly statement: Span; readonly variable: string | null } | null;
  /** for members and spies: the namespace identifier before it */
  readonly namespace: Span | null;
}

/** The object that a mock's factory returns. */
export type FactoryShape =
  /** an object literal in the factory */
  | {
      readonly kind: "inline";
      readonly object: Span;
      /** names of its own properties that are no legacy functions */
      readonly others: number;
      /** what is spread into it besides the real module */
      readonly foreignSpreads: number;
    }
  /** a variable that holds the whole object */
  | {
      readonly kind: "object";
      readonly name: string;
      readonly keys: readonly string[];
      /** the file that declares it */
      readonly home: string;
    }
  /** made by functions of the tests' own, from here */
  | {
      readonly kind: "helper";
      readonly factory: Span;
      readonly parameters: number;
      /** they, or what calls them, ask for the real module as well */
      readonly real: boolean;
      /** the files that declare them */
      readonly homes: readonly string[];
    }
  /** every export is replaced by the framework */
  | { readonly kind: "automatic" }
  | { readonly kind: "unknown" };

/** A mock of a module that leads to the legacy functions, or of the registry. */
export interface MockFact {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly call: Span;
  /** `vi.mock`, `jest.doMock`, `mock.module` … */
  readonly callee: string;
  readonly framework: "vi" | "jest" | "bun";
  readonly specifier: string;
  /** the path, and the same path inside the factory (`importActual`, `typeof import`) */
  readonly paths: readonly Span[];
  readonly factory: FactoryShape;
  /** where another mock can stand behind it: after a statement, or in a block around an arrow's only expression */
  readonly room: { readonly kind: "statement" | "expression-body"; readonly span: Span } | null;
  /** calls that take it away again: the path in each, and the statement that is all of it */
  readonly undone: readonly { readonly path: Span; readonly statement: Span | null }[];
  /** legacy functions among its keys, or all that its module hands on */
  readonly names: readonly DoubleName[];
  readonly registry: boolean;
}

/** A session id that a test hands to a double, expects of it, or keeps its state under. */
export interface DoubleId {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly function: string;
  readonly span: Span;
  readonly text: string;
  readonly kind: "assertion" | "seed";
  /** the doubles that receive it */
  readonly doubles: readonly DoubleName[];
  /** for seeds: the statement that sets it */
  readonly statement: Span | null;
  /** keys that the fixtures give the session of the id */
  readonly keys: readonly FixtureKey[];
  /** the id, where it is fixed */
  readonly value: string | null;
  /** the spy that receives it stands in for another function too */
  readonly shared: boolean;
  /** why it was not followed: it is left to a person */
  readonly unfollowed: string | null;
  /** one of its doubles answers `true` for an id that it does not know */
  readonly trusted: boolean;
}

/** A key that a fixture gives a session. */
export interface FixtureKey {
  /** source text that names it at the id */
  readonly expression: string;
  readonly value: string;
  /** it is the canonical form, by its spelling or because the fixture's writer makes it so */
  readonly canonical: boolean;
  readonly evidence: Evidence;
}

/** A test about a stop that expects what shows that a kill was reached, and never looks at the kill. */
export interface SilentTest {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly function: string;
  /** the entry point that kills */
  readonly entry: string;
  /** the expectation behind which the kill can be expected too */
  readonly statement: Span;
  /** keys of the sessions whose runs must have been killed */
  readonly keys: readonly FixtureKey[];
}

/** A test that would be green if nothing was ever stopped. */
export interface QuietTest {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly function: string;
  /** the kill that it does not look at, or the helper that a constant stands for */
  readonly about: string;
  readonly problem: "kill-never-asserted" | UnprovenTest["problem"];
  /** the whole test, where an expectation in it would mend it; null where one anywhere in the file would */
  readonly test: Span | null;
  readonly evidence: readonly Evidence[];
}

/** What tests do with the legacy functions. */
export interface DoubleFacts {
  readonly quiet: readonly QuietTest[];
  readonly silent: readonly SilentTest[];
  readonly names: readonly DoubleName[];
  readonly mocks: readonly MockFact[];
  readonly ids: readonly DoubleId[];
  /** every identifier of a test file, so that a new name meets none of them */
  identifiers(file: string): ReadonlySet<string>;
  text(file: string): string;
  /** functions of the registry that a file of production code calls; with a dot before them: as a member */
  registryNames(file: string): ReadonlySet<string>;
  /** files that are loaded when tests that use a test file run */
  loadedWith(file: string): ReadonlySet<string>;
  /** a file names a function besides declaring it */
  mentions(file: string, name: string, declaredIn: string): boolean;
}
