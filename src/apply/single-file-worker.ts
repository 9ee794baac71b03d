import { parentPort } from "node:worker_threads";
import { singleFileSteps } from "./single-file.ts";

/** A question to the thread: one file. */
export interface SingleFileQuestion {
  readonly id: number;
  readonly file: string;
  readonly source: string;
}

/** Its answer: steps, or what went wrong. */
export type SingleFileAnswer = { readonly id: number } & (
  | { readonly steps: ReturnType<typeof singleFileSteps> }
  | { readonly error: string }
);

parentPort?.on("message", ({ id, file, source }: SingleFileQuestion) => {
  parentPort?.postMessage(answer(id, file, source));
});

function answer(id: number, file: string, source: string): SingleFileAnswer {
  try {
    return { id, steps: singleFileSteps(file, source) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}
