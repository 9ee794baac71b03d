import { neutralise } from "../report/escape-text.ts";
import { NothingScannedError, UserError } from "../shared/errors.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";

/** What to print about an error, and the exit code that it stands for. */
export interface PrintedError {
  readonly text: string;
  readonly exitCode: ExitCode;
}

/**
 * A mistake that the user can mend becomes a sentence and a hint; anything else is a defect of ours and keeps its
 * stack. Text that may come from the repository is made safe to print.
 */
export function describeError(error: unknown): PrintedError {
  if (error instanceof UserError) {
    const hint = error.hint === undefined ? "" : `\n  ${neutralise(error.hint)}`;
    return {
      text: `rewire-abort: ${neutralise(error.message)}${hint}\n`,
      exitCode: userErrorCode(error),
    };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const lines = stack.split("\n").map((line) => `  ${neutralise(line)}`);
  return {
    text: [
      "rewire-abort: this is a defect in rewire-abort, not in your code. Nothing else was done.",
      ...lines,
      "  Please report it to the maintainers of rewire-abort with these lines and the command that you typed.",
      "",
    ].join("\n"),
    exitCode: EXIT.couldNotRun,
  };
}

function userErrorCode(error: UserError): ExitCode {
  if (error instanceof NothingScannedError) return EXIT.nothingScanned;
  // An interrupted write says which signal ended it.
  const code = "exitCode" in error ? error.exitCode : undefined;
  return code === EXIT.interrupted || code === EXIT.terminated ? code : EXIT.couldNotRun;
}
