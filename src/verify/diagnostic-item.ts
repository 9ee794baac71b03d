import { ts } from "ts-morph";
import { ConfinedFiles } from "./confined-files.ts";

/** One thing that the compiler says about a file, in a form that two programs can be compared by. */
export interface DiagnosticItem {
  readonly code: number;
  readonly message: string;
  /** offsets in the text that was checked */
  readonly start: number;
  readonly end: number;
  /** the local or import that nobody reads, when that is what it is about */
  readonly unused: string | null;
}

/** 'x' is declared but never read, in its forms for locals, imports, types and destructurings. */
const UNUSED = new Set([6133, 6138, 6192, 6196, 6198, 6199, 6205]);
/** The module cannot be found, or has no types. */
const UNRESOLVED = new Set([2307, 2792, 2882, 7016]);

/**
 * Items of one file. Packages that are not installed are nobody's fault and left out; what is unused is named one by
 * one, since the compiler speaks of a whole import or pattern as soon as nothing in it is read.
 */
export function itemsOf(diagnostics: readonly ts.Diagnostic[]): DiagnosticItem[] {
  return diagnostics.flatMap((diagnostic): DiagnosticItem[] => {
    const { file, start, code } = diagnostic;
    if (!file || start === undefined) return [];
    const end = start + (diagnostic.length ?? 0);
    const message = ts
      .flattenDiagnosticMessageText(diagnostic.messageText, "\n")
      .replace(/\s+/g, " ")
      .replaceAll(`${ConfinedFiles.root}/`, "");
    if (UNRESOLVED.has(code) && !/^["'`]\.{1,2}\//.test(file.text.slice(start, end))) return [];
    if (!UNUSED.has(code)) return [{ code, message, start, end, unused: null }];
    return unusedNames(file, start, end, message, code).map((name) => ({
      code: 6133,
      message: `'${name.text}' is declared but its value is never read.`,
      start: name.start,
      end: name.start + name.text.length,
      unused: name.text,
    }));
  });
}

function unusedNames(
  file: ts.SourceFile,
  start: number,
  end: number,
  message: string,
  code: number,
): { text: string; start: number }[] {
  const single = /^'([^']+)'/.exec(message)?.[1];
  const names: { text: string; start: number }[] = [];
  const collect = (node: ts.Node): void => {
    if (node.end <= start || node.pos >= end) return;
    if (isDeclared(node) && node.name && ts.isIdentifier(node.name)) {
      const at = node.name.getStart(file);
      const { text } = node.name;
      if (at >= start && at < end && (single === undefined || single === text))
        names.push({ text, start: at });
    }
    ts.forEachChild(node, collect);
  };
  collect(file);
  return names.length > 0 ? names : [{ text: single ?? `(${code})`, start }];
}

function isDeclared(node: ts.Node): node is ts.NamedDeclaration {
  return (
    ts.isImportSpecifier(node) ||
    ts.isImportClause(node) ||
    ts.isNamespaceImport(node) ||
    ts.isImportEqualsDeclaration(node) ||
    ts.isBindingElement(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isEnumDeclaration(node)
  );
}
