import { UserError } from "../../shared/errors.ts";
import type { SourceProject } from "../source-project.ts";

const KEYWORD_OR_FROM =
  /\bimport\s*\(\s*["'`](\.[^"'`]+)["'`]|\b(?:import|export)\b|\bfrom\s*["'](\.[^"']+)["']/g;
const EXPORT_LIST = /\bexport\s*\{([^}]*)\}(?!\s*from\b)/g;
const NAME = /[\w$]+/g;

/** Where a file leads in one step. */
interface Edges {
  /** modules whose names it hands on: they are as near as the file itself */
  readonly near: readonly string[];
  readonly far: readonly string[];
}

/**
 * Tells from texts alone which files can lead to others by a few imports, so that those that cannot need no parsing.
 * May say yes too often.
 */
export class ImportDistance {
  readonly #edges = new Map<string, Edges | null>();
  readonly #known = new Map<string, boolean>();

  constructor(
    readonly project: SourceProject,
    readonly targets: ReadonlySet<string>,
  ) {}

  /** True when one of the targets may be reached from the file by that many imports. */
  within(file: string, imports: number): boolean {
    const key = `${imports} ${file}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      known = this.#search(file, imports);
      this.#known.set(key, known);
    }
    return known;
  }

  #search(start: string, imports: number): boolean {
    const seen = new Set<string>();
    let ring = [start];
    for (let left = imports; left >= 0 && ring.length > 0; left -= 1) {
      const next: string[] = [];
      // The ring grows while it is read: what is handed on is as near.
      for (const file of ring) {
        if (seen.has(file)) continue;
        seen.add(file);
        if (this.targets.has(file)) return true;
        const edges = this.#edgesOf(file);
        if (!edges) return true;
        ring.push(...edges.near);
        next.push(...edges.far);
      }
      ring = next;
    }
    return false;
  }

  /** @returns null for a file that cannot be read as text: nothing is known of it */
  #edgesOf(file: string): Edges | null {
    let edges = this.#edges.get(file);
    if (edges === undefined) {
      const text = this.#textOf(file);
      edges = text === null ? null : this.#readEdges(file, text);
      this.#edges.set(file, edges);
    }
    return edges;
  }

  #textOf(file: string): string | null {
    try {
      return this.project.workspace.read(file);
    } catch (error) {
      if (error instanceof UserError) return null;
      throw error;
    }
  }

  #readEdges(file: string, text: string): Edges {
    const exported = new Set<string>();
    for (const [, list] of text.matchAll(EXPORT_LIST))
      for (const [name] of list!.matchAll(NAME)) exported.add(name);
    const near: string[] = [];
    const far: string[] = [];
    let keyword: RegExpExecArray | undefined;
    for (const match of text.matchAll(KEYWORD_OR_FROM)) {
      const lazy = match[1] === undefined ? undefined : this.project.resolve(file, match[1]);
      // A module that is loaded when it is needed: a loader hands it on.
      if (lazy !== undefined) near.push(lazy);
      if (match[1] !== undefined) continue;
      const specifier = match[2];
      if (specifier === undefined) {
        keyword = match;
        continue;
      }
      const target = this.project.resolve(file, specifier);
      if (target === undefined || !keyword) continue;
      // `import { a } from "./a.js"; export { a };` hands on as well.
      const clause = text.slice(keyword.index, match.index).matchAll(NAME);
      const handsOn = keyword[0] === "export" || [...clause].some(([name]) => exported.has(name));
      (handsOn ? near : far).push(target);
    }
    return { near, far };
  }
}
