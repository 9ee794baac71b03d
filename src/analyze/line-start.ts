import { ts } from "./typescript.ts";

/**
 * Offset of the line above which a comment about a node can stand: that of the innermost statement, clause or member
 * around it that begins its line. Null where none does, as in a template or in code on one line.
 */
export function lineStartFor(node: ts.Node): number | null {
  const { text } = node.getSourceFile();
  for (let current = node; !ts.isSourceFile(current); current = current.parent) {
    if (!takesComment(current)) continue;
    const start = current.getStart();
    let begin = start;
    while (begin > 0 && start - begin < 400 && /[\t \uFEFF]/.test(text[begin - 1]!)) begin -= 1;
    const above = text[begin - 1];
    if (above === undefined || above === "\n" || above === "\r") return begin;
  }
  return null;
}

function takesComment(node: ts.Node): boolean {
  return (
    (ts.isStatement(node) && !ts.isBlock(node)) ||
    ts.isCaseOrDefaultClause(node) ||
    ts.isClassElement(node) ||
    ts.isObjectLiteralElement(node)
  );
}
