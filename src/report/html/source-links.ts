import type { Evidence } from "../../shared/location.ts";
import type { RunResult } from "../run-result.ts";
import { html, type Markup } from "./markup.ts";

/** Anchors for the source lines that the page shows. Ids are numbers, never text from a path. */
export class SourceLinks {
  readonly #files: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #excerpts: RunResult["excerpts"];
  constructor(excerpts: RunResult["excerpts"]) {
    this.#excerpts = excerpts;
    this.#files = Object.keys(excerpts).sort();
    this.#numbers = new Map(this.#files.map((file, index) => [file, index]));
  }
  get files(): readonly string[] {
    return this.#files;
  }
  /** Text of a line, or null where the run kept none. */
  line(file: string, line: number): string | null {
    return Object.hasOwn(this.#excerpts, file) ? (this.#excerpts[file]![line] ?? null) : null;
  }
  lines(file: string): readonly (readonly [number, string])[] {
    return Object.entries(this.#excerpts[file] ?? {})
      .map(([line, text]) => [Number(line), text] as const)
      .sort(([a], [b]) => a - b);
  }
  idOf(file: string, line: number): string {
    return `src-${this.#numbers.get(file)}-${line}`;
  }
  /** `path:line`, as a link where the page shows the line. */
  link(place: Pick<Evidence, "file" | "line">): Markup {
    const text = `${place.file}:${place.line}`;
    if (this.line(place.file, place.line) === null) return html`<span class="place">${text}</span>`;
    return html`<a class="place" href="#${this.idOf(place.file, place.line)}">${text}</a>`;
  }
}
