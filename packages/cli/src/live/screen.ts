/**
 * A terminal window taken over and given back (xterm control sequences, which tmux and every current terminal know). It is given
 * back also when the program ends by a mistake, so that the mistake can be read, and while it is stopped by Ctrl-Z.
 */

/** Alternate screen, cursor hidden, no line wrap: where a window measures a letter otherwise, it is cut rather than spread. */
const enter = "\u001B[?1049h\u001B[?25l\u001B[?7l";
const leave = "\u001B[?7h\u001B[?25h\u001B[?1049l";
/** What is between them appears at once, where the window knows this. */
const beginUpdate = "\u001B[?2026h";
const endUpdate = "\u001B[?2026l";

/** The window may be gone (EIO) while the call is still being left properly. */
const ignored = (): void => undefined;

export class Screen {
  readonly #input: NodeJS.ReadStream;
  readonly #output: NodeJS.WriteStream;
  readonly #onResize: () => void;
  #taken = false;
  #drawn: readonly string[] = [];

  constructor(input: NodeJS.ReadStream, output: NodeJS.WriteStream, onResize: () => void) {
    this.#input = input;
    this.#output = output;
    this.#onResize = onResize;
  }

  get size(): { readonly columns: number; readonly rows: number } {
    return { columns: Math.max(1, this.#output.columns || 80), rows: Math.max(1, this.#output.rows || 24) };
  }

  open(): void {
    this.#take();
    this.#output.on("resize", this.#resized);
    this.#output.on("error", ignored);
    this.#input.on("error", ignored);
    process.on("exit", this.#giveBack);
    process.on("uncaughtExceptionMonitor", this.#giveBack);
    process.on("SIGTSTP", this.suspend);
    process.on("SIGCONT", this.#continued);
  }

  /** Writes the lines that changed. */
  draw(lines: readonly string[]): void {
    if (!this.#taken) return;
    const changes = lines.flatMap((line, row) =>
      line === this.#drawn[row] ? [] : [`\u001B[${row + 1};1H\u001B[2K${line}`],
    );
    const below = lines.length < this.#drawn.length ? [`\u001B[${lines.length + 1};1H\u001B[J`] : [];
    this.#drawn = lines;
    if (changes.length + below.length > 0)
      this.#output.write(beginUpdate + changes.join("") + below.join("") + endUpdate);
  }

  /** Gives the window to the shell until `fg`. */
  readonly suspend = (): void => {
    this.#giveBack();
    process.off("SIGTSTP", this.suspend);
    // The whole job stops here, and goes on here; where no shell could continue it, the kernel does not stop it at all.
    process.kill(0, "SIGTSTP");
    process.on("SIGTSTP", this.suspend);
    this.#continued();
  };

  /** @param last what remains in the window */
  close(last: readonly string[]): void {
    this.#output.off("resize", this.#resized);
    process.off("exit", this.#giveBack);
    process.off("uncaughtExceptionMonitor", this.#giveBack);
    process.off("SIGTSTP", this.suspend);
    process.off("SIGCONT", this.#continued);
    this.#giveBack();
    this.#input.pause();
    if (last.length > 0) this.#output.write(`${last.join("\n")}\n`);
  }

  #take(): void {
    this.#taken = true;
    this.#drawn = [];
    this.#input.setRawMode(true);
    this.#input.resume();
    this.#output.write(`${enter}\u001B[2J`);
  }

  readonly #giveBack = (): void => {
    if (!this.#taken) return;
    this.#taken = false;
    this.#input.setRawMode(false);
    // Synchronous, as windows are written to: also at the end of the process.
    this.#output.write(leave);
  };

  readonly #continued = (): void => {
    if (this.#taken) this.#giveBack();
    this.#take();
    this.#onResize();
  };

  readonly #resized = (): void => {
    // What the window did to the lines is its own affair: all are drawn again.
    this.#drawn = [];
    this.#output.write("\u001B[2J");
    this.#onResize();
  };
}
