import { ts } from "./typescript.ts";
import type { Evidence } from "../shared/location.ts";
import type { KeyRelation } from "./analysis.ts";
import type { CallerIndex } from "./callers.ts";
import type { Evaluator } from "./evaluate.ts";
import { enclosingName } from "./syntax.ts";
import { isFollowed, MOVED, parts, someTerm, spelled, type Term } from "./term.ts";

/** A relation with the hops that show it. `absent` when the id has no value on this path. */
export interface Relation {
  readonly verdict: KeyRelation["verdict"] | "absent";
  readonly by: KeyRelation["by"];
  readonly evidence: readonly Evidence[];
  /** data flow shows some of the paths, the convention covers the rest */
  readonly partly?: boolean;
  /** the convention rests on a name that may hold a key as a request spelled it */
  readonly loose?: boolean;
  /** the directory of live runs was asked under this very key */
  readonly live?: boolean;
}

const ABSENT: Relation = { verdict: "absent", by: "data-flow", evidence: [] };
const UNKNOWN: Relation = { verdict: "unknown", by: "convention", evidence: [] };
/** Pairs of one id and one key that are weighed for one question; past it the rest counts as not followed. */
const MAX_PATHS = 256;
const MAX_CALLERS_DEPTH = 3;

/**
 * Decides whether a key names the session of an id. Choices are taken one by one, in id and key at once,
 * so that `{ id, key }` pairs made on different paths are never mixed; where id and key come in through
 * parameters, every caller is asked.
 */
export class Relator {
  #paths = 0;
  /** pairs weighed for the question at hand: ways that part and meet again are walked once */
  readonly #weighed = new Map<string, Relation>();
  /** the same id is weighed against every key in scope */
  readonly #taken = new Map<string, Term>();

  constructor(readonly evaluator: Evaluator) {}

  get callers(): CallerIndex {
    return this.evaluator.callers;
  }

  /** Lets go of what was weighed, and of the terms behind it. */
  forget(): void {
    this.#weighed.clear();
    this.#taken.clear();
    this.evaluator.forget();
  }

  relate(id: Term, key: Term): Relation {
    this.#paths = 0;
    this.#weighed.clear();
    const relation = this.#relate(id, key, 0);
    return relation.verdict === "absent" ? UNKNOWN : relation;
  }

  /** False when a key cannot be shown to belong to the id: nothing it is made of stands behind the id. */
  mayRelate(id: Term, key: Term): boolean {
    const behind = this.keysBehind(id);
    const base = key.kind === "canonical" || key.kind === "trimmed" ? key.of : key;
    if (
      behind.some(
        (stored) =>
          stored === base ||
          ((stored.kind === "canonical" || stored.kind === "trimmed") && stored.of === base),
      )
    )
      return true;
    if (key.kind === "fallback") return this.mayRelate(id, key.first);
    const owner = id.kind === "prop" ? id.of : id;
    // Keys and ids that come in together are for the callers to tell apart.
    if (base.kind === "prop" && (base.of === owner || (base.of.kind === "prop" && base.of.of === owner)))
      return true;
    const idParameter = this.evaluator.parameterOf(id);
    const keyParameter = this.evaluator.parameterOf(base);
    return (
      idParameter !== undefined && keyParameter !== undefined && idParameter.parent === keyParameter.parent
    );
  }

  /** Keys that the id's entry may have been read under, on any path. */
  keysBehind(id: Term): Term[] {
    const found = new Set<Term>();
    const seen = new Set<Term>();
    const visit = (term: Term): void => {
      if (seen.has(term) || seen.size > 200) return;
      seen.add(term);
      if (term.kind === "entry") {
        found.add(term.key);
        for (const option of term.key.kind === "fallback" || term.key.kind === "choice"
          ? parts(term.key)
          : [])
          found.add(option);
      } else if (
        term.kind === "prop" ||
        term.kind === "choice" ||
        term.kind === "fallback" ||
        term.kind === "canonical"
      )
        for (const part of parts(term)) visit(part);
      else if (term.kind === "object") for (const part of term.props.values()) visit(part);
    };
    visit(id);
    return [...found];
  }

