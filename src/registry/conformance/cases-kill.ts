import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "./child-processes.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { missing, processState, withLaterStart, withStat } from "./proc-stat.ts";
import { startUnderPid } from "./reuse-pid.ts";

/** A22 to A32 and A36: what a kill sends, to whom, and what its answer means. */
export const killCases: readonly ConformanceCase[] = [
  {
    id: "A22",
    title: "a controller and a pid: the first kill aborts only",
    protectsFrom: "a turn cut off before it could end cleanly",
    async run(context) {
      const { pid } = await context.processes.start("forever.mjs");
      const abortController = new AbortController();
      context.register("a", { abortController, pid });
      assert.equal(context.registry.killSessionRun("a"), true);
      assert.equal(abortController.signal.aborted, true);
      assert.deepEqual(context.kills.calls, []);
    },
  },
  {
    id: "A23",
    title: "the second kill signals the process",
    protectsFrom: "a run that ignores its controller and cannot be stopped",
    posixOnly: true,
    async run(context) {
      const { pid, exited } = await context.processes.start("forever.mjs");
      context.register("a", { abortController: new AbortController(), pid });
      context.registry.killSessionRun("a");
      assert.equal(context.registry.killSessionRun("a"), true);
      assert.deepEqual(context.kills.calls, [{ pid, signal: "SIGTERM" }]);
      assert.equal((await exited).signal, "SIGTERM");
    },
  },
  {
    id: "A24",
    title: "already aborted and no pid: nothing to dispatch",
    protectsFrom: "aborted: true for a kill that did nothing",
    run(context) {
      const abortController = new AbortController();
      abortController.abort();
      context.register("a", { abortController });
      assert.equal(context.registry.killSessionRun("a"), false);
    },
  },
  {
    id: "A25",
    title: "pids that are never signalled: 0, negative, 1, our own, NaN, 1.5, 2^31, text, null",
    protectsFrom: "a gateway that signals its own group, or every process of its user",
    run(context) {
      const pids = [0, -1, -5, 1, process.pid, NaN, 1.5, Infinity, -Infinity, 2 ** 31, "123", null];
      for (const pid of pids) {
        context.register("a", { pid: pid as number });
        assert.equal(context.registry.killSessionRun("a"), false, `the kill of pid ${pid}`);
        assert.deepEqual(context.kills.calls, [], `signals for pid ${pid}`);
        context.registry.unregisterSessionRun("a");
      }
    },
  },
  {
    id: "A26",
    title: "no permission to signal",
    protectsFrom: "a live process taken for one that is gone",
    posixOnly: true,
    async run(context) {
      const { registry, kills, processes } = context;
      const { pid } = await processes.start("forever.mjs");
      context.register("a", { pid });
      const publishes = await context.publishesEvents();
      kills.respond = () => {
        throw Object.assign(new Error("kill EPERM"), { code: "EPERM" });
      };
      const notices = await context.notices(() => assert.equal(registry.killSessionRun("a"), false));
      kills.respond = undefined;
      assert.equal(registry.isSessionRunActive("a"), true);
      if (publishes)
        assert.deepEqual(
          notices.map((notice) => notice.event),
          ["kill-denied"],
        );
      if (process.getuid?.() !== 0)
        return context.note("with an injected EPERM only: a real one needs a second user");
      const other = { uid: 65_534, gid: 65_534, cwd: "/" };
      const args = [context.entryUrl, String(pid)];
      const end = await processes.runToEnd("kills-foreign-process.mjs", args, other).catch(() => undefined);
      if (end?.code !== 0)
        return context.note(
          "with an injected EPERM only: another user cannot run this Node or read the module",
        );
      const seen = JSON.parse(end.stdout);
      assert.deepEqual([seen.killed, seen.active], [false, true]);
      if (publishes) assert.deepEqual(seen.events, ["kill-denied"]);
    },
  },
  {
    id: "A27",
    title: "the pid went to another process",
    protectsFrom: "killing a stranger that got the pid of a run that is over",
    linuxOnly: true,
    async run(context) {
      const { registry, processes, kills } = context;
      const owner = processes.startCommand("sleep", ["30"]);
      context.register("a", { pid: owner.pid });
      // Start times count in hundredths of a second.
      await context.sleep(50);
      kills.real(owner.pid, "SIGKILL");
      await owner.exited;
      const stranger = await startUnderPid(context, owner.pid);
      if (stranger) {
        assert.equal(registry.killSessionRun("a"), false, "the kill of a recycled pid");
        await context.sleep(50);
        assert.equal(isAlive(stranger.pid), true, "the stranger is alive");
        return;
      }
      context.note("pid reuse was simulated: this user may not choose the next pid");
      const alive = await processes.start("forever.mjs");
      context.register("b", { pid: alive.pid });
      const killed = await withStat(
        (real) => withLaterStart(real()),
        () => registry.killSessionRun("b"),
      );
      assert.equal(killed, false, "the kill of a recycled pid");
      assert.equal(isAlive(alive.pid), true, "the stranger is alive");
      assert.deepEqual(kills.calls, []);
    },
  },
  {
    id: "A28",
    title: "no /proc to read: a plain kill",
    protectsFrom: "a /stop that does nothing in a container without /proc",
    posixOnly: true,
    async run(context) {
      const { pid, exited } = await context.processes.start("forever.mjs");
      await withStat(missing, () => {
        context.register("a", { pid });
        assert.equal(context.registry.killSessionRun("a"), true);
      });
      assert.equal((await exited).signal, "SIGTERM");
    },
  },
  {
    id: "A29",
    title: "a process name with parentheses, spaces and a newline",
    protectsFrom: "identity read from the wrong field: strangers killed, or runs never",
    linuxOnly: true,
    async run(context) {
      const folder = mkdtempSync(join(tmpdir(), "rewire-abort-name-"));
      const program = join(folder, "a) S 1 (\n2) R");
      symlinkSync("/bin/sleep", program);
      try {
        const { pid, exited } = context.processes.startCommand(program, ["30"], { argv0: "sleep" });
        await context.until("the name is set", () => processState(pid) === "S");
        context.register("a", { pid });
        const killed = await withStat(
          (real) => withLaterStart(real()),
          () => context.registry.killSessionRun("a"),
        );
        assert.equal(killed, false, "another process under the pid");
        assert.equal(context.registry.killSessionRun("a"), true);
        assert.equal((await exited).signal, "SIGTERM");
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  },
  {
    id: "A30",
    title: "a child that ignores SIGTERM",
    protectsFrom: '"killed" taken for "ended"',
    posixOnly: true,
    async run(context) {
      const { registry, processes, kills } = context;
      const { pid, exited } = await processes.start("ignores-sigterm.mjs");
      const run = context.register("a", { pid });
      assert.equal(registry.killSessionRun("a"), true);
      assert.equal(await registry.waitForSessionRunEnd("a", 100), false);
      assert.equal(isAlive(pid), true);
      const waiting = registry.waitForSessionRunEnd("a", 10_000);
      kills.real(pid, "SIGKILL");
      await exited;
      run.end();
      assert.equal(await waiting, true);
    },
  },
  {
    id: "A31",
    title: "a stopped child (SIGSTOP)",
    protectsFrom: '"killed" taken for "ended"',
    linuxOnly: true,
    async run(context) {
      const { registry, processes, kills } = context;
      const { pid, exited } = await processes.start("forever.mjs");
      context.register("a", { pid });
      kills.real(pid, "SIGSTOP");
      await context.until("the child is stopped", () => processState(pid) === "T");
      assert.equal(registry.killSessionRun("a"), true);
      assert.equal(await registry.waitForSessionRunEnd("a", 100), false);
      assert.equal(processState(pid), "T");
      kills.real(pid, "SIGCONT");
      assert.equal((await exited).signal, "SIGTERM");
    },
  },
  {
    id: "A32",
    title: "1000 kills of one aborted run",
    protectsFrom: "listeners that pile up on the caller's controller",
    async run(context) {
      const { pid } = await context.processes.start("forever.mjs");
      const abortController = new AbortController();
      abortController.signal.addEventListener("abort", () => {});
      const warnings: string[] = [];
      process.on("warning", (warning) => warnings.push(warning.name));
      context.register("a", { abortController, pid });
      context.kills.respond = () => true;
      for (let kill = 0; kill < 1_000; kill += 1) context.registry.killSessionRun("a");
      await context.turn();
      assert.equal(getEventListeners(abortController.signal, "abort").length, 1);
      assert.deepEqual(warnings, []);
    },
  },
  {
    id: "A36",
    title: "a child that could not be spawned",
    protectsFrom: "an entry that nothing can end",
    async run(context) {
      const { child, exited } = context.processes.startCommand("/nonexistent/agent", []);
      assert.equal(child.pid, undefined);
      const run = context.register("a", { pid: child.pid as number | undefined });
      assert.equal(context.registry.killSessionRun("a"), false);
      await exited;
      const waiting = context.registry.waitForSessionRunEnd("a", 5_000);
      run.end();
      assert.equal(await context.within(waiting, 1_000), true);
    },
  },
];
