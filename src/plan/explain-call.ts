import type { Analysis } from "../analyze/analysis.ts";
import type { Migration } from "../migration/migration.ts";
import { LineIndex } from "../shared/location.ts";
import type { Evidence } from "../shared/location.ts";
import type { CallDecision } from "./decide-calls.ts";
import { settleTimeout } from "./decide-calls.ts";
import { staysBehind } from "./plan-guards.ts";

/** What a reader should know of a decision besides its proof: what moves without it, what stays beside it, and why. */
export function explainCall(
  decision: CallDecision,
  decisions: readonly CallDecision[],
  analysis: Analysis,
  migration: Migration,
  settle: boolean,
): Evidence[] {
  const { call, fn } = decision;
  const notes: Evidence[] = [];
  const note = (text: string, line = call.line): void => {
    notes.push({ file: call.file, line, note: text });
  };
  const sameFlow = decisions.filter(
    (other) => other !== decision && other.call.cluster === call.cluster && other.call.file === call.file,
  );
  const steering = sameFlow.find((other) => other.fn.keyed && other.fn.replacement === null);
  const moved = sameFlow.find((other) => other.decision === "rewrite");
  if (decision.decision === "rewrite" && steering)
    note(
      `${steering.call.name} of the same flow has no counterpart in the registry and stays: it still asks the old engine, which knows nothing of the runs that ${fn.replacement} sees`,
      steering.call.line,
    );
  if (decision.reason === "no-counterpart" && fn.keyed && moved)
    note(
      `${moved.call.name} of the same flow asks the registry from now on; of a run that is only there, ${call.name} says that there is none`,
      moved.call.line,
    );
  if (decision.reason === "feeds-no-counterpart" && fn.keyed && steering) {
    note(
      `${steering.call.name} of the same flow has no counterpart: moved alone, this would open a branch that cannot work for a run of the registry`,
      steering.call.line,
    );
    const other = decisions.find(
      (one) =>
        one.decision === "rewrite" &&
        one.fn.role === fn.role &&
        one.call.scope === call.scope &&
        one.call.cluster !== call.cluster,
    );
    if (other)
      note(
        `${other.call.name} here is about another session, and decides about a stop: it moves`,
        other.call.line,
      );
  }
  if (decision.decision !== "rewrite" || decision.key === null || call.via === "placeholder") return notes;
  const text = analysis.texts.get(call.file) ?? "";
  const lines = new LineIndex(text);
  for (const guard of staysBehind(
    decision,
    kills(
      decision,
      decisions.filter((one) => one.decision === "rewrite"),
    ),
  ))
    note(
      guard.otherReads
        ? "this test of the id stays: what comes behind it reads the id too"
        : "this test of the id stays: it says whether there is anything to wait for",
      lines.at(guard.test.start).line,
    );
  const settled = migration.entryPoints.filter((entry) => entry.settleTimeout !== undefined);
  if (
    settle &&
    fn.role === "abort" &&
    settleTimeout(decision, migration) === undefined &&
    !sameFlow.some((other) => other.fn.role === "wait") &&
    call.result === null &&
    call.standsAlone &&
    settled.length > 0
  )
    note(
      `its answer is dropped here, so no wait for the end is added: that is done where the answer tells the user whether a run was stopped (${settled.map(({ name }) => name).join(", ")})`,
    );
  return notes;
}

/** The flow of a call kills. */
export function kills(decision: CallDecision, decisions: readonly CallDecision[]): boolean {
  return decisions.some((other) => other.call.cluster === decision.call.cluster && other.fn.role === "abort");
}
