import { Interrupted, exitCodes } from "../failure.ts";

/**
 * The first Ctrl-C, SIGTERM or closing of the window asks the command to come to an end, the second one ends the process at once.
 * A reader of the output that goes away, as `| head` does, asks for the same.
 */
export class Interrupt {
  readonly #controller = new AbortController();

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  listen(): void {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => this.trigger());
    process.stdout.on("error", () => {
      if (!this.signal.aborted) this.trigger();
    });
  }

  trigger(): void {
    if (this.signal.aborted) process.exit(exitCodes.interrupted);
    this.#controller.abort(new Interrupted());
  }
}
