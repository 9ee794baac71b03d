import { createInterface } from "node:readline";
import { formatDecisions, type ReplayedDecision } from "../../config/decisions-file.ts";
import { neutralise } from "../../report/escape-text.ts";
import { countOf } from "../../report/fit-text.ts";
import type { RunResult } from "../../report/run-result.ts";
import { createPaint } from "../../report/terminal/paint.ts";
import type { CliContext } from "../context.ts";
import { writeReportFile } from "../report-file.ts";
import { useColor } from "../use-color.ts";
import { widthOf, writeText } from "../write-text.ts";
import { ANSWER_HELP, parseAnswer } from "./parse-answer.ts";
import { renderStep } from "./render-step.ts";
import {
  type CheckKey,
  decisionsOf,
  type ReviewAction,
  type ReviewSession,
  reviewSession,
  takeAction,
} from "./review-session.ts";

export interface ReviewInput {
  /** the plan, run without writing */
  readonly result: RunResult;
  /** why a key cannot stand at a site, as a sentence, or null */
  readonly checkKey?: CheckKey;
  readonly earlier: readonly ReplayedDecision[];
  /** where decisions are kept; null keeps them in memory only */
  readonly file: string | null;
  /** false with `--no-color` */
  readonly color: boolean;
  readonly context: CliContext;
}

export interface ReviewOutcome {
  /** false when the person quit before the last site */
  readonly finished: boolean;
  readonly decisions: ReplayedDecision[];
}

/** The dialogue on stdin and stderr. Each answer is saved at once, so that no way of leaving loses one. */
export async function runReview({
  result,
  checkKey,
  earlier,
  file,
  color,
  context,
}: ReviewInput): Promise<ReviewOutcome> {
  const { stderr } = context;
  const paint = createPaint(useColor(stderr, context.env, color));
  const say = (text: string) => writeText(stderr, text);
  let session = reviewSession(result.sites, earlier, checkKey);
  if (session.steps.length === 0) await say("There is no site to decide.\n");

  const lines = createInterface({
    input: context.stdin,
    terminal: false,
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  const reader = lines[Symbol.asyncIterator]();
  const ask = async (prompt: string): Promise<string | null> => {
    await say(prompt);
    const next = await reader.next();
    return next.done ? null : next.value;
  };

  try {
    while (session.steps.length > 0) {
      const last = session.state === "finished";
      if (!last) await say(renderStep(session, result, widthOf(stderr), paint));
      const action = last ? await confirmEnd(session, ask, say) : await readAction(ask, say);
      if (action === "go") break;
      session = takeAction(session, action);
      if (file !== null && session.refusal === null && session.answers.size > 0)
        await writeReportFile(file, formatDecisions(decisionsOf(session)));
      if (session.state === "quit") break;
    }
  } finally {
    lines.close();
  }
  if (session.steps.length > 0) await say(closingWords(session, file));
  return { finished: session.state === "finished", decisions: decisionsOf(session) };
}

/** Asks until there is an action; the end of the input means quit. */
async function readAction(
  ask: (prompt: string) => Promise<string | null>,
  say: (text: string) => Promise<void>,
): Promise<ReviewAction> {
  for (;;) {
    const line = await ask("[a]ccept, 1…, [e]xpression, [s]kip, [m]ark, [b]ack, [k]eep, [q]uit, ? > ");
    if (line === null) return { type: "quit" };
    const answer = parseAnswer(line);
    if (answer === null) await say("That is no answer; ? lists them.\n");
    else if (answer.type === "help") await say(ANSWER_HELP);
    else if (answer.type === "ask-expression") {
      const text = await ask("key expression > ");
      return text === null ? { type: "quit" } : { type: "expression", text };
    } else return answer;
  }
}

/** After the last site, so that its answer can be taken back too; the end of the input means quit. */
async function confirmEnd(
  { steps }: ReviewSession,
  ask: (prompt: string) => Promise<string | null>,
  say: (text: string) => Promise<void>,
): Promise<"go" | ReviewAction> {
  await say(`\n${countOf(steps.length, "decision")} made, none is open.\n`);
  for (;;) {
    const line = await ask("[g]o on with the run, [b]ack, [q]uit > ");
    if (line === null) return { type: "quit" };
    if (/^\s*(g|go|y|yes)\s*$/.test(line)) return "go";
    const answer = parseAnswer(line);
    if (answer?.type === "back" || answer?.type === "quit") return answer;
    await say("That is no answer: g, b or q. Decisions are kept in any case.\n");
  }
}

function closingWords(session: ReviewSession, file: string | null): string {
  const answered = session.steps.filter((step) => step.every((site) => session.answers.has(site.id))).length;
  const kept = file === null ? "not kept (DRY_RUN is set)" : `kept in ${neutralise(file)}`;
  const decided = `${answered} of ${session.steps.length} decided`;
  const replay = file === null ? "" : ` (--decisions FILE replays them)`;
  return session.state === "finished"
    ? `\n${decided}, ${kept}${replay}.\n`
    : `\n${decided}, ${kept}. Nothing was written; the same command goes on from here.\n`;
}
