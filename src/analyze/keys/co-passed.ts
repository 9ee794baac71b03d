import { ts } from "../typescript.ts";
import type { Term } from "../term.ts";
import type { KeyProposal, KeyQuestion } from "./proposal.ts";

/**
 * The key that the same function passes on together with the id: `run({ sessionId, sessionKey })`.
 */
export function proposeCoPassed(question: KeyQuestion): KeyProposal[] {
  const { evaluator, idTerm } = question;
  const { idNames } = evaluator.migration.vocabulary;
  const outer = question.functions.at(-1);
  const proposals: KeyProposal[] = [];
  if (!outer) return proposals;
  const ids = evaluator.terms.alternatives(idTerm);
  /** The id itself, or all it may be besides what is running under the very key. */
  const isThisId = (passed: Term, key: Term): boolean => {
    if (passed === idTerm) return true;
    const some = evaluator.terms.alternatives(passed);
    const isLive = (id: Term): boolean =>
      id.kind === "prop" && id.of.kind === "entry" && id.of.live && id.of.key === key;
    return (
      some.size > 0 &&
      [...some].every((id) => ids.has(id)) &&
      [...ids].every((id) => some.has(id) || isLive(id))
    );
  };
  for (const node of evaluator.project.nodesIn(outer)) {
    if (!ts.isObjectLiteralExpression(node)) continue;
    const id = propertyValue(node, (name) => idNames.includes(name));
    const key = propertyValue(node, (name) => name === "sessionKey" || name === "canonicalKey");
    if (!id || !key || !isThisId(evaluator.evaluate(id), evaluator.evaluate(key))) continue;
    proposals.push({
      rule: "co-passed",
      node: key,
      text: key.getText(),
      term: evaluator.evaluate(key),
      evidence: [
        evaluator.project.evidence(node, `the id and ${key.getText()} are passed on as one session`),
      ],
    });
  }
  return proposals;
}

function propertyValue(
  node: ts.ObjectLiteralExpression,
  matches: (name: string) => boolean,
): ts.Expression | undefined {
  for (const property of node.properties) {
    if (!property.name || !ts.isIdentifier(property.name) || !matches(property.name.text)) continue;
    if (ts.isShorthandPropertyAssignment(property)) return property.name;
    if (ts.isPropertyAssignment(property)) return property.initializer;
  }
  return undefined;
}
