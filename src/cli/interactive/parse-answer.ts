import type { ReviewAction } from "./review-session.ts";

/** What a typed line asks for: an action, the help text, or an expression to be typed next. */
export type Answer = ReviewAction | { readonly type: "help" } | { readonly type: "ask-expression" } | null;

export const ANSWER_HELP = `
  a          accept the proposed key
  1, 2, …    take this candidate
  e [TEXT]   type the key as an expression
  s          skip: leave the site as it is
  m          mark: leave it, with a marker comment and its reason
  b          back to the site before
  k          keep what was decided here before, and go on
  q          quit; decisions so far are kept
  ?          this help
`;

/** @returns null for a line that is no answer */
export function parseAnswer(line: string): Answer {
  const typed = line.trim();
  if (/^\d{1,3}$/.test(typed)) return { type: "choose", candidate: Number(typed) - 1 };
  const expression = /^e(?:dit)?(?:\s+(.*))?$/.exec(typed);
  if (expression) {
    const text = expression[1];
    return text === undefined ? { type: "ask-expression" } : { type: "expression", text };
  }
  switch (typed) {
    case "a":
    case "accept":
      return { type: "accept" };
    case "s":
    case "skip":
      return { type: "skip" };
    case "m":
    case "mark":
      return { type: "mark" };
    case "b":
    case "back":
      return { type: "back" };
    case "k":
    case "keep":
      return { type: "keep" };
    case "q":
    case "quit":
      return { type: "quit" };
    case "?":
    case "h":
    case "help":
      return { type: "help" };
    default:
      return null;
  }
}
