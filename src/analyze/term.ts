/**
 * What an expression stands for, as a value that can be compared: two expressions with the same term
 * name the same value at every point where both can be read.
 */
export type Term = { readonly id: number } & (
  | { readonly kind: "root"; readonly name: string; readonly declaration: string }
  | { readonly kind: "prop"; readonly of: Term; readonly name: string }
  /** what is held under a key, hit exactly: a store's session entry, or the run in the directory of live runs */
  | { readonly kind: "entry"; readonly key: Term; readonly live: boolean }
  /** the canonical form of a key; `full` when the whole normaliser ran, not only trimming of case */
  | { readonly kind: "canonical"; readonly of: Term; readonly full: boolean }
  /** a key without the white space around it */
  | { readonly kind: "trimmed"; readonly of: Term }
  | { readonly kind: "call"; readonly name: string; readonly at: string; readonly args: readonly Term[] }
  | { readonly kind: "object"; readonly props: ReadonlyMap<string, Term>; readonly rest: readonly Term[] }
  /** one of several values; `tag` names the decision, so that two choices are equal only when decided at once */
  | { readonly kind: "choice"; readonly of: readonly Term[]; readonly tag: string }
  /** `a ?? b` and `a || b` */
  | { readonly kind: "fallback"; readonly first: Term; readonly second: Term }
  | { readonly kind: "literal"; readonly text: string }
  /** undefined or null */
  | { readonly kind: "nothing" }
  /** a value made here, like a new UUID: nothing was registered under it */
  | { readonly kind: "fresh" }
  /** not followed; never equal to anything but itself */
  | { readonly kind: "unknown"; readonly at: string }
);

type Shape = Term extends infer T ? (T extends { id: number } ? Omit<T, "id"> : never) : never;

/** Makes terms, one object for each distinct term, so that equality is identity. */
export class Terms {
  readonly #byKey = new Map<string, Term>();
  readonly #alternatives = new Map<Term, ReadonlySet<Term>>();
  readonly #inner = new Map<Term, ReadonlySet<Term>>();
  readonly nothing: Term = this.#make("nothing", { kind: "nothing" });
  readonly fresh: Term = this.#make("fresh", { kind: "fresh" });

  #make(key: string, shape: Shape): Term {
    const known = this.#byKey.get(key);
    if (known) return known;
    const term = { ...shape, id: this.#byKey.size } as Term;
    this.#byKey.set(key, term);
    return term;
  }

  /** Lets go of every term but the constants; terms made before and after are not to be compared. */
  forget(): void {
    this.#byKey.clear();
    this.#alternatives.clear();
    this.#inner.clear();
  }

  root(name: string, declaration: string): Term {
    return this.#make(`root ${declaration}`, { kind: "root", name, declaration });
  }

  unknown(at: string): Term {
    return this.#make(`unknown ${at}`, { kind: "unknown", at });
  }

  literal(text: string): Term {
    return this.#make(`literal ${text}`, { kind: "literal", text });
  }

  /** @param live whether the directory of live runs was asked, which knows them by the key they were begun with */
  entry(key: Term, live = false): Term {
    return this.#make(`entry ${live} ${key.id}`, { kind: "entry", key, live });
  }

  canonical(of: Term, full: boolean): Term {
    if (of.kind === "nothing" || (of.kind === "canonical" && (of.full || !full))) return of;
    let inner = of.kind === "canonical" ? of.of : of;
    if (full && inner.kind === "trimmed") inner = inner.of;
    return this.#make(`canonical ${full} ${inner.id}`, { kind: "canonical", of: inner, full });
  }

  trimmed(of: Term): Term {
    switch (of.kind) {
      case "nothing":
      case "fresh":
      case "literal":
      case "trimmed":
      case "unknown":
        return of;
      case "canonical":
        if (of.full) return of;
        break;
      case "choice":
        return this.choice(
          of.of.map((option) => this.trimmed(option)),
          of.tag,
        );
      case "fallback":
        return this.fallback(this.trimmed(of.first), this.trimmed(of.second));
    }
    return this.#make(`trimmed ${of.id}`, { kind: "trimmed", of });
  }

