import { ts } from "./typescript.ts";
import type { Migration } from "../migration/migration.ts";
import type { Evaluator } from "./evaluate.ts";
import { findIdWrites, findStoreWrites, type IdWrite, type StoreWrite } from "./property-writes.ts";
import { rootsOf } from "./relate.ts";
import { hasExportKeyword } from "./syntax.ts";
import { AFTER, isFollowed, MOVED, parts, someTerm, spelled, type Term } from "./term.ts";

/** Forks of a key that are followed to tell whether an entry moves. */
const MAX_FORKS = 3;
const MAX_FORKED = 6;
/** Calls, one in the body of another, through which what is written may have been handed. */
const MAX_CALLS = 2;

/** Functions of the language that give what they are given, or a copy of it. */
const COPIES = new Set(["assign", "parse", "stringify", "structuredClone"]);

const TAKES = new Set(["[]", "at", "find", "findLast", "pop", "shift"]);

/** Tells whether a file may put an entry under another key than its run goes by. */
export class Moves {
  readonly #stored = new Map<ts.SourceFile, readonly StoreWrite[]>();
  readonly #ids = new Map<ts.SourceFile, readonly IdWrite[]>();
  readonly #known = new Map<StoreWrite | IdWrite, boolean>();
  #judge: Evaluator | undefined;

  /** @param makeJudge a reader with a memory of its own: a write may hang on the very read that is being followed */
  constructor(
    readonly migration: Migration,
    readonly makeJudge: () => Evaluator,
  ) {}

  /** Lets go of all that was read. */
  forget(): void {
    this.#stored.clear();
    this.#ids.clear();
    this.#known.clear();
    this.#judge = undefined;
  }

  /**
   * `store[key] = store[otherKey]`, `entry.sessionId = other.sessionId`: an entry stands under another key than its run.
   * The same store has many names and outlives each call, so such a write speaks against every read of the file.
   */
  movesEntryOf(read: ts.Node): boolean {
    const source = read.getSourceFile();
    return (
      this.#storedIn(source).some((write) => this.#movesEntry(write)) ||
      this.#idsIn(source).some((write) => this.#movesId(write))
    );
  }

  #movesId(write: IdWrite): boolean {
    let moves = this.#known.get(write);
    if (moves === undefined) {
      this.#judge ??= this.makeJudge();
      const judge = this.#judge;
      const given = write.value && (write.isHolder ? idIn(judge, write.value) : judge.evaluate(write.value));
      moves = waysIn(judge, judge.evaluate(write.owner), given ?? judge.terms.nothing).some(
        ([owner, value]) =>
          entriesBehind(owner).some(
            ({ key }) => given === null || this.#isMove(judge, key, value, MAX_FORKS),
          ),
      );
      this.#known.set(write, moves);
    }
    return moves;
  }

  #movesEntry(write: StoreWrite): boolean {
    let moves = this.#known.get(write);
    if (moves === undefined) {
      this.#judge ??= this.makeJudge();
      const judge = this.#judge;
      moves =
        !write.value ||
        waysIn(judge, judge.evaluate(write.key), idIn(judge, write.value)).some(([under, value]) =>
          this.#isMove(judge, under, value, MAX_FORKS),
        );
      this.#known.set(write, moves);
    }
    return moves;
  }

  #isMove(judge: Evaluator, under: Term, value: Term, forks: number): boolean {
    // Taken out of a store by its place, or by a search: which key it had cannot be told.
    if (isTakenFromValues(value)) return true;
    const home = present(under);
    const others = entriesBehind(value).filter(
      ({ key }) => present(key) !== home && (asSaid(key) !== asSaid(home) || rankOf(key) > rankOf(home)),
    );
    // Nothing is read under no key.
    if (others.length === 0 || home.kind === "nothing") return false;
    // A lookup hands out entry and key together: on each path the one belongs to the other.
    const fork = forks > 0 ? findChoice(under) : undefined;
    if (fork && fork.of.length <= MAX_FORKED)
      return fork.of.some((option) => {
        const taken = new Map<Term, Term>([[fork, option]]);
        const { terms } = judge;
        return this.#isMove(judge, terms.replace(under, taken), terms.replace(value, taken), forks - 1);
      });
    // From an old spelling, which was searched for, to the canonical one.
    const isCanonical = home.kind === "canonical" || this.#isFirstSpelling(under);
    return !isCanonical || others.some(({ key }) => isFollowed(key) || !this.#isSpelling(key));
  }

  /** `target.storeKeys[0]`: of the spellings that a normaliser lists, the canonical one comes first. */
  #isFirstSpelling(key: Term): boolean {
    if (key.kind === "fallback") return this.#isFirstSpelling(key.first);
    const list = key.kind === "prop" && key.name === "0" ? beforeCalls(key.of) : undefined;
    if (list?.kind !== "prop") return false;
    const target = beforeCalls(list.of);
    return this.migration.normalizers.some(
      ({ name, spellings }) =>
        spellings === list.name &&
        (target.kind === "object" ? target.rest : [target]).some(
          (made) => made.kind === "call" && made.name === name,
        ),
    );
  }

  /** Found by a search in a list of spellings that a normaliser made. */
  #isSpelling(key: Term): boolean {
    return someTerm(
      key,
      (part) =>
        part.kind === "prop" && this.migration.normalizers.some(({ spellings }) => spellings === part.name),
    );
  }

  #idsIn(source: ts.SourceFile): readonly IdWrite[] {
    let writes = this.#ids.get(source);
    if (!writes) {
      writes = findIdWrites(source, this.migration.vocabulary.idNames);
      this.#ids.set(source, writes);
    }
    return writes;
  }

  #storedIn(source: ts.SourceFile): readonly StoreWrite[] {
    let writes = this.#stored.get(source);
    if (!writes) {
      writes = findStoreWrites(source);
      this.#stored.set(source, writes);
    }
    return writes;
  }
}

