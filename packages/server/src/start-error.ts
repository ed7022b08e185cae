import type { ErrorCode } from "@signet/protocol";

/** The server cannot start for a reason that the person who runs it can mend. One line, with what to do about it. */
export class StartError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "StartError";
    this.hint = hint;
  }
}

/** A file that was given cannot be used. What is wrong with it is said by the code: whoever starts the server has the words. */
export class StartFileError extends StartError {
  /** The file, or which certificate or list of it. */
  readonly subject: string;
  readonly code: ErrorCode;

  constructor(subject: string, code: ErrorCode, cause?: unknown) {
    super(`${subject} cannot be used: ${code}`, "docs/errors.md says what to do about it", cause);
    this.name = "StartFileError";
    this.subject = subject;
    this.code = code;
  }
}
