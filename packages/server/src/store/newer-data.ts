/** What is stored was written by a later version, and is left as it is: this one would read it wrongly. */
export class NewerDataError extends Error {
  constructor() {
    super("the data were written by a newer version of Signet");
    this.name = "NewerDataError";
  }
}

/** Whether this, or what it came from, is that. */
export const isNewerData = (error: unknown): boolean =>
  error instanceof NewerDataError || (error instanceof Error && isNewerData(error.cause));
