import assert from "node:assert/strict";
import type { RegistryModule, RunHandle } from "./registry-module.ts";

/** One thing callers of the existing registries rely on. */
export interface CompatibilityCheck {
  readonly name: string;
  run(registry: RegistryModule): void | Promise<void>;
}

const KEY = "agent:main:main";
const handle = (sessionKey = KEY, fields: Partial<RunHandle> = {}): RunHandle => ({
  startedAt: 1_000,
  sessionKey,
  agentId: "main",
  ...fields,
});

/** The 15 behaviours that the callers' own tests fix. Run each with a reset before and after. */
export const compatibilityChecks: readonly CompatibilityCheck[] = [
  {
    name: "a key nobody registered is inactive",
    run: (registry) => assert.equal(registry.isSessionRunActive("nobody"), false),
  },
  {
    name: "a registered key is active",
    run(registry) {
      registry.registerSessionRun(KEY, handle());
      assert.equal(registry.isSessionRunActive(KEY), true);
    },
  },
  {
    name: "an unregistered key is inactive",
    run(registry) {
      registry.registerSessionRun(KEY, handle());
      registry.unregisterSessionRun(KEY);
      assert.equal(registry.isSessionRunActive(KEY), false);
    },
  },
  {
    name: "the count follows two keys up and down",
    run(registry) {
      const counts = [registry.getActiveSessionRunCount()];
      const after = (step: () => unknown) => {
        step();
        counts.push(registry.getActiveSessionRunCount());
      };
      after(() => registry.registerSessionRun("left", handle("left")));
      after(() => registry.registerSessionRun("right", handle("right")));
      after(() => registry.unregisterSessionRun("left"));
      after(() => registry.unregisterSessionRun("right"));
      assert.deepEqual(counts, [0, 1, 2, 1, 0]);
    },
  },
  {
    name: "unregistering an unknown key does nothing",
    run(registry) {
      registry.registerSessionRun(KEY, handle());
      registry.unregisterSessionRun("nobody");
      assert.equal(registry.getActiveSessionRunCount(), 1);
    },
  },
  {
    name: "unregistering in a finally block cleans up after a throw",
    run(registry) {
      const turn = () => {
        registry.registerSessionRun(KEY, handle());
        try {
          throw new Error("the turn crashed");
        } finally {
          registry.unregisterSessionRun(KEY);
        }
      };
      assert.throws(turn, /the turn crashed/);
      assert.equal(registry.isSessionRunActive(KEY), false);
    },
  },
  {
    name: "registering a key again keeps one active run",
    run(registry) {
      registry.registerSessionRun(KEY, handle());
      registry.registerSessionRun(KEY, handle());
      assert.equal(registry.getActiveSessionRunCount(), 1);
      assert.equal(registry.isSessionRunActive(KEY), true);
    },
  },
  {
    name: "an unknown key has no handle",
    run: (registry) => assert.equal(registry.getSessionRunHandle("nobody"), undefined),
  },
  {
    name: "the handle is the registered one",
    run(registry) {
      const registered = handle();
      registry.registerSessionRun(KEY, registered);
      assert.equal(registry.getSessionRunHandle(KEY), registered);
      assert.deepEqual([registered.startedAt, registered.agentId], [1_000, "main"]);
    },
  },
  {
    name: "killing an unknown key is false",
    run: (registry) => assert.equal(registry.killSessionRun("nobody"), false),
  },
  {
    name: "killing aborts the controller and is true",
    run(registry) {
      const abortController = new AbortController();
      registry.registerSessionRun(KEY, handle(KEY, { abortController }));
      assert.equal(registry.killSessionRun(KEY), true);
      assert.equal(abortController.signal.aborted, true);
    },
  },
  {
    name: "killing with an aborted controller and no pid is false",
    run(registry) {
      const abortController = new AbortController();
      abortController.abort();
      registry.registerSessionRun(KEY, handle(KEY, { abortController }));
      assert.equal(registry.killSessionRun(KEY), false);
    },
  },
  {
    name: "waiting without a run is true",
    run: async (registry) => assert.equal(await registry.waitForSessionRunEnd("nobody", 100), true),
  },
  {
    name: "waiting for a run that ends in time is true",
    async run(registry) {
      registry.registerSessionRun(KEY, handle());
      setTimeout(() => registry.unregisterSessionRun(KEY), 30);
      assert.equal(await registry.waitForSessionRunEnd(KEY, 5_000), true);
    },
  },
  {
    name: "waiting for a run that does not end is false",
    async run(registry) {
      registry.registerSessionRun(KEY, handle());
      assert.equal(await registry.waitForSessionRunEnd(KEY, 80), false);
    },
  },
];
