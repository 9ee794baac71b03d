import { ts } from "../typescript.ts";
import type { Edit, Evidence } from "../../shared/location.ts";

/**
 * Statements that an abort path lost, put back as they stood or as its contract says, in the old engine's words: the
 * calls in them are then proved and rewired as any live call is, or the revival is withdrawn.
 */
export interface Revival {
  readonly file: string;
  /** name of the function that lost them */
  readonly function: string;
  /** edits of the file's text, sorted; imports are not among them */
  readonly edits: readonly Edit[];
  readonly imports: readonly NeededImport[];
  /** calls of the registry among them: their keys are declared as they were */
  readonly calls: readonly { readonly callee: string; readonly key: string }[];
  /** where the file's last import ends; null when it has none */
  readonly importsEnd: number | null;
  /** what says that they stood there */
  readonly evidence: Evidence;
}

/** A name that the statements read and that the file does not import now. */
export interface NeededImport {
  readonly imported: string;
  readonly local: string;
  readonly specifier: string;
}

/** Where the last import declaration of a file ends. */
export function endOfImports(source: ts.SourceFile): number | null {
  return source.statements.findLast(ts.isImportDeclaration)?.end ?? null;
}
