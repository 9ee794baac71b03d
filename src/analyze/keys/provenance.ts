import { ts } from "../typescript.ts";
import type { Term } from "../term.ts";
import { identityOf, type KeyProposal, type KeyQuestion } from "./proposal.ts";

/**
 * Every name and path of the surrounding functions. Which of them names the id's session is for the
 * relation to show; here nothing is assumed.
 */
export function proposeFromScope(question: KeyQuestion): KeyProposal[] {
  const { evaluator } = question;
  const outer = question.functions.at(-1);
  if (!outer) return [];
  const seen = new Set<string>();
  const proposals: KeyProposal[] = [];
  const propose = (node: ts.Expression, text: string, term?: Term): void => {
    const identity = identityOf(question, node, text);
    if (seen.has(identity)) return;
    seen.add(identity);
    proposals.push(
      term
        ? { rule: "provenance", node: null, root: node as ts.Identifier, text, term, evidence: [] }
        : { rule: "provenance", node, text, term: evaluator.evaluate(node), evidence: [] },
    );
  };
  for (const node of evaluator.project.nodesIn(outer)) {
    if (ts.isIdentifier(node) && isVariable(node)) propose(node, node.text);
    else if (ts.isPropertyAccessExpression(node) && isPath(node) && !isCallee(node))
      propose(node, node.getText().replaceAll("?.", "."));
  }

  // The key the id's entry was read under, even where this function never spells it that way.
  for (const path of question.paths(question.idTerm)) propose(path.root, path.text, path.term);
  return proposals;
}

function isVariable(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return false;
  if (ts.isBindingElement(parent) && parent.propertyName === node) return false;
  return (
    !ts.isPropertySignature(parent) && !ts.isMethodDeclaration(parent) && !ts.isTypeReferenceNode(parent)
  );
}

/** `a.b.c`: no calls, no computed parts. */
function isPath(node: ts.Expression): boolean {
  if (ts.isIdentifier(node) || node.kind === ts.SyntaxKind.ThisKeyword) return true;
  return ts.isPropertyAccessExpression(node) && isPath(node.expression);
}

function isCallee(node: ts.Expression): boolean {
  return ts.isCallExpression(node.parent) && node.parent.expression === node;
}
