import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import {
  createChildProcesses,
  endProcesses,
  isAlive,
  type StartedProcess,
} from "../../../src/registry/conformance/child-processes.ts";

const programs = fileURLToPath(new URL("../../../fixtures/registry/children", import.meta.url));

function children() {
  const announced: StartedProcess[] = [];
  const processes = createChildProcesses(programs, (started) => announced.push(started));
  onTestFinished(() => processes.endAll());
  return { processes, announced };
}

it("forgets the pid of a process that has ended: its next owner is a stranger", async () => {
  const { processes } = children();
  const { child, pid, exited } = await processes.start("forever.mjs");
  expect([...processes.pids]).toEqual([pid]);
  child.kill("SIGKILL");
  await exited;
  expect([...processes.pids]).toEqual([]);
});

it("ends what still runs, a grandchild too", async () => {
  const { processes } = children();
  const first = await processes.start("forever.mjs");
  const other = await children().processes.start("forever.mjs");
  processes.adopt(other.pid);
  processes.endAll();
  expect((await first.exited).signal).toBe("SIGKILL");
  // Without /proc nothing tells a process from the next one under its pid.
  if (process.platform === "linux") expect((await other.exited).signal).toBe("SIGKILL");
});

it.runIf(process.platform === "linux")(
  "spares a process that got the pid of one that has ended",
  async () => {
    const { processes, announced } = children();
    const { pid, exited } = await processes.start("forever.mjs");
    const [started] = announced;
    expect(started).toEqual({ pid, startTime: expect.stringMatching(/^\d+$/) });
    endProcesses([
      { pid, startTime: `${Number(started!.startTime) - 1}` },
      { pid, startTime: undefined },
    ]);
    expect(isAlive(pid)).toBe(true);
    endProcesses([started!]);
    expect((await exited).signal).toBe("SIGKILL");
  },
);
