import type { CaseContext } from "./case-context.ts";

/** One numbered promise of the registry contract, and how to see whether a module keeps it. */
export interface ConformanceCase {
  /** A01 to A55. */
  readonly id: string;
  readonly title: string;
  /** What happens to a gateway whose registry fails this case. */
  readonly protectsFrom: string;
  /** The case is about POSIX signals and is not applicable elsewhere. */
  readonly posixOnly?: boolean;
  /** The case reads /proc and is not applicable elsewhere. */
  readonly linuxOnly?: boolean;
  /** Flags for the process in which the case runs. */
  readonly nodeArgs?: readonly string[];
  /** Milliseconds after which the case counts as hung. Default 30,000. */
  readonly timeLimitMs?: number;
  run(context: CaseContext): void | Promise<void>;
}

/** Thrown by a case that cannot say anything about this module on this machine. */
export class NotApplicable extends Error {
  override readonly name = "NotApplicable";
}
