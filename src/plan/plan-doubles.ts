import type { Analysis } from "../analyze/analysis.ts";
import type { DoubleName, MockFact } from "../analyze/doubles/double-facts.ts";
import type { Migration } from "../migration/migration.ts";
import { applyEdits, type Edit, type Span } from "../shared/location.ts";
import {
  asSite,
  type DoubleDecision,
  type DoubleDecisions,
  isEmptied,
  movesInPlace,
  movesTo,
  renamed,
} from "./decide-doubles.ts";
import { siteId } from "./decide-calls.ts";
import type { PlannedStep } from "./plan.ts";
import { lineEnding } from "../shared/layout.ts";
import { dropElement, type NewImport, planImports, registrySpecifier, startOfLine } from "./plan-imports.ts";

/** The steps for the doubles of one test file: mocks, names, imports. */
export function planDoubles(
  analysis: Analysis,
  migration: Migration,
  decisions: DoubleDecisions,
  file: string,
  /** names of the registry that the file needs besides */
  imported: readonly string[],
): PlannedStep[] {
  return new DoublesPlanner(analysis, migration, decisions, file, imported).plan();
}

/** Where the registry's namespace goes by a name of its own. */
const NAMESPACE = "sessionRunRegistry";

/** Where the formatters of these repositories break a line. */
const LINE_WIDTH = 100;

class DoublesPlanner {
  readonly #text: string;
  readonly #names: readonly DoubleName[];
  readonly #mocks: readonly MockFact[];
  /** new spellings, id parameters included: they also apply inside of what is moved as a whole */
  readonly #renames: (Edit & { readonly site: string })[] = [];
  readonly #steps: PlannedStep[] = [];
  readonly #gone: Span[] = [];
  /** legacy modules behind each registry path that gets a mock */
  readonly #claimed = new Map<string, string>();

  constructor(
    readonly analysis: Analysis,
    readonly migration: Migration,
    readonly decisions: DoubleDecisions,
    readonly file: string,
    readonly imported: readonly string[],
  ) {
    const facts = analysis.doubles();
    this.#text = facts.text(file);
    this.#names = facts.names.filter((name) => name.file === file);
    this.#mocks = facts.mocks.filter((mock) => mock.file === file);
  }

