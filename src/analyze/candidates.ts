import { ts } from "./typescript.ts";
import type { Migration } from "../migration/migration.ts";
import type { Evidence } from "../shared/location.ts";
import type { KeyCandidate, KeyRule } from "./analysis.ts";
import { declaredMembers, mayBeUndefined } from "./declared-types.ts";
import { proposeCompanions } from "./keys/companion.ts";
import { proposeCoPassed } from "./keys/co-passed.ts";
import { proposeBag } from "./keys/parameter-bag.ts";
import type { KeyProposal, KeyQuestion } from "./keys/proposal.ts";
import { proposeOutputs } from "./keys/normalizer-output.ts";
import { proposeFromScope } from "./keys/provenance.ts";
import { proposeSameNameParameter } from "./keys/same-name-parameter.ts";
import { proposeSiblings } from "./keys/sibling-property.ts";
import { proposeStoreWrites } from "./keys/store-write.ts";
import { originTrail } from "./origin-trail.ts";
import type { Relation, Relator } from "./relate.ts";
import {
  alwaysExits,
  conjuncts,
  disjuncts,
  enclosingFunction,
  isFunctionNode,
  unwrap,
  walk,
} from "./syntax.ts";
import type { Term } from "./term.ts";
import type { ValueSymbol } from "./parsed-files.ts";

const RULES = [
  proposeFromScope,
  proposeOutputs,
  proposeCompanions,
  proposeSiblings,
  proposeBag,
  proposeCoPassed,
  proposeStoreWrites,
  proposeSameNameParameter,
] as const;

const STRING_METHODS = new Set([
  "trim",
  "toLowerCase",
  "toString",
  "trimStart",
  "trimEnd",
  "replace",
  "slice",
  "join",
]);

/** Asks every rule, and shows for each proposed expression what it names and whether it can be read at the call. */
export function collectCandidates(question: KeyQuestion, relator: Relator): KeyCandidate[] {
  const scope = new Scope(question);
  const readable = new Map<string, KeyProposal[]>();
  const hidden = new Map<string, KeyProposal[]>();
  for (const propose of RULES)
    for (const proposal of propose(question)) {
      const text = normalizeText(proposal.text);
      // One spelling can be two variables: only what the name means at the call counts there.
      const why = scope.unusable(text, proposal);
      const moved = why === "reassigned" && !scope.isUntouched(text, proposal);
      const group = why === "shadowed" || why === "out-of-scope" || moved ? hidden : readable;
      const list = group.get(text) ?? [];
      list.push(proposal);
      group.set(text, list);
    }
  for (const text of readable.keys()) hidden.delete(text);
  return [...readable, ...hidden]
    .map(([text, proposals]) => describeCandidate(question, relator, scope, text, proposals))
    .filter((candidate): candidate is KeyCandidate => candidate !== undefined)
    .sort((a, b) => (a.expression < b.expression ? -1 : 1));
}

