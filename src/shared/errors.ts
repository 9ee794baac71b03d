/** An error a user can mend: printed as one sentence with its cause and next step, never as a stack trace. */
export class UserError extends Error {
  override readonly name: string = "UserError";
  /**
   * @param message what could not be done, naming the file or option
   * @param hint    the next step, as an imperative sentence
   */
  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message);
  }
}

/** Nothing was selected for scanning: exit code 3, never a pass. */
export class NothingScannedError extends UserError {
  override readonly name = "NothingScannedError";
}
