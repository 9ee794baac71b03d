/** Numbers that decide every choice of a program; past its end each choice is the first, which is the simplest. */
export class Tape {
  #at = 0;
  constructor(readonly numbers: readonly number[]) {}
  pick(options: number): number {
    const number = this.numbers[this.#at] ?? 0;
    this.#at += 1;
    return number % options;
  }
  of<T>(options: readonly T[]): T {
    return options[this.pick(options.length)]!;
  }
}

type Kind = "key" | "id" | "entry" | "bag" | "cursor" | "runner" | "mover";

interface Variable {
  readonly name: string;
  readonly kind: Kind;
  readonly mutable: boolean;
}

const NAMES: Readonly<Record<Kind, readonly string[]>> = {
  key: [
    "sessionKey",
    "key",
    "childKey",
    "targetKey",
    "requesterKey",
    "parentSessionKey",
    "canonicalKey",
    "storeKey",
    "childSessionKey",
    "mainKey",
    "rawKey",
    "resolvedKey",
    "wanted",
    "current",
  ],
  id: ["sessionId", "id", "childSessionId", "parentSessionId", "activeId", "target", "found"],
  entry: ["entry", "childEntry", "parentEntry", "session", "record", "latest"],
  bag: ["params", "target", "run", "request", "pair"],
  cursor: ["cursor", "walker", "turn", "focus"],
  runner: ["runner", "stopper", "worker"],
  mover: ["moveAll", "refresh"],
};
const BAG_KEYS = ["sessionKey", "key", "targetKey", "requesterSessionKey", "canonicalKey"] as const;

const HEAD = `import { abortEmbeddedPiRun, isEmbeddedPiRunActive, waitForEmbeddedPiRunEnd } from "../../agents/pi-embedded.js";
import { canonicalizeSessionKey, clearSessionQueues, loadSessionEntry, loadSessionStore, resolveGatewaySessionStoreTarget, resolveSessionStoreKey } from "../../config/sessions.js";

type Entry = { sessionId: string; spawnedBy?: string };
type Store = Record<string, Entry>;
`;

/** What `main` of every program takes; see run-program.ts for the values. */
const MAIN_PARAMETERS = "store: Store, byKey: Map<string, Entry>, early: boolean, late: boolean";

/**
 * Writes a program with several ids and keys: parameter bags, lookups, destructuring, fallbacks, closures, loops,
 * wrappers with callers, helpers that look something else up, reassignment, shadowing. Which key belongs to which id
 * is not written down: it comes out when the program runs.
 */
export class ProgramWriter {
  readonly #functions: string[] = [];
  #scopes: Variable[][] = [];
  /** whether the innermost scopes have statements yet */
  #begun: boolean[] = [];
  #budget: number;
  #serial = 0;

  constructor(readonly tape: Tape) {
    this.#budget = 6 + tape.pick(14);
  }

  write(): string {
    const first = this.#name("key");
    this.#scopes = [[]];
    const parameters = [first, this.#other("key", [first]), ""];
    parameters[2] = this.#other("key", parameters);
    this.#scopes = [
      [
        ...parameters.map((name): Variable => ({ name, kind: "key", mutable: false })),
        { name: "input", kind: "bag", mutable: false },
      ],
    ];
    const body = this.#block(1, true);
    return `${HEAD}
${this.#functions.join("\n")}
export async function main(${MAIN_PARAMETERS}, ${parameters.map((name) => `${name}: string`).join(", ")}, input: { sessionId: string; sessionKey: string; key: string; canonicalKey: string; targetKey: string; childSessionId: string; childSessionKey: string; requesterSessionKey: string }): Promise<void> {
${body}
}
`;
  }

  #name(kind: Kind): string {
    return this.tape.of(NAMES[kind]);
  }

