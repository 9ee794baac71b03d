import path from "node:path/posix";
import { ts } from "../typescript.ts";
import { capitalized, legacyWord } from "../../migration/double-names.ts";
import { legacyNames } from "../../migration/migration.ts";
import { withoutExtension } from "../../migration/module-paths.ts";
import type { Evaluator } from "../evaluate.ts";
import { BindingFinder } from "../find-bindings.ts";
import { spanOf } from "../guards.ts";
import { isTest } from "../is-test.ts";
import type { SourceProject } from "../source-project.ts";
import { contains, isFunctionNode, unwrap, walk } from "../syntax.ts";
import { isTestFile } from "../../shared/test-files.ts";
import type { DoubleFacts, DoubleName, FactoryShape, MockFact } from "./double-facts.ts";
import { type FoundMock, findMocks, REAL } from "./find-mocks.ts";
import { findWiring, keysOf, spySetups, variableBehind, type Wiring } from "./find-wiring.ts";
import { findIds } from "./find-ids.ts";
import { findQuietTests } from "./find-quiet-tests.ts";
import { findSilentTests } from "./find-silent-tests.ts";
import { LoadedFiles } from "./loaded-files.ts";
import { tieNames } from "./tie-names.ts";
import type { OnProgress } from "../../shared/on-progress.ts";

/** What the test files among the hits do with the legacy functions. */
export function collectDoubles(
  evaluator: Evaluator,
  files: readonly string[],
  onProgress?: OnProgress,
): DoubleFacts {
  const { project, migration } = evaluator;
  const named = new RegExp(
    legacyNames(migration)
      .flatMap((name) => [name, capitalized(name)])
      .join("|"),
  );
  const loaded = new LoadedFiles(project, project.workspace);
  const naming = files.filter((file) => isTest(project, file) && named.test(project.text(file)));
  const tests = [...naming, ...usersOf(evaluator, naming, loaded)];
  const reader = new DoubleReader(evaluator, tests);
  const names = new Map(
    tests.map((file, done) => {
      onProgress?.(done, 2 * tests.length);
      return [file, reader.names(file)] as const;
    }),
  );
  const mocks = tests.flatMap((file, done) => {
    onProgress?.(tests.length + done, 2 * tests.length);
    return reader
      .mocks(file)
      .filter(({ leadsTo }) => leadsTo !== "other")
      .map((mock) => describeMock(evaluator, file, mock, names.get(file)!));
  });
  const identifiers = new Map<string, ReadonlySet<string>>();
  const asked = new Map<string, ReadonlySet<string>>();
  const mentioning = new Map<string, number>();
  const lives = files.some((file) => named.test(project.text(file)));
  return {
    quiet: lives ? findQuietTests(evaluator, files.filter(isTestFile)) : [],
    names: [...names.values()].flat(),
    mocks,
    silent: tests.flatMap((file) => findSilentTests(evaluator, file, names.get(file)!)),
    ids: findIds(evaluator, [...names.values()].flat(), loaded),
    identifiers: (file) => remembered(identifiers, file, () => identifiersOf(evaluator, file)),
    text: (file) => project.text(file),
    registryNames: (file) => remembered(asked, file, () => registryNamesIn(evaluator, file)),
    loadedWith: (file) => loaded.with(file),
    mentions: (file, name, declaredIn) => {
      const text = project.workspace.read(file);
      const known = mentioning.get(`${file} ${name}`) ?? countOf(text, name);
      mentioning.set(`${file} ${name}`, known);
      // What is no function of the file's own top level may be called without its name.
      return known > (file === declaredIn && declares(text, name) ? 1 : 0);
    },
  };
}

/** Tests that name no legacy function and mock a legacy module by what a harness that names one makes. */
function usersOf(
  { project, migration }: Evaluator,
  naming: readonly string[],
  loaded: LoadedFiles,
): string[] {
  const modules = migration.legacyModules.map((module) => module.slice(module.lastIndexOf("/") + 1));
  const found = new Set<string>();
  for (const harness of naming.filter((file) => HANDS_OUT.test(project.text(file))))
    for (const file of loaded.importersOf(harness)) {
      if (naming.includes(file) || found.has(file)) continue;
      const text = project.workspace.read(file);
      if (MOCKS.test(text) && modules.some((module) => text.includes(module))) found.add(file);
    }
  return [...found].sort();
}

