import assert from "node:assert/strict";
import type { CaseContext } from "./case-context.ts";
import { isAlive, type ReadyChild } from "./child-processes.ts";
import type { ConformanceCase } from "./conformance-case.ts";

const NO_GROUPS = "the module has no process-group opt-in (leadsProcessGroup on the handle)";

/** A33 to A35 and A37: descendants, and what a group kill may and may not reach. */
export const processGroupCases: readonly ConformanceCase[] = [
  {
    id: "A33",
    title: "a grandchild: survives by default, goes with the group opt-in",
    protectsFrom: "tool processes that run on after /stop, or that are killed unasked",
    linuxOnly: true,
    async run(context) {
      const plain = await startFamily(context, "spawns-grandchild.mjs", false);
      context.register("plain", { pid: plain.parent.pid });
      assert.equal(context.registry.killSessionRun("plain"), true);
      await plain.parent.exited;
      assert.equal(isAlive(plain.grandchild), true, "the grandchild survives a plain kill");
      if (!(await context.killsGroups())) return context.note(`the group half was left out: ${NO_GROUPS}`);
      const group = await startFamily(context, "spawns-grandchild.mjs", true);
      context.register("group", { pid: group.parent.pid, leadsProcessGroup: true });
      assert.equal(context.registry.killSessionRun("group"), true);
      await group.parent.exited;
      await context.until("the grandchild is gone", () => !isAlive(group.grandchild));
    },
  },
  {
    id: "A34",
    title: "the group opt-in for a child that shares our group",
    protectsFrom: "a gateway that signals itself",
    linuxOnly: true,
    async run(context) {
      if (!(await context.killsGroups())) context.notApplicable(NO_GROUPS);
      const { pid, exited } = await context.processes.start("forever.mjs");
      context.register("a", { pid, leadsProcessGroup: true });
      assert.equal(context.registry.killSessionRun("a"), true);
      assert.deepEqual(context.kills.calls, [{ pid, signal: "SIGTERM" }]);
      assert.equal((await exited).signal, "SIGTERM");
    },
  },
  {
    id: "A35",
    title: "a grandchild in a session of its own survives a group kill (a documented limit)",
    protectsFrom: "believing that a group kill reaches everything",
    linuxOnly: true,
    async run(context) {
      if (!(await context.killsGroups())) context.notApplicable(NO_GROUPS);
      const family = await startFamily(context, "spawns-setsid-grandchild.mjs", true);
      context.register("a", { pid: family.parent.pid, leadsProcessGroup: true });
      assert.equal(context.registry.killSessionRun("a"), true);
      await family.parent.exited;
      assert.equal(isAlive(family.grandchild), true);
    },
  },
  {
    id: "A37",
    title: "Windows: a direct kill works, the group opt-in is refused",
    protectsFrom: "a kill that throws because there are no groups",
    async run(context) {
      if (process.platform !== "win32") context.notApplicable("only on Windows");
      const { pid, exited } = await context.processes.start("forever.mjs");
      context.register("a", { pid, leadsProcessGroup: true });
      assert.equal(context.registry.killSessionRun("a"), true);
      assert.deepEqual(context.kills.calls, [{ pid, signal: "SIGTERM" }]);
      await exited;
    },
  },
];

async function startFamily(
  context: CaseContext,
  program: string,
  detached: boolean,
): Promise<{ parent: ReadyChild; grandchild: number }> {
  const parent = await context.processes.start(program, { detached });
  const grandchild = Number(parent.detail);
  context.processes.adopt(grandchild);
  assert.equal(isAlive(grandchild), true);
  return { parent, grandchild };
}
