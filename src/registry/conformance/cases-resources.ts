import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { CaseContext } from "./case-context.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import type { RegistryModule } from "./registry-module.ts";

const load = createRequire(import.meta.url);
const SHARED_KEY = /Symbol\.for\((["'`])([^"'`]+)\1\)/;

/** A44 and A47 to A50: timers, memory, listeners, and several copies of the module. */
export const resourceCases: readonly ConformanceCase[] = [
  {
    id: "A44",
    title: "10,000 waiters on one run, one end",
    protectsFrom: "timers that outlive what they wait for",
    async run(context) {
      const run = context.register("a");
      const before = context.liveTimers();
      const waits = Array.from({ length: 10_000 }, () => context.registry.waitForSessionRunEnd("a", 60_000));
      run.end();
      await context.turn();
      assert.ok(
        context.liveTimers() <= before,
        `${context.liveTimers()} timers after the end, ${before} before`,
      );
      assert.ok((await Promise.all(waits)).every((ended) => ended === true));
    },
  },
  {
    id: "A47",
    title: "100,000 register, wait, kill and release cycles",
    protectsFrom: "a gateway that grows with every turn",
    nodeArgs: ["--expose-gc"],
    timeLimitMs: 180_000,
    async run(context) {
      const cycles = context.scaled(100_000, 20_000);
      let collected = 0;
      const finalizers = new FinalizationRegistry(() => {
        collected += 1;
      });
      await runCycles(context, 5_000, () => {});
      const before = await heapAfterGc(context);
      await runCycles(context, cycles, (handle) => finalizers.register(handle, undefined));
      const grown = (await heapAfterGc(context)) - before;
      await context.until("99 % of the handles are collected", () => {
        globalThis.gc?.();
        return collected >= cycles * 0.99;
      });
      // What a cycle leaves behind is more than this; what the engine learns on the way is less.
      assert.ok(grown < Math.max(1_000_000, cycles * 30), `the heap grew by ${grown} bytes`);
      assert.equal(context.registry.getActiveSessionRunCount(), 0);
      context.register("long");
      await timeOut(context, 1_000);
      const beforeTimeouts = await heapAfterGc(context);
      await timeOut(context, 20_000);
      const kept = (await heapAfterGc(context)) - beforeTimeouts;
      assert.ok(kept < 1_500_000, `waits that timed out keep ${kept} bytes while their run goes on`);
    },
  },
  {
    id: "A48",
    title: "one long-lived controller shared by 50,000 runs",
    protectsFrom: "listeners and dependent signals that pile up on a gateway-wide controller",
    async run(context) {
      const shared = new AbortController();
      for (let index = 0; index < 50_000; index += 1) {
        const run = context.register("a", { abortController: shared });
        const waiting = index % 100 === 0 ? context.registry.waitForSessionRunEnd("a", 1_000) : undefined;
        run.end();
        await waiting;
      }
      assert.equal(getEventListeners(shared.signal, "abort").length, 0);
      assert.equal(dependantSignals(shared.signal), 0);
    },
  },
  {
    id: "A49",
    title: "the reset for tests with pending waits",
    protectsFrom: "test files that hang after the reset",
    async run(context) {
      context.register("a");
      const before = context.liveTimers();
      const waits = [50_000, 60_000, 2 ** 40].map((ms) => context.registry.waitForSessionRunEnd("a", ms));
      context.register("a");
      context.registry.resetSessionRunRegistryForTest();
      assert.deepEqual(await context.within(Promise.all(waits), 1_000), [true, true, true]);
      assert.ok(
        context.liveTimers() <= before,
        `${context.liveTimers()} timers after the reset, ${before} before`,
      );
      assert.equal(context.registry.getActiveSessionRunCount(), 0);
    },
  },
  {
    id: "A50",
    title: "the module loaded twice, and as CommonJS: one registry",
    protectsFrom: "a kill that looks into the other bundle's empty map",
    async run(context) {
      const { handle } = context.register("a");
      const again: RegistryModule = await import(`${context.entryUrl}?second-copy`);
      assert.notEqual(again.registerSessionRun, context.registry.registerSessionRun);
      assert.equal(again.getSessionRunHandle("a"), handle, "a second copy");
      const { commonJs } = context.job;
      if (!commonJs)
        return context.note("CommonJS not tried: the module has relative imports, or is CommonJS");
      const required: RegistryModule = load(commonJs);
      assert.equal(required.getSessionRunHandle("a"), handle, "the CommonJS build");
      const text = readFileSync(commonJs, "utf8");
      const key = SHARED_KEY.exec(text)?.[2];
      if (key === undefined)
        return context.note("another state version not tried: no Symbol.for key in the text");
      const otherVersion = join(dirname(commonJs), "other-version.cjs");
      writeFileSync(otherVersion, text.replace(key, `${key}/another-major`));
      const other: RegistryModule = load(otherVersion);
      assert.equal(other.isSessionRunActive("a"), false, "another state version is another registry");
    },
  },
];

async function runCycles(
  context: CaseContext,
  cycles: number,
  watch: (handle: object) => void,
): Promise<void> {
  let waits: Promise<boolean>[] = [];
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const key = `key:${cycle % 7}`;
    const run = context.register(key, { abortController: new AbortController() });
    watch(run.handle);
    waits.push(context.registry.waitForSessionRunEnd(key, 60_000));
    context.registry.killSessionRun(key);
    run.end();
    if (waits.length < 1_000) continue;
    assert.ok((await Promise.all(waits)).every(Boolean));
    waits = [];
  }
}

async function timeOut(context: CaseContext, waits: number): Promise<void> {
  const pending = Array.from({ length: waits }, () => context.registry.waitForSessionRunEnd("long", 1));
  assert.ok((await Promise.all(pending)).every((ended) => ended === false));
}

async function heapAfterGc(context: CaseContext): Promise<number> {
  for (let round = 0; round < 5; round += 1) {
    globalThis.gc?.();
    await context.turn();
  }
  return process.memoryUsage().heapUsed;
}

/** Node keeps the signals of AbortSignal.any() in a set under a private symbol. */
function dependantSignals(signal: AbortSignal): number {
  const symbol = Object.getOwnPropertySymbols(signal).find(
    (each) => each.description === "kDependantSignals",
  );
  const dependants = symbol && (signal as unknown as Record<symbol, Set<unknown> | undefined>)[symbol];
  return dependants?.size ?? 0;
}
