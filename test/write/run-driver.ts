import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DriverAnswer, DriverOrder } from "./driver.ts";

/** How a driver process ended. */
export interface DriverRun {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly answer: DriverAnswer | null;
  readonly stderr: string;
}

let count = 0;

/**
 * Runs the writer in a process of its own.
 *
 * @param driver  compiled driver; orders are put beside it
 * @param wrap    command line to put before it, e.g. one that sets limits
 * @param watched called with the process and each piece of output
 */
export function runDriver(
  driver: string,
  order: DriverOrder,
  options: {
    readonly wrap?: readonly string[];
    readonly watched?: (child: ChildProcess, output: string) => void;
  } = {},
): Promise<DriverRun> {
  count += 1;
  const orderFile = join(driver, `../../../order-${process.pid}-${count}.json`);
  writeFileSync(orderFile, JSON.stringify(order));
  const [command, ...args] = [...(options.wrap ?? []), process.execPath, driver, orderFile];
  const child = spawn(command!, args, { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString("utf8");
    options.watched?.(child, stdout);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString("utf8");
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const last = stdout.trim().split("\n").at(-1) ?? "";
      resolve({
        code,
        signal,
        answer: last.startsWith("{") ? (JSON.parse(last) as DriverAnswer) : null,
        stderr,
      });
    });
  });
}

/** Runs jobs two at a time. */
export async function runInPairs(jobs: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = [...jobs];
  const worker = async () => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await job();
  };
  await Promise.all([worker(), worker()]);
}