  #relate(id: Term, key: Term, depth: number): Relation {
    const pair = `${id.id} ${key.id} ${depth}`;
    const known = this.#weighed.get(pair);
    if (known) return known;
    this.#paths += 1;
    if (this.#paths > MAX_PATHS) return UNKNOWN;
    const relation = this.#weigh(id, key, depth);
    this.#weighed.set(pair, relation);
    return relation;
  }

  #weigh(id: Term, key: Term, depth: number): Relation {
    if (id.kind === "nothing" || id.kind === "fresh" || id.kind === "literal") return ABSENT;
    const fork = this.#fork(id);
    if (fork) {
      const options = fork.kind === "choice" ? fork.of : [fork.first, fork.second];
      return combine(
        options.map((option) =>
          this.#paths > MAX_PATHS
            ? UNKNOWN
            : this.#relate(this.#take(id, fork, option), this.#take(key, fork, option), depth),
        ),
      );
    }
    // Its run goes by the key that it had before, whatever stands together now.
    if (someTerm(id, (part) => part.kind === "call" && part.name === MOVED))
      return { verdict: "different", by: "data-flow", evidence: [] };
    const stored = this.#storedUnder(id);
    if (stored) {
      const direct = stored.live ? compareLive(stored.key, key) : this.#compare(stored.key, key, id);
      if (direct.verdict !== "unknown" && direct.verdict !== "different") return direct;
      const asked = this.#askCallers(id, key, depth);
      if (asked && asked.verdict !== "unknown") return asked;
      return direct;
    }
    const asked = this.#askCallers(id, key, depth);
    if (asked && asked.verdict !== "unknown") return asked;
    return this.#byConvention(id, key) ?? UNKNOWN;
  }

  /** First choice or fallback on the path from the id to where it comes from; arguments of unread calls are no path. */
  #fork(term: Term): Extract<Term, { kind: "choice" | "fallback" }> | undefined {
    switch (term.kind) {
      case "choice":
      case "fallback":
        return term;
      case "prop":
      case "canonical":
      case "trimmed":
        return this.#fork(term.of);
      case "entry":
        return this.#fork(term.key);
      default:
        return undefined;
    }
  }

  #take(term: Term, fork: Term, option: Term): Term {
    const taken = `${term.id} ${fork.id} ${option.id}`;
    let value = this.#taken.get(taken);
    if (!value) {
      value = this.evaluator.terms.replace(term, new Map([[fork, option]]));
      this.#taken.set(taken, value);
    }
    return value;
  }

  /** The key of the entry whose id this is, when the id was read from a store. */
  #storedUnder(id: Term): Extract<Term, { kind: "entry" }> | undefined {
    if (id.kind === "entry") return id;
    return id.kind === "prop" && this.#isIdName(id.name) && id.of.kind === "entry" ? id.of : undefined;
  }

  #isIdName(name: string): boolean {
    return this.evaluator.migration.vocabulary.idNames.includes(name);
  }

  /** @param stored key that the store was hit with; @param key candidate */
  #compare(stored: Term, key: Term, id: Term): Relation {
    // Found by searching among spellings: it is in the store, but it need not be the canonical one.
    if (isSearched(stored))
      return stored === key ? { verdict: "raw", by: "data-flow", evidence: [] } : UNKNOWN;
    if (stored === key) return { verdict: "same", by: "data-flow", evidence: [] };
    if (key === id) return { verdict: "different", by: "data-flow", evidence: [] };
    if (key.kind === "nothing") return { verdict: "different", by: "data-flow", evidence: [] };
    if (key.kind === "fallback") {
      const first = this.#compare(stored, key.first, id);
      const second = this.#compare(stored, key.second, id);
      // `key ?? targetKey`: the key came with the entry; where it is missing the raw spelling finds nothing,
      // but another session's key would be killed.
      if (first.verdict === "same" && (second.verdict === "same" || second.verdict === "raw")) return first;
      return combine([first, second]);
    }
    if (key.kind === "choice") return combine(key.of.map((option) => this.#compare(stored, option, id)));
    const storedBase = spelled(stored);
    const keyBase = spelled(key);
    if (storedBase === keyBase || (storedBase.kind === "fallback" && storedBase.first === keyBase)) {
      if (stored.kind === "canonical" && stored.full)
        return {
          verdict: key.kind === "canonical" && key.full ? "same" : "raw",
          by: "data-flow",
          evidence: [],
        };
      if (stored.kind === "canonical") {
        return {
          verdict: key.kind === "canonical" && key.of === stored.of ? "same" : "raw",
          by: "data-flow",
          evidence: [],
        };
      }
      if (key.kind === "canonical" && key.full) return { verdict: "same", by: "data-flow", evidence: [] };
      return { verdict: "raw", by: "data-flow", evidence: [] };
    }
    return isFollowed(stored) && isFollowed(key)
      ? { verdict: "different", by: "data-flow", evidence: [] }
      : UNKNOWN;
  }

  /** Substitutes what every caller passes, and relates there. */
  #askCallers(id: Term, key: Term, depth: number): Relation | undefined {
    if (depth >= MAX_CALLERS_DEPTH) return undefined;
    const roots = rootsOf(id).flatMap((root) => this.evaluator.parameterOf(root) ?? []);
    const parameter = roots[0];
    if (!parameter || !ts.isFunctionLike(parameter.parent)) return undefined;
    const fn = parameter.parent;
    const callers = this.callers.of(fn);
    if (!callers?.complete || callers.calls.length === 0) return undefined;
    const relations = callers.calls.map((call): Relation => {
      if (this.#paths > MAX_PATHS) return UNKNOWN;
      const values = new Map<Term, Term>();
      for (const term of [...rootsOf(id), ...rootsOf(key)]) {
        const declared = this.evaluator.parameterOf(term);
        if (!declared || declared.parent !== fn) continue;
        const index = fn.parameters.indexOf(declared);
        const argument = call.arguments[index];
        values.set(term, argument ? this.evaluator.evaluate(argument) : this.evaluator.terms.nothing);
      }
      const substituted = (term: Term): Term => this.evaluator.terms.replace(term, values);
      const result = this.#relate(substituted(id), substituted(key), depth + 1);
      const hop = this.evaluator.project.evidence(
        call,
        `caller ${enclosingName(call)} ${describe(result.verdict)}`,
      );
      return { ...result, evidence: [hop, ...result.evidence] };
    });
    const verdicts = new Set(relations.map((relation) => relation.verdict));
    verdicts.delete("absent");
    if (verdicts.has("different") && verdicts.size > 1)
      return {
        verdict: "disagree",
        by: "data-flow",
        evidence: relations.flatMap((relation) => relation.evidence),
      };
    return combine(relations);
  }

  /** `update({ sessionEntry, sessionKey }).sessionEntry`: given an entry and its key, it returns the same session's entry. */
  #updatedEntry(id: Extract<Term, { kind: "prop" }>, key: Term): Relation | undefined {
    const { entryNames, keyNames, rawKeyNames } = this.evaluator.migration.vocabulary;
    const entry = id.of;
    if (!this.#isIdName(id.name) || entry.kind !== "prop" || entry.of.kind !== "call") return undefined;
    if (!entryNames.includes(entry.name)) return undefined;
    const bag = entry.of.args.length === 1 ? entry.of.args[0] : undefined;
    if (bag?.kind !== "object" || bag.rest.length > 0) return undefined;
    const given = bag.props.get(entry.name);
    const names = [...bag.props].filter(([name, value]) => keyNames.includes(name) && value === key);
    if (!given || names.length === 0) return undefined;
    const before = this.#relate(this.evaluator.prop(given, id.name), key, MAX_CALLERS_DEPTH);
    if (before.verdict !== "same" && before.verdict !== "absent") return undefined;
    return {
      verdict: "same",
      by: "convention",
      evidence: before.evidence,
      loose: names.every(([name]) => rawKeyNames.includes(name)) || before.loose === true,
    };
  }

  /** `bag.sessionId` beside `bag.sessionKey`, `bag.sessionEntry.sessionId` beside `bag.sessionKey`. */
  #byConvention(id: Term, key: Term): Relation | undefined {
    const { vocabulary } = this.evaluator.migration;
    if (key.kind === "trimmed") return this.#byConvention(id, key.of);
    if (key.kind === "fallback") {
      const first = this.#byConvention(id, key.first);
      return key.second === id || key.second.kind === "fresh" ? undefined : first;
    }
    const same: Relation = { verdict: "same", by: "convention", evidence: [] };
    if (id.kind === "root" && key.kind === "root") {
      const idParameter = this.evaluator.parameterOf(id);
      const keyParameter = this.evaluator.parameterOf(key);
      return idParameter &&
        keyParameter &&
        idParameter.parent === keyParameter.parent &&
        keyNameFor(id.name) === key.name
        ? same
        : undefined;
    }
    if (id.kind !== "prop") return undefined;
    const updated = this.#updatedEntry(id, key);
    if (updated) return updated;
    if (key.kind !== "prop") return undefined;
    const owner =
      id.of === key.of
        ? id.of
        : id.of.kind === "prop" && id.of.of === key.of && vocabulary.entryNames.includes(id.of.name)
          ? key.of
          : undefined;
    if (!owner) return undefined;
    if (keyNameFor(id.name) === key.name) return same;
    if (!this.#isIdName(id.name)) return undefined;
    if (id.of === key.of && namesChildOnly(id.name, key.name)) return undefined;
    if (!vocabulary.keyNames.includes(key.name)) return undefined;
    return { ...same, loose: vocabulary.rawKeyNames.includes(key.name) };
  }
}

