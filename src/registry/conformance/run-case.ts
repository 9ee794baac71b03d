/** The process of one case: loads the module under test, runs the case, tells its parent the outcome, and ends. */
import { pathToFileURL } from "node:url";
import { CaseContext, type CaseJob } from "./case-context.ts";
import { createChildProcesses, type StartedProcess } from "./child-processes.ts";
import { type ConformanceCase, NotApplicable } from "./conformance-case.ts";
import { conformanceCases } from "./conformance-cases.ts";
import { installKillSpy } from "./kill-spy.ts";
import { REQUIRED_FUNCTIONS, type RegistryModule } from "./registry-module.ts";

export type CaseMessage =
  | { kind: "process"; started: StartedProcess }
  | { kind: "loaded" }
  | { kind: "load-error"; reason: string }
  | { kind: "outcome"; status: "pass" | "fail" | "not-applicable"; reason?: string; notes: string[] };

const job: CaseJob = JSON.parse(process.argv[2] ?? "{}");
const send = (message: CaseMessage): Promise<void> =>
  new Promise((resolve) => void (process.send ? process.send(message, () => resolve()) : resolve()));

const processes = createChildProcesses(job.programs, (started) => void send({ kind: "process", started }));
const kills = installKillSpy(processes.pids);
const found = conformanceCases.find((each) => each.id === job.caseId);
const registry = await load();
if (registry && found) await send(await runCase(found, registry));
processes.endAll();
// Not a natural end: a module under test may have left timers that never stop.
process.exit(0);

async function load(): Promise<RegistryModule | undefined> {
  try {
    const loaded = await import(pathToFileURL(job.entry).href);
    const module = typeof loaded.killSessionRun === "function" ? loaded : (loaded.default ?? loaded);
    if (!REQUIRED_FUNCTIONS.some((name) => typeof module[name] === "function"))
      throw new Error("it exports none of a registry's functions");
    await send({ kind: "loaded" });
    return module;
  } catch (error) {
    await send({ kind: "load-error", reason: describe(error) });
    return undefined;
  }
}

async function runCase(each: ConformanceCase, module: RegistryModule): Promise<CaseMessage> {
  const context = new CaseContext(job, module, kills, processes);
  const onStray = (error: unknown): void => {
    void send({
      kind: "outcome",
      status: "fail",
      reason: `uncaught: ${describe(error)}`,
      notes: context.notes,
    });
  };
  process.on("unhandledRejection", onStray);
  try {
    await each.run(context);
    return { kind: "outcome", status: "pass", notes: context.notes };
  } catch (error) {
    const status = error instanceof NotApplicable ? "not-applicable" : "fail";
    return { kind: "outcome", status, reason: describe(error), notes: context.notes };
  } finally {
    process.off("unhandledRejection", onStray);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
