import type { Workspace } from "../../discover/workspace.ts";
import { isTestFile } from "../../shared/test-files.ts";
import { loadedSpecifiers } from "../loaded-specifiers.ts";
import type { SourceProject } from "../source-project.ts";

const MOCK = /\b(?:vi|jest|mock)\.(?:mock|doMock|module|unstable_mockModule)\(\s*["'](\.[^"'\r\n]*)["']/g;

/**
 * Which files a test loads: the imports of the test and of what it imports, read as text. A module that is mocked with
 * a factory of its own is not entered, unless the factory asks for the real one.
 */
export class LoadedFiles {
  readonly #imports = new Map<string, readonly string[]>();
  readonly #known = new Map<string, ReadonlySet<string>>();

  constructor(
    readonly project: SourceProject,
    readonly workspace: Workspace,
  ) {}

  /** Files loaded by a test; for a harness, by every test that imports it. */
  with(file: string): ReadonlySet<string> {
    const known = this.#known.get(file);
    if (known) return known;
    const all = new Set<string>();
    for (const test of [file, ...this.importersOf(file)])
      for (const loaded of this.#from(test)) all.add(loaded);
    this.#known.set(file, all);
    return all;
  }

  /** Test files that import another one, directly or through others. */
  importersOf(file: string): readonly string[] {
    // Nobody imports a test: only for harnesses are the imports of all test files read.
    if (/\.(?:test|spec)\.[cm]?[jt]sx?$/.test(file)) return [];
    const found = new Set([file]);
    for (const at of found) for (const importer of this.#importers().get(at) ?? []) found.add(importer);
    found.delete(file);
    return [...found];
  }

  #reversed: Map<string, string[]> | undefined;
  #importers(): ReadonlyMap<string, readonly string[]> {
    if (this.#reversed) return this.#reversed;
    const reversed = new Map<string, string[]>();
    for (const test of this.workspace.scanned.filter(isTestFile))
      for (const target of this.#importsOf(test))
        if (isTestFile(target)) reversed.set(target, [...(reversed.get(target) ?? []), test]);
    this.#reversed = reversed;
    return reversed;
  }

  #from(test: string): ReadonlySet<string> {
    const mocked = new Set<string>();
    const loaded = new Set<string>([test]);
    // A harness may mock for the test that imports it, so test files are entered first.
    const open = [test];
    const later: string[] = [];
    for (let at = open.pop() ?? later.pop(); at !== undefined; at = open.pop() ?? later.pop()) {
      if (isTestFile(at)) for (const module of this.#mockedBy(at)) mocked.add(module);
      for (const next of this.#importsOf(at)) {
        if (loaded.has(next) || mocked.has(next)) continue;
        loaded.add(next);
        (isTestFile(next) ? open : later).push(next);
      }
    }
    return loaded;
  }

  #importsOf(file: string): readonly string[] {
    const known = this.#imports.get(file);
    if (known) return known;
    const targets = loadedSpecifiers(this.workspace.read(file)).flatMap(
      (specifier) => this.project.resolve(file, specifier) ?? [],
    );
    const found = [...new Set(targets)];
    this.#imports.set(file, found);
    return found;
  }

  /** Modules that a file mocks without ever asking for the real ones. */
  #mockedBy(file: string): string[] {
    const text = this.workspace.read(file);
    const calls = [...text.matchAll(MOCK)];
    return calls.flatMap((match, index) => {
      const body = text.slice(match.index, calls[index + 1]?.index ?? match.index + 4_000);
      if (/importActual|importOriginal|requireActual/.test(body)) return [];
      return this.project.resolve(file, match[1]!) ?? [];
    });
  }
}
