import { placeOfDecision, type ReplayedDecision } from "../../config/decisions-file.ts";
import { joinAlike } from "../../report/group-by-file.ts";
import type { SiteDecision } from "../../plan/plan.ts";

/** What a person says about one step. */
export type ReviewAction =
  | { readonly type: "accept" }
  /** take the candidate at this position of `candidatesOf` */
  | { readonly type: "choose"; readonly candidate: number }
  | { readonly type: "expression"; readonly text: string }
  | { readonly type: "skip" }
  | { readonly type: "mark" }
  | { readonly type: "back" }
  /** go on with the answer that the step has already */
  | { readonly type: "keep" }
  | { readonly type: "quit" };

/**
 * A session over the sites of a plan. Each step is one cluster, since its sites are migrated together or not at all
 * and share one key. The value is never changed: every action returns the next one.
 */
export interface ReviewSession {
  readonly steps: readonly (readonly SiteDecision[])[];
  /** the step that is asked about; `steps.length` when all are answered */
  readonly at: number;
  readonly answers: ReadonlyMap<string, ReplayedDecision>;
  readonly checkKey: CheckKey;
  /** ids of sites that read like no other in their function, so that they can be found again where lines move */
  readonly lone: ReadonlySet<string>;
  readonly state: "asking" | "finished" | "quit";
  /** why the last action was not taken, as a sentence */
  readonly refusal: string | null;
}

/** Why a key cannot stand at a site, as a sentence, or null. */
export type CheckKey = (site: string, key: string) => string | null;

const MAX_EXPRESSION = 200;
/** Refusals that no key can lift: such a site can only be skipped or marked. */
const KEYLESS = ["no-counterpart", "dynamic-callee", "unsupported-shape"];

/**
 * Starts a session.
 * @param sites    decisions of a plan; those that need no word of a person (proven keys, kept sites, imports, tests)
 *                 are not asked about
 * @param earlier  decisions of a session before; a site that reads differently now is asked about again
 * @param checkKey asked before a candidate or an expression is taken. @default takes every key
 */
export function reviewSession(
  sites: readonly SiteDecision[],
  earlier: readonly ReplayedDecision[] = [],
  checkKey: CheckKey = () => null,
): ReviewSession {
  const clusters = new Map<string, SiteDecision[]>();
  const open = new Set(sites.filter(needsReview).map((site) => site.cluster));
  // The sites of a cluster share one answer, so that a proven one among open ones is asked about with them.
  for (const site of sites.filter((one) => isCall(one) && open.has(one.cluster))) {
    const members = clusters.get(site.cluster);
    if (members) members.push(site);
    else clusters.set(site.cluster, [site]);
  }
  const steps = [...clusters.values()];
  const answers = new Map(
    earlier.flatMap((decision) => {
      const found = placeOfDecision(decision, steps.flat());
      return found?.argument === decision.argument
        ? [[found.id, { ...decision, site: found.id }] as const]
        : [];
    }),
  );
  const lone = new Set(
    joinAlike(sites, ({ file, function: within, callee, argument }) =>
      JSON.stringify([file, within, callee, argument]),
    ).flatMap((alike) => (alike.length === 1 ? [alike[0].id] : [])),
  );
  return settle({ steps, at: 0, answers, checkKey, lone, state: "asking", refusal: null });
}

/** Calls that are left for a person, or whose key is only likely; the rest follows from them. */
export function needsReview(site: SiteDecision): boolean {
  return (
    isCall(site) &&
    (site.decision === "manual" || (site.decision === "rewrite" && site.confidence === "likely"))
  );
}

/** Production calls that a decision can be about. */
function isCall({ kind, decision, reason, key }: SiteDecision): boolean {
  if ((kind !== "call" && kind !== "wrapper") || reason === "test-double") return false;
  return decision === "manual" || (decision === "rewrite" && key !== null);
}

/** Keys that the analysis found for a step, the proposed one first, without repeats. */
export function candidatesOf(step: readonly SiteDecision[]): string[] {
  const proposed = step.flatMap((site) => (site.key === null ? [] : [site.key]));
  const rivals = step.flatMap((site) => site.rejected.map(({ key }) => key));
  return [...new Set([...proposed, ...rivals])];
}

