import { ts } from "../typescript.ts";
import { calleeName } from "../evaluate.ts";
import { unwrap } from "../syntax.ts";
import type { KeyProposal, KeyQuestion } from "./proposal.ts";

/**
 * The key that stands beside the id in `clearSessionQueues([KEY, id])`, or is added to the same set:
 * the maintainers' own choice of what names this session.
 */
export function proposeCompanions(question: KeyQuestion): KeyProposal[] {
  const { evaluator, idTerm } = question;
  const { companions } = evaluator.migration;
  const outer = question.functions.at(-1);
  const proposals: KeyProposal[] = [];
  if (!outer) return proposals;
  for (const node of evaluator.project.nodesIn(outer)) {
    if (!ts.isCallExpression(node) || !companions.includes(calleeName(node.expression) ?? "")) continue;
    const argument = node.arguments[0] && unwrap(node.arguments[0]);
    if (!argument) continue;
    const members = membersOf(argument, question);
    const beside = members.filter((member) => evaluator.evaluate(member) !== idTerm);
    // A list without the id may be about another session.
    if (beside.length === members.length) continue;
    for (const member of beside) {
      proposals.push({
        rule: "companion",
        node: member,
        text: member.getText(),
        term: evaluator.evaluate(member),
        evidence: [
          evaluator.project.evidence(
            node,
            `${calleeName(node.expression)} takes ${member.getText()} and the id together`,
          ),
        ],
      });
    }
  }
  return proposals;
}

/** Elements of an array literal; for `[...set]`, what is added to the set. */
function membersOf(argument: ts.Expression, question: KeyQuestion): ts.Expression[] {
  if (ts.isArrayLiteralExpression(argument))
    return argument.elements.flatMap((element) =>
      ts.isSpreadElement(element) ? addedTo(unwrap(element.expression), question) : [element],
    );
  return addedTo(argument, question);
}

function addedTo(collection: ts.Expression, question: KeyQuestion): ts.Expression[] {
  const { project } = question.evaluator;
  let at = collection;
  // Array.from(set)
  if (ts.isCallExpression(at) && calleeName(at.expression) === "from" && at.arguments[0])
    at = unwrap(at.arguments[0]);
  if (!ts.isIdentifier(at)) return [];
  const symbol = project.symbolOf(at);
  const declaration = symbol?.valueDeclaration;
  if (!symbol || !declaration) return [];
  const members: ts.Expression[] = [];
  if (ts.isVariableDeclaration(declaration) && declaration.initializer) {
    const initializer = unwrap(declaration.initializer);
    const list =
      ts.isNewExpression(initializer) && initializer.arguments?.[0]
        ? unwrap(initializer.arguments[0])
        : initializer;
    if (ts.isArrayLiteralExpression(list))
      members.push(...list.elements.filter((element) => !ts.isSpreadElement(element)));
  }
  for (const reference of project.references(project.pathOf(declaration), symbol)) {
    const access = reference.parent;
    if (
      ts.isPropertyAccessExpression(access) &&
      access.expression === reference &&
      (access.name.text === "add" || access.name.text === "push") &&
      ts.isCallExpression(access.parent)
    )
      members.push(...access.parent.arguments.filter((element) => !ts.isSpreadElement(element)));
  }
  return members;
}
