import { ts } from "../typescript.ts";
import { calleeName } from "../evaluate.ts";
import { unwrap } from "../syntax.ts";
import { someTerm } from "../term.ts";
import type { KeyProposal, KeyQuestion } from "./proposal.ts";

/**
 * `target.canonicalKey` where `target` is what a normaliser or lookup returned, even when the code does
 * not read that property yet.
 */
export function proposeOutputs(question: KeyQuestion): KeyProposal[] {
  const { evaluator } = question;
  const outer = question.functions.at(-1);
  const proposals: KeyProposal[] = [];
  if (!outer) return proposals;
  for (const node of evaluator.project.nodesIn(outer)) {
    if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name) || !node.initializer) continue;
    const call = unwrap(node.initializer);
    // A lookup whose body is not at hand may return less than the vocabulary says: what is not read is not proposed.
    const name = ts.isCallExpression(call) ? calleeName(call.expression) : undefined;
    const isLookup = evaluator.migration.lookups.some((lookup) => lookup.name === name);
    if (isLookup && ts.isCallExpression(call) && !evaluator.calleeFunction(call.expression)) continue;
    const made = evaluator.evaluate(node.name);
    for (const name of evaluator.migration.vocabulary.keyNames) {
      if (!someTerm(made, (part) => part.kind === "object" && part.props.has(name))) continue;
      const text = `${node.name.text}.${name}`;
      proposals.push({
        rule: "provenance",
        node: null,
        root: node.name,
        text,
        term: evaluator.prop(made, name),
        evidence: [],
      });
    }
  }
  return proposals;
}