/** Two values as they are written, and as each call of a function of this file gives them. */
function waysIn(judge: Evaluator, one: Term, other: Term, depth = 0): [Term, Term][] {
  const ways: [Term, Term][] = [[one, other]];
  const roots = [...rootsOf(one), ...rootsOf(other)];
  const fn = roots.flatMap((root) => judge.parameterOf(root) ?? [])[0]?.parent;
  // Who calls it from elsewhere, moves entries there.
  if (!fn || depth >= MAX_CALLS || hasExportKeyword(ts.isFunctionDeclaration(fn) ? fn : fn.parent))
    return ways;
  for (const call of judge.callers.of(fn)?.calls ?? []) {
    const values = new Map<Term, Term>();
    for (const root of roots) {
      const declared = judge.parameterOf(root);
      const given = declared?.parent === fn ? call.arguments[fn.parameters.indexOf(declared)] : undefined;
      if (given) values.set(root, judge.evaluate(given));
    }
    if (values.size > 0)
      ways.push(
        ...waysIn(judge, judge.terms.replace(one, values), judge.terms.replace(other, values), depth + 1),
      );
  }
  return ways;
}

/** What an entry that is stored says of its run: the rest of it moves nothing. */
function idIn(judge: Evaluator, value: ts.Expression): Term {
  return judge.prop(judge.evaluate(value), judge.migration.vocabulary.idNames[0]!);
}

/** Entries that a value may come from; what an unread call was given is no way to them. */
function entriesBehind(value: Term): Extract<Term, { kind: "entry" }>[] {
  const found: Extract<Term, { kind: "entry" }>[] = [];
  const seen = new Set<Term>();
  const visit = (term: Term): void => {
    if (seen.has(term)) return;
    seen.add(term);
    if (term.kind === "entry") found.push(term);
    else if (term.kind === "object") for (const rest of term.rest) visit(rest);
    else if (term.kind !== "call") for (const part of parts(term)) visit(part);
    else if (term.name === AFTER || term.name === MOVED) visit(term.args[0]!);
    else if (COPIES.has(term.name)) for (const given of term.args) visit(given);
    else if (term.name === "[]") visit(term.args[0]!);
  };
  visit(value);
  return found;
}

/** `Object.values(store).find(…)`, `entries[0]` of such a list. */
function isTakenFromValues(term: Term): boolean {
  if (term.kind === "prop" || term.kind === "choice" || term.kind === "fallback")
    return parts(term).some(isTakenFromValues);
  if (term.kind !== "call" || !TAKES.has(term.name)) return false;
  return someTerm(term.args[0]!, (part) => part.kind === "call" && part.name === "values");
}

/** What a key was before all that was made of it: trimmed, normalised, and once more; where it has a value at all. */
function asSaid(key: Term): Term {
  const inner = spelled(present(key));
  return inner === key ? key : asSaid(inner);
}

/** How far a key is normalised: 2 where it is canonical, 1 where its case is, 0 as somebody typed it. */
function rankOf(key: Term): number {
  const at = present(key);
  const own = at.kind !== "canonical" ? 0 : at.full ? 2 : 1;
  const inner = at.kind === "canonical" || at.kind === "trimmed" ? rankOf(at.of) : 0;
  return Math.max(own, inner);
}

function present(term: Term): Term {
  const values = term.kind === "choice" ? term.of.filter((option) => option.kind !== "nothing") : [];
  return values.length === 1 ? values[0]! : term;
}

function findChoice(term: Term): Extract<Term, { kind: "choice" }> | undefined {
  let found: Extract<Term, { kind: "choice" }> | undefined;
  someTerm(term, (part) => {
    if (part.kind === "choice") found ??= part;
    return found !== undefined;
  });
  return found;
}

/** What an object was before the calls that may have changed it. */
function beforeCalls(term: Term): Term {
  return term.kind === "call" && term.name === AFTER ? beforeCalls(term.args[0]!) : term;
}
