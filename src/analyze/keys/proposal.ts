import { ts } from "../typescript.ts";
import type { Evidence } from "../../shared/location.ts";
import type { KeyRule } from "../analysis.ts";
import type { Evaluator } from "../evaluate.ts";
import type { FunctionNode } from "../syntax.ts";
import type { Term } from "../term.ts";

/** What a rule sees of one call. */
export interface KeyQuestion {
  readonly evaluator: Evaluator;
  /** the call, or the constant that stands in its place */
  readonly call: ts.Node;
  /** the argument that is a session id */
  readonly id: ts.Expression;
  readonly idTerm: Term;
  /** functions around the call, innermost first */
  readonly functions: readonly FunctionNode[];
  /** the keys that the id's entry may have been read under, spelled as paths from a parameter of these functions */
  paths(id: Term): readonly { readonly root: ts.Identifier; readonly text: string; readonly term: Term }[];
}

/** An expression that a rule puts forward. It need not be readable at the call: that is checked later. */
export interface KeyProposal {
  readonly rule: KeyRule;
  /** where the expression stands; its text and value are taken from there */
  readonly node: ts.Expression | null;
  /** a name that the expression starts with, where `node` is null: it must be the same variable at the call */
  readonly root?: ts.Identifier;
  /** where the value was read, when no such expression stands there */
  readonly readAt?: ts.Node;
  /** source text, when no such expression stands in the code yet (`abortTarget.key`) */
  readonly text: string;
  readonly term: Term;
  readonly evidence: readonly Evidence[];
}

/** Text of an expression together with the variable it starts with: one spelling can be two variables. */
export function identityOf(question: KeyQuestion, node: ts.Expression, text: string): string {
  let root: ts.Expression = node;
  while (ts.isPropertyAccessExpression(root)) root = root.expression;
  const { evaluator } = question;
  const declaration = ts.isIdentifier(root) ? evaluator.project.declarationOf(root) : undefined;
  // A path is another value after a call that may change it.
  return `${text}@${declaration?.pos ?? ""}${ts.isIdentifier(node) ? "" : `=${evaluator.evaluate(node).id}`}`;
}
