import path from "node:path";
import { Worker } from "node:worker_threads";
import type { SingleFileAnswer, SingleFileQuestion } from "../../src/apply/single-file-worker.ts";
import type { PlannedStep } from "../../src/plan/plan.ts";

/**
 * Asks the analysis about one file that stands alone.
 *
 * jscodeshift compiles every module that a transform loads with Babel, to CommonJS, and the analysis has syntax that
 * Babel is not set up for there. A thread has no such hook, so the analysis is loaded in one, as it is.
 */
export async function askAnalysis(file: string, source: string): Promise<readonly PlannedStep[]> {
  // `__dirname` is there only where Babel made CommonJS of this file.
  if (typeof __dirname === "undefined") {
    const { singleFileSteps } = await import("../../src/apply/single-file.ts");
    return singleFileSteps(file, source);
  }
  thread ??= new AnalysisThread(path.join(__dirname, "../../src/apply/single-file-worker.js"));
  return thread.ask(file, source);
}

let thread: AnalysisThread | undefined;

/** One thread for all files of a process. It keeps the process alive only while a question is open. */
class AnalysisThread {
  readonly #worker: Worker;
  readonly #open = new Map<number, (answer: SingleFileAnswer) => void>();
  #asked = 0;

  constructor(entry: string) {
    this.#worker = new Worker(entry);
    this.#worker.unref();
    this.#worker.on("message", (answer: SingleFileAnswer) => this.#settle(answer));
    this.#worker.on("error", (error) => {
      for (const id of [...this.#open.keys()]) this.#settle({ id, error: error.message });
    });
  }

  async ask(file: string, source: string): Promise<readonly PlannedStep[]> {
    const question: SingleFileQuestion = { id: ++this.#asked, file, source };
    const answer = await new Promise<SingleFileAnswer>((resolve) => {
      this.#open.set(question.id, resolve);
      this.#worker.ref();
      this.#worker.postMessage(question);
    });
    if ("error" in answer) throw new Error(answer.error);
    return answer.steps;
  }

  #settle(answer: SingleFileAnswer): void {
    this.#open.get(answer.id)?.(answer);
    this.#open.delete(answer.id);
    if (this.#open.size === 0) this.#worker.unref();
  }
}
