import { UserError } from "../shared/errors.ts";

/** Nothing was written, because some files must not be. */
export class WriteRefusedError extends UserError {
  override readonly name: string = "WriteRefusedError";
  constructor(
    /** each refused file with the reason, sorted by file */
    readonly refusals: readonly { readonly file: string; readonly why: string }[],
    hint = "Nothing was written. Mend this and run again.",
  ) {
    const [first] = refusals;
    const more = refusals.length > 1 ? ` (and ${refusals.length - 1} more)` : "";
    super(first === undefined ? "The write was refused." : `${first.file} ${first.why}${more}.`, hint);
  }
}

/** Which files hold the new text and which still hold the old one, after a write that stopped half-way. */
export interface HalfWritten {
  readonly replaced: readonly string[];
  readonly untouched: readonly string[];
}

/** The file system failed. `replaced` is empty unless undoing failed too. */
export class WriteFailedError extends UserError {
  override readonly name: string = "WriteFailedError";
  constructor(
    readonly file: string,
    why: string,
    readonly outcome: HalfWritten,
  ) {
    super(
      `${file} could not be written: ${why}.`,
      outcome.replaced.length === 0
        ? "Every file is as it was. Mend the cause and run again."
        : `Already new: ${outcome.replaced.join(", ")}. Still old: ${outcome.untouched.join(", ")}.`,
    );
  }
}

/** SIGINT or SIGTERM arrived. The command line ends with `exitCode`. */
export class WriteInterruptedError extends UserError {
  override readonly name: string = "WriteInterruptedError";
  /** 130 for SIGINT, 143 for SIGTERM */
  readonly exitCode: 130 | 143;
  constructor(
    readonly signal: "SIGINT" | "SIGTERM",
    readonly outcome: HalfWritten,
  ) {
    super(
      describeStop(signal, outcome),
      outcome.replaced.length > 0 && outcome.untouched.length > 0
        ? "Restore the files with git, or run again with --allow-dirty."
        : undefined,
    );
    this.exitCode = signal === "SIGINT" ? 130 : 143;
  }
}

function describeStop(signal: string, { replaced, untouched }: HalfWritten): string {
  if (replaced.length === 0) return `Stopped by ${signal}: every file is as it was.`;
  if (untouched.length === 0) return `${signal} arrived when everything was written.`;
  return `Stopped by ${signal} half-way. New: ${replaced.join(", ")}. Old: ${untouched.join(", ")}.`;
}
