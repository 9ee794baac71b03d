import type { ASTNode } from "jscodeshift";
import getParser from "jscodeshift/src/getParser.js";
import type { Span } from "../../src/shared/location.ts";

type PlacedNode = ASTNode & { readonly start: number; readonly end: number };

/** Not syntax: where a node stands, and what stands beside the code. */
const BESIDE = new Set(["loc", "extra", "errors", "tokens", "comments"]);
let last: SyntaxFinder | undefined;

/**
 * Looks up syntax nodes by their place in the original text. The parser is asked directly: going through
 * recast would expand tabs and line ends first, and every offset would be off.
 */
export class SyntaxFinder {
  /** by the offset at which they start */
  readonly #nodes = new Map<number, PlacedNode[]>();

  private constructor(
    readonly source: string,
    readonly path: string,
  ) {
    const parser = getParser(/\.[cm]?ts$/.test(path) ? "ts" : "tsx");
    this.#collect(parser.parse(source));
  }

  /** One for the text; the same again while transforms of one file follow each other, so that it is parsed once. */
  static of(source: string, path: string): SyntaxFinder {
    if (last?.source !== source || last.path !== path) last = new SyntaxFinder(source, path);
    return last;
  }

  /** True when a node of one of the types starts and ends there. */
  has(span: Span, ...types: readonly string[]): boolean {
    return this.#at(span).some((node) => types.includes(node.type));
  }

  /** An identifier stands there; the parser counts a parameter's type annotation to its name. */
  hasName(span: Span): boolean {
    const name = this.source.slice(span.start, span.end);
    return (this.#nodes.get(span.start) ?? []).some(
      (node) => node.type === "Identifier" && node.name === name,
    );
  }

  /** Some node (of any type) starts and ends there. */
  hasAny(span: Span): boolean {
    return this.#at(span).length > 0;
  }

  /** Some node of one of the types covers the place. */
  within(span: Span, ...types: readonly string[]): boolean {
    for (const [start, nodes] of this.#nodes)
      if (start <= span.start && nodes.some((node) => types.includes(node.type) && span.end <= node.end))
        return true;
    return false;
  }

  #at(span: Span): PlacedNode[] {
    return (this.#nodes.get(span.start) ?? []).filter((node) => node.end === span.end);
  }

  #collect(value: unknown): void {
    if (Array.isArray(value)) {
      for (const item of value) this.#collect(item);
      return;
    }
    if (typeof value !== "object" || value === null || !("type" in value)) return;
    const node = value as PlacedNode;
    if (typeof node.start === "number" && typeof node.end === "number") {
      const known = this.#nodes.get(node.start);
      if (known) known.push(node);
      else this.#nodes.set(node.start, [node]);
    }
    for (const [field, child] of Object.entries(node))
      if (!BESIDE.has(field) && !field.endsWith("Comments")) this.#collect(child);
  }
}
