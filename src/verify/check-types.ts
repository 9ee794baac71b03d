import path from "node:path/posix";
import type { ChangeSet } from "../apply/change-set.ts";
import type { Workspace } from "../discover/workspace.ts";
import type { FileChange, Plan, PlannedStep } from "../plan/plan.ts";
import { registrySource } from "../registry/registry-source.ts";
import { LineIndex } from "../shared/location.ts";
import { blameSites } from "./blame-sites.ts";
import { type NewDiagnostic, newDiagnostics } from "./compare-diagnostics.ts";
import { ConfinedFiles } from "./confined-files.ts";
import { type DiagnosticItem, itemsOf } from "./diagnostic-item.ts";
import { OffsetMap } from "./map-offset.ts";
import { nearestConfig, readCompilerOptions } from "./read-compiler-options.ts";
import { TypePrograms } from "./type-program.ts";
import type { Verification } from "./verification.ts";
import type { OnProgress } from "../shared/on-progress.ts";

/** A decision that the compiler does not let pass. */
export interface TypeRefusal {
  /** id of the decision */
  readonly site: string;
  readonly reason: "type-errors";
  /** what the compiler says, and where, as a sentence for the evidence */
  readonly why: string;
}

/** Programs, by the tsconfig.json that holds for their files. */
interface Group {
  readonly programs: TypePrograms;
  /** files that were changed in some round, with their text before it */
  readonly asked: Map<string, string>;
  /** what the compiler says about them without any change; the same in each round */
  readonly before: Map<string, readonly DiagnosticItem[]>;
}

/**
 * Asks the compiler, round by round, whether the changed files have diagnostics that they did not have before: same
 * settings, same missing packages, and unused locals and imports count. The registry exists on both sides, also where
 * `registry add` has not run yet.
 */
export class TypeCheck {
  readonly #files: ConfinedFiles;
  readonly #groups = new Map<string | null, Group>();
  readonly #refused = new Set<string>();
  readonly #syntaxOnly = new Set<string>();
  readonly #registry = new Map<string, string>();

  /**
   * @param registryModule name of the registry's file without extension
   * @param onProgress told how many files a program has read (of no known number), then how many were asked about
   */
  constructor(
    workspace: Workspace,
    readonly registry: Plan["registry"],
    readonly registryModule: string,
    readonly onProgress?: OnProgress,
  ) {
    this.#files = new ConfinedFiles(workspace.root);
    if (registry && !registry.exists) this.#addRegistry(registry.path);
  }