  /** @param at where the call stands: two calls of one function are two values, it may not be pure */
  call(name: string, args: readonly Term[], at: string): Term {
    return this.#make(`call ${name} ${at} ${args.map((arg) => arg.id).join(",")}`, {
      kind: "call",
      name,
      at,
      args,
    });
  }

  object(props: ReadonlyMap<string, Term>, rest: readonly Term[]): Term {
    const entries = [...props].sort(([a], [b]) => (a < b ? -1 : 1));
    const key = entries.map(([name, term]) => `${name}:${term.id}`).join(",");
    return this.#make(`object {${key}} ${rest.map((term) => term.id).join(",")}`, {
      kind: "object",
      props,
      rest,
    });
  }

  choice(options: readonly Term[], tag: string): Term {
    const distinct = [...new Set(options)];
    if (distinct.length === 1) return distinct[0]!;
    const key = `choice ${tag} ${distinct.map((term) => term.id).join(",")}`;
    return this.#make(key, { kind: "choice", of: distinct, tag });
  }

  fallback(first: Term, second: Term): Term {
    if (first.kind === "nothing" || first === second) return second;
    if (second.kind === "nothing") return first;
    return this.#make(`fallback ${first.id} ${second.id}`, { kind: "fallback", first, second });
  }

  /** The property of a value; looks through object literals, leaves choices whole. */
  prop(of: Term, name: string): Term {
    if (of.kind === "nothing") return this.nothing;
    if (of.kind === "object") {
      const found = of.props.get(name);
      if (found) return found;
      if (of.rest.length === 0) return this.nothing;
      if (of.rest.length === 1) return this.prop(of.rest[0]!, name);
    }
    return this.#make(`prop ${of.id} ${name}`, { kind: "prop", of, name });
  }

  /** The values that a term may have, choices and fallbacks taken apart; what is absent or new is left out. */
  alternatives(term: Term): ReadonlySet<Term> {
    const known = this.#alternatives.get(term);
    if (known) return known;
    const found = this.#takenApart(term);
    this.#alternatives.set(term, found);
    return found;
  }

  #takenApart(term: Term): ReadonlySet<Term> {
    switch (term.kind) {
      case "nothing":
      case "fresh":
        return new Set();
      case "choice":
      case "fallback":
        return new Set(parts(term).flatMap((part) => [...this.alternatives(part)]));
      case "prop": {
        const owners = [...this.alternatives(term.of)].filter((owner) => owner !== term.of);
        if (owners.length === 0) return new Set([term]);
        return new Set(owners.flatMap((owner) => [...this.alternatives(this.prop(owner, term.name))]));
      }
      default:
        return new Set([term]);
    }
  }

  /** Rebuilds a term with some parts replaced, outermost first; what holds none of them stays as it is. */
  replace(term: Term, values: ReadonlyMap<Term, Term>, seen = new Map<Term, Term>()): Term {
    const direct = values.get(term);
    if (direct) return direct;
    const known = seen.get(term);
    if (known) return known;
    const within = this.#within(term);
    const isTouched = [...values.keys()].some((part) => within.has(part));
    const result = isTouched ? this.#rebuild(term, (inner) => this.replace(inner, values, seen)) : term;
    seen.set(term, result);
    return result;
  }

  /** Roots, choices and fallbacks inside a term: all that is ever replaced. */
  #within(term: Term): ReadonlySet<Term> {
    const known = this.#inner.get(term);
    if (known) return known;
    const found = new Set<Term>();
    for (const part of parts(term)) {
      if (part.kind === "root" || part.kind === "choice" || part.kind === "fallback") found.add(part);
      for (const inner of this.#within(part)) found.add(inner);
    }
    this.#inner.set(term, found);
    return found;
  }

  #rebuild(term: Term, map: (term: Term) => Term): Term {
    switch (term.kind) {
      case "prop":
        return this.prop(map(term.of), term.name);
      case "entry":
        return this.entry(map(term.key), term.live);
      case "canonical":
        return this.canonical(map(term.of), term.full);
      case "trimmed":
        return this.trimmed(map(term.of));
      case "call":
        return this.call(term.name, term.args.map(map), term.at);
      case "object":
        return this.object(
          new Map([...term.props].map(([name, inner]) => [name, map(inner)])),
          term.rest.map(map),
        );
      case "choice":
        return this.choice(term.of.map(map), term.tag);
      case "fallback":
        return this.fallback(map(term.first), map(term.second));
      default:
        return term;
    }
  }
}

/** Name of the call that stands for an entry under a key that it may have been moved to. */
export const MOVED = "moved";
/** Name of the call that stands for "the same object, after somebody may have changed it". */
export const AFTER = "after";

/** Direct parts of a term. */
export function parts(term: Term): readonly Term[] {
  switch (term.kind) {
    case "prop":
    case "canonical":
    case "trimmed":
      return [term.of];
    case "entry":
      return [term.key];
    case "call":
      return term.args;
    case "object":
      return [...term.props.values(), ...term.rest];
    case "choice":
      return term.of;
    case "fallback":
      return [term.first, term.second];
    default:
      return [];
  }
}

/** True when some part of the term (itself included) passes the test. */
export function someTerm(term: Term, test: (term: Term) => boolean, seen = new Set<Term>()): boolean {
  if (seen.has(term)) return false;
  seen.add(term);
  return test(term) || parts(term).some((part) => someTerm(part, test, seen));
}

/** False when a part of the term could not be read: it may be anything. */
export function isFollowed(term: Term): boolean {
  return !someTerm(term, (part) => part.kind === "unknown" || part.kind === "call");
}

/** What a key was before it was normalised or trimmed. */
export function spelled(key: Term): Term {
  const inner = key.kind === "canonical" ? key.of : key;
  return inner.kind === "trimmed" ? inner.of : inner;
}
