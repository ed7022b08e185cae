/** The server cannot start for a reason that the person who runs it can mend. One line, with what to do about it. */
export class StartError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "StartError";
    this.hint = hint;
  }
}