function describeCandidate(
  question: KeyQuestion,
  relator: Relator,
  scope: Scope,
  text: string,
  proposals: readonly KeyProposal[],
): KeyCandidate | undefined {
  const { evaluator, idTerm } = question;
  const { vocabulary } = evaluator.migration;
  const best = proposals.find((proposal) => proposal.node) ?? proposals[0]!;
  const term = best.term;
  if (term === idTerm || term.kind === "nothing" || term.kind === "literal") return undefined;
  const unusable = scope.unusable(text, best);
  const keyLike = /key\W*$/i.test(text) || proposals.some((proposal) => proposal.rule !== "provenance");
  const mayRelate = relator.mayRelate(idTerm, term);
  if (!keyLike && !mayRelate) return undefined;
  // What only stands in the same function, and has nothing of the id in it, is not worth the walk.
  const isAsked = mayRelate || proposals.some((proposal) => proposal.rule !== "provenance");
  const relation: Relation = isAsked
    ? relator.relate(idTerm, term)
    : { verdict: "unknown", by: "convention", evidence: [] };
  const rules = new Set<KeyRule>(
    proposals.map((proposal) => proposal.rule).filter((rule) => rule !== "provenance"),
  );
  const evidence: Evidence[] = proposals.flatMap((proposal) => proposal.evidence);
  if (relation.verdict === "same" && (relation.by === "data-flow" || relation.partly))
    rules.add("provenance");
  // A name that does not say "key" counts only where data flow shows what it holds.
  if (rules.size === 0 && !/key$/i.test(text)) return undefined;
  if (rules.size === 0 && relation.verdict === "unknown") {
    // Nothing speaks for it: only worth showing when its name could mislead a reader.
    if (unusable) return undefined;
  }
  const name = /[\w$]+$/.exec(text)?.[0] ?? text;
  // `const { requestedKey: target } = params`: the new name says less than the old one.
  const names = term.kind === "prop" ? [name, term.name] : [name];
  const foreignWord = containsIdTerm(term, idTerm)
    ? "sessionId"
    : (names.map((one) => foreignWordOf(one, question, evaluator.migration)).find((word) => word !== null) ??
      null);
  const rank = vocabulary.keyNames.indexOf(name);
  return {
    expression: text,
    rules: [...rules].sort(),
    relation: { verdict: relation.verdict === "absent" ? "unknown" : relation.verdict, by: relation.by },
    unusable,
    foreignWord,
    rawName: names.some((one) => vocabulary.rawKeyNames.includes(one)),
    nullable: nullable(question, best, term),
    declaredAt: scope.declaredAt(text, best.node ?? best.root ?? null),
    value: `${term.id}`,
    owner: ownerOf(term),
    plain: /^[\w$]+$/.test(text),
    nameRank: rank < 0 ? Number.MAX_SAFE_INTEGER : rank,
    evidence: dedupe([
      ...(best.node
        ? originTrail(evaluator.project, best.node)
        : best.root
          ? originTrail(evaluator.project, best.root)
          : []),
      ...relation.evidence,
      ...evidence,
      ...proofOf(question, text, relation.verdict === "same" && relation.by === "data-flow"),
    ]),
  };
}

function proofOf(question: KeyQuestion, text: string, shown: boolean): Evidence[] {
  if (!shown) return [];
  const { project } = question.evaluator;
  return [
    project.evidence(question.call, `${text} and ${question.id.getText()} lead to the same store entry`),
  ];
}

function ownerOf(term: Term): string {
  if (term.kind === "canonical" || term.kind === "trimmed") return ownerOf(term.of);
  return term.kind === "prop" ? `${term.of.id}.` : `${term.id}`;
}

/** `sessionKey ?? sessionId` would feed an id to the registry. */
function containsIdTerm(key: Term, id: Term): boolean {
  if (key === id) return true;
  if (key.kind === "fallback")
    return containsIdTerm(key.first, id) || containsIdTerm(key.second, id) || key.second.kind === "fresh";
  if (key.kind === "choice") return key.of.some((option) => containsIdTerm(option, id));
  return id.kind === "fallback" && containsIdTerm(key, id.first);
}

/** The word in a name that points elsewhere, unless the id's own name carries it too. */
function foreignWordOf(name: string, question: KeyQuestion, migration: Migration): string | null {
  const idText = question.id.getText();
  const words = wordsOf(name);
  const idWords = wordsOf(idText);
  for (const foreign of migration.vocabulary.foreignWords) {
    const parts = wordsOf(foreign);
    const hit = parts.every((part, index) => {
      const at = words.indexOf(parts[0]!);
      return at >= 0 && words[at + index] === part;
    });
    if (hit && !parts.every((part) => idWords.includes(part))) return foreign;
  }
  return null;
}

function wordsOf(name: string): string[] {
  return name
    .split(/[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])/)
    .map((word) => word.toLowerCase())
    .filter(Boolean);
}