/** The next session after one action. An action that cannot be taken leaves everything but `refusal` as it was. */
export function takeAction(session: ReviewSession, action: ReviewAction): ReviewSession {
  if (action.type === "quit") return { ...session, state: "quit", refusal: null };
  if (action.type === "back")
    return session.at === 0
      ? refuse(session, "This is the first site.")
      : { ...session, at: session.at - 1, state: "asking", refusal: null };
  const step = session.steps[session.at];
  if (step === undefined) return refuse(session, "Every site is decided.");
  if (action.type === "keep")
    return step.every((site) => session.answers.has(site.id))
      ? settle({ ...session, at: session.at + 1, refusal: null })
      : refuse(session, "Nothing was decided here yet.");
  const answer = answerFor(step, action, session);
  if (typeof answer === "string") return refuse(session, answer);
  const answers = new Map(session.answers);
  for (const decision of answer) answers.set(decision.site, decision);
  return settle({ ...session, answers, at: session.at + 1, refusal: null });
}

/** Decisions so far, for the decisions file. */
export function decisionsOf(session: ReviewSession): ReplayedDecision[] {
  return [...session.answers.values()];
}

type Answer = Exclude<ReviewAction, { readonly type: "back" | "keep" | "quit" }>;

function answerFor(
  step: readonly SiteDecision[],
  action: Answer,
  { checkKey, lone }: ReviewSession,
): ReplayedDecision[] | string {
  const withKey = (key: string): ReplayedDecision[] | string => {
    if (step.every(({ reason }) => reason !== null && KEYLESS.includes(reason)))
      return "No key can move this call: skip it or mark it.";
    const problem = step.map((site) => checkKey(site.id, key)).find((one) => one !== null);
    return problem ?? all("key", () => key);
  };
  const all = (kind: ReplayedDecision["action"], keyOf: (site: SiteDecision) => string | null) =>
    step.map((site) => ({
      site: site.id,
      ...(lone.has(site.id) && { function: site.function }),
      callee: site.callee,
      argument: site.argument,
      action: kind,
      key: keyOf(site),
    }));
  switch (action.type) {
    case "skip":
    case "mark":
      return all(action.type, () => null);
    case "accept":
      return step.some((site) => site.key === null)
        ? "There is no proposed key to accept: choose a candidate, type an expression, or skip."
        : all("accept", (site) => site.key);
    case "choose": {
      const key = candidatesOf(step)[action.candidate];
      return key === undefined ? "There is no such candidate." : withKey(key);
    }
    case "expression": {
      const key = action.text.trim();
      return expressionProblem(key) ?? withKey(key);
    }
  }
}

/** What is plainly no single expression is refused here; whether it parses in its place is verified with the change. */
function expressionProblem(text: string): string | null {
  if (text === "") return "The expression is empty.";
  if (text.length > MAX_EXPRESSION) return `The expression is longer than ${MAX_EXPRESSION} characters.`;
  if (/[\n\r;]|\/\/|\/\*/.test(text))
    return "Type one expression, without semicolons, comments or line breaks.";
  const open: string[] = [];
  for (const char of text.replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`/g, "")) {
    const close = { "(": ")", "[": "]", "{": "}" }[char];
    if (close !== undefined) open.push(close);
    else if (")]}".includes(char) && open.pop() !== char)
      return "The brackets of the expression do not match.";
    else if (char === "," && open.length === 0) return "Type one expression, without a comma.";
    else if (`"'\``.includes(char)) return "A string in the expression is not closed.";
  }
  return open.length > 0 ? "The brackets of the expression do not match." : null;
}

function refuse(session: ReviewSession, refusal: string): ReviewSession {
  return { ...session, refusal };
}

/** Goes on to the next step without an answer. */
function settle(session: ReviewSession): ReviewSession {
  let { at } = session;
  const answered = (step: readonly SiteDecision[]) => step.every((site) => session.answers.has(site.id));
  while (at < session.steps.length && answered(session.steps[at]!)) at += 1;
  return { ...session, at, state: at >= session.steps.length ? "finished" : "asking" };
}
