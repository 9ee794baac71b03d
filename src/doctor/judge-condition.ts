import { asRecord } from "./read-yaml.ts";

/** What an `if:` of GitHub Actions means for a gate on pull requests. */
export type ConditionVerdict =
  | { readonly kind: "runs" }
  /** runs on pull requests, but not on all of them, in a way that is usual and visible */
  | { readonly kind: "note"; readonly text: string }
  /** may skip the gate, and a skipped job counts as passed */
  | { readonly kind: "may-skip"; readonly text: string };

const ALWAYS = /^(?:always\(\)|success\(\)|!\s*cancelled\(\)|true|success\(\)\s*\|\|\s*failure\(\))$/;
const ON_PULL_REQUEST = /^github\.event_name\s*==\s*(['"])pull_request\1$/;
const NOT_OTHER_EVENT = /^github\.event_name\s*!=\s*(['"])(?!pull_request\1)\w+\1$/;
const USUAL =
  /^(?:github\.repository(?:_owner)?\s*==|!\s*github\.event\.pull_request\.draft$|github\.event\.pull_request\.draft\s*==\s*false$)/;

/**
 * Judges the `if:` of a job or step that runs the gate.
 * @param matrix of the step's job: a step that runs on one leg of it runs
 */
export function judgeCondition(
  condition: unknown,
  matrix: Readonly<Record<string, unknown>> = {},
): ConditionVerdict {
  if (condition === undefined || condition === null || condition === true) return { kind: "runs" };
  const text = conditionText(condition);
  const notes: string[] = [];
  for (const part of splitTop(text, "&&")) {
    const choices = splitTop(part, "||");
    if (
      choices.some(
        (choice) => ALWAYS.test(choice) || ON_PULL_REQUEST.test(choice) || NOT_OTHER_EVENT.test(choice),
      )
    )
      continue;
    if (choices.some((choice) => USUAL.test(choice) || isOnALeg(choice, matrix))) notes.push(part);
    else return { kind: "may-skip", text };
  }
  return notes.length > 0 ? { kind: "note", text: notes.join(" && ") } : { kind: "runs" };
}

/** `matrix.node == 22`, where the matrix has such a leg. */
function isOnALeg(choice: string, matrix: Readonly<Record<string, unknown>>): boolean {
  const match = /^matrix\.([\w-]+)(?:\s*==\s*(?:'([^']*)'|([\w.]+)))?$/.exec(choice);
  if (!match) return false;
  const [, name = "", quoted, plain] = match;
  const included = Array.isArray(matrix["include"]) ? matrix["include"].map(asRecord) : [];
  const values = [matrix[name], included.map((leg) => leg[name])].flat();
  const wanted = quoted ?? plain;
  return values.some((value) => (wanted === undefined ? Boolean(value) : String(value) === wanted));
}

/** The expression without `${{ }}` and outer parentheses. */
export function conditionText(condition: unknown): string {
  const text = String(condition)
    .trim()
    .replace(/^\$\{\{([\s\S]*)\}\}$/, "$1")
    .replace(/\s+/g, " ")
    .trim();
  return unwrap(text);
}

function unwrap(text: string): string {
  if (!(text.startsWith("(") && text.endsWith(")"))) return text;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "(") depth += 1;
    if (text[at] === ")") depth -= 1;
    if (depth === 0 && at < text.length - 1) return text;
  }
  return unwrap(text.slice(1, -1).trim());
}

/** The operands of an operator that stands in no parentheses. */
export function splitTop(text: string, operator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "(") depth += 1;
    if (text[at] === ")") depth -= 1;
    if (depth === 0 && text.startsWith(operator, at)) {
      parts.push(text.slice(from, at));
      from = at + operator.length;
    }
  }
  parts.push(text.slice(from));
  return parts.map((part) => unwrap(part.trim()));
}