function normalizeText(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function dedupe(evidence: readonly Evidence[]): Evidence[] {
  const seen = new Set<string>();
  return evidence.filter((hop) => {
    const key = `${hop.file}:${hop.line}:${hop.note}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

/** What can be read at the call. */
class Scope {
  readonly #visible: ReadonlyMap<string, ValueSymbol>;

  constructor(readonly question: KeyQuestion) {
    this.#visible = new Map(
      question.evaluator.project.symbolsInScope(question.call).map((symbol) => [symbol.name, symbol]),
    );
  }

  unusable(text: string, proposal: KeyProposal): KeyCandidate["unusable"] {
    const { evaluator, call } = this.question;
    const { term } = proposal;
    const node = proposal.node ?? proposal.root ?? null;
    for (const { name, symbol } of this.#names(text, node)) {
      if (name === "undefined" || name === "this") continue;
      const visible = this.#visible.get(name);
      if (!visible) return "out-of-scope";
      if (symbol && visible.valueDeclaration !== symbol.valueDeclaration) return "shadowed";
      const declaration = visible.valueDeclaration;
      if (!declaration) continue;
      if (evaluator.isReassigned(visible)) return "reassigned";
      const variable = variableOf(declaration);
      if (variable && (variable.end > call.getStart() || this.#runsAbove(variable))) return "not-initialised";
    }
    if (!text.includes(".")) return null;
    if (term.kind === "unknown") return "reassigned";
    const [root, ...names] = text.split(/\?*\./);
    const declaration = this.#visible.get(root!)?.valueDeclaration;
    if (declaration && evaluator.isPathWritten(declaration, names, call)) return "reassigned";
    if (!this.isUntouched(text, proposal)) return "reassigned";
    return this.#pathWritten(text) ? "reassigned" : null;
  }

  /** False when a call between the read that was followed and this one may have changed an object on the way. */
  isUntouched(text: string, { node, readAt }: KeyProposal): boolean {
    const [name, ...names] = text.split(/\?*\./);
    const root = name === "this" ? name : this.#visible.get(name!)?.valueDeclaration;
    if (!root || names.length === 0) return true;
    return this.question.evaluator.isUntouched(root, names, node ?? readAt ?? null, this.question.call);
  }

  /** The call stands in a hoisted function that is used above the variable. */
  #runsAbove(variable: ts.VariableDeclaration): boolean {
    const { functions, evaluator } = this.question;
    const inner = functions.findLast((fn) => variable.pos < fn.pos || variable.end > fn.end);
    if (!inner || !ts.isFunctionDeclaration(inner) || !inner.name) return false;
    const symbol = evaluator.project.symbolOf(inner.name);
    const home = enclosingFunction(variable);
    return (
      symbol !== undefined &&
      evaluator.project
        .references(evaluator.project.pathOf(inner), symbol)
        .some((use) => use !== inner.name && use.pos < variable.end && enclosingFunction(use) === home)
    );
  }

  /** End of the last variable declaration that the expression needs. */
  declaredAt(text: string, node: ts.Expression | null): number {
    const ends = this.#names(text, node).map(({ name }) => {
      const declaration = this.#visible.get(name)?.valueDeclaration;
      return (declaration && variableOf(declaration)?.end) ?? 0;
    });
    return Math.max(0, ...ends);
  }

  #names(text: string, node: ts.Expression | null): { name: string; symbol: ValueSymbol | undefined }[] {
    const { project } = this.question.evaluator;
    if (!node) return [{ name: /^[\w$]+/.exec(text)?.[0] ?? text, symbol: undefined }];
    const names: { name: string; symbol: ValueSymbol | undefined }[] = [];
    const collect = (at: ts.Node): void => {
      if (ts.isIdentifier(at)) {
        const parent = at.parent;
        const isMember = ts.isPropertyAccessExpression(parent) && parent.name === at && at !== node;
        if (!isMember) names.push({ name: at.text, symbol: project.symbolOf(at) });
      }
      ts.forEachChild(at, collect);
    };
    collect(node);
    return names;
  }

  /** `target.key = …` anywhere in the surrounding functions. */
  #pathWritten(text: string): boolean {
    const root = /^[\w$]+/.exec(text)?.[0] ?? "";
    const declaration = this.#visible.get(root)?.valueDeclaration;
    // What a function was given or made is its own; anything else can be changed from all over the file.
    const own =
      declaration !== undefined &&
      this.question.functions.some((fn) => fn.pos <= declaration.pos && declaration.end <= fn.end);
    const where = own ? this.question.functions.at(-1) : this.question.call.getSourceFile();
    let written = false;
    if (where)
      walk(where, (node) => {
        if (
          ts.isBinaryExpression(node) &&
          node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
          node.operatorToken.kind <= ts.SyntaxKind.LastAssignment &&
          ts.isPropertyAccessExpression(node.left)
        ) {
          const left = normalizeText(node.left.getText());
          if (text === left || text.startsWith(`${left}.`)) written = true;
        }
      });
    return written;
  }
}

function variableOf(declaration: ts.Node): ts.VariableDeclaration | undefined {
  for (let at: ts.Node = declaration; at; at = at.parent) {
    if (ts.isVariableDeclaration(at)) return at;
    if (isFunctionNode(at) || ts.isParameter(at) || ts.isSourceFile(at)) return undefined;
  }
  return undefined;
}

/** Whether the key may be undefined at the call; null when neither types nor values tell. */
function nullable(question: KeyQuestion, proposal: KeyProposal, term: Term): boolean | null {
  const text = normalizeText(proposal.text);
  if (testedBefore(question.call, text, question)) return false;
  const declared = proposal.node
    ? declaredNullable(question, proposal.node)
    : declaredByText(question, proposal);
  const byValue = mayBeNothing(question, term);
  if (declared === true || byValue === true) return true;
  return declared ?? byValue;
}

function declaredByText(question: KeyQuestion, proposal: KeyProposal): boolean | null {
  const dot = proposal.text.lastIndexOf(".");
  if (dot < 0) return null;
  const id = unwrap(question.id);
  // Siblings share the owner of the id.
  if (
    ts.isPropertyAccessExpression(id) &&
    normalizeText(id.expression.getText()) === proposal.text.slice(0, dot)
  ) {
    const member = declaredMembers(question.evaluator.project, id.expression)?.get(
      proposal.text.slice(dot + 1),
    );
    return member ? member.optional : null;
  }
  return null;
}

function declaredNullable(question: KeyQuestion, node: ts.Expression): boolean | null {
  const { project } = question.evaluator;
  const at = unwrap(node);
  if (ts.isBinaryExpression(at)) {
    const kind = at.operatorToken.kind;
    if (kind === ts.SyntaxKind.QuestionQuestionToken || kind === ts.SyntaxKind.BarBarToken) {
      if (testedBefore(question.call, normalizeText(at.right.getText()), question)) return false;
      return declaredNullable(question, at.right);
    }
    return null;
  }
  if (ts.isPropertyAccessExpression(at)) {
    if (at.questionDotToken) return true;
    const member = declaredMembers(project, at.expression)?.get(at.name.text);
    return member ? member.optional : null;
  }
  if (ts.isCallExpression(at)) return returnsNothing(question, at);
  if (ts.isTemplateExpression(at) || ts.isStringLiteralLike(at)) return false;
  if (!ts.isIdentifier(at)) return null;
  const declaration = project.declarationOf(at);
  if (!declaration) return null;
  if (ts.isParameter(declaration))
    return declaration.type
      ? declaration.questionToken !== undefined || mayBeUndefined(declaration.type)
      : null;
  if (ts.isVariableDeclaration(declaration)) {
    if (declaration.type) return mayBeUndefined(declaration.type);
    if (!declaration.initializer) return null;
    if (hasOptionalChain(declaration.initializer)) return true;
    return declaredNullable(question, declaration.initializer);
  }
  if (ts.isBindingElement(declaration) && ts.isObjectBindingPattern(declaration.parent)) {
    const owner = declaration.parent.parent;
    const key = declaration.propertyName ?? declaration.name;
    if (!ts.isIdentifier(key)) return null;
    const ownerName =
      ts.isVariableDeclaration(owner) && owner.initializer ? unwrap(owner.initializer) : undefined;
    const members =
      ts.isParameter(owner) && owner.type
        ? declaredMembersOfParameter(owner)
        : ownerName
          ? declaredMembers(project, ownerName)
          : undefined;
    const member = members?.get(key.text);
    return member ? member.optional : null;
  }
  return null;
}

function declaredMembersOfParameter(owner: ts.ParameterDeclaration) {
  if (!owner.type || !ts.isTypeLiteralNode(owner.type)) return undefined;
  const found = new Map<string, { optional: boolean; type: ts.TypeNode | undefined }>();
  for (const member of owner.type.members)
    if (ts.isPropertySignature(member) && ts.isIdentifier(member.name))
      found.set(member.name.text, {
        optional: member.questionToken !== undefined || mayBeUndefined(member.type),
        type: member.type,
      });
  return found;
}

/** Whether a call may return undefined: string methods do not; other functions say so in their type. */
function returnsNothing(question: KeyQuestion, call: ts.CallExpression): boolean | null {
  if (hasOptionalChain(call)) return true;
  const callee = unwrap(call.expression);
  if (ts.isPropertyAccessExpression(callee) && STRING_METHODS.has(callee.name.text)) return false;
  if (ts.isIdentifier(callee) && callee.text === "String") return false;
  const type = question.evaluator.calleeFunction(callee)?.type;
  return type ? mayBeUndefined(type) : null;
}

function hasOptionalChain(node: ts.Expression): boolean {
  const at = unwrap(node);
  if (ts.isPropertyAccessExpression(at) || ts.isCallExpression(at) || ts.isElementAccessExpression(at))
    return at.questionDotToken !== undefined || hasOptionalChain(at.expression);
  return false;
}

function mayBeNothing(question: KeyQuestion, term: Term): boolean | null {
  const { evaluator } = question;
  switch (term.kind) {
    case "nothing":
      return true;
    case "choice": {
      const options = term.of.map((option) => mayBeNothing(question, option));
      return options.includes(true) ? true : options.includes(null) ? null : false;
    }
    case "fallback":
      return mayBeNothing(question, term.second);
    case "prop":
      if (term.of.kind === "choice") {
        const options = term.of.of.map((option) => mayBeNothing(question, evaluator.prop(option, term.name)));
        return options.includes(true) ? true : null;
      }
      return null;
    case "canonical":
      return false;
    case "literal":
      return false;
    default:
      return null;
  }
}

const EQUALS: readonly ts.SyntaxKind[] = [
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
];
const DIFFERS: readonly ts.SyntaxKind[] = [
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
];

/** `key === undefined`, `key != null`. */
function comparesToNothing(node: ts.Expression, text: string, operators: readonly ts.SyntaxKind[]): boolean {
  return (
    ts.isBinaryExpression(node) &&
    operators.includes(node.operatorToken.kind) &&
    normalizeText(unwrap(node.left).getText()) === text &&
    ["undefined", "null"].includes(node.right.getText())
  );
}

/** True when the call only runs where the expression was found to be present. */
function testedBefore(call: ts.Node, text: string, question: KeyQuestion): boolean {
  const present = (test: ts.Expression): boolean =>
    conjuncts(test).some((operand) => {
      const at = unwrap(operand);
      return normalizeText(at.getText()) === text || comparesToNothing(at, text, DIFFERS);
    });
  const absent = (test: ts.Expression): boolean =>
    disjuncts(test).some((operand) => {
      const at = unwrap(operand);
      if (comparesToNothing(at, text, EQUALS)) return true;
      return (
        ts.isPrefixUnaryExpression(at) &&
        at.operator === ts.SyntaxKind.ExclamationToken &&
        normalizeText(unwrap(at.operand).getText()) === text
      );
    });
  const stop = question.functions.at(-1);
  for (let at: ts.Node = call; at.parent && at !== stop; at = at.parent) {
    const parent = at.parent;
    if (ts.isIfStatement(parent) && parent.thenStatement === at && present(parent.expression)) return true;
    if (ts.isConditionalExpression(parent) && parent.whenTrue === at && present(parent.condition))
      return true;
    if (
      ts.isBinaryExpression(parent) &&
      parent.right === at &&
      parent.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken &&
      present(parent.left)
    )
      return true;
    if (ts.isBlock(parent) || ts.isSourceFile(parent) || ts.isCaseOrDefaultClause(parent)) {
      for (const statement of parent.statements) {
        if (statement === at) break;
        if (
          ts.isIfStatement(statement) &&
          !statement.elseStatement &&
          alwaysExits(statement.thenStatement) &&
          absent(statement.expression)
        )
          return true;
      }
    }
  }
  return false;
}