/** A directory of live runs is asked under the key they were begun with: another spelling of it is another key. */
function compareLive(asked: Term, key: Term): Relation {
  if (asked === key) return { verdict: "same", by: "data-flow", evidence: [], live: true };
  if (key.kind === "nothing") return { verdict: "different", by: "data-flow", evidence: [] };
  if (spelled(asked) === spelled(key)) return { verdict: "raw", by: "data-flow", evidence: [] };
  const isPlain = (term: Term): boolean =>
    isFollowed(term) && !someTerm(term, ({ kind }) => kind === "choice" || kind === "fallback");
  return isPlain(asked) && isPlain(key) ? { verdict: "different", by: "data-flow", evidence: [] } : UNKNOWN;
}

const SEARCHES = new Set(["find", "findLast", "at", "shift", "pop", "[]"]);

function isSearched(key: Term): boolean {
  if (key.kind === "call") return SEARCHES.has(key.name);
  if (key.kind === "fallback") return isSearched(key.first) || isSearched(key.second);
  if (key.kind === "choice") return key.of.some(isSearched);
  return key.kind === "prop" && /^\d+$/.test(key.name);
}

/** `{ sessionId, childSessionKey }` describes two sessions. */
export function namesChildOnly(idName: string, keyName: string): boolean {
  return /^child/i.test(keyName) && !/^child/i.test(idName);
}

