import fc from "fast-check";
import { expect, it } from "vitest";
import { analyze } from "../src/analyze/analyze.ts";
import { applyPlan } from "../src/apply/apply-plan.ts";
import { textWorkspace } from "../src/apply/text-workspace.ts";
import { piToSessionRun } from "../src/migration/pi-to-session-run.ts";
import { makePlan } from "../src/plan/make-plan.ts";
import { siteId } from "../src/plan/decide-calls.ts";
import type { Analysis } from "../src/analyze/analysis.ts";
import type { Plan } from "../src/plan/plan.ts";
import type { Workspace } from "../src/discover/workspace.ts";
import { applyEdits, type Edit } from "../src/shared/location.ts";
import { ProgramWriter, Tape } from "./helpers/generate-program.ts";
import { describeTally, type PropertyTally } from "./helpers/property-tally.ts";
import { type ProgramRun, runProgram } from "./helpers/run-program.ts";

const FILE = "src/auto-reply/reply/program.ts";
const PROGRAMS = Number(process.env.REWIRE_ABORT_PROGRAMS ?? 300);
/** One changed program of so many is applied and run as well. */
const APPLIED = 5;
// A fixed seed, so that a red run is about the change at hand; hunts set another.
const SEED = Number(process.env.REWIRE_ABORT_SEED ?? 20261123);

/** Programs as numbers that decide each choice: a failure shrinks to few statements of the simplest kinds. */
const tapes = fc.array(fc.nat(4_095), { minLength: 12, maxLength: 220, size: "max" });

/** The program as it was, with the chosen key read beside each id that it is to replace. */
function withProbes(text: string, analysis: Analysis, plan: Plan): string {
  const edits: Edit[] = [];
  const renamed = new Set(analysis.wrappers.map(({ newName }) => newName));
  for (const call of [...analysis.calls, ...analysis.wrappers.flatMap(({ calls }) => calls)]) {
    const site = plan.sites.find(
      ({ id, kind }) => id === siteId(call) && (kind === "wrapper") === (call.via === "wrapper"),
    );
    const id = call.arguments[call.idIndex];
    if (site?.decision !== "rewrite" || site.key === null || !id) continue;
    // The renamed parameter of a wrapper is no name yet; its callers say what it will hold.
    if (call.wrapper !== null && call.via !== "wrapper" && renamed.has(site.key)) continue;
    const probe = `__probe(${text.slice(id.start, id.end)}, () => ${site.key}, ${JSON.stringify(site.id)})`;
    edits.push({ ...id, text: probe });
  }
  return applyEdits(text, edits);
}

/** What is not in the other list in this order. */
function missing(wanted: readonly string[], found: readonly string[]): string[] {
  let at = 0;
  return wanted.filter((event) => {
    const next = found.indexOf(event, at);
    if (next >= 0) at = next + 1;
    return next < 0;
  });
}

/**
 * The changed program stops whatever the old one stopped. It may stop more: where an entry is missing there is no id,
 * yet its key can be killed, which finds no run.
 */
async function expectNothingLost(
  before: string,
  runs: readonly ProgramRun[],
  plan: Plan,
  workspace: Workspace,
): Promise<void> {
  const { changes } = await applyPlan(plan, workspace);
  const after = changes[0]!.after;
  const found = await runProgram(after);
  for (const [at, run] of runs.entries())
    if (run.error === null)
      expect(missing(run.events, found[at]!.events), `${before}\n=== becomes ===\n${after}`).toEqual([]);
}

it(
  `chooses no key of another session in ${PROGRAMS} programs`,
  async ({ task }) => {
    const tally: PropertyTally = { programs: 0, calls: 0, refused: 0, changed: 0, observed: 0 };
    await fc.assert(
      fc.asyncProperty(tapes, async (numbers) => {
        const before = new ProgramWriter(new Tape(numbers)).write();
        const workspace = textWorkspace(new Map([[FILE, before]]));
        const analysis = analyze(workspace, piToSessionRun);
        expect(analysis.failed, before).toEqual([]);
        const plan = makePlan(analysis, piToSessionRun, { minConfidence: "proven", settle: false });
        const calls = plan.sites.filter((site) => site.kind === "call");
        tally.programs += 1;
        tally.calls += calls.length;
        tally.refused += calls.filter((site) => site.decision === "manual").length;
        if (!calls.some((site) => site.decision === "rewrite")) return;
        tally.changed += 1;
        const runs = await runProgram(withProbes(before, analysis, plan));
        if (runs.some((run) => run.events.length > 0)) tally.observed += 1;
        for (const run of runs) expect(run.wrong, before).toEqual([]);
        if (tally.changed % APPLIED === 0) await expectNothingLost(before, runs, plan, workspace);
      }),
      { numRuns: PROGRAMS, seed: SEED, endOnFailure: false },
    );
    console.log(`seed ${SEED}: ${describeTally(tally)}, 0 wrong keys`);
    task.meta.tally = tally;
    // A generator that gives nothing to decide, or an engine that refuses everything, would pass unseen.
    expect(tally.observed).toBeGreaterThan(PROGRAMS / 10);
  },
  60 * 60_000,
);
