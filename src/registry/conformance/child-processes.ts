import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { join } from "node:path";
import { processState, startTime } from "./proc-stat.ts";

// The real one: a case's process puts a spy in its place.
const kill = process.kill.bind(process);

export interface ReadyChild {
  readonly child: ChildProcess;
  readonly pid: number;
  /** What the program said after "ready". */
  readonly detail: string;
  /** Attached before anything is signalled. */
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** A process, told apart from a later one under the same pid. */
export interface StartedProcess {
  readonly pid: number;
  /** As /proc gives it; undefined where there is none, or the process was over already. */
  readonly startTime: string | undefined;
}

export interface ChildProcesses {
  /** Those that run. A pid leaves with its process: the next owner is a stranger, whom the suite must not signal. */
  readonly pids: ReadonlySet<number>;
  /** Starts a program of fixtures/registry/children and waits until it says it is ready. */
  start(program: string, options?: SpawnOptions): Promise<ReadyChild>;
  /** Starts a command that needs no readiness. */
  startCommand(command: string, args: readonly string[], options?: SpawnOptions): ReadyChild;
  /** Runs a program to its end. */
  runToEnd(program: string, args: readonly string[], options?: SpawnOptions): Promise<ProgramEnd>;
  /** A process that something else started and that must not outlive the case. */
  adopt(pid: number): void;
  /** Kills what still runs. */
  endAll(): void;
}

export interface ProgramEnd {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** @param announce told of every process, so that a supervisor can clean up after a case that hung */
export function createChildProcesses(
  programs: string,
  announce: (started: StartedProcess) => void,
): ChildProcesses {
  const pids = new Set<number>();
  const children = new Set<ChildProcess>();
  const adopted: StartedProcess[] = [];
  const enter = (pid: number): StartedProcess => {
    pids.add(pid);
    const started = { pid, startTime: startTime(pid) };
    announce(started);
    return started;
  };
  const startCommand = (command: string, args: readonly string[], options: SpawnOptions = {}): ReadyChild => {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], ...options });
    const exited = new Promise<Awaited<ReadyChild["exited"]>>((resolve) => {
      child.once("exit", (code, signal) => resolve({ code, signal }));
      child.once("error", () => resolve({ code: null, signal: null }));
    });
    child.stdin?.on("error", () => {});
    if (child.pid !== undefined) {
      const { pid } = enter(child.pid);
      children.add(child);
      child.once("exit", () => {
        pids.delete(pid);
        children.delete(child);
      });
    }
    return { child, pid: child.pid ?? -1, detail: "", exited };
  };
  return {
    pids,
    adopt: (pid) => void adopted.push(enter(pid)),
    endAll() {
      for (const child of children) child.kill("SIGKILL");
      endProcesses(adopted);
    },
    startCommand,
    async start(program, options) {
      const started = startCommand(process.execPath, [join(programs, program)], options);
      const detail = await firstLine(started);
      return { ...started, detail };
    },
    async runToEnd(program, args, options) {
      const { child } = startCommand(process.execPath, [join(programs, program), ...args], options);
      const output = { stdout: "", stderr: "" };
      child.stdout?.on("data", (chunk) => (output.stdout += chunk));
      child.stderr?.on("data", (chunk) => (output.stderr += chunk));
      return new Promise((resolve) => {
        child.once("close", (code) => resolve({ code, ...output }));
        child.once("error", (error) => resolve({ code: null, stdout: "", stderr: error.message }));
      });
    },
  };
}

async function firstLine({ child, exited }: ReadyChild): Promise<string> {
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once("data", (chunk) => resolve(String(chunk).trim()));
    exited.then(({ code }) =>
      reject(new Error(`a child program of the suite ended with ${code} before it was ready`)),
    );
  });
  return line.replace(/^ready\s*/, "");
}

/** Kills processes that are no children of this one, or of nobody any more. One whose pid has a new owner is spared. */
export function endProcesses(started: readonly StartedProcess[]): void {
  for (const { pid, startTime: then } of started) {
    if (then === undefined || startTime(pid) !== then) continue;
    try {
      kill(pid, "SIGKILL");
    } catch {
      // Already gone.
    }
  }
}

/** A zombie counts as gone: nothing of it runs. */
export function isAlive(pid: number): boolean {
  if (processState(pid) === "Z") return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
