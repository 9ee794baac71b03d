import type { Analysis, LegacyUse } from "../analyze/analysis.ts";
import { legacyFunction, type Migration } from "../migration/migration.ts";
import { indentUnit, lineEnding } from "../shared/layout.ts";
import type { Edit, Span } from "../shared/location.ts";
import { concernsAllRuns, newArguments } from "./all-runs.ts";
import { decideDoubles } from "./decide-doubles.ts";
import { decideIds } from "./decide-ids.ts";
import { describeId, planIds } from "./plan-ids.ts";
import { DoubleDescriber } from "./describe-double.ts";
import { describeQuiet } from "./describe-quiet.ts";
import { planDoubles } from "./plan-doubles.ts";
import { describeStrengthening, planStrengthening, strengthenTests } from "./strengthen-tests.ts";
import { type CallDecision, type DecideOptions, decideCalls, settleTimeout, siteId } from "./decide-calls.ts";
import { callText, describeCall } from "./describe-call.ts";
import { explainCall, kills } from "./explain-call.ts";
import type { Plan, PlannedStep, SiteDecision } from "./plan.ts";
import { planGuards } from "./plan-guards.ts";
import { joinMarks, planMarks } from "./plan-marks.ts";
import { dropElement, type NewImport, planImports, wholeLine } from "./plan-imports.ts";

export interface PlanOptions extends DecideOptions {
  /** wait for settlement after a kill whose result the user sees */
  readonly settle: boolean;
  /** put a comment above each site that is left for a person. @default false */
  readonly mark?: boolean;
}

/** Turns facts into one decision for each site, and the steps that carry the rewrites out. Pure. */
export function makePlan(analysis: Analysis, migration: Migration, options: PlanOptions): Plan {
  const decisions = decideCalls(analysis, migration, options);
  const steps = new Map<string, PlannedStep[]>();
  const gone = new Map<string, ReadonlySet<string>>();
  const files = [...new Set(decisions.map((decision) => decision.call.file))].sort();
  for (const [done, file] of files.entries()) {
    options.onProgress?.(done, files.length);
    const inFile = decisions.filter(
      (decision) => decision.call.file === file && decision.decision === "rewrite",
    );
    if (inFile.length === 0) continue;
    const planned = new FilePlanner(analysis, migration, options, file, inFile).plan();
    steps.set(file, planned.steps);
    gone.set(file, planned.goneSpans);
  }
  const settled = options.settle
    ? decisions.filter((one) => settleTimeout(one, migration) !== undefined)
    : [];
  const doubles = decideDoubles(analysis, migration, decisions, settled, options);
  const strengthened = strengthenTests(analysis, migration, decisions, doubles, options);
  const doubled = [...doubles.keys(), ...(doubles.size > 0 ? analysis.doubles().mocks : [])];
  for (const file of new Set(doubled.map((one) => one.file))) {
    const imported = strengthened.flatMap(({ test, imports }) =>
      test.file === file && imports !== null ? [imports] : [],
    );
    const planned = planDoubles(analysis, migration, doubles, file, imported);
    if (planned.length > 0) steps.set(file, planned);
  }
  const ids = decideIds(analysis, migration, doubles, options);
  for (const [file, planned] of [...planIds(analysis, ids), ...planStrengthening(analysis, strengthened)])
    steps.set(
      file,
      [...(steps.get(file) ?? []), ...planned].sort((a, b) => a.start - b.start || a.end - b.end),
    );
  for (const [file, marks] of planMarks(decisions, analysis, options))
    steps.set(file, joinMarks(steps.get(file) ?? [], marks));
  const killedIn = new Set(decisions.filter((one) => one.decision === "rewrite").map((one) => one.call.file));
  const describer = new DoubleDescriber(analysis, migration, doubles);
  const sites = [
    ...decisions.flatMap((decision) => {
      const notes = explainCall(decision, decisions, analysis, migration, options.settle);
      const site = describeCall(decision, notes);
      return decision.call.inTest ? describer.decided(site, decision.call.nameSpan) : [site];
    }),
    ...analysis.uses.flatMap((use) =>
      describeUse(use, gone.get(use.file), migration).flatMap((site) =>
        use.inTest ? describer.decided(site, use.span) : [site],
      ),
    ),
  ];
  sites.push(...describer.remaining(), ...ids.map(describeId), ...strengthened.map(describeStrengthening));
  sites.push(...describeQuiet(analysis.doubles().quiet, strengthened));
  sites.sort(bySite);
  return {
    sites,
    steps,
    registry: killedIn.size > 0 ? analysis.registry : null,
    warnings: warnOfEmptyRegistry(analysis, sites, migration),
  };
}

