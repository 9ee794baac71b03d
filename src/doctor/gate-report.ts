/** One thing that doctor looked at. */
export interface GateCheck {
  /** `note` does not change the exit code; `unknown` means that it could not be looked at */
  readonly status: "ok" | "problem" | "note" | "unknown";
  /** one sentence */
  readonly message: string;
  readonly place: Place | null;
}

export interface Place {
  /** posix, relative to the root */
  readonly file: string;
  /** 1-based */
  readonly line: number;
}

export interface GateReport {
  readonly checks: readonly GateCheck[];
  readonly verdict: string;
  /** 0 wired and blocking, 1 it can be passed by, 2 could not be told */
  readonly exitCode: 0 | 1 | 2;
}

/** One place of CI that runs the gate. Without problems it blocks; the rest is what makes it pass by. */
export interface GateSite {
  readonly place: Place;
  /** how the place is called: job, step, and the way to the command */
  readonly label: string;
  readonly strengths: readonly string[];
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/** What one CI system's files say. */
export interface CiFindings {
  readonly sites: readonly GateSite[];
  /** files that could not be read, one sentence each */
  readonly unreadable: readonly { readonly place: Place; readonly message: string }[];
}