  plan(): PlannedStep[] {
    const active = this.#names.filter((name) => ["move", "both"].includes(this.#mode(name)));
    if (active.length === 0 && !this.#mocks.some((mock) => this.#madeFor(mock))) return [];
    for (const name of active) if (this.#mode(name) === "move") this.#rename(name);
    for (const mock of this.#mocks) if (!mock.registry) this.#moveMock(mock);
    for (const name of active) {
      if (this.#mode(name) !== "both" || this.decisions.get(name)!.to === null) continue;
      if (name.tie === "helper-key" && name.property) this.#doubleProperty(name, name.property);
      if (name.tie === "import" && name.setup) this.#doubleSetup(name, name.setup);
      if (name.tie === "spy" && name.spy) this.#doubleSpy(name, name.spy);
    }
    this.#takeFromRegistry(active);
    this.#planImports(active);
    for (const { start, end, text, site } of this.#renames)
      if (!this.#isGone({ start, end }))
        this.#step("rename-doubles", { start, end }, { newName: text }, site);
    return this.#steps.sort((a, b) => a.start - b.start || a.end - b.end);
  }

  #mode(name: DoubleName): DoubleDecision["mode"] | "none" {
    return this.decisions.get(name)?.mode ?? "none";
  }

  #rename(name: DoubleName): void {
    const site = siteId(asSite(name));
    const isSpecifier = name.tie === "import" && this.#specifierAt(name) !== undefined;
    if (!isSpecifier && name.tie !== "dynamic-import")
      this.#renames.push({ ...name.span, text: renamed(this.decisions, name), site });
    if (name.namespace && (name.tie === "member" || name.tie === "spy"))
      this.#renames.push({ ...name.namespace, text: NAMESPACE, site });
    for (const edit of this.#idRenames(name)) this.#renames.push({ ...edit, site });
  }

  /** The parameter that took the id is named for what it takes now. */
  #idRenames(name: DoubleName): Edit[] {
    if (!name.property || name.idTokens.length === 0) return [];
    const property = this.#text.slice(name.property.start, name.property.end);
    if (/\bsessionKey\b/.test(property)) return [];
    return name.idTokens.map((span) => ({
      ...span,
      text: this.#text.slice(span.start, span.end).replace("sessionId", "sessionKey"),
    }));
  }

  #moveMock(mock: MockFact): void {
    const moving = mock.names.filter((name) => this.#mode(name) === "move");
    const doubling = mock.names.filter((name) => this.#mode(name) === "both");
    const doubled = doubling.filter((name) => this.decisions.get(name)!.to !== null);
    const specifier = registrySpecifier(this, mock.specifier);
    if (mock.factory.kind === "inline") {
      if (moving.length + doubling.length === 0) return;
      const owner = siteId(asSite([...moving, ...doubling][0]!));
      const allGo = isEmptied(this.decisions, mock);
      const emptied = allGo && !moving.some((name) => this.decisions.get(name)!.stillImported);
      if (movesInPlace(this.decisions, mock) && this.#claim(specifier, mock)) {
        for (const path of this.#registryPaths(mock))
          this.#step("move-mocks", path, { text: path.text }, owner);
        for (const { path } of this.#undone(mock))
          this.#step("move-mocks", inner(path), { text: specifier }, owner);
        return;
      }
      const entries = [
        ...moving.map((name) => this.#render(name.property!, this.#renames)),
        ...doubled.map((name) => this.#doubled(name)),
      ].map((text, at) => ({ text, from: [...moving, ...doubled][at]!.property as Span | null }));
      for (const name of doubling) {
        const { toAllRuns } = this.decisions.get(name)!;
        if (toAllRuns !== null)
          entries.push({
            text: `${toAllRuns}: () => ${name.standsFor}(undefined, { mode: "all" })`,
            from: null,
          });
      }
      if (emptied) this.#gone.push(mock.call);
      else if (allGo && !this.#render(mock.factory.object, []).includes("...")) {
        this.#gone.push(mock.factory.object);
        this.#step("move-mocks", mock.factory.object, { text: "{}" }, owner);
      } else this.#dropProperties(moving, owner);
      this.#addMock(mock, specifier, entries, owner, emptied);
      return;
    }
    if (mock.factory.kind === "object") {
      const { name: variable, keys, home } = mock.factory;
      const entries = keys.flatMap((key) => {
        const state = this.#stateNamed(key, home);
        if (!state) return [];
        const mode = this.#mode(state);
        if (mode !== "move" && mode !== "both") return [];
        const member = mode === "move" ? renamed(this.decisions, state) : key;
        return [{ text: `${movesTo(this.decisions, state)}: ${variable}.${member}`, from: null, state }];
      });
      if (entries.length > 0)
        this.#addMock(mock, specifier, entries, siteId(asSite(entries[0]!.state)), false);
      return;
    }
    const [first] = this.#names.filter((name) => ["move", "both"].includes(this.#mode(name)));
    if (mock.factory.kind === "helper") {
      const made = this.#madeFor(mock);
      if (!made || !this.#claim(specifier, mock)) return;
      this.#addStatement(mock, this.#mockByHelpers(mock, specifier), siteId(asSite(made)));
    } else if (mock.factory.kind === "automatic" && first && this.#claim(specifier, mock)) {
      const text = this.#render(mock.call, this.#registryPaths(mock));
      this.#addStatement(mock, text, siteId(asSite(first)));
    }
  }

  /** A double that moves, among those that the helpers of a mock make, here or in a harness. */
  #madeFor({ factory }: MockFact): DoubleName | undefined {
    return this.#handedOut(factory)[0];
  }

  /** What helpers hand out under a name of their own, or of the object that they take it from. */
  #handedOut(factory: MockFact["factory"]): DoubleName[] {
    if (factory.kind !== "helper") return [];
    return this.analysis
      .doubles()
      .names.filter(
        (name) =>
          (name.tie === "helper-key" || (name.tie === "state" && name.property !== null)) &&
          (name.file === this.file || factory.homes.includes(name.file)) &&
          ["move", "both"].includes(this.#mode(name)),
      );
  }

  /** What rewritten code needs of the registry and the helpers of a mock do not make comes from the real one. */
  #needsTheReal({ factory, framework }: MockFact): boolean {
    if (factory.kind !== "helper" || factory.real || framework === "bun") return false;
    const names = this.#handedOut(factory);
    const given = new Set(names.map((name) => renamed(this.decisions, name)));
    return names.some((name) => [...this.decisions.get(name)!.needed].some((needed) => !given.has(needed)));
  }

  /**
   * What helpers make of the legacy modules behind one registry path, as its mock: the first one's again, or the
   * exports of all of them, the first one's on top.
   */
  #mockByHelpers(mock: MockFact, specifier: string): string {
    const factories = new Map<string, number>();
    for (const other of this.#mocks)
      if (
        other.factory.kind === "helper" &&
        !other.registry &&
        registrySpecifier(this, other.specifier) === specifier
      )
        factories.set(
          this.#render(other.factory.factory, this.#registryPaths(other)),
          other.factory.parameters,
        );
    const real = this.#needsTheReal(mock);
    if (factories.size === 1 && !real) return this.#render(mock.call, this.#registryPaths(mock));
    const eol = lineEnding(this.#text);
    const indent = indentAt(this.#text, mock.call.start);
    const unit = /\t/.test(indent) || /^\t/m.test(this.#text) ? "\t" : "  ";
    const quote = this.#text[mock.paths[0]!.start]!;
    const handed = [...factories.values()].some((parameters) => parameters > 0) ? "importOriginal" : "";
    const object = mock.callee.replace(/\..*$/, "");
    // The factories of jest are not awaited.
    const waits = mock.framework !== "jest";
    const awaited = (text: string): string => (waits ? `(await ${text})` : text);
    const original = `${object}.${waits ? "importActual" : "requireActual"}<object>(${quote}${specifier}${quote})`;
    return [
      `${mock.callee}(${quote}${specifier}${quote}, ${waits ? "async " : ""}(${handed}) => ({`,
      ...(real ? [`${indent}${unit}...${awaited(original)},`] : []),
      ...[...factories].reverse().map(([factory, parameters]) => {
        const made = /^[\w$.]+$/.test(factory) ? factory : `(${factory})`;
        return `${indent}${unit}...${awaited(`${made}(${parameters > 0 ? handed : ""})`)},`;
      }),
      `${indent}}))`,
    ].join(eol);
  }

  /** False when the mock of another module in this file has brought the registry's already. */
  #claim(specifier: string, mock: MockFact): boolean {
    const claimed = this.#claimed.get(specifier) ?? mock.specifier;
    this.#claimed.set(specifier, claimed);
    return claimed === mock.specifier;
  }

  /** Each path in the mock with the registry's, as it is spelled there. */
  #registryPaths(mock: MockFact): Edit[] {
    return mock.paths.map((path) => {
      const { start, end } = inner(path);
      return { start, end, text: registrySpecifier(this, this.#text.slice(start, end)) };
    });
  }

  /** The key of a state object, in the file that declares it. */
  #stateNamed(key: string, home: string): DoubleName | undefined {
    return this.analysis
      .doubles()
      .names.find(
        ({ file, tie, text, property }) =>
          file === home && tie === "state" && text === key && property !== null,
      );
  }

  #addMock(
    mock: MockFact,
    specifier: string,
    entries: readonly { readonly text: string; readonly from: Span | null }[],
    site: string,
    replace: boolean,
  ): void {
    if (!this.#claim(specifier, mock)) return;
    const indent = indentAt(this.#text, mock.call.start);
    const eol = lineEnding(this.#text);
    const unit = /\t/.test(indent) || /^\t/m.test(this.#text) ? "\t" : "  ";
    // A template is no literal type.
    const quote = this.#text[mock.paths[0]!.start]!.replace("`", '"');
    const path = quote + specifier + quote;
    const keys = entries.map(
      ({ text, from }) =>
        indent + unit + shifted(text, from ? indentAt(this.#text, from.start) : "", indent + unit),
    );
    const typed = /\.[cm]?tsx?$/.test(this.file) ? `<typeof import(${path})>` : "";
    const object = mock.callee.replace(/\..*$/, "");
    // Without a parameter, so that nothing is implicitly any where the framework is not installed.
    const [head, spread] =
      mock.framework === "jest"
        ? ["() => ({", `...${object}.requireActual${typed}(${path}),`]
        : mock.framework === "bun"
          ? ["() => ({", null]
          : ["async () => ({", `...(await ${object}.importActual${typed}(${path})),`];
    const broken =
      spread !== null && (indent + unit + spread).length > LINE_WIDTH && spread.includes(`>(${path})`);
    const lines = [
      `${mock.callee}(${path}, ${head}`,
      ...(spread === null
        ? []
        : broken
          ? [
              indent + unit + spread.slice(0, spread.indexOf(`>(${path})`) + 2),
              `${indent}${unit}${unit}${path},`,
              indent + unit + spread.slice(spread.indexOf(`>(${path})`) + 2 + path.length),
            ]
          : [indent + unit + spread]),
      ...keys.map((key) => `${key},`),
      `${indent}}))`,
    ];
    const text = lines.join(eol);
    if (replace) {
      this.#takeAwayAsWell(mock, site);
      this.#step("move-mocks", mock.call, { text }, site);
    } else this.#addStatement(mock, text, site);
  }

  readonly #taken = new Set<number>();
  /** Calls that take a mock away again, each once. */
  #undone(mock: MockFact): MockFact["undone"] {
    const left = mock.undone.filter(({ path }) => !this.#taken.has(path.start));
    for (const { path } of left) this.#taken.add(path.start);
    return left;
  }

  #addStatement(mock: MockFact, text: string, site: string): void {
    this.#takeAwayAsWell(mock, site);
    const room = mock.room!;
    const indent = indentAt(this.#text, mock.call.start);
    const eol = lineEnding(this.#text);
    if (room.kind === "statement") {
      const semicolon = this.#text[room.span.end - 1] === ";" ? ";" : "";
      const at = { start: room.span.end, end: room.span.end };
      this.#step(
        "move-mocks",
        at,
        { text: `${eol}${indentAt(this.#text, room.span.start)}${text}${semicolon}` },
        site,
      );
      return;
    }
    // `() => mock(…)`: a block around both, its lines one deeper than the arrow's own.
    const { start, end } = room.span;
    const gap = /[ \t\r\n]*$/.exec(this.#text.slice(0, start))![0];
    const outer = indentAt(this.#text, start - gap.length);
    const unit = /\t/.test(indent) || /^\t/m.test(this.#text) ? "\t" : "  ";
    const moved = shifted(text, indent, outer + unit);
    const deeper = !/[\r\n]/.test(gap) && !this.#text.slice(start, end).includes("`");
    this.#step(
      "move-mocks",
      { start: start - gap.length, end: start },
      { text: ` {${eol}${outer}${unit}` },
      site,
    );
    // What began on the arrow's line moves in with all its lines; a template's lines are its text.
    if (deeper) this.#indentLines(room.span, unit, site);
    this.#step(
      "move-mocks",
      { start: end, end },
      { text: `;${eol}${outer}${unit}${moved};${eol}${outer}}` },
      site,
    );
  }

  /** `vi.doUnmock("old");` is said of the registry as well. */
  #takeAwayAsWell(mock: MockFact, site: string): void {
    for (const { path, statement } of this.#undone(mock)) {
      if (!statement) continue;
      const edit = { ...inner(path), text: registrySpecifier(this, mock.specifier) };
      const indent = indentAt(this.#text, statement.start);
      const text = `${lineEnding(this.#text)}${indent}${this.#render(statement, [edit])}`;
      this.#step("move-mocks", { start: statement.end, end: statement.end }, { text }, site);
    }
  }

  /** The lines of a span behind its first one go deeper. */
  #indentLines({ start, end }: Span, unit: string, site: string): void {
    for (const match of this.#text.slice(start, end).matchAll(/\n(?=[ \t]*[^\s])/g)) {
      const at = start + match.index + 1;
      if (!this.#gone.some((gone) => gone.start <= at && at < gone.end))
        this.#step("move-mocks", { start: at, end: at }, { text: unit }, site);
    }
  }

  #dropProperties(names: readonly DoubleName[], site: string): void {
    const spans = names.map(({ property }) => property!).sort((a, b) => a.start - b.start);
    const joined: Span[] = [];
    for (const span of spans) {
      const before = joined.at(-1);
      if (before && /^\s*,\s*$/.test(this.#text.slice(before.end, span.start)))
        joined[joined.length - 1] = { start: before.start, end: span.end };
      else joined.push(span);
    }
    for (const span of joined) {
      const none = { start: -1, end: -1 };
      const { start, end } = dropElement(this.#text, span, none, none);
      this.#gone.push({ start, end });
      this.#step("move-mocks", { start, end }, { text: "" }, site);
    }
  }

  /** The same double under the registry's name; what it is made of is shared. */
  #doubled(name: DoubleName): string {
    const replacement = renamed(this.decisions, name);
    if (name.shorthand) return `${replacement}: ${name.text}`;
    return this.#render(name.property!, [{ ...name.span, text: replacement }, ...this.#idRenames(name)]);
  }

  #doubleProperty(name: DoubleName, property: Span): void {
    const eol = lineEnding(this.#text);
    const indent = indentAt(this.#text, property.start);
    const alone = this.#text.slice(startOfLine(this.#text, property.start), property.start).trim() === "";
    const text = `,${alone ? eol + indent : " "}${this.#doubled(name)}`;
    this.#step("move-mocks", { start: property.end, end: property.end }, { text }, siteId(asSite(name)));
  }

  /** `vi.mocked(old).mockReturnValue(true);` is said of the new one as well. */
  #doubleSetup(name: DoubleName, statement: Span): void {
    const eol = lineEnding(this.#text);
    const indent = indentAt(this.#text, statement.start);
    const edits = [{ ...name.span, text: renamed(this.decisions, name) }];
    const text = `${eol}${indent}${this.#render(statement, edits)}`;
    this.#step(
      "rename-doubles",
      { start: statement.end, end: statement.end },
      { text },
      siteId(asSite(name)),
    );
  }

  /** `const oldSpy = vi.spyOn(module, "old");`: a second spy, on the registry, set up in the same way. */
  #doubleSpy(name: DoubleName, { statement, variable }: NonNullable<DoubleName["spy"]>): void {
    const site = siteId(asSite(name));
    const eol = lineEnding(this.#text);
    const own = this.#names.filter((other) => other.tie === "binding" && other.text === variable);
    const edits = [
      { ...name.span, text: renamed(this.decisions, name) },
      { ...name.namespace!, text: NAMESPACE },
      ...own.map((other) => ({ ...other.span, text: renamed(this.decisions, other) })),
    ];
    const spans = [statement, ...own.flatMap(({ setup }) => (setup ? [setup] : []))];
    for (const { start, end } of spans) {
      const text = `${eol}${indentAt(this.#text, start)}${this.#render({ start, end }, edits)}`;
      this.#step("rename-doubles", { start: end, end }, { text }, site);
    }
  }

  /** `const { old, other } = await import("…");` */
  #takeFromRegistry(active: readonly DoubleName[]): void {
    for (const name of active) {
      if (name.tie !== "dynamic-import" || this.#mode(name) !== "move" || !name.taking) continue;
      const site = siteId(asSite(name));
      const { statement, names, module } = name.taking;
      const legacy = this.#text.slice(module.start + 1, module.end - 1);
      const specifier = registrySpecifier(this, legacy);
      const edits = [
        { ...name.span, text: renamed(this.decisions, name) },
        { ...inner(module), text: specifier },
      ];
      if (names === 1) {
        for (const edit of edits) this.#step("rename-doubles", edit, { newName: edit.text }, site);
        continue;
      }
      const none = { start: -1, end: -1 };
      const dropped = dropElement(this.#text, name.span, none, none);
      this.#step("move-mocks", dropped, { text: "" }, site);
      const quote = this.#text[module.start]!;
      const keyword = /^\w+/.exec(this.#text.slice(statement.start))![0];
      const text = `${lineEnding(this.#text)}${indentAt(this.#text, statement.start)}${keyword} { ${edits[0]!.text} } = await import(${quote}${specifier}${quote});`;
      this.#step("move-mocks", { start: statement.end, end: statement.end }, { text }, site);
    }
  }

  #specifierAt(name: DoubleName): { readonly span: Span; readonly local: string } | undefined {
    for (const fact of this.analysis.imports.get(this.file) ?? [])
      for (const one of fact.names)
        if (one.span.start <= name.span.start && name.span.end <= one.span.end) return one;
    return undefined;
  }

  #planImports(active: readonly DoubleName[]): void {
    const moved = new Map<string, NewImport>();
    const dead: Span[] = [];
    const added = new Set(this.imported);
    let namespace: DoubleName | undefined;
    for (const name of active) {
      const mode = this.#mode(name);
      if ((name.tie === "member" && mode === "move") || name.tie === "spy") namespace ??= name;
      if (name.tie !== "import") continue;
      const specifier = this.#specifierAt(name);
      if (mode === "both" && name.setup && this.decisions.get(name)!.to !== null)
        added.add(movesTo(this.decisions, name));
      if (mode !== "move" || !specifier) continue;
      const target = movesTo(this.decisions, name);
      const local = specifier.local === name.text ? target : specifier.local;
      moved.set(specifier.local, { name: target, local });
      dead.push(specifier.span);
    }
    if (namespace) this.#planNamespace(namespace);
    this.#planNames(dead, added, moved, active);
  }

  /** `import * as runs`: beside it comes the registry's, or in its place where nothing else is read from it. */
  #planNamespace(name: DoubleName): void {
    const used = this.#text.slice(name.namespace!.start, name.namespace!.end);
    const fact = (this.analysis.imports.get(this.file) ?? []).find(
      ({ span, other }) => other && this.#text.slice(span.start, span.end).includes(` ${used} `),
    );
    if (!fact) return;
    const quote = this.#text[fact.module.start]!;
    const path = quote + registrySpecifier(this, fact.specifier) + quote;
    const site = siteId(asSite(name));
    if (fact.names.length === 0 && !fact.typeOnly && this.#isWhollyMoved(used, fact.span)) {
      const statement = this.#text.slice(fact.span.start, fact.span.end);
      const start = fact.span.start + statement.indexOf(` ${used} `) + 1;
      this.#step("rewire-imports", { start, end: start + used.length }, { text: NAMESPACE }, site);
      this.#step("rewire-imports", fact.module, { text: path }, site);
      return;
    }
    const semicolon = this.#text[fact.span.end - 1] === ";" ? ";" : "";
    const text = `${lineEnding(this.#text)}import * as ${NAMESPACE} from ${path}${semicolon}`;
    this.#step("rewire-imports", { start: fact.span.end, end: fact.span.end }, { text }, site);
  }

  /** Each place that names a namespace is one that moves. */
  #isWhollyMoved(used: string, itself: Span): boolean {
    const places = [
      ...this.#text.matchAll(new RegExp(`(?<![\\w$.])${used.replace(/\$/g, "\\$&")}(?![\\w$])`, "g")),
    ];
    return places.every(
      ({ index }) =>
        (itself.start <= index && index < itself.end) || this.#renames.some(({ start }) => start === index),
    );
  }

  #planNames(
    dead: readonly Span[],
    added: ReadonlySet<string>,
    moved: ReadonlyMap<string, NewImport>,
    active: readonly DoubleName[],
  ): void {
    if (dead.length === 0 && added.size === 0) return;
    const uses = this.analysis.uses.filter((use) => use.file === this.file);
    const { edits } = planImports({
      analysis: this.analysis,
      migration: this.migration,
      file: this.file,
      text: this.#text,
      dead,
      moved,
      added: [...added],
      uses,
    });
    const site = siteId(asSite(active.find((name) => name.tie === "import") ?? active[0]!));
    for (const edit of edits) this.#step("rewire-imports", edit, { text: edit.text }, site);
  }

  #isGone(span: Span): boolean {
    return this.#gone.some((gone) => gone.start <= span.start && span.end <= gone.end);
  }

  /** The text of a span with the edits that lie in it. */
  #render(span: Span, edits: readonly Edit[]): string {
    const inside = edits
      .filter((edit) => span.start <= edit.start && edit.end <= span.end)
      .map((edit) => ({ start: edit.start - span.start, end: edit.end - span.start, text: edit.text }));
    return applyEdits(this.#text.slice(span.start, span.end), inside);
  }

  #step(transform: string, span: Span, data: Readonly<Record<string, unknown>>, site: string): void {
    const { start, end } = span;
    this.#steps.push({ transform, start, end, expect: this.#text.slice(start, end), data, site });
  }
}

/** A string literal without its quotes. */
function inner({ start, end }: Span): Span {
  return { start: start + 1, end: end - 1 };
}

/** White space that the line of an offset starts with. */
function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(startOfLine(text, offset)))![0];
}

/** Continuation lines moved from one indentation to another. */
function shifted(text: string, from: string, to: string): string {
  const [first, ...rest] = text.split(/(?<=\r\n|\n)/);
  return [first, ...rest.map((line) => (line.startsWith(from) ? to + line.slice(from.length) : line))].join(
    "",
  );
}
