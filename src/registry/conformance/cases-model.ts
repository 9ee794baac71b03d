import assert from "node:assert/strict";
import fc from "fast-check";
import type { CaseContext } from "./case-context.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { missing, withLaterStart, withStat } from "./proc-stat.ts";
import {
  createModel,
  MODEL_KEYS,
  type RegistryModel,
  type RegistryUnderModel,
  steps,
} from "./registry-model.ts";
import { installVirtualTimers, type VirtualTimers } from "./virtual-timers.ts";

/** A51 to A53: against a model, under every interleaving, and with every fault at once. */
export const modelCases: readonly ConformanceCase[] = [
  {
    id: "A51",
    title: "10,000 random histories equal a model of keys and ended runs",
    protectsFrom: "sequences nobody thought of",
    timeLimitMs: 300_000,
    run(context) {
      fc.assert(
        fc.property(fc.commands(commandArbitraries(context), { maxCommands: 30 }), (commands) =>
          fc.modelRun(() => createModel(context), commands),
        ),
        { numRuns: context.scaled(10_000, 300) },
      );
    },
  },
  {
    id: "A52",
    title: "10,000 interleavings of ends, waits and timeouts",
    protectsFrom: "waits that are lost, answer early, or answer twice",
    timeLimitMs: 300_000,
    async run(context) {
      await fc.assert(
        fc.asyncProperty(
          fc.scheduler(),
          fc.commands(waitCommandArbitraries(context), { maxCommands: 20 }),
          (s, cmds) => runInterleaved(context, s, cmds),
        ),
        { numRuns: context.scaled(10_000, 300) },
      );
    },
  },
  {
    id: "A53",
    title: "every mix of kill errors, /proc faults and clock jumps",
    protectsFrom: "a kill that throws, or says true for what it did not do",
    linuxOnly: true,
    async run(context) {
      const { pid } = await context.processes.start("forever.mjs");
      const realNow = Date.now;
      for (const [killName, answer] of Object.entries(KILL_ANSWERS)) {
        for (const [procName, fake] of Object.entries(PROC_FAULTS)) {
          for (const jump of [0, 3_600_000]) {
            const mix = `kill ${killName}, /proc ${procName}, clock +${jump}`;
            const early = procName === "changed" ? (real: () => string) => real() : fake;
            await withStat(early, () => context.register("a", { pid }));
            Date.now = () => realNow() + jump;
            context.kills.respond = answer;
            context.kills.calls.length = 0;
            const killed = await withStat(fake, () => context.registry.killSessionRun("a"));
            context.kills.respond = undefined;
            Date.now = realNow;
            assert.equal(killed, killName === "ok" && procName !== "changed", mix);
            if (procName === "changed") assert.deepEqual(context.kills.calls, [], mix);
            assert.equal(context.registry.isSessionRunActive("a"), true, mix);
            context.registry.unregisterSessionRun("a");
          }
        }
      }
    },
  },
];

const failWith = (error: unknown) => (): true => {
  throw error;
};
const systemError = (code: string) => Object.assign(new Error(`kill ${code}`), { code });
const KILL_ANSWERS: Record<string, () => true> = {
  ok: () => true,
  ESRCH: failWith(systemError("ESRCH")),
  EPERM: failWith(systemError("EPERM")),
  EINVAL: failWith(systemError("EINVAL")),
  "throwing text": failWith("not an error object"),
};
const PROC_FAULTS: Record<string, (real: () => string) => string> = {
  readable: (real) => real(),
  missing,
  garbage: () => "not a stat line",
  changed: (real) => withLaterStart(real()),
};

type ModelCommand = fc.Command<RegistryModel, RegistryUnderModel>;

function commandArbitraries(context: CaseContext): fc.Arbitrary<ModelCommand>[] {
  const key = fc.constantFrom(...MODEL_KEYS);
  const pick = fc.nat(1_000);
  const arbitraries = [
    key.map((each) => onKey("register", each)),
    pick.map((each) => onRun("release", each)),
    key.map((each) => onKey("unregister", each)),
    key.map((each) => onKey("kill", each)),
  ];
  if (context.unregistersByHandle()) {
    arbitraries.push(pick.map((each) => onRun("unregisterExactly", each)));
  }
  return arbitraries;
}