const HANDS_OUT = /^export\s/m;
const MOCKS = /\b(?:(?:vi|vitest|jest)\.(?:mock|doMock|unstable_mockModule)|mock\.module)\(/;

class DoubleReader {
  readonly #mocks = new Map<string, readonly FoundMock[]>();

  constructor(
    readonly evaluator: Evaluator,
    readonly tests: readonly string[],
  ) {}

  mocks(file: string): readonly FoundMock[] {
    return remembered(this.#mocks, file, () => findMocks(this.evaluator, file));
  }

  names(file: string): DoubleName[] {
    const harnesses = this.#harnesses(file);
    const finder = new BindingFinder(this.evaluator, file);
    return tieNames(
      this.evaluator,
      file,
      {
        mocks: this.mocks(file),
        legacy: this.#wiringsOf(file, harnesses, "legacy"),
        other: this.#wiringsOf(file, harnesses, "other"),
        mockedIn: harnesses.filter((one) => this.mocks(one).some(({ leadsTo }) => leadsTo === "legacy")),
      },
      (expression) => finder.moduleObject(expression),
    );
  }

  /** What the file's mocks, and those of its harnesses, are made of; for a harness: the helpers that tests call, too. */
  #wiringsOf(file: string, harnesses: readonly string[], leadsTo: "legacy" | "other"): Wiring {
    const wiring = joined(harnesses.map((one) => this.#wiring(one, leadsTo)));
    const users = this.tests.filter((test) => test !== file && this.#harnesses(test).includes(file));
    const helpers = users.flatMap((test) => [...this.#wiring(test, leadsTo).helpers]);
    return { ...wiring, helpers: new Set([...wiring.helpers, ...helpers]) };
  }

  readonly #harnessLists = new Map<string, readonly string[]>();
  #harnesses(file: string): readonly string[] {
    return remembered(this.#harnessLists, file, () => this.#harnessesOf(file));
  }

  readonly #wirings = new Map<string, Wiring>();
  #wiring(file: string, leadsTo: "legacy" | "other"): Wiring {
    return remembered(this.#wirings, `${leadsTo} ${file}`, () =>
      findWiring(this.evaluator, this.mocks(file), leadsTo, leadsTo === "legacy" ? this.#spies(file) : []),
    );
  }

  #spies(file: string): ts.Node[] {
    const finder = new BindingFinder(this.evaluator, file);
    return spySetups(this.evaluator, file, (target) => finder.moduleObject(target) !== undefined);
  }

  /** The file and the test files that it imports, or loads in a mock's factory, directly or through others. */
  #harnessesOf(file: string): string[] {
    const { project } = this.evaluator;
    const found = new Set([file]);
    for (const at of found) {
      for (const { helpers } of this.mocks(at))
        for (const helper of helpers) found.add(project.pathOf(helper));
      for (const statement of project.file(at).statements) {
        if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) continue;
        const specifier = statement.moduleSpecifier;
        const target =
          specifier && ts.isStringLiteral(specifier) ? project.resolve(at, specifier.text) : undefined;
        if (target !== undefined && isTestFile(target)) found.add(target);
      }
    }
    return [...found];
  }
}

function joined(wirings: readonly Wiring[]): Wiring {
  return {
    variables: new Set(wirings.flatMap(({ variables }) => [...variables])),
    whole: new Set(wirings.flatMap(({ whole }) => [...whole])),
    helpers: new Set(wirings.flatMap(({ helpers }) => [...helpers])),
  };
}

function describeMock(
  evaluator: Evaluator,
  file: string,
  mock: FoundMock,
  names: readonly DoubleName[],
): MockFact {
  const { call } = mock;
  const { line, column } = evaluator.project.lines(file).at(call.getStart());
  return {
    file,
    line,
    column,
    call: spanOf(call),
    callee: mock.callee,
    framework: mock.framework,
    specifier: mock.specifier,
    paths: mock.paths.map(spanOf),
    factory: shapeOf(evaluator, mock),
    room: roomOf(call),
    undone: mock.undone.map((path) => {
      const at = path.parent;
      return {
        path: spanOf(path),
        statement: ts.isCallExpression(at) && ts.isExpressionStatement(at.parent) ? spanOf(at.parent) : null,
      };
    }),
    names: names.filter(
      ({ tie, span }) => tie === "key" && call.getStart() <= span.start && span.end <= call.end,
    ),
    registry: mock.leadsTo === "registry",
  };
}

function shapeOf(evaluator: Evaluator, { factory, call, specifier, helpers }: FoundMock): FactoryShape {
  if (factory.kind === "helper") {
    if (helpers.length === 0) return { kind: "unknown" };
    const made = unwrap(call.arguments[1]!);
    return {
      kind: "helper",
      factory: spanOf(call.arguments[1]!),
      parameters: isFunctionNode(made) ? made.parameters.length : 0,
      real: [call, ...helpers].some((node) => REAL.test(node.getText())),
      homes: [...new Set(helpers.map((helper) => evaluator.project.pathOf(helper)))],
    };
  }
  if (factory.kind === "object") {
    const variable = variableBehind(evaluator, factory.name);
    // What only the factory can read cannot be handed out by a second mock.
    return variable && !contains(call, variable)
      ? {
          kind: "object",
          name: factory.name.text,
          keys: keysOf(evaluator, variable),
          home: evaluator.project.pathOf(variable),
        }
      : { kind: "unknown" };
  }
  if (factory.kind === "automatic" && hasFileOfItsOwn(evaluator.project, call, specifier))
    return { kind: "unknown" };
  if (factory.kind !== "inline") return { kind: factory.kind };
  const own = factory.object.properties.filter((property) => !ts.isSpreadAssignment(property));
  return {
    kind: "inline",
    object: spanOf(factory.object),
    others: own.filter(
      ({ name }) => !name || !ts.isIdentifier(name) || !legacyWord(evaluator.migration, name.text),
    ).length,
    foreignSpreads: factory.foreignSpreads,
  };
}

/** A file in `__mocks__` stands for the module, which the registry has none of. */
function hasFileOfItsOwn(project: SourceProject, call: ts.CallExpression, specifier: string): boolean {
  const module = project.resolve(project.pathOf(call), specifier);
  return (
    module !== undefined &&
    project.workspace.has(path.join(path.dirname(module), "__mocks__", path.basename(module)))
  );
}

function roomOf(call: ts.CallExpression): MockFact["room"] {
  const at = ts.isAwaitExpression(call.parent) || ts.isVoidExpression(call.parent) ? call.parent : call;
  if (ts.isExpressionStatement(at.parent)) return { kind: "statement", span: spanOf(at.parent) };
  if (ts.isArrowFunction(at.parent) && at.parent.body === at && at === call)
    return { kind: "expression-body", span: spanOf(at) };
  return null;
}

/** Read as text: what an earlier run migrated names nothing that would have it parsed. */
function registryNamesIn({ project, migration }: Evaluator, file: string): ReadonlySet<string> {
  const stem = withoutExtension(file);
  const { module } = migration.registry;
  if (isTestFile(file) || stem === module || stem.endsWith(`/${module}`)) return new Set();
  const text = project.workspace.read(file);
  if (!text.includes(module.slice(module.lastIndexOf("/") + 1))) return new Set();
  const names = migration.legacy.flatMap(({ replacement }) => replacement ?? []);
  return new Set(
    names
      .flatMap((name) => [name, `.${name}`])
      .filter((name) => new RegExp(`${name.startsWith(".") ? "\\" : "\\b"}${name}\\s*\\(`).test(text)),
  );
}

function declares(text: string, name: string): boolean {
  return new RegExp(`^(?:export )?(?:async )?function ${name}\\b`, "m").test(text);
}

/** How often a text holds a name as a word. */
function countOf(text: string, name: string): number {
  return text.includes(name) ? [...text.matchAll(new RegExp(`(?<![\\w$])${name}(?![\\w$])`, "g"))].length : 0;
}

function identifiersOf(evaluator: Evaluator, file: string): ReadonlySet<string> {
  const found = new Set<string>();
  walk(evaluator.project.file(file), (node) => {
    if (ts.isIdentifier(node)) found.add(node.text);
  });
  return found;
}

function remembered<Value>(known: Map<string, Value>, key: string, find: () => Value): Value {
  const value = known.get(key) ?? find();
  known.set(key, value);
  return value;
}