function bySite(a: SiteDecision, b: SiteDecision): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Plans all edits of one file at once, since imports and leftovers depend on every call in it. */
class FilePlanner {
  readonly #steps: PlannedStep[] = [];
  readonly #gone: Span[] = [];
  readonly #moved = new Map<string, NewImport>();
  readonly #added = new Set<string>();
  readonly #text: string;
  readonly #uses: readonly LegacyUse[];

  constructor(
    readonly analysis: Analysis,
    readonly migration: Migration,
    readonly options: PlanOptions,
    readonly file: string,
    readonly decisions: readonly CallDecision[],
  ) {
    this.#text = analysis.texts.get(file) ?? "";
    this.#uses = analysis.uses.filter((use) => use.file === file);
  }

  plan(): { steps: PlannedStep[]; goneSpans: ReadonlySet<string> } {
    const guardEdits = new Map<string, { edit: Edit; site: string }>();
    for (const decision of this.decisions) {
      const guards = planGuards(decision, kills(decision, this.decisions), this.#text);
      for (const edit of guards.edits)
        guardEdits.set(`${edit.start}-${edit.end}`, { edit, site: siteId(decision.call) });
      this.#gone.push(...guards.gone);
      this.#planCall(decision, guards.unguarded);
    }
    for (const { edit, site } of guardEdits.values())
      this.#step("move-presence-guards", edit, { text: edit.text }, site);
    this.#renameDependencies();
    this.#renameParameters();
    this.#settle();
    const kept = this.decisions.flatMap(({ call, key }) =>
      key === null ? [] : [{ offset: call.span.start, names: key.match(/[A-Za-z_$][\w$]*/g) ?? [] }],
    );
    const leftovers = this.analysis.leftovers(this.file, this.#gone, kept);
    const site = siteId(this.decisions[0]!.call);
    for (const leftover of leftovers) {
      if (leftover.kind === "import") continue;
      const span =
        leftover.kind === "destructured"
          ? dropElement(this.#text, leftover.remove, { start: -1, end: -1 }, { start: -1, end: -1 })
          : wholeLine(this.#text, leftover.remove);
      this.#step("drop-unused-locals", span, { name: leftover.name }, site);
    }
    const dead = leftovers
      .filter((leftover) => leftover.kind === "import")
      .map((leftover) => leftover.remove);
    const { edits } = planImports({
      analysis: this.analysis,
      migration: this.migration,
      file: this.file,
      text: this.#text,
      dead,
      moved: this.#moved,
      added: [...this.#added],
      uses: this.#uses,
    });
    for (const edit of edits) this.#step("rewire-imports", edit, { text: edit.text }, site);
    const removed = leftovers.map((leftover) => leftover.remove);
    return {
      steps: this.#steps
        .filter(
          (step) =>
            step.transform === "drop-unused-locals" ||
            step.transform === "rewire-imports" ||
            !removed.some(
              (span) => span.start <= step.start && step.end <= span.end && step.start < span.end,
            ),
        )
        .sort((a, b) => a.start - b.start || a.end - b.end),
      goneSpans: new Set(
        [...dead, ...this.#steps.filter((step) => step.transform === "rename-dependencies")].map(
          (span) => `${span.start}-${span.end}`,
        ),
      ),
    };
  }

  #step(transform: string, span: Span, data: Readonly<Record<string, unknown>>, site: string): void {
    this.#steps.push({
      transform,
      start: span.start,
      end: span.end,
      expect: this.#text.slice(span.start, span.end),
      data,
      site,
    });
  }

  #planCall(decision: CallDecision, unguarded: boolean): void {
    const { call, fn, key } = decision;
    if (call.via === "placeholder") {
      this.#added.add(fn.replacement!);
      const restored = callText(decision);
      const test = unguarded ? `(${key} ? ${restored} : ${fn.role === "wait"})` : restored;
      this.#step("restore-placeholders", call.span, { text: test }, siteId(call));
      return;
    }
    const local = this.#localName(decision);
    const throughObject = call.via === "namespace" || call.via === "module-object";
    const name = throughObject ? call.callee : call.nameSpan;
    const id = call.arguments[call.idIndex];
    if (call.via !== "wrapper") this.#gone.push(name);
    if (id) this.#gone.push(id);
    this.#step(
      "rewire-run-calls",
      call.span,
      {
        name: call.name,
        nameSpan: name,
        newName: local,
        key,
        argument: id ?? null,
        timeout:
          fn.keyed && call.via !== "wrapper" && fn.defaultTimeout !== undefined && call.arguments.length === 1
            ? fn.defaultTimeout
            : null,
        guard: unguarded ? guardFor(decision) : null,
        arguments: concernsAllRuns(call) ? (newArguments(call, fn)?.edit ?? null) : null,
      },
      siteId(call),
    );
  }

