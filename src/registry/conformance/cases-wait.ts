import assert from "node:assert/strict";
import type { ConformanceCase } from "./conformance-case.ts";

/** A38 to A43, A45 and A46: when a wait answers, and what it keeps alive. */
export const waitCases: readonly ConformanceCase[] = [
  {
    id: "A38",
    title: "200 ends, each told to its waiter within 5 ms (p99)",
    protectsFrom: "a pause after every /stop, reset and delete",
    async run(context) {
      const latencies: number[] = [];
      // A tenth of them late is beyond any p99: a poller need not be watched for all 200.
      while (latencies.length < 200 && latencies.filter((ms) => ms >= 5).length < 20) {
        const run = context.register("a");
        const waiting = context.registry.waitForSessionRunEnd("a", 10_000);
        await context.turn();
        const ended = performance.now();
        run.end();
        assert.equal(await waiting, true);
        latencies.push(performance.now() - ended);
      }
      const p99 = latencies.sort((a, b) => a - b)[Math.ceil(latencies.length * 0.99) - 1]!;
      assert.ok(p99 < 5, `p99 is ${p99.toFixed(1)} ms`);
    },
  },
  {
    id: "A39",
    title: "a timeout of 0, -1, NaN or undefined does not wait",
    protectsFrom: "a wait that never ends because a number came from a config",
    async run(context) {
      const warnings: string[] = [];
      process.on("warning", (warning) => warnings.push(warning.name));
      context.register("a");
      for (const timeout of [0, -1, NaN, undefined]) {
        const waiting = context.registry.waitForSessionRunEnd("a", timeout as number);
        assert.equal(await context.within(waiting, 500), false, `a timeout of ${timeout}`);
      }
      assert.deepEqual(warnings, []);
    },
  },
  {
    id: "A40",
    title: "a timeout of Infinity sets no timer",
    protectsFrom: "a process kept alive, or woken up, by a wait without end",
    async run(context) {
      const run = context.register("a");
      const before = context.liveTimers();
      const waiting = context.registry.waitForSessionRunEnd("a", Infinity);
      assert.equal(context.liveTimers(), before);
      assert.equal(await context.within(waiting, 100), "pending");
      run.end();
      assert.equal(await context.within(waiting, 1_000), true);
    },
  },
  {
    id: "A41",
    title: "timeouts of 2^31 and 2^40 ms",
    protectsFrom: "a long wait that Node turns into one of 1 ms",
    async run(context) {
      const warnings: string[] = [];
      process.on("warning", (warning) => warnings.push(warning.name));
      const run = context.register("a");
      const waits = [2 ** 31, 2 ** 40].map((timeout) => context.registry.waitForSessionRunEnd("a", timeout));
      for (const waiting of waits) assert.equal(await context.within(waiting, 50), "pending");
      assert.deepEqual(warnings, []);
      run.end();
      assert.deepEqual(await context.within(Promise.all(waits), 1_000), [true, true]);
    },
  },
  {
    id: "A42",
    title: "the wall clock jumps by an hour, forward and back",
    protectsFrom: "waits that fail, or hang, when the clock is set",
    async run(context) {
      const realNow = Date.now;
      const jump = (ms: number) => {
        Date.now = () => realNow() + ms;
      };
      try {
        const run = context.register("a");
        const patient = context.registry.waitForSessionRunEnd("a", 60_000);
        jump(3_600_000);
        assert.equal(await context.within(patient, 200), "pending", "one hour forward");
        run.end();
        assert.equal(await context.within(patient, 1_000), true);
        Date.now = realNow;
        context.register("a");
        const short = context.registry.waitForSessionRunEnd("a", 100);
        jump(-3_600_000);
        assert.equal(await context.within(short, 2_000), false, "one hour back");
      } finally {
        Date.now = realNow;
      }
    },
  },
  {
    id: "A43",
    title: "the end and the timeout in the same tick",
    protectsFrom: "UNAVAILABLE for a session whose run has ended",
    async run(context) {
      const first = context.register("a");
      const beforeTimers = context.registry.waitForSessionRunEnd("a", 20);
      context.block(60);
      first.end();
      assert.equal(await beforeTimers, true, "ended before the overdue timer was served");
      const second = context.register("b");
      const amongTimers = context.registry.waitForSessionRunEnd("b", 20);
      setTimeout(() => second.end(), 20);
      context.block(60);
      assert.equal(await amongTimers, true, "ended by a timer due in the same tick");
    },
  },
  {
    id: "A45",
    title: "an abandoned wait of 10 s, then the end: the process may exit",
    protectsFrom: "shutdowns that hang on waits nobody reads",
    async run(context) {
      const end = await context.processes.runToEnd("abandons-a-wait.mjs", [context.entryUrl]);
      assert.equal(end.code, 0, end.stderr);
      assert.ok(Number(end.stdout) < 200, `free to exit ${end.stdout} ms after the end`);
    },
  },
  {
    id: "A46",
    title: "a wait at top level with nothing else alive",
    protectsFrom: "exit code 13 instead of an answer",
    async run(context) {
      const end = await context.processes.runToEnd("waits-at-top-level.mjs", [context.entryUrl]);
      assert.deepEqual(
        { code: end.code, stdout: end.stdout.trim() },
        { code: 0, stdout: "false" },
        end.stderr,
      );
    },
  },
];
