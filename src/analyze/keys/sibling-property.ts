import { ts } from "../typescript.ts";
import { unwrap } from "../syntax.ts";
import type { KeyProposal, KeyQuestion } from "./proposal.ts";
import { declaredMembers } from "../declared-types.ts";
import { namesChildOnly } from "../relate.ts";
import { someTerm } from "../term.ts";

/**
 * `target.key` beside `target.sessionId`: the object that holds the id holds its key as well.
 * Proposed only where the object's type or the values it is made of have such a property.
 */
export function proposeSiblings(question: KeyQuestion): KeyProposal[] {
  const { evaluator } = question;
  const id = unwrap(question.id);
  if (!ts.isPropertyAccessExpression(id)) return [];
  const { vocabulary } = evaluator.migration;
  if (!vocabulary.idNames.includes(id.name.text)) return [];
  const owner = unwrap(id.expression);
  const ownerTerm = evaluator.evaluate(owner);
  const members = declaredMembers(evaluator.project, owner);
  const proposals: KeyProposal[] = [];
  for (const name of vocabulary.keyNames) {
    if (namesChildOnly(id.name.text, name)) continue;
    const made = someTerm(
      ownerTerm,
      (part) => part.kind === "object" && part.props.has(name) && part.props.has(id.name.text),
    );
    if (!made && !members?.has(name)) continue;
    const text = `${owner.getText()}.${name}`;
    proposals.push({
      rule: "sibling-property",
      node: null,
      readAt: id,
      text,
      term: evaluator.propertyAt(owner, name, id),
      evidence: [evaluator.project.evidence(id, `${text} stands beside ${id.getText()}`)],
    });
  }
  return proposals;
}
