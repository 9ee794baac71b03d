import { ts } from "../typescript.ts";
import { keyNameFor, namesChildOnly, rootsOf } from "../relate.ts";
import { declaredMembers, typeMembers } from "../declared-types.ts";
import { walk } from "../syntax.ts";
import type { Term } from "../term.ts";
import type { KeyProposal, KeyQuestion } from "./proposal.ts";

/**
 * `params.sessionKey` beside `params.sessionId` or `params.sessionEntry.sessionId`: a bag of parameters
 * that describes one session. The names must follow the convention; callers are asked by the relation.
 */
export function proposeBag(question: KeyQuestion): KeyProposal[] {
  const { evaluator, idTerm } = question;
  const { vocabulary, normalizers } = evaluator.migration;
  const outputs = new Set(normalizers.flatMap(({ output }) => output ?? []));
  const bag = bagOf(idTerm, vocabulary.entryNames);
  if (!bag) return [];
  const root = rootsOf(bag.owner)[0];
  const parameter = root && evaluator.parameterOf(root);
  if (!parameter) return [];
  const proposals: KeyProposal[] = [];
  const wanted = [
    ...new Set([
      keyNameFor(bag.idName),
      ...(vocabulary.idNames.includes(bag.idName) ? vocabulary.keyNames : []),
    ]),
  ].filter((name) => !(bag.direct && namesChildOnly(bag.idName, name)));
  const seen = new Set<string>();
  const propose = (text: string, node: ts.Expression | null, at: ts.Node, term: Term): void => {
    if (seen.has(text)) return;
    seen.add(text);
    proposals.push({
      rule: "parameter-bag",
      node,
      text,
      term,
      evidence: [evaluator.project.evidence(at, `${text} comes in the same bag as the id`)],
    });
  };
  const fn = parameter.parent;
  if (!("body" in fn) || !fn.body) return proposals;
  // Expressions that are in the code, destructured names included …
  walk(fn, (node) => {
    if (
      ts.isIdentifier(node) &&
      /key$/i.test(node.text) &&
      ts.isBindingElement(node.parent) &&
      node.parent.name === node
    ) {
      const term = evaluator.evaluate(node);
      if (term.kind === "prop" && term.of === bag.owner && wanted.includes(term.name))
        propose(node.text, null, node, term);
    }
    if (ts.isPropertyAccessExpression(node) && wanted.includes(node.name.text)) {
      const term = evaluator.evaluate(node);
      if (term.kind === "prop" && term.of === bag.owner) propose(node.getText(), node, node, term);
    }
  });
  // … and members that the bag's type declares.
  if (ts.isIdentifier(parameter.name)) {
    const members = declaredMembers(evaluator.project, parameter.name);
    const prefix = pathText(bag.owner, root, parameter.name.text);
    if (members && prefix === parameter.name.text)
      for (const name of wanted)
        if (members.has(name)) propose(`${prefix}.${name}`, null, parameter, evaluator.prop(bag.owner, name));
    // … and what a normaliser gave, handed on whole: `params.target.canonicalKey`.
    if (members && prefix === parameter.name.text && vocabulary.idNames.includes(bag.idName))
      for (const [name, member] of members)
        for (const output of outputs)
          if (member.type && !member.optional && typeMembers(evaluator.project, member.type)?.has(output))
            propose(
              `${prefix}.${name}.${output}`,
              null,
              parameter,
              evaluator.prop(evaluator.prop(bag.owner, name), output),
            );
  }
  return proposals;
}

/** The object that holds the id, directly or through its entry. */
function bagOf(
  id: Term,
  entryNames: readonly string[],
): { owner: Term; idName: string; direct: boolean } | undefined {
  if (id.kind === "fallback") return bagOf(id.first, entryNames);
  if (id.kind === "choice") {
    const present = id.of.filter((option) => option.kind !== "nothing" && option.kind !== "fresh");
    return present.length === 1 ? bagOf(present[0]!, entryNames) : undefined;
  }
  if (id.kind !== "prop") return undefined;
  if (id.of.kind === "prop" && entryNames.includes(id.of.name))
    return { owner: id.of.of, idName: id.name, direct: false };
  return { owner: id.of, idName: id.name, direct: true };
}

function pathText(term: Term, root: Term, name: string): string | undefined {
  if (term === root) return name;
  if (term.kind === "prop") {
    const inner = pathText(term.of, root, name);
    return inner === undefined ? undefined : `${inner}.${term.name}`;
  }
  return undefined;
}
