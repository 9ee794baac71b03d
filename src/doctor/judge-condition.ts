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

/** Judges the `if:` of a job or step that runs the gate. */
export function judgeCondition(condition: unknown): ConditionVerdict {
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
    if (choices.some((choice) => USUAL.test(choice))) notes.push(part);
    else return { kind: "may-skip", text };
  }
  return notes.length > 0 ? { kind: "note", text: notes.join(" && ") } : { kind: "runs" };
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

function splitTop(text: string, operator: string): string[] {
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
