import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findPackageRoot } from "../package-root.ts";
import type { CaseJob } from "./case-context.ts";
import { BASELINE_FAILURES } from "./cases-self-check.ts";
import { checkRegistryTypes } from "./check-registry-types.ts";
import { endProcesses, type StartedProcess } from "./child-processes.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { conformanceCases } from "./conformance-cases.ts";
import {
  type CaseResult,
  type ConformanceReport,
  makeReport,
  RegistryModuleError,
} from "./conformance-report.ts";
import { prepareModule } from "./prepare-module.ts";
import type { CaseMessage } from "./run-case.ts";

export interface ConformanceOptions {
  /** Length of the long cases (A47, A51, A52, A54); 1 is the full length. Default 0.05, under a minute in all. */
  scale?: number;
  /** Ids of the cases to run. Default: all. */
  only?: readonly string[];
  /** Cases that run at the same time. Default 2, where there are that many processors. */
  concurrency?: number;
  /** Milliseconds after which a case counts as hung, in place of its own limit. */
  timeLimitMs?: number;
}

type Outcome = Omit<CaseResult, "id" | "title" | "protectsFrom">;
/** In place of a case's id: load the module, and that is all. */
const LOAD_ONLY = "";
/** Where the suite's own programs are, and how long they get. */
type Runner = { entry: string; programs: string; timeLimitMs: number | undefined };

/**
 * Runs the conformance suite against a registry module, TypeScript or JavaScript, each case in a process of its own
 * with real subprocesses. The module's code is executed; nothing is written beside it.
 *
 * @throws {RegistryModuleError} the module is missing, cannot be loaded, or an id in `only` is unknown
 */
export async function runConformance(
  modulePath: string,
  options: ConformanceOptions = {},
): Promise<ConformanceReport> {
  const scale = options.scale ?? 0.05;
  const cases = selectCases(options.only);
  const candidate = prepareModule(modulePath);
  const suite = prepareModule(suiteEntry());
  const programs = join(findPackageRoot().root, "fixtures/registry/children");
  const runner: Runner = { entry: suite.entry, programs, timeLimitMs: options.timeLimitMs };
  try {
    const types = cases.some((each) => each.id === "A01") ? checkRegistryTypes(modulePath) : {};
    const job = { entry: candidate.entry, commonJs: candidate.commonJs, programs, scale, ...types };
    // Without a case: a module that cannot be loaded is one error, not 55 failures.
    await superviseCase({ timeLimitMs: 30_000 }, { ...job, caseId: LOAD_ONLY }, runner);
    const results = await inParallel(
      cases,
      options.concurrency ?? Math.min(2, availableParallelism()),
      (each) => (each.id === "A55" ? runSelfCheck(each) : runCase(each, { ...job, caseId: each.id }, runner)),
    );
    return makeReport(modulePath, scale, results);
  } catch (error) {
    throw error instanceof RegistryModuleError
      ? new RegistryModuleError(candidate.inOwnPaths(error.message))
      : error;
  } finally {
    candidate.dispose();
    suite.dispose();
  }
}

function selectCases(only: readonly string[] | undefined): readonly ConformanceCase[] {
  if (!only) return conformanceCases;
  const unknown = only.filter((id) => conformanceCases.every((each) => each.id !== id));
  if (unknown.length > 0) throw new RegistryModuleError(`there is no case ${unknown.join(", ")}`);
  return conformanceCases.filter((each) => only.includes(each.id));
}

/** The built JavaScript, or, inside this repository, the TypeScript. */
function suiteEntry(): string {
  const built = fileURLToPath(new URL("run-case.js", import.meta.url));
  return existsSync(built) ? built : fileURLToPath(new URL("run-case.ts", import.meta.url));
}

async function inParallel<T, R>(
  items: readonly T[],
  lanes: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.max(1, lanes) }, lane));
  return results;
}

async function runCase(each: ConformanceCase, job: CaseJob, runner: Runner): Promise<CaseResult> {
  const { id, title, protectsFrom } = each;
  return { id, title, protectsFrom, ...(platformRefusal(each) ?? (await superviseCase(each, job, runner))) };
}

function platformRefusal(each: ConformanceCase): Outcome | undefined {
  const refuse = (reason: string): Outcome => ({ status: "not-applicable", reason, notes: [] });
  if (each.linuxOnly && process.platform !== "linux") return refuse("needs /proc: only on Linux");
  if (each.posixOnly && process.platform === "win32") return refuse("POSIX signals: not on Windows");
  return undefined;
}

/** Runs one case in its own process and never waits longer than its limit. */
function superviseCase(
  each: Pick<ConformanceCase, "nodeArgs" | "timeLimitMs">,
  job: CaseJob,
  runner: Runner,
): Promise<Outcome> {
  const limit = runner.timeLimitMs ?? each.timeLimitMs ?? 60_000;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...(each.nodeArgs ?? []), runner.entry, JSON.stringify(job)], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: { ...process.env, NODE_OPTIONS: "" },
    });
    const started: StartedProcess[] = [];
    let outcome: Outcome | undefined;
    let loaded = false;
    let hung = false;
    let stderr = "";
    const timer = setTimeout(() => {
      hung = true;
      child.kill("SIGKILL");
    }, limit);
    child.stderr?.on("data", (chunk) => {
      stderr = (stderr + chunk).slice(-2_000);
    });
    child.on("message", (message: CaseMessage) => {
      if (message.kind === "process") started.push(message.started);
      else if (message.kind === "loaded") loaded = true;
      else if (message.kind === "load-error")
        reject(new RegistryModuleError(`cannot be loaded: ${message.reason}`));
      // The first word counts: an uncaught error comes before a pass.
      else outcome ??= { status: message.status, reason: message.reason, notes: message.notes };
    });
    // A process that the module started may hold its end of the pipe for ever.
    let hangUp: ReturnType<typeof setTimeout> | undefined;
    child.on("exit", () => {
      hangUp = setTimeout(() => child.stderr?.destroy(), 1_000);
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      clearTimeout(hangUp);
      // Children of a case that hung: stopped ones would stay for ever. The others end when their stdin closes.
      if (!outcome) endProcesses(started);
      const crashed = hung
        ? `no answer within ${limit} ms`
        : `its process ended with ${signal ?? code}: ${stderr.trim() || "it said nothing"}`;
      if (job.caseId === LOAD_ONLY && !loaded)
        reject(new RegistryModuleError(`it does not finish loading, ${crashed}`));
      resolve(outcome ?? { status: "fail", reason: crashed, notes: [] });
    });
  });
}

async function runSelfCheck(each: ConformanceCase): Promise<CaseResult> {
  const { id, title, protectsFrom } = each;
  const baseline = join(findPackageRoot().root, "fixtures/registry/baseline-registry.ts");
  const report = await runConformance(baseline, { only: BASELINE_FAILURES, concurrency: 1 });
  const missed = report.results.filter((result) => result.status === "pass").map((result) => result.id);
  const notes = report.results
    .filter((result) => result.status === "not-applicable")
    .map((result) => `${result.id} not shown: ${result.reason}`);
  if (missed.length === 0) return { id, title, protectsFrom, status: "pass", notes };
  return { id, title, protectsFrom, status: "fail", reason: `passed by it: ${missed.join(", ")}`, notes };
}
