import { Interrupted, exitCodes } from "../failure.ts";

/** What a service manager sends, and what a closed window does. */
export const endSignals = ["SIGTERM", "SIGHUP"] as const;

/**
 * The first Ctrl-C, SIGTERM or closing of the window asks the command to come to an end; a Ctrl-C after that ends the process at
 * once. A reader of the output that goes away, as `| head` does, asks for the same. SIGTERM and SIGHUP ask as often as they like:
 * a closed window sends SIGHUP, and so does the shell in it; a service manager and what started us may both send SIGTERM.
 */
export class Interrupt {
  readonly #controller = new AbortController();

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  listen(): void {
    process.on("SIGINT", () => this.trigger());
    for (const signal of endSignals) process.on(signal, () => this.#ask());
    process.stdout.on("error", () => this.#ask());
  }

  trigger(): void {
    if (this.signal.aborted) process.exit(exitCodes.interrupted);
    this.#ask();
  }

  #ask(): void {
    this.#controller.abort(new Interrupted());
  }
}