function onKey(step: "register" | "unregister" | "kill", key: string): ModelCommand {
  return {
    check: () => true,
    run(model, real) {
      steps[step](model, real, key);
      steps.compare(model, real);
    },
    toString: () => `${step}(${JSON.stringify(key)})`,
  };
}

function onRun(step: "release" | "unregisterExactly", pick: number): ModelCommand {
  return {
    check: (model) => model.count > 0,
    run(model, real) {
      steps[step](model, real, pick % model.count);
      steps.compare(model, real);
    },
    toString: () => `${step}(run ${pick} of those registered)`,
  };
}

interface PendingWait {
  readonly run: number;
  readonly startedAt: number;
  readonly deadline: number;
  answers: boolean[];
  answeredAt: number | undefined;
  /** It said that the run has ended, and at that moment it had not. */
  tooEarly: boolean;
}

interface InterleavedReal extends RegistryUnderModel {
  readonly timers: VirtualTimers;
  readonly waits: PendingWait[];
  /** Run id to the virtual time of its end. */
  readonly endTimes: Map<number, number>;
}

function waitCommandArbitraries(
  context: CaseContext,
): fc.Arbitrary<fc.AsyncCommand<RegistryModel, InterleavedReal>>[] {
  const waits = fc
    .record({ key: fc.constantFrom(...MODEL_KEYS), timeout: fc.constantFrom(-1, 0, 30, 80, 200) })
    .map(
      ({ key, timeout }): fc.AsyncCommand<RegistryModel, InterleavedReal> => ({
        check: (model) => model.current.has(key),
        run: async (model, real) => startWait(model, real, key, timeout),
        toString: () => `wait(${JSON.stringify(key)}, ${timeout})`,
      }),
    );
  const others = commandArbitraries(context).map((arbitrary) =>
    arbitrary.map(
      (command): fc.AsyncCommand<RegistryModel, InterleavedReal> => ({
        check: (model) => command.check(model),
        async run(model, real) {
          command.run(model, real);
          for (const id of model.ended) if (!real.endTimes.has(id)) real.endTimes.set(id, real.timers.now());
        },
        toString: () => command.toString(),
      }),
    ),
  );
  return [waits, ...others];
}

function startWait(model: RegistryModel, real: InterleavedReal, key: string, timeout: number): void {
  const startedAt = real.timers.now();
  const wait: PendingWait = {
    run: model.current.get(key)!,
    startedAt,
    deadline: startedAt + Math.max(0, timeout),
    answers: [],
    answeredAt: undefined,
    tooEarly: false,
  };
  real.waits.push(wait);
  void real.context.registry.waitForSessionRunEnd(key, timeout).then((ended) => {
    wait.answers.push(ended);
    wait.tooEarly ||= ended && !real.endTimes.has(wait.run);
    wait.answeredAt = real.timers.now();
  });
}

async function runInterleaved(
  context: CaseContext,
  scheduler: fc.Scheduler,
  commands: Iterable<fc.AsyncCommand<RegistryModel, InterleavedReal>>,
): Promise<void> {
  const timers = installVirtualTimers(scheduler);
  const waits: PendingWait[] = [];
  const endTimes = new Map<number, number>();
  try {
    const setup = () => {
      const { model, real } = createModel(context);
      return { model, real: { ...real, timers, waits, endTimes } };
    };
    await fc.scheduledModelRun(scheduler, setup, commands);
    await scheduler.waitIdle();
  } finally {
    timers.restore();
  }
  await context.turn();
  for (const wait of waits) assertAnswered(wait, endTimes.get(wait.run));
}

function assertAnswered(wait: PendingWait, endedAt: number | undefined): void {
  const what = `the wait for run ${wait.run} from ${wait.startedAt} to ${wait.deadline}, ended at ${endedAt}`;
  assert.equal(wait.answers.length, 1, `${what}: answers`);
  assert.equal(wait.tooEarly, false, `${what}: answered true before the end`);
  if (endedAt === undefined) assert.equal(wait.answers[0], false, what);
  // Between the deadline and the turn of the overdue timer either answer is right.
  else if (endedAt < wait.deadline) assert.equal(wait.answers[0], true, what);
  if (wait.answers[0] === false) assert.ok(wait.answeredAt! >= wait.deadline, `${what}: gave up too early`);
}