  /**
   * Decisions that must not be carried out; empty when the changed files have no new diagnostics.
   * Files of earlier rounds are looked at again: a withdrawal in one may leave another one broken.
   */
  refusals(changeSet: ChangeSet, plan: Plan): TypeRefusal[] {
    const changes = new Map(changeSet.changes.map((change) => [change.file, change]));
    for (const change of changes.values()) {
      if (stepsOf(plan, change.file).length === 0) continue;
      if (this.registry === null) this.#expectRegistry(change);
      const group = this.#groupOf(change.file);
      if (/\.[cm]?jsx?$/.test(change.file) && group.programs.options.checkJs !== true)
        this.#syntaxOnly.add(change.file);
      else group.asked.set(change.file, change.before);
    }
    const refusals = new Map<string, TypeRefusal>();
    for (const group of this.#groups.values())
      for (const [file, diagnostics] of this.#newIn(group, changes, plan))
        for (const diagnostic of mostTelling(diagnostics))
          for (const site of this.#blame(file, diagnostic, changes, plan))
            if (!refusals.has(site)) refusals.set(site, refusal(site, file, diagnostic, this.#text(file)));
    for (const site of refusals.keys()) this.#refused.add(site);
    return [...refusals.values()];
  }

  /** How the rounds ended, for the report. `left` could not be mended by withdrawing decisions. */
  outcome(left: readonly TypeRefusal[], refused: number): Verification["checks"][number] {
    if (left.length > 0) {
      const details = left.slice(0, 20).map(({ site, why }) => `${site}: ${why}`);
      return { name: "types", status: "failed", details };
    }
    const asked = [...this.#groups.values()].reduce((sum, group) => sum + group.asked.size, 0);
    const details = [
      ...(asked > 0 ? [`${asked} changed file(s) have no diagnostics that they did not have before`] : []),
      ...(refused > 0 ? [`${refused} site(s) were withdrawn for what the compiler said about them`] : []),
      ...(this.#syntaxOnly.size > 0
        ? [`${this.#syntaxOnly.size} JavaScript file(s): only the syntax, since checkJs is not set`]
        : []),
    ];
    if (details.length === 0) details.push("nothing changes, so there was nothing to ask the compiler about");
    return { name: "types", status: asked > 0 ? "passed" : "not-run", details };
  }

  #addRegistry(file: string): void {
    if (!this.#registry.has(file) && !this.#files.isFile(`${ConfinedFiles.root}/${file}`))
      this.#registry.set(file, registrySource(/\.[cm]?tsx?$/.test(file) ? "ts" : "js"));
  }

  /**
   * Where nothing else tells the registry's place, the new import does, if it leads to a folder that the file imported
   * from before.
   */
  #expectRegistry({ file, before, after }: FileChange): void {
    const folders = new Set(specifiersIn(before).map((specifier) => path.dirname(targetOf(file, specifier))));
    for (const specifier of specifiersIn(after)) {
      const target = targetOf(file, specifier).replace(/\.[cm]?[jt]sx?$/, "");
      if (path.basename(target) === this.registryModule && folders.has(path.dirname(target)))
        this.#addRegistry(`${target}${/\.[cm]?jsx?$/.test(file) ? ".js" : ".ts"}`);
    }
  }

  #groupOf(file: string): Group {
    const config = nearestConfig(`${ConfinedFiles.root}/${file}`, this.#files);
    let group = this.#groups.get(config);
    if (!group) {
      const options = readCompilerOptions(config, this.#files);
      group = { programs: new TypePrograms(this.#files, options), asked: new Map(), before: new Map() };
      this.#groups.set(config, group);
    }
    return group;
  }

  #newIn(
    { programs, asked, before }: Group,
    changes: ReadonlyMap<string, FileChange>,
    plan: Plan,
  ): [file: string, diagnostics: NewDiagnostic[]][] {
    if (asked.size === 0) return [];
    const names = [...asked.keys()].sort();
    const texts = new Map([...this.#registry, ...asked]);
    for (const change of changes.values()) texts.set(change.file, change.after);
    const after = itemsByFile(programs.diagnostics(names, texts, names, this.onProgress));
    // Without a complaint after the change there is nothing to compare: most files are never asked about twice.
    const unknown = names.filter((file) => after.get(file)!.length > 0 && !before.has(file));
    if (unknown.length > 0) {
      const found = programs.diagnostics(
        names,
        new Map([...this.#registry, ...asked]),
        unknown,
        this.onProgress,
      );
      for (const [file, items] of itemsByFile(found)) before.set(file, items);
    }
    return names.map((file) => [
      file,
      newDiagnostics(
        before.get(file) ?? [],
        after.get(file)!,
        new OffsetMap(changes.get(file)?.edits ?? []),
        asked.get(file)!,
        renamesOf(plan),
      ),
    ]);
  }

  /** What is nearest first; what has been refused and is still complained about was not all of it. */
  #blame(
    file: string,
    diagnostic: NewDiagnostic,
    changes: ReadonlyMap<string, FileChange>,
    plan: Plan,
  ): string[] {
    const change = changes.get(file);
    const steps = stepsOf(plan, file);
    const circles = [
      change && steps.length > 0 ? blameSites(diagnostic, change, steps) : [],
      steps.map((step) => step.site),
      // The file itself is as it was, so a change in another one broke it: which one is not known.
      [...plan.steps.keys()].flatMap((other) => stepsOf(plan, other)).map((step) => step.site),
    ];
    const fresh = circles.map((sites) => [...new Set(sites)].filter((site) => !this.#refused.has(site)));
    return (fresh.find((sites) => sites.length > 0) ?? circles[2]!).sort();
  }

  #text(file: string): string {
    return this.#groupOf(file).asked.get(file)!;
  }
}

/** A withdrawal for an error may bring the use of an unread name back: those wait for the next round. */
function mostTelling(diagnostics: readonly NewDiagnostic[]): readonly NewDiagnostic[] {
  const errors = diagnostics.filter((diagnostic) => diagnostic.unused === null);
  return errors.length > 0 ? errors : diagnostics;
}

function specifiersIn(text: string): string[] {
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*["'](\.[^"'\r\n]*)["']/g)].map((match) => match[1]!);
}

function targetOf(file: string, specifier: string): string {
  return path.join(path.dirname(file), specifier);
}

/** Steps that change what the code means; marks are comments. */
function stepsOf(plan: Plan, file: string): PlannedStep[] {
  return (plan.steps.get(file) ?? []).filter((step) => step.transform !== "mark-manual");
}

function itemsByFile(
  diagnostics: ReturnType<TypePrograms["diagnostics"]>,
): Map<string, readonly DiagnosticItem[]> {
  return new Map([...diagnostics].map(([file, found]) => [file, itemsOf(found)]));
}

function refusal(site: string, file: string, diagnostic: NewDiagnostic, before: string): TypeRefusal {
  const { line } = new LineIndex(before).at(diagnostic.at.offset);
  const why = `the compiler refuses the result at ${file}:${line}: ${diagnostic.message} (TS${diagnostic.code})`;
  return { site, reason: "type-errors", why };
}

/** Old names and the new ones that stand in their place. */
function renamesOf(plan: Plan): Map<string, string> {
  const renames = new Map<string, string>();
  for (const { data } of [...plan.steps.values()].flat())
    if (typeof data["name"] === "string" && typeof data["newName"] === "string")
      renames.set(data["name"], data["newName"]);
  return renames;
}
