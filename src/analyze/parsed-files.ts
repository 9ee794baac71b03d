import { ts } from "./typescript.ts";
import { type FileNodes, linkNodes } from "./file-nodes.ts";
import type { Scopes } from "./scopes.ts";

/**
 * What a name stands for. A compiler's symbol is one; where the scopes of a file tell, none has to be made. Two names of
 * one value have the same object.
 */
export interface ValueSymbol {
  readonly name: string;
  readonly declarations?: readonly ts.Declaration[] | undefined;
  /** undefined for what is imported: its value is declared elsewhere */
  readonly valueDeclaration?: ts.Declaration | undefined;
}

/**
 * Syntax trees and what was found out about each of them alone: nothing in here depends on other files. Two workspaces
 * that hold the same text under one path can share it, so that a second look at changed code parses only what changed.
 */
export class ParsedFiles {
  readonly #sources = new Map<string, ts.SourceFile[]>();
  readonly checkers = new Map<ts.SourceFile, ts.TypeChecker>();
  readonly symbols = new Map<ts.Node, ValueSymbol | undefined>();
  readonly declared = new Map<ts.Declaration, ValueSymbol>();
  readonly references = new Map<ValueSymbol, readonly ts.Identifier[]>();
  readonly scopes = new Map<ts.SourceFile, Scopes>();
  readonly nodes = new Map<ts.Node, readonly ts.Node[]>();
  readonly fileNodes = new Map<ts.SourceFile, FileNodes>();

  /**
   * Lets go of what can be found out again. Checkers go with all that came from them: the next one makes symbols of its
   * own, which are never those that were kept.
   */
  forget(): void {
    this.checkers.clear();
    this.symbols.clear();
    this.references.clear();
    this.nodes.clear();
    this.fileNodes.clear();
  }

  /** Tree of a text; the one that was made before, where name and text are the same. */
  parse(name: string, text: string, options: ts.CreateSourceFileOptions): ts.SourceFile {
    const known = this.#sources.get(name) ?? [];
    const same = known.find((source) => source.text === text);
    if (same) return same;
    const source = ts.createSourceFile(name, text, options);
    this.fileNodes.set(source, linkNodes(source));
    this.#sources.set(name, [...known, source]);
    return source;
  }
}
