import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import type { CaseContext, Registered } from "./case-context.ts";
import { isAlive, type ReadyChild } from "./child-processes.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { parentPid, processState } from "./proc-stat.ts";

/** A54: many real processes at once. */
export const stressCases: readonly ConformanceCase[] = [
  {
    id: "A54",
    title: "200 children that exit, are killed (twice), ignore SIGTERM or are stopped, for 20 s",
    protectsFrom: "children left behind, zombies, and a stranger killed under load",
    linuxOnly: true,
    timeLimitMs: 120_000,
    async run(context) {
      const sentinel = context.processes.startCommand("sleep", ["300"]);
      const target = context.scaled(200, 40);
      const end = performance.now() + context.scaled(20_000, 2_000);
      const children = new Set<Stressed>();
      let started = 0;
      while (performance.now() < end) {
        while (children.size < target) startStressed(context, children, started++);
        for (let step = 0; step < 20; step += 1) disturb(context, children);
        await context.sleep(10);
      }
      for (const { process } of children) context.kills.real(process.pid, "SIGCONT");
      for (const { process } of children) context.kills.real(process.pid, "SIGKILL");
      await context.until("every child is reaped", () => children.size === 0, 30_000);
      assert.equal(context.registry.getActiveSessionRunCount(), 0);
      assert.deepEqual(zombieChildren(), []);
      assert.equal(isAlive(sentinel.pid), true, "the sentinel");
      assert.ok(started > target, `${started} children were started`);
    },
  },
];

interface Stressed {
  readonly key: string;
  readonly process: ReadyChild;
  readonly run: Registered;
}

const PROGRAMS = [
  "exec sleep 30",
  "sleep 0.$0; exit 3",
  "trap '' TERM; exec sleep 30",
  "trap 'exit 5' TERM; while :; do sleep 0.2; done",
];

function startStressed(context: CaseContext, children: Set<Stressed>, index: number): void {
  const program = PROGRAMS[index % PROGRAMS.length]!;
  const process = context.processes.startCommand("/bin/sh", ["-c", program, String((index % 9) + 1)], {
    stdio: "ignore",
  });
  const key = `stress:${index}`;
  const abortController = index % 5 === 0 ? new AbortController() : undefined;
  const stressed: Stressed = {
    key,
    process,
    run: context.register(key, { pid: process.pid, abortController }),
  };
  children.add(stressed);
  void process.exited.then(() => {
    children.delete(stressed);
    stressed.run.end();
  });
}

function disturb(context: CaseContext, children: Set<Stressed>): void {
  const all = [...children];
  const chosen = all[Math.floor(Math.random() * all.length)];
  if (!chosen) return;
  const dice = Math.random();
  if (dice < 0.1) context.kills.real(chosen.process.pid, "SIGSTOP");
  else if (dice < 0.2) context.kills.real(chosen.process.pid, "SIGCONT");
  else if (dice < 0.25) context.kills.real(chosen.process.pid, "SIGKILL");
  else if (dice < 0.3) void context.registry.waitForSessionRunEnd(chosen.key, 50);
  else if (dice < 0.5) context.registry.killSessionRun(chosen.key);
  else if (dice < 0.6) {
    context.registry.killSessionRun(chosen.key);
    context.registry.killSessionRun(chosen.key);
  }
}

function zombieChildren(): number[] {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return pids.filter((pid) => parentPid(pid) === process.pid && processState(pid) === "Z");
}