/** `childSessionId` goes with `childSessionKey`. */
export function keyNameFor(idName: string): string {
  return idName.replace(/Id$/, "Key");
}

/** Parameters and other roots that a term is made of. */
export function rootsOf(term: Term): Term[] {
  const found: Term[] = [];
  const seen = new Set<Term>();
  const visit = (at: Term): void => {
    if (seen.has(at)) return;
    seen.add(at);
    if (at.kind === "root") found.push(at);
    for (const part of parts(at)) visit(part);
  };
  visit(term);
  return found;
}

function describe(verdict: Relation["verdict"]): string {
  switch (verdict) {
    case "same":
      return "passes id and key of one session";
    case "raw":
      return "passes the un-normalised key of the id's session";
    case "different":
      return "passes the key of another session";
    case "absent":
      return "passes no id";
    default:
      return "not followed";
  }
}

/** The weakest of several paths decides. */
function combine(relations: readonly Relation[]): Relation {
  const present = relations.filter((relation) => relation.verdict !== "absent");
  if (present.length === 0) return ABSENT;
  const evidence = present.flatMap((relation) => relation.evidence);
  const live = present.some((relation) => relation.live);
  const raw = present.some((relation) => relation.verdict === "raw");
  // Live runs go by this spelling, the store by its canonical form: which one kills is no longer for data flow to say.
  const by =
    (raw && live) || present.some((relation) => relation.by === "convention") ? "convention" : "data-flow";
  for (const verdict of ["disagree", "different", "unknown", "raw"] as const)
    if (present.some((relation) => relation.verdict === verdict) && !(verdict === "raw" && live))
      return { verdict, by, evidence };
  const loose = present.some((relation) => relation.loose);
  const partly =
    by === "convention" &&
    !loose &&
    present.some((relation) => relation.by === "data-flow" || relation.partly);
  return { verdict: "same", by, evidence, partly, loose, live };
}
