import type { RunResult } from "./run-result.ts";

export interface ReporterOptions {
  /** colours on a terminal; every other format ignores it. @default false */
  readonly color?: boolean;
  /** columns of the terminal. @default 100 */
  readonly width?: number;
}

/** A reporter is pure: the same result gives the same bytes. One file each; the file name is the `--format` value. */
export interface Reporter {
  readonly name: string;
  readonly describe: string;
  render(result: RunResult, options: ReporterOptions): string;
}
