import jscodeshift, { type ASTNode, type Collection } from "jscodeshift";
import getParser from "jscodeshift/src/getParser.js";
import type { Span } from "../../src/shared/location.ts";

/**
 * Looks up syntax nodes by their place in the original text. The parser is asked directly: going through
 * recast would expand tabs and line ends first, and every offset would be off.
 */
export class SyntaxFinder {
  readonly #root: Collection<ASTNode>;

  constructor(
    readonly source: string,
    path: string,
  ) {
    const parser = getParser(/\.[cm]?ts$/.test(path) ? "ts" : "tsx");
    this.#root = jscodeshift(parser.parse(source) as ASTNode) as Collection<ASTNode>;
  }

  /** True when a node of one of the types starts and ends there. */
  has(span: Span, ...types: readonly string[]): boolean {
    return this.#at(span).some((node) => types.includes(node.type));
  }

  /** An identifier stands there; the parser counts a parameter's type annotation to its name. */
  hasName(span: Span): boolean {
    const name = this.source.slice(span.start, span.end);
    return this.#root
      .find(jscodeshift.Identifier, { name })
      .some((path) => (path.value as ASTNode & { start?: number }).start === span.start);
  }

  /** Some node (of any type) starts and ends there. */
  hasAny(span: Span): boolean {
    return this.#at(span).length > 0;
  }

  #at(span: Span): ASTNode[] {
    const found: ASTNode[] = [];
    this.#root.find(jscodeshift.Node).forEach((path) => {
      const node = path.value as ASTNode & { start?: number; end?: number };
      if (node.start === span.start && node.end === span.end) found.push(node);
    });
    return found;
  }

  /** Some node of one of the types covers the place. */
  within(span: Span, ...types: readonly string[]): boolean {
    let found = false;
    this.#root.find(jscodeshift.Node).forEach((path) => {
      const node = path.value as ASTNode & { start?: number; end?: number };
      if (types.includes(node.type) && node.start! <= span.start && span.end <= node.end!) found = true;
    });
    return found;
  }
}