  /** The old function keeps its name in this file: the new one needs another. */
  #isStillRead(local: string): boolean {
    return (
      this.#uses.some((use) => use.kind !== "import" && use.local === local) ||
      this.analysis.calls.some(
        (call) =>
          call.file === this.file &&
          call.name === local &&
          !this.decisions.some((decision) => decision.call === call),
      )
    );
  }

  /** The name that the new call goes by; notes what must be imported for it. */
  #localName({ call, fn }: CallDecision): string {
    const replacement = fn.replacement!;
    if (call.via === "wrapper") return call.name;
    if (call.via === "dependency") return replacement;
    // A kill of one run and one of all come from the same old name: only one of them takes its place.
    const divided = this.decisions.some(
      (other) => other.call.name === call.name && other.fn.replacement !== replacement,
    );
    if (call.via === "import" && !(divided && concernsAllRuns(call))) {
      const use = this.#uses.find((one) => one.kind === "import" && one.local === call.name);
      const aliased = use !== undefined && use.local !== use.name && !this.#isStillRead(use.local);
      const local = aliased ? use.local : replacement;
      this.#moved.set(call.name, { name: replacement, local });
      return local;
    }
    this.#added.add(replacement);
    return replacement;
  }

  /** `abortDeps.abort…`: the property moves in every place of the file, the import with it. */
  #renameDependencies(): void {
    const legacy = new Set(
      this.decisions.filter(({ call }) => call.via === "dependency").map(({ call }) => call.legacy),
    );
    for (const use of this.#uses) {
      const fn = legacyFunction(this.migration, use.name);
      if (!fn || !legacy.has(use.legacy) || fn.replacement === null) continue;
      if (use.kind !== "dependency" && use.kind !== "type") continue;
      this.#step(
        "rename-dependencies",
        use.span,
        { name: use.name, newName: fn.replacement },
        this.#dependencySite(use),
      );
      if (use.detail === "shorthand" || use.detail === "value") {
        this.#gone.push(use.span);
        this.#moved.set(use.local, { name: fn.replacement, local: fn.replacement });
      }
    }
  }

  /** The parameter of a wrapper that now takes the key; its reads are the arguments of the calls inside. */
  #renameParameters(): void {
    for (const wrapper of this.analysis.wrappers) {
      const inner = this.decisions.find(
        ({ call, key }) => call.wrapper === wrapper.id && call.via !== "wrapper" && key === wrapper.newName,
      );
      if (!inner || wrapper.file !== this.file) continue;
      const migrated = new Set(
        this.decisions
          .filter(({ call }) => call.wrapper === wrapper.id && call.via !== "wrapper")
          .map(({ call }) => call.arguments[call.idIndex]?.start),
      );
      for (const token of wrapper.tokens)
        if (!migrated.has(token.start))
          this.#step("rename-dependencies", token, { newName: wrapper.newName }, siteId(inner.call));
    }
  }

  #dependencySite(use: LegacyUse): string {
    return siteId(this.decisions.find(({ call }) => call.legacy === use.legacy)!.call);
  }

  /** After a kill whose result the user sees, the run's end is awaited before the answer goes out. */
  #settle(): void {
    if (!this.options.settle) return;
    for (const decision of this.decisions) {
      const { call, key } = decision;
      const timeout = settleTimeout(decision, this.migration);
      if (timeout === undefined || !call.result) continue;
      const { name, statement, indent } = call.result;
      const eol = lineEnding(this.#text);
      const inner = indent + indentUnit(this.#text);
      const wait = this.migration.registry.wait;
      const semicolon = this.#text[statement.end - 1] === ";" ? ";" : "";
      const text = `${eol}${indent}if (${name}) {${eol}${inner}await ${wait}(${key}, ${timeout})${semicolon}${eol}${indent}}`;
      this.#added.add(wait);
      this.#step("settle-after-kill", { start: statement.end, end: statement.end }, { text }, siteId(call));
    }
  }
}

