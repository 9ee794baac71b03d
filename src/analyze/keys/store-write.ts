import { ts } from "../typescript.ts";
import { unwrap } from "../syntax.ts";
import type { KeyProposal, KeyQuestion } from "./proposal.ts";

/**
 * The key under which the same function writes the id's entry back: `store[KEY] = entry`.
 */
export function proposeStoreWrites(question: KeyQuestion): KeyProposal[] {
  const { evaluator, idTerm } = question;
  const { idNames } = evaluator.migration.vocabulary;
  const outer = question.functions.at(-1);
  const proposals: KeyProposal[] = [];
  if (!outer) return proposals;
  for (const node of evaluator.project.nodesIn(outer)) {
    if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.EqualsToken) continue;
    const target = unwrap(node.left);
    if (!ts.isElementAccessExpression(target)) continue;
    const key = unwrap(target.argumentExpression);
    if (!ts.isIdentifier(key) && !ts.isPropertyAccessExpression(key)) continue;
    const entry = evaluator.evaluate(node.right);
    if (!idNames.some((name) => evaluator.prop(entry, name) === idTerm)) continue;
    proposals.push({
      rule: "store-write",
      node: key,
      text: key.getText(),
      term: evaluator.evaluate(key),
      evidence: [evaluator.project.evidence(node, `the id's entry is written back under ${key.getText()}`)],
    });
  }
  return proposals;
}
