import { ts } from "../typescript.ts";
import { keyNameFor } from "../relate.ts";
import type { KeyProposal, KeyQuestion } from "./proposal.ts";

/** `(sessionId, sessionKey) => …`: the key comes in beside the id, under the matching name. */
export function proposeSameNameParameter(question: KeyQuestion): KeyProposal[] {
  const { evaluator, idTerm } = question;
  const parameter = evaluator.parameterOf(idTerm);
  if (!parameter || idTerm.kind !== "root") return [];
  const wanted = keyNameFor(idTerm.name);
  for (const sibling of parameter.parent.parameters) {
    if (sibling === parameter || !ts.isIdentifier(sibling.name) || sibling.name.text !== wanted) continue;
    return [
      {
        rule: "same-name-parameter",
        node: null,
        text: wanted,
        term: evaluator.evaluate(sibling.name),
        evidence: [evaluator.project.evidence(sibling, `${wanted} comes in beside the id`)],
      },
    ];
  }
  return [];
}