/** How a call tests a key that may be undefined, where no guard of its own moved. */
function guardFor({ call, fn }: CallDecision): "if" | "false" | "true" {
  if (call.standsAlone && !call.awaited) return "if";
  return fn.role === "wait" ? "true" : "false";
}

function describeUse(
  use: LegacyUse,
  gone: ReadonlySet<string> | undefined,
  migration: Migration,
): SiteDecision[] {
  const base = {
    id: siteId(use),
    file: use.file,
    line: use.line,
    column: use.column,
    function: use.function,
    callee: use.name,
    argument: null,
    key: null,
    confidence: null,
    cluster: `${use.file}:${use.line}:${use.column}`,
    evidence: [],
    rejected: [],
  };
  const fn = legacyFunction(migration, use.name) ?? legacyFunction(migration, use.legacy)!;
  const moved = gone?.has(`${use.span.start}-${use.span.end}`) ?? false;
  if (use.inTest)
    return [
      {
        ...base,
        kind: use.kind === "text" ? "mock" : use.kind,
        decision: "manual",
        reason: "test-double",
        replacement: null,
      },
    ];
  switch (use.kind) {
    case "import":
    case "dynamic-import": {
      if (use.kind === "import" && moved)
        return [
          {
            ...base,
            kind: use.kind,
            decision: "rewrite",
            reason: null,
            confidence: "proven",
            replacement: fn.replacement,
          },
        ];
      return [
        {
          ...base,
          kind: use.kind,
          decision: "keep",
          reason: fn.replacement === null ? "no-counterpart" : "still-used",
          replacement: null,
        },
      ];
    }
    case "re-export":
      return [{ ...base, kind: use.kind, decision: "keep", reason: "legacy-definition", replacement: null }];
    case "stub":
      return use.detail === "exported"
        ? [{ ...base, kind: use.kind, decision: "keep", reason: "legacy-definition", replacement: null }]
        : [];
    case "text":
      return [{ ...base, kind: use.kind, decision: "manual", reason: "name-in-text", replacement: null }];
    default:
      return [
        {
          ...base,
          kind: use.kind,
          decision: moved ? "rewrite" : "manual",
          reason: moved ? null : "dynamic-callee",
          confidence: moved ? "proven" : null,
          replacement: moved ? fn.replacement : null,
        },
      ];
  }
}

/** Rewired calls ask the registry; where nothing fills it, they find no run, and the engine that was left may have had it. */
function warnOfEmptyRegistry(
  { registryCalls }: Analysis,
  sites: readonly SiteDecision[],
  { registry }: Migration,
): string[] {
  const fills = registryCalls.some(({ role, inTest }) => role === "register" && !inTest);
  const asks = sites.some(({ kind, decision }) => kind === "call" && decision === "rewrite");
  if (fills || !asks) return [];
  return [
    `No call of ${registry.register} was found in production code: until each run is registered where its process is started, under the canonical session key, the rewired calls find no run. Runs that the old engine still holds are not stopped by them.`,
  ];
}
