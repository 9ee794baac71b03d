/** What the process says to a shell. `--quiet` and the format never change it. */
export const EXIT = {
  /** nothing to do, or done */
  ok: 0,
  /** findings, or (with --fail-on-manual) sites left for a person */
  findings: 1,
  /** usage, config, an unreadable or unparseable file, a failed verification, a defect */
  couldNotRun: 2,
  /** no file was scanned: never a pass */
  nothingScanned: 3,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The table that every help text ends with. */
export const EXIT_CODE_HELP = `
Exit codes:
  0    nothing to do, or done
  1    findings (check), or sites left for a person (migrate --fail-on-manual)
  2    could not run: usage, config, a file of interest that could not be read or parsed, a failed verification
  3    nothing scanned: the root, a glob or a folder with a floor holds no source file
  130  interrupted (143 by SIGTERM)`;
