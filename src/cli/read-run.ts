import { readTextFile } from "../config/load-config.ts";
import { parseRunResult } from "../report/parse-run-result.ts";
import type { RunResult } from "../report/run-result.ts";

/** Reads a run saved with `--format json=FILE`. @throws UserError when the file cannot be read or is no such run */
export async function readRun(file: string): Promise<RunResult> {
  return parseRunResult((await readTextFile(file, file, true)) ?? "", file);
}
