import assert from "node:assert/strict";
import type { CaseContext } from "./case-context.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { processState } from "./proc-stat.ts";

/** A08 to A21: which run is meant, when two share a key or an end and a kill meet. */
export const identityCases: readonly ConformanceCase[] = [
  {
    id: "A08",
    title: "the late end of one run leaves its successor alone",
    protectsFrom: "a /stop that finds nothing while the second turn runs",
    run(context) {
      assertSuccessorSurvives(context, {}, {});
    },
  },
  {
    id: "A09",
    title: "releasing twice changes nothing the second time",
    protectsFrom: "a finally block after an early release that removes the successor",
    run(context) {
      const { lease } = context.register("a");
      if (!lease) return context.notApplicable("registerSessionRun returns no release function");
      lease();
      assert.equal(lease(), false);
      const second = context.register("a");
      assert.equal(lease(), false);
      assert.equal(context.registry.getSessionRunHandle("a"), second.handle);
    },
  },
  {
    id: "A10",
    title: "unregister with a handle ends that run only",
    protectsFrom: "a late cleanup that removes the successor",
    async run(context) {
      const { registry } = context;
      if (!context.unregistersByHandle()) context.notApplicable("unregisterSessionRun takes no handle");
      const first = context.register("a");
      const waiting = registry.waitForSessionRunEnd("a", 2_000);
      const second = context.register("a");
      registry.unregisterSessionRun("a", first.handle);
      assert.equal(registry.getSessionRunHandle("a"), second.handle);
      assert.equal(await waiting, true);
    },
  },
  {
    id: "A11",
    title: "one handle registered twice is one run",
    protectsFrom: "a run that can never be ended",
    async run(context) {
      const first = context.register("a");
      const waiting = context.registry.waitForSessionRunEnd("a", 5_000);
      const again = context.registerHandle("a", first.handle);
      assert.equal(context.registry.getActiveSessionRunCount(), 1);
      again.end();
      assert.equal(context.registry.isSessionRunActive("a"), false);
      assert.equal(
        await context.within(waiting, 1_000),
        true,
        "the wait from before the second registration",
      );
      if (first.lease) assert.equal(first.lease(), false, "the first release after the second");
    },
  },
  {
    id: "A12",
    title: "two handles with equal fields are two runs",
    protectsFrom: "identity by pid or start time, which collide",
    run(context) {
      assertSuccessorSurvives(context, { pid: 2 ** 22 + 7 }, { pid: 2 ** 22 + 7 });
    },
  },
  {
    id: "A13",
    title: "a wait ends with its own run although a successor registers in the same tick",
    protectsFrom: "UNAVAILABLE after 15 s for a session whose run has ended",
    async run(context) {
      const first = context.register("a");
      const waiting = context.registry.waitForSessionRunEnd("a", 300);
      await context.sleep(10);
      first.end();
      context.register("a");
      assert.equal(await context.within(waiting, 50), true);
    },
  },
  {
    id: "A14",
    title: "a superseded run that was not released has not ended",
    protectsFrom: "deleting a session's files under a process that still writes them",
    async run(context) {
      context.register("a");
      const waiting = context.registry.waitForSessionRunEnd("a", 100);
      context.register("a");
      assert.equal(await context.within(waiting, 2_000), false);
    },
  },
  {
    id: "A15",
    title: "emptying the key ends the superseded run as well",
    protectsFrom: "waits that time out with callers of the old one-argument API",
    async run(context) {
      context.register("a");
      const waiting = context.registry.waitForSessionRunEnd("a", 5_000);
      context.register("a");
      context.registry.unregisterSessionRun("a");
      assert.equal(await context.within(waiting, 1_000), true);
    },
  },
  {
    id: "A16",
    title: "an abort listener that ends the run and registers the next one",
    protectsFrom: "one kill that stops two turns",
    async run(context) {
      const next = await context.processes.start("forever.mjs");
      const abortController = new AbortController();
      const first = context.register("a", { abortController });
      abortController.signal.addEventListener("abort", () => {
        first.end();
        context.register("a", { pid: next.pid });
      });
      assert.equal(context.registry.killSessionRun("a"), true);
      assert.equal(context.registry.isSessionRunActive("a"), true);
      assert.deepEqual(context.kills.calls, []);
    },
  },
  {
    id: "A17",
    title: "an abort listener that kills again",
    protectsFrom: "endless recursion, and more than one signal for one kill",
    async run(context) {
      const { pid } = await context.processes.start("forever.mjs");
      const abortController = new AbortController();
      let aborts = 0;
      abortController.signal.addEventListener("abort", () => {
        aborts += 1;
        context.registry.killSessionRun("a");
      });
      context.register("a", { abortController, pid });
      assert.equal(context.registry.killSessionRun("a"), true);
      assert.equal(aborts, 1);
      assert.ok(context.kills.calls.length <= 1, `${context.kills.calls.length} signals`);
    },
  },
  {
    id: "A18",
    title: "an abort listener that throws",
    protectsFrom: "a kill that throws at its caller",
    async run(context) {
      const abortController = new AbortController();
      abortController.signal.addEventListener("abort", () => {
        throw new Error("listener failed");
      });
      const { handle } = context.register("a", { abortController });
      const uncaught = new Promise<Error>((resolve) => process.once("uncaughtException", resolve));
      assert.equal(context.registry.killSessionRun("a"), true);
      assert.match(String(await context.within(uncaught, 2_000)), /listener failed/);
      assert.equal(context.registry.getSessionRunHandle("a"), handle);
    },
  },
  {
    id: "A19",
    title: "a foreign controller whose abort() throws, with a pid",
    protectsFrom: "a child that no /stop reaches",
    posixOnly: true,
    async run(context) {
      const { pid, exited } = await context.processes.start("forever.mjs");
      const abortController = {
        signal: { aborted: false },
        abort() {
          throw new Error("not a standard controller");
        },
      } as unknown as AbortController;
      context.register("a", { abortController, pid });
      assert.equal(context.registry.killSessionRun("a"), true);
      assert.equal((await exited).signal, "SIGTERM");
    },
  },
  {
    id: "A20",
    title: "a kill that meets the natural exit (the child is a zombie)",
    protectsFrom: "a throwing kill, and an exit code rewritten as a signal",
    linuxOnly: true,
    async run(context) {
      const { pid, exited } = context.processes.startCommand("/bin/sh", ["-c", "exit 0"]);
      const giveUpAt = performance.now() + 5_000;
      // Synchronous: were the loop to turn, Node would reap the child.
      while (processState(pid) !== "Z" && performance.now() < giveUpAt);
      assert.equal(processState(pid), "Z");
      context.register("a", { pid });
      assert.equal(typeof context.registry.killSessionRun("a"), "boolean");
      assert.deepEqual(await exited, { code: 0, signal: null });
      assert.equal(context.registry.isSessionRunActive("a"), true);
    },
  },
  {
    id: "A21",
    title: "a kill after the exit",
    protectsFrom: "success reported for a process that was gone",
    async run(context) {
      const { child, pid, exited } = await context.processes.start("exits-with-3.mjs");
      context.register("a", { pid });
      child.stdin!.write("go\n");
      assert.equal((await exited).code, 3);
      const publishes = await context.publishesEvents();
      const notices = await context.notices(() => assert.equal(context.registry.killSessionRun("a"), false));
      assert.equal(context.registry.isSessionRunActive("a"), true);
      if (publishes)
        assert.deepEqual(
          notices.map((notice) => notice.event),
          ["kill-gone"],
        );
    },
  },
];

function assertSuccessorSurvives(
  context: CaseContext,
  first: { pid?: number },
  second: { pid?: number },
): void {
  const ended = context.register("a", first);
  const successor = context.register("a", second);
  const changed = ended.end();
  assert.equal(context.registry.isSessionRunActive("a"), true, "the successor is still registered");
  assert.equal(context.registry.getSessionRunHandle("a"), successor.handle);
  if (ended.lease) assert.equal(changed, true, "releasing the first run changed something");
}
