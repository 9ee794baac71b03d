import { ts } from "ts-morph";
import { walk } from "../syntax.ts";
import { identityOf, type KeyProposal, type KeyQuestion } from "./proposal.ts";

/**
 * Every expression of the surrounding functions whose name says "key". Which of them names the id's
 * session is for the relation to show; here nothing is assumed.
 */
export function proposeFromScope(question: KeyQuestion): KeyProposal[] {
  const { evaluator } = question;
  const outer = question.functions.at(-1);
  if (!outer) return [];
  const seen = new Set<string>();
  const proposals: KeyProposal[] = [];
  const propose = (node: ts.Expression, text: string): void => {
    const identity = identityOf(question, node, text);
    if (seen.has(identity)) return;
    seen.add(identity);
    proposals.push({ rule: "provenance", node, text, term: evaluator.evaluate(node), evidence: [] });
  };
  walk(outer, (node) => {
    if (ts.isIdentifier(node) && isVariable(node) && /key$/i.test(node.text)) propose(node, node.text);
    else if (
      ts.isPropertyAccessExpression(node) &&
      isPath(node) &&
      /key$/i.test(node.name.text) &&
      !isCallee(node)
    )
      propose(node, node.getText().replaceAll("?.", "."));
    else if (ts.isElementAccessExpression(node)) {
      // Whatever a store is read with is a candidate, whatever it is called.
      const argument = node.argumentExpression;
      if (
        (ts.isIdentifier(argument) || (ts.isPropertyAccessExpression(argument) && isPath(argument))) &&
        evaluator.isStore(node.expression, evaluator.evaluate(node.expression))
      )
        propose(argument, argument.getText());
    }
  });
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
