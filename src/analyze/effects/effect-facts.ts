import type { Evidence, Span } from "../../shared/location.ts";

/** Where a fact stands. */
export interface EffectPlace {
  readonly file: string;
  /** 1-based */
  readonly line: number;
  readonly column: number;
  readonly span: Span;
  readonly function: string;
  readonly evidence: readonly Evidence[];
}

/** `(undefined as any)?.closeSession()`: a call that never happens. */
export interface UndefinedCall extends EffectPlace {
  readonly base: string;
}

/** Something written down as stopped, with no kill on the way to it. */
export interface UnbackedReport extends EffectPlace {
  /** what is reported, as source text */
  readonly report: string;
}

/** A declared entry point that does not reach what it promises. */
export interface BrokenPromise extends EffectPlace {
  readonly name: string;
  /** settle: the kill is there, and nothing awaits the end that the user is told about */
  readonly missing: "kill" | "wait" | "settle";
}

/** A call of the registry where it never runs. */
export interface DeadCall extends EffectPlace {
  readonly callee: string;
  /** what keeps it from running, in words; the condition for `legacy` */
  readonly guard: string;
  /** constant: a condition folds; unreachable: nothing leads there; legacy: the engine that is gone is asked */
  readonly why: "constant" | "unreachable" | "legacy";
}

/** An awaited call of an object whose every function does nothing. */
export interface NullObjectCall extends EffectPlace {
  readonly method: string;
  /** what makes the object, as source text */
  readonly factory: string;
}

/** A success that is answered for work that nothing does. */
export interface FabricatedSuccess extends EffectPlace {
  readonly answer: string;
}

/** A wait that does not do what a wait is for. */
export interface UnsoundWait extends EffectPlace {
  readonly callee: string;
  /** missing: a kill is followed by a mutation, and nothing waits in between; late: the mutation comes first */
  readonly problem: "floating" | "ignored" | "timeout" | "missing" | "late";
  /** the mutation that comes too early, or the timeout as written */
  readonly detail: string;
}

/** A registration of a run whose end is not certain. */
export interface RegistrationFact extends EffectPlace {
  readonly key: string;
  /** never: nothing unregisters; not-on-throw: an exit path leaves it; any-run: the unregister may hit a successor */
  readonly problem: "never" | "not-on-throw" | "any-run";
}

/** An entry point that is exported and that no production code names. */
export interface OrphanHandler extends EffectPlace {
  readonly name: string;
}

/** A test that would be green if nothing was ever stopped. */
export interface VacuousTest extends EffectPlace {
  readonly name: string;
  readonly problem: "mock-without-effect" | "negative-assertion" | "kill-never-asserted";
}

/** A test that promises a stop in its title, and proves none. */
export interface UnprovenTest extends EffectPlace {
  /** its title, the helper that it replaces, or the file that a runner leaves out */
  readonly name: string;
  readonly problem: "not-run" | "looks-away" | "helper-replaced";
}

/** What functions reach, and where they only say so; only `check` reads it. */
export interface EffectFacts {
  readonly undefinedCalls: readonly UndefinedCall[];
  readonly unbackedReports: readonly UnbackedReport[];
  readonly brokenPromises: readonly BrokenPromise[];
  readonly deadCalls: readonly DeadCall[];
  readonly unsoundWaits: readonly UnsoundWait[];
  readonly registrations: readonly RegistrationFact[];
  readonly orphanHandlers: readonly OrphanHandler[];
  readonly nullObjectCalls: readonly NullObjectCall[];
  readonly fabricatedSuccesses: readonly FabricatedSuccess[];
  /** comments about what was taken out, in functions that lack what they promise */
  readonly tombstones: readonly EffectPlace[];
  readonly vacuousTests: readonly VacuousTest[];
  readonly unprovenTests: readonly UnprovenTest[];
  /** production code hands the registry's register function on without calling it */
  readonly registerHandedOn: boolean;
  /** production code registers runs, in a place that is reached */
  readonly registers: boolean;
}