  #other(kind: Kind, taken: readonly string[]): string {
    const name = this.#name(kind);
    if (!taken.includes(name)) return name;
    return NAMES[kind].find((candidate) => !taken.includes(candidate)) ?? `${name}${(this.#serial += 1)}`;
  }

  /** @param value text that the variable is made of: a name in it cannot be declared by it */
  #declare(kind: Kind, value: string, mutable = false): string {
    const scope = this.#scopes.at(-1)!;
    const outer = this.#scopes.slice(0, -1).flat();
    // A name of an outer scope may be hidden where nothing of this block has read it yet.
    const hidden = outer
      .map((variable) => variable.name)
      .filter((name) => this.#begun.at(-1) === true || new RegExp(`\\b${name}\\b`).test(value));
    const name = this.#other(kind, [...scope.map((variable) => variable.name), ...hidden]);
    return this.#add(name, kind, mutable);
  }

  #add(name: string, kind: Kind, mutable: boolean): string {
    this.#scopes.at(-1)!.push({ name, kind, mutable });
    return name;
  }

  /** Variables that can be read here: inner ones hide outer ones of the same name. */
  #visible(kind: Kind, mutable?: boolean): string[] {
    const seen = new Map<string, Variable>();
    for (const scope of this.#scopes) for (const variable of scope) seen.set(variable.name, variable);
    return [...seen.values()]
      .filter((variable) => variable.kind === kind && (mutable === undefined || variable.mutable === mutable))
      .map((variable) => variable.name)
      .reverse();
  }

  #key(depth = 0): string {
    const names = this.#visible("key");
    const simple = names.length === 0 ? '"agent:main:a"' : this.tape.of(names);
    if (depth > 1) return simple;
    const cursors = this.#visible("cursor");
    if (cursors.length > 0 && this.tape.pick(4) === 1) return `${this.tape.of(cursors)}.key`;
    const runners = this.#visible("runner");
    if (runners.length > 0 && this.tape.pick(3) === 1)
      return `${this.tape.of(runners)}.${this.tape.of(["key", "current", "next"])}`;
    switch (this.tape.pick(20)) {
      case 8:
        return `${this.#bag()}.${this.tape.of(BAG_KEYS)}`;
      case 7:
        return "input.childSessionKey";
      case 9:
        return `(${this.#flag()} ? ${this.#key(depth + 1)} : ${this.#key(depth + 1)})`;
      case 10:
        return `(${this.#key(depth + 1)} ?? ${this.#key(depth + 1)})`;
      case 11:
        return `${this.#key(depth + 1)}.trim()`;
      case 12: {
        const entries = this.#visible("entry");
        return entries.length > 0 ? `(${this.tape.of(entries)}?.spawnedBy ?? ${simple})` : simple;
      }
      case 13:
        return `canonicalizeSessionKey(${this.#key(depth + 1)})`;
      case 14:
        return `resolveSessionStoreKey({ sessionKey: ${this.#key(depth + 1)} })`;
      case 15:
        return `loadSessionEntry(${this.#key(depth + 1)}).canonicalKey`;
      case 16:
        return `resolveGatewaySessionStoreTarget({ key: ${this.#key(depth + 1)} }).canonicalKey`;
      case 17:
        return `(() => { if (${this.#flag()}) { return ${this.#key(depth + 1)}; } return ${this.#key(depth + 1)}; })()`;
      case 18:
        return `[${this.#key(depth + 1)}, ${this.#key(depth + 1)}][0]!`;
      case 19:
        return `${this.#keyHelper()}(store, ${this.#key(depth + 1)}, ${this.#key(depth + 1)})`;
      default:
        return simple;
    }
  }

  #flag(): string {
    return this.tape.of(["early", "late", "!early"]);
  }

  #bag(): string {
    const bags = this.#visible("bag");
    return bags.length > 0
      ? this.tape.of(bags)
      : "{ sessionKey: '', key: '', targetKey: '', requesterSessionKey: '', canonicalKey: '', sessionId: '' }";
  }

  #entry(depth = 0): string {
    const known = this.#visible("entry");
    if (known.length > 0 && this.tape.pick(4) === 1) return this.tape.of(known);
    const runners = this.#visible("runner");
    if (runners.length > 0 && this.tape.pick(4) === 1) return `${this.tape.of(runners)}.entry`;
    switch (this.tape.pick(12)) {
      case 4:
        return `byKey.get(${this.#key(depth + 1)})`;
      case 5:
        return `loadSessionEntry(${this.#key(depth + 1)}).entry`;
      case 6:
        return depth > 1
          ? "undefined"
          : `(${this.#flag()} ? ${this.#entry(depth + 1)} : ${this.#entry(depth + 1)})`;
      case 7:
        return depth > 1 ? "undefined" : `(${this.#entry(depth + 1)} ?? ${this.#entry(depth + 1)})`;
      case 8:
        return `loadSessionStore("")[${this.#key(depth + 1)}]`;
      case 9:
        return `${this.#entryHelper()}(store, ${this.#key(depth + 1)})`;
      case 10:
        return `store[store[${this.#key(depth + 1)}]?.spawnedBy ?? ""]`;
      default:
        return `store[${this.#key(depth + 1)}]`;
    }
  }

  #id(depth = 0): string {
    const known = this.#visible("id");
    if (known.length > 0 && this.tape.pick(3) !== 2) return this.tape.of(known);
    switch (this.tape.pick(10)) {
      case 4:
        return `${this.#entry(1)}?.sessionId?.trim()`;
      case 5:
        return depth > 1
          ? "undefined"
          : `(${this.#flag()} ? ${this.#id(depth + 1)} : ${this.#id(depth + 1)})`;
      case 6:
        return depth > 1 ? "undefined" : `(${this.#id(depth + 1)} ?? ${this.#id(depth + 1)})`;
      case 7:
        return `(() => { const found = ${this.#entry(1)}; return typeof found?.sessionId === "string" ? found.sessionId.trim() : undefined; })()`;
      case 8:
        return `${this.#bag()}.sessionId`;
      case 9:
        return "input.childSessionId";
      default:
        return `${this.#entry(1)}?.sessionId`;
    }
  }

  /** A function of the file that gives one of its keys, a fixed one, or somebody's parent. */
  #keyHelper(): string {
    const name = this.tape.of(["pickKey", "resolveKey", "toSessionKey"]) + (this.#serial += 1);
    const body = this.tape.of([
      "return first;",
      "return second;",
      "return store[first]?.spawnedBy ?? second;",
      "if (!store[first]) { return second; } return first;",
      'return first ? second : "agent:main:c";',
    ]);
    this.#functions.push(
      `function ${name}(store: Store, first: string, second: string): string {\n  ${body}\n}\n`,
    );
    return name;
  }

  #entryHelper(): string {
    const name = this.tape.of(["readEntry", "findSession", "loadEntryFor"]) + (this.#serial += 1);
    const body = this.tape.of([
      "return store[key];",
      "const entry = store[key];\n  return entry?.spawnedBy ? store[entry.spawnedBy] : entry;",
      "return store[canonicalizeSessionKey(key)];",
      "return store[key] ?? store[key.trim()];",
    ]);
    this.#functions.push(`function ${name}(store: Store, key: string): Entry | undefined {\n  ${body}\n}\n`);
    return name;
  }

  /** Statements of one block; the outermost one always ends with a call. */
  #block(depth: number, last: boolean): string {
    const lines: string[] = [];
    this.#begun.push(false);
    const count = 1 + this.tape.pick(5);
    for (let at = 0; at < count && this.#budget > 0; at += 1) {
      this.#budget -= 1;
      lines.push(this.#statement(depth));
      this.#begun[this.#begun.length - 1] = true;
    }
    if (last) lines.push(this.#call());
    this.#begun.pop();
    return lines
      .join("\n")
      .split("\n")
      .map((line) => `  ${line}`)
      .join("\n");
  }

  #inner(depth: number, declare: () => void = () => undefined): string {
    this.#scopes.push([]);
    this.#begun.push(false);
    declare();
    const body = this.#block(depth + 1, this.tape.pick(2) === 1);
    this.#begun.pop();
    this.#scopes.pop();
    return body;
  }

  #statement(depth: number): string {
    const kind = this.tape.pick(depth < 4 ? 46 : 33);
    // What changes under the feet of a read, then what encloses statements.
    if (kind >= 14 && kind < 33) return this.#change(kind - 14);
    switch (kind) {
      case 0:
        return this.#const("key", this.#key());
      case 1:
        return this.#const("entry", this.#entry());
      case 2:
        return this.#const("id", this.#id());
      case 3: {
        const key = this.#key();
        const from = `loadSessionEntry(${key})`;
        return `const { entry: ${this.#declare("entry", from)}, canonicalKey: ${this.#declare("key", from)} } = ${from};`;
      }
      case 4: {
        const from = this.#entry();
        return `const { sessionId: ${this.#declare("id", from)} } = ${from} ?? ({} as Partial<Entry>);`;
      }
      case 5: {
        const fields = `sessionId: ${this.#id()}, ${BAG_KEYS.map((name) => `${name}: ${this.#key(1)}`).join(", ")}`;
        return `const ${this.#declare("bag", fields)} = { ${fields} };`;
      }
      case 6:
        return this.#const("key", this.#key(), "let");
      case 7:
        return this.#const("id", this.#id(), "let");
      case 8:
        return this.#reassign();
      case 9: {
        const bag = this.#bag();
        return bag.startsWith("{") ? this.#call() : `${bag}.${this.tape.of(BAG_KEYS)} = ${this.#key()};`;
      }
      case 10: {
        // The companion is the maintainers' own word, so it is true: the id was read under this very key.
        const keys = this.#visible("key", false);
        if (keys.length === 0) return this.#call();
        const key = this.tape.of(keys);
        const id = this.#declare("id", key);
        return `const ${id} = store[${key}]?.sessionId;\nif (${id}) { clearSessionQueues([${key}, ${id}]); }`;
      }
      case 11:
      case 12:
        return this.#call();
      case 13: {
        const bag = this.#bag();
        if (bag.startsWith("{")) return this.#call();
        const [first, second] = [this.tape.of(BAG_KEYS), this.tape.of(BAG_KEYS)];
        const left = this.#declare("key", bag);
        const right = this.#declare("key", bag);
        return `const { ${first}: ${left}, ${second}: ${right} } = ${bag};`;
      }
      case 33: {
        const flag = this.#flag();
        const then = this.#inner(depth);
        return this.tape.pick(2) === 0
          ? `if (${flag}) {\n${then}\n}`
          : `if (${flag}) {\n${then}\n} else {\n${this.#inner(depth)}\n}`;
      }
      case 34: {
        const keys = `[${this.#key()}, ${this.#key()}]`;
        let name = "";
        const body = this.#inner(depth, () => {
          name = this.#declare("key", keys);
        });
        return `for (const ${name} of ${keys}) {\n${body}\n}`;
      }
      case 35: {
        let key = "";
        let entry = "";
        const body = this.#inner(depth, () => {
          key = this.#declare("key", "store");
          entry = this.#declare("entry", "store");
        });
        return `for (const [${key}, ${entry}] of Object.entries(store)) {\n${body}\n}`;
      }
      case 36: {
        const given = this.#key();
        let name = "";
        const body = this.#inner(depth, () => {
          name = this.#declare("key", "");
        });
        const fn = `step${(this.#serial += 1)}`;
        const calls = this.tape.of([
          `await ${fn}(${given});`,
          `await ${fn}(${given});\nawait ${fn}(${this.#key()});`,
          `await Promise.all([${fn}(${given}), ${fn}(${this.#key()})]);`,
        ]);
        const pause = this.tape.pick(2) === 1 ? "  await Promise.resolve();\n" : "";
        return `const ${fn} = async (${name}: string) => {\n${pause}${body}\n};\n${calls}`;
      }
      case 37:
      case 38:
        return this.#pairWrapper(depth);
      case 39:
        return this.#bagWrapper(depth);
      case 40: {
        const keys = `[${this.#key()}, ${this.#key()}]`;
        let key = "";
        let id = "";
        const body = this.#inner(depth, () => {
          key = this.#declare("key", "");
          id = this.#declare("id", "");
        });
        const helper = `withEach${(this.#serial += 1)}`;
        const passed = this.tape.of(["key, store[key]?.sessionId", "keys[0]!, store[key]?.sessionId"]);
        this.#functions.push(
          `async function ${helper}(store: Store, keys: string[], use: (key: string, id: string | undefined) => Promise<void>): Promise<void> {\n  for (const key of keys) { await use(${passed}); }\n}\n`,
        );
        return `await ${helper}(store, ${keys}, async (${key}, ${id}) => {\n${body}\n});`;
      }
      case 41: {
        const body = this.#inner(depth);
        return `try {\n${body}\n} catch (error) {\n  console.log(error);\n}`;
      }
      case 42: {
        // What one turn leaves is found by the next; a label lets it be left early.
        const turn = `turn${(this.#serial += 1)}`;
        const body = this.#inner(depth);
        const leave = this.tape.of([
          "",
          `  if (${this.#flag()}) { continue ${turn}; }\n`,
          `  if (${turn}n > 1) { break ${turn}; }\n`,
        ]);
        return `let ${turn}n = 0;\n${turn}: while (${turn}n < 2) {\n  ${turn}n += 1;\n${leave}${body}\n}`;
      }
      case 43: {
        const body = this.#inner(depth);
        return `try {\n${body}\n} finally {\n  ${this.#reassign()}\n}`;
      }
      case 44:
        return this.#runner(depth);
      default: {
        const fn = `later${(this.#serial += 1)}`;
        const body = this.#inner(depth);
        const move = this.#visible("id", true).length > 0 ? `\n${this.#reassign()}` : "";
        return `const ${fn} = async () => {\n${body}\n};${move}\nawait ${fn}();`;
      }
    }
  }

  /** A statement after which a name, a property, an entry or a record may hold something else than before. */
  #change(kind: number): string {
    const own = (names: readonly string[]): string | undefined =>
      names.length > 0 ? this.tape.of(names) : undefined;
    switch (kind) {
      case 0:
        return this.tape.pick(2) === 0
          ? `store[${this.#key(1)}] = store[${this.#key(1)}]!;`
          : `byKey.set(${this.#key(1)}, store[${this.#key(1)}]!);`;
      case 1: {
        const [first, second] = [this.#key(1), this.#key(1)];
        const methods = this.tape.of([
          "advance() { const { key } = this; this.key = this.next; this.next = key; }",
          "advance() {}",
        ]);
        const name = this.#declare("cursor", `${first} ${second}`);
        return `const ${name}: any = { key: ${first}, next: ${second}, ${methods} };`;
      }
      case 2: {
        const [first, second] = [this.#key(1), this.#key(1)];
        const name = this.#declare("cursor", `${first} ${second}`);
        return `const ${name} = { reads: 0, get key(): string { this.reads += 1; return this.reads % 2 === 1 ? ${first} : ${second}; }, advance() {} };`;
      }
      case 3:
      case 4: {
        const cursor = own(this.#visible("cursor"));
        return cursor
          ? this.tape.of([`${cursor}.advance();`, `if (${this.#flag()}) { ${cursor}.advance(); }`])
          : this.#call();
      }
      case 5: {
        const [other, usual] = [this.#key(1), this.#key(1)];
        const name = this.#declare("key", `${other} ${usual}`);
        return `const { sessionKey: ${name} = ${usual} } = (${this.#flag()} ? { sessionKey: ${other} } : {}) as { sessionKey?: string };`;
      }
      case 6: {
        const key = own(this.#visible("key", true));
        return key ? `${key} ${this.tape.of(["||=", "??=", "&&="])} ${this.#key(1)};` : this.#call();
      }
      case 7: {
        const bag = own(this.#visible("bag"));
        const name = this.tape.of(BAG_KEYS);
        return bag
          ? this.tape.of([
              `Object.assign(${bag}, { ${name}: ${this.#key(1)} });`,
              `Object.assign(${bag}, { sessionId: ${this.#id(1)} });`,
              `delete (${bag} as any).${name};`,
              `${bag}.sessionId = ${this.#id(1)}!;`,
            ])
          : this.#call();
      }
      case 8: {
        const [bag, id] = [this.#bag(), this.#id(1)];
        const parts = this.tape.of([`...${bag}, sessionId: ${id}`, `sessionId: ${id}, ...${bag}`]);
        return `const ${this.#declare("bag", parts)} = { ${parts} };`;
      }
      case 9: {
        const list = `list${(this.#serial += 1)}`;
        const keys = `[${this.#key(1)}, ${this.#key(1)}]`;
        const moved = this.tape.of([
          "",
          `${list}.reverse();\n`,
          `${list}.shift();\n`,
          `${list}.push(${list}.shift()!);\n`,
        ]);
        return `const ${list} = ${keys};\n${moved}const ${this.#declare("key", keys)} = ${list}[0] ?? "";`;
      }
      case 10: {
        const key = own(this.#visible("key", true));
        if (!key) return this.#call();
        const value = `(${key} = ${this.#key(1)}, store[${key}]?.sessionId)`;
        return `const ${this.#declare("id", value)} = ${value};`;
      }
      case 11: {
        const sessions = `sessions${(this.#serial += 1)}`;
        const [key, from] = [this.#key(1), this.#key(1)];
        const read = `${sessions}.get(${this.tape.of([key, from])})?.sessionId`;
        const id = this.#declare("id", `${key} ${from}`);
        return `const ${sessions} = new Map<string, Entry>([[${key}, store[${from}]!]]);\nconst ${id} = ${read};`;
      }
      case 12: {
        const keys = this.#visible("key", true);
        const ids = this.#visible("id", true);
        const word = (): string =>
          ids.length > 0 ? `${ids[0]} = ${this.#id(1)};` : `${keys[0]} = ${this.#key(1)};`;
        if (keys.length === 0 && ids.length === 0) return this.#call();
        return `switch (${this.#flag()}) {\n  case true:\n    ${word()}\n  case false:\n    ${word()}\n    ${this.tape.of(["break;", ""])}\n  default:\n    ${word()}\n}`;
      }
      case 13:
      case 14: {
        const runner = own(this.#visible("runner"));
        if (!runner) return this.#call();
        const test = this.tape.of(["", `if (${this.#flag()}) `]);
        return this.tape.of([
          `${test}${runner}.load(${this.#key(1)});`,
          `${test}${runner}.target = ${this.#key(1)};`,
          `${test}${runner}.step();`,
          `${test}${runner}.key = ${this.#key(1)};`,
          `await Promise.resolve();`,
        ]);
      }
      case 15: {
        const kind = this.tape.of(["cursor", "bag", "runner"] as const);
        const owned = own(this.#visible(kind));
        if (owned) return this.#secondName(kind, owned);
        const made = this.#change(1);
        return `${made}\n${this.#secondName("cursor", this.#visible("cursor")[0]!)}`;
      }
      case 16: {
        // A list of the module keeps the object, and whoever calls the mover changes all that is in it.
        const kind = this.tape.of(["cursor", "bag", "runner"] as const);
        const owned = own(this.#visible(kind));
        if (!owned) return this.#call();
        const at = (this.#serial += 1);
        const name = this.tape.of(BAG_KEYS);
        this.#functions.push(
          `const kept${at}: any[] = [];\nfunction keep${at}(it: any): void { kept${at}.push(it); }\nfunction moveAll${at}(key: string): void { for (const one of kept${at}) { ${this.tape.of([`one.key = key;`, `one.${name} = key;`, "one.target = key;"])} } }\n`,
        );
        this.#add(`moveAll${at}`, "mover", false);
        return `keep${at}(${owned});`;
      }
      case 17: {
        const mover = own(this.#visible("mover"));
        return mover ? `${mover}(${this.#key(1)});` : this.#call();
      }
      default: {
        const pairs = `pairs${(this.#serial += 1)}`;
        this.#functions.push(
          `function* ${pairs}(store: Store, keys: string[]): any {\n  for (const key of keys) { yield { sessionKey: key, sessionId: store[${this.tape.of(["key", "keys[0]!"])}]?.sessionId }; }\n}\n`,
        );
        const keys = `[${this.#key(1)}, ${this.#key(1)}]`;
        const key = this.#declare("key", keys);
        const id = this.#declare("id", keys);
        return `const [{ sessionKey: ${key}, sessionId: ${id} }] = [...${pairs}(store, ${keys})].${this.tape.of(["slice(0)", "reverse()"])};`;
      }
    }
  }

  /** One object under a second name: the one is read, the other may be moved on, and what was read is stopped. */
  #secondName(kind: "cursor" | "bag" | "runner", first: string): string {
    const at = (this.#serial += 1);
    const third = this.tape.of(this.#visible(kind));
    const holder = `holder${at}`;
    const [name, declared] = this.tape.of([
      [`${holder}.it`, `const ${holder} = { it: ${first} };`],
      [holder, `let ${holder} = ${first};`],
      [holder, `const ${holder} = ${this.#flag()} ? ${first} : ${third};`],
      [holder, `const { it: ${holder} } = { it: ${first} };`],
      [holder, `const ${holder} = [${third}, ${first}].find((one) => one === ${first})!;`],
      [`${holder}.in.it`, `const ${holder} = { in: { it: ${first} } };`],
    ] as const);
    this.#add(name, kind, false);
    const [read, moved] = this.tape.pick(2) === 0 ? [name, first] : [first, name];
    const field = kind === "bag" ? this.tape.of(BAG_KEYS) : "key";
    const step = { cursor: "advance();", bag: `${field} = ${this.#key(1)};`, runner: "step();" }[kind];
    const change = this.tape.of([
      `${moved}.${field} = ${this.#key(1)};`,
      `${moved}.${step}`,
      `[${moved}].forEach((one) => { one.${field} = ${this.#key(1)}; });`,
      `if (${this.#flag()}) { ${moved}.${step} }`,
      "",
      `const copy${at} = { ...${moved} };\ncopy${at}.${field} = ${this.#key(1)};`,
    ]);
    const id = `read${at}`;
    return `${declared}\nconst ${id} = store[${read}.${field}]?.sessionId;\n${change}\nif (${id}) { abortEmbeddedPiRun(${id}); }`;
  }

  #const(kind: Kind, value: string, word = "const"): string {
    const type = word === "let" && kind === "id" ? ": string | undefined" : "";
    return `${word} ${this.#declare(kind, value, word === "let")}${type} = ${value};`;
  }

  #reassign(): string {
    const ids = this.#visible("id", true);
    const keys = this.#visible("key", true);
    const test = this.tape.of(["", `if (${this.#flag()}) `]);
    if (ids.length > 0 && (keys.length === 0 || this.tape.pick(2) === 0))
      return `${test}${this.tape.of(ids)} = ${this.#id()};`;
    if (keys.length > 1 && this.tape.pick(3) === 1)
      return `[${keys[0]}, ${keys[1]}] = [${keys[1]}, ${keys[0]}];`;
    return keys.length > 0 ? `${test}${this.tape.of(keys)} = ${this.#key()};` : this.#call();
  }

  /** A private function that takes an id and a key, with callers that may pass those of two sessions. */
  #pairWrapper(depth: number): string {
    const name = `stopPair${(this.#serial += 1)}`;
    const outer = this.#scopes;
    this.#scopes = [[]];
    const withKey = this.tape.pick(3) !== 2;
    const id = this.#declare("id", "");
    const key = withKey ? this.#declare("key", "") : "";
    const body = this.#block(Math.max(depth, 3), true);
    this.#scopes = outer;
    this.#functions.push(
      `async function ${name}(store: Store, byKey: Map<string, Entry>, early: boolean, late: boolean, input: any, ${id}: string | undefined${withKey ? `, ${key}: string` : ""}): Promise<void> {\n${body}\n}\n`,
    );
    return this.#callers(
      (given, entry) =>
        `await ${name}(store, byKey, early, late, input, ${entry}?.sessionId${withKey ? `, ${given}` : ""});`,
    );
  }

  #bagWrapper(depth: number): string {
    const name = `stopBag${(this.#serial += 1)}`;
    const outer = this.#scopes;
    this.#scopes = [[]];
    const bag = this.#declare("bag", "");
    const body = this.#block(Math.max(depth, 3), true);
    this.#scopes = outer;
    this.#functions.push(
      `async function ${name}(store: Store, byKey: Map<string, Entry>, early: boolean, late: boolean, input: any, ${bag}: { sessionId?: string; ${BAG_KEYS.map((key) => `${key}: string`).join("; ")} }): Promise<void> {\n${body}\n}\n`,
    );
    return this.#callers((given, entry) => {
      const fields = BAG_KEYS.map((key) => `${key}: ${this.tape.pick(3) === 0 ? given : this.#key(1)}`);
      return `await ${name}(store, byKey, early, late, input, { sessionId: ${entry}?.sessionId, ${fields.join(", ")} });`;
    });
  }

  /** A class that holds a key, and perhaps an entry, in its fields; its methods, its setter and its makers move them on. */
  #runner(depth: number): string {
    const name = `Runner${(this.#serial += 1)}`;
    const outer = this.#scopes;
    this.#scopes = [[{ name: "this", kind: "runner", mutable: false }]];
    const body = this.#block(Math.max(depth, 3), false);
    const id = `read${(this.#serial += 1)}`;
    const change = this.#change(13);
    this.#scopes = outer;
    const field = this.tape.of(["key", "next", "current"]);
    this.#functions.push(`class ${name} {
  entry: Entry | undefined;
  constructor(readonly store: Store, public key: string, public next: string) { ${this.tape.of(["this.entry = store[key];", "this.entry = store[next];", "this.key = next;", ""])} }
  get current(): string { return ${this.tape.of(["this.key", "this.next", "this.entry?.spawnedBy ?? this.key"])}; }
  set target(value: string) { ${this.tape.of(["this.key = value;", "this.next = value;", "this.entry = this.store[value];", "this.load(value);"])} }
  load(key: string): void { ${this.tape.of(["this.key = key; this.entry = this.store[key];", "this.entry = this.store[key];", "this.key = key;", "console.log(key);"])} }
  step(): void { ${this.tape.of(["const { key } = this; this.key = this.next; this.next = key;", "this.load(this.next);", "console.log(this.key);"])} }
  async run(store: Store, byKey: Map<string, Entry>, early: boolean, late: boolean, input: any): Promise<void> {
${body}
    const ${id} = store[this.${field}]?.sessionId;
    ${change}
    if (${id}) { abortEmbeddedPiRun(${id}); }
  }
}
`);
    const [first, second] = [this.#key(1), this.#key(1)];
    const runner = this.#declare("runner", `${first} ${second}`);
    const run = `${runner}.run(store, byKey, early, late, input)`;
    const pending = `pending${(this.#serial += 1)}`;
    const uses = this.tape.of([
      `await ${run};`,
      `await ${run};\n${runner}.load(${this.#key(1)});\nawait ${run};`,
      `const ${pending} = ${run};\n${runner}.load(${this.#key(1)});\nawait ${pending};`,
      `const ${pending} = ${run};\n${runner}.target = ${this.#key(1)};\nawait ${pending};`,
    ]);
    return `const ${runner} = new ${name}(store, ${first}, ${second});\n${uses}`;
  }

  /** One or two calls: with the key that the entry is read under, or with another one. */
  #callers(call: (key: string, entry: string) => string): string {
    const lines: string[] = [];
    this.#begun.push(false);
    const count = 1 + this.tape.pick(2);
    for (let at = 0; at < count; at += 1) {
      const key = this.#key(1);
      lines.push(call(key, `store[${this.tape.pick(3) === 2 ? this.#key(1) : key}]`));
    }
    return lines.join("\n");
  }

  #call(): string {
    const id = this.#id();
    const plain = /^[\w$]+$/.test(id);
    switch (this.tape.pick(plain ? 5 : 1)) {
      case 1:
        return `if (${id}) {\n  abortEmbeddedPiRun(${id});\n}`;
      case 2: {
        const result = `aborted${(this.#serial += 1)}`;
        return `const ${result} = ${id} ? abortEmbeddedPiRun(${id}) : false;\nconsole.log(${result});`;
      }
      case 3:
        return `if (${id} && isEmbeddedPiRunActive(${id})) {\n  abortEmbeddedPiRun(${id});\n  await waitForEmbeddedPiRunEnd(${id}, 15_000);\n}`;
      case 4:
        return `if (${id}) {\n  await waitForEmbeddedPiRunEnd(${id});\n}`;
      default:
        return `abortEmbeddedPiRun(${id}!);`;
    }
  }
}
