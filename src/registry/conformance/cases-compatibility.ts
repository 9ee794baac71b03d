import assert from "node:assert/strict";
import { compatibilityChecks } from "./compatibility-checks.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { withLaterStart, withStat } from "./proc-stat.ts";
import { REQUIRED_FUNCTIONS } from "./registry-module.ts";

/** A01 to A07: a drop-in for the registries that exist. */
export const compatibilityCases: readonly ConformanceCase[] = [
  {
    id: "A01",
    title: "exports, attestations and types of the existing registries",
    protectsFrom: "a drop-in that does not compile, or attests what it does not do",
    run(context) {
      const exported = context.registry as unknown as Record<string, unknown>;
      const absent = REQUIRED_FUNCTIONS.filter((name) => typeof exported[name] !== "function");
      assert.deepEqual(absent, [], "functions that are not exported");
      const attested = Object.keys(context.registry.MODULE_ATTESTATIONS ?? {}).sort();
      const functions = Object.keys(exported).filter((name) => typeof exported[name] === "function");
      assert.deepEqual(attested, functions.sort(), "MODULE_ATTESTATIONS names the exported functions");
      assert.deepEqual(context.job.typeProblems ?? [], [], "types");
      if (context.job.typesNote) context.note(context.job.typesNote);
    },
  },
  {
    id: "A02",
    title: "the 15 behaviours that callers' own tests fix",
    protectsFrom: "a drop-in that breaks its callers",
    async run(context) {
      for (const check of compatibilityChecks) {
        context.registry.resetSessionRunRegistryForTest();
        try {
          await check.run(context.registry);
        } catch (error) {
          throw new Error(`${check.name}: ${(error as Error).message}`);
        }
      }
    },
  },
  {
    id: "A03",
    title: "registering a key again keeps one run, the new one",
    protectsFrom: "kills that reach the previous turn",
    run(context) {
      context.register("a");
      const second = context.register("a");
      assert.equal(context.registry.getActiveSessionRunCount(), 1);
      assert.equal(context.registry.isSessionRunActive("a"), true);
      assert.equal(context.registry.getSessionRunHandle("a"), second.handle);
    },
  },
  {
    id: "A04",
    title: "one-argument unregister empties the key whatever it holds",
    protectsFrom: "runs that callers of the old API can no longer remove",
    run(context) {
      context.register("a");
      context.register("a");
      context.registry.unregisterSessionRun("a");
      assert.equal(context.registry.isSessionRunActive("a"), false);
      assert.equal(context.registry.getActiveSessionRunCount(), 0);
    },
  },
  {
    id: "A05",
    title: "odd keys: unknown, empty, __proto__, constructor, 1 MB",
    protectsFrom: "prototype pollution and crashes by a key from outside",
    run(context) {
      const { registry } = context;
      const before = Object.getOwnPropertyNames(Object.prototype).sort();
      for (const key of ["", "__proto__", "constructor", "x".repeat(1_000_000)]) {
        assert.equal(registry.isSessionRunActive(key), false);
        assert.equal(registry.getSessionRunHandle(key), undefined);
        assert.equal(registry.killSessionRun(key), false);
        const { handle } = context.register(key);
        assert.equal(registry.getSessionRunHandle(key), handle);
        registry.unregisterSessionRun(key);
        assert.equal(registry.isSessionRunActive(key), false);
      }
      assert.deepEqual(Object.getOwnPropertyNames(Object.prototype).sort(), before);
    },
  },
  {
    id: "A06",
    title: "a pid set on the handle after registering is used, and its identity checked once seen",
    protectsFrom: "runs whose child is spawned after registering: never killed, or a stranger killed",
    posixOnly: true,
    async run(context) {
      const { registry, processes, kills } = context;
      const [touched, untouched] = [
        await processes.start("forever.mjs"),
        await processes.start("forever.mjs"),
      ];
      context.register("touched");
      registry.getSessionRunHandle("touched")!.pid = touched.pid;
      registry.isSessionRunActive("touched");
      if (process.platform === "linux") {
        const killed = await withStat(
          (real) => withLaterStart(real()),
          () => registry.killSessionRun("touched"),
        );
        assert.equal(killed, false, "the pid was seen, then passed to another process");
        assert.deepEqual(kills.calls, []);
      } else context.note("identity not checked: there is no /proc");
      assert.equal(registry.killSessionRun("touched"), true);
      assert.equal((await touched.exited).signal, "SIGTERM");
      context.register("untouched").handle.pid = untouched.pid;
      assert.equal(registry.killSessionRun("untouched"), true);
      assert.equal((await untouched.exited).signal, "SIGTERM");
    },
  },
  {
    id: "A07",
    title: "a handle whose sessionKey is not the key it is registered under",
    protectsFrom: "producers that register under a key no consumer uses, unnoticed",
    async run(context) {
      const handle = context.handle("other");
      const publishes = await context.publishesEvents();
      const notices = await context.notices(() => void context.registry.registerSessionRun("a", handle));
      assert.equal(context.registry.getSessionRunHandle("a"), handle);
      assert.equal(context.registry.isSessionRunActive("other"), false);
      if (publishes)
        assert.deepEqual(
          notices.map((notice) => notice.event),
          ["key-mismatch"],
        );
    },
  },
];
