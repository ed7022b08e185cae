/** A real terminal window without a desk: tmux holds it, types into it and tells what stands in it. */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface WindowSize {
  readonly columns: number;
  readonly rows: number;
}

/** For its shell. */
export const program = `'${process.execPath}' '${join(import.meta.dirname, "../../bin/signet.js")}'`;

/** The shell's; some have another one for root. */
const prompt = /^[$#]$/;

export interface Cleanup {
  after(run: () => Promise<void> | void): void;
}

export class Window {
  readonly #socket: string;
  /** What is waited for, and the rows at the last look: a wait in vain tells them. */
  #awaited: { readonly look: string; readonly rows: readonly string[] } | undefined;

  private constructor(socket: string) {
    this.#socket = socket;
  }

  /** A shell with job control in the home folder of `env`, in a window of this size. */
  static async open(
    test: Cleanup,
    { columns, rows }: WindowSize,
    env: Readonly<Record<string, string>> & { readonly HOME: string },
  ): Promise<Window> {
    const folder = mkdtempSync(join(tmpdir(), "signet-window-"));
    const socket = join(folder, "tmux");
    // In the foreground, so that it ends with the test whatever happens.
    const server = spawn("tmux", ["-D", "-f", "/dev/null", "-S", socket], {
      env: {
        ...Object.fromEntries(
          Object.entries(process.env).filter(([name]) => name === "PATH" || name === "NODE_COMPILE_CACHE"),
        ),
        LANG: "C.UTF-8",
        TERM: "xterm",
        PS1: "$ ",
        ...env,
      },
      stdio: "ignore",
    });
    const ended = once(server, "exit");
    const window = new Window(socket);
    test.after(async () => {
      if (window.#awaited !== undefined)
        console.error(`waited for ${window.#awaited.look} in vain in\n${window.#awaited.rows.join("\n")}`);
      server.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    });
    while (!existsSync(socket)) {
      assert.equal(server.exitCode, null, "tmux does not start");
      await delay(20);
    }
    const size = ["-x", `${columns}`, "-y", `${rows}`];
    await window.#tmux("new-session", "-d", ...size, "-c", env.HOME, "sh", "-i");
    return window;
  }

  /** Names of keys as tmux has them (`Enter`, `C-z`, `Down`), or the letters themselves. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux("send-keys", "--", ...keys);
  }

  /**
   * A line for the shell, in an empty window. What is typed before the shell asks for it stands where something else ends, or is
   * wiped away with what was there.
   */
  async command(line: string): Promise<void> {
    const isEmpty = ([first = "", ...others]: readonly string[]): boolean =>
      prompt.test(first) && others.every((row) => row === "");
    if (!isEmpty(await this.asks())) {
      await this.type("clear");
      await this.until(isEmpty);
    }
    await this.type(line);
  }

  /** Waits until the shell asks for a line. */
  asks(): Promise<readonly string[]> {
    return this.until((rows) => prompt.test(rows.findLast((row) => row !== "") ?? ""));
  }

  async type(line: string): Promise<void> {
    await this.#tmux("send-keys", "-l", "--", line);
    await this.press("Enter");
  }

  async resize({ columns, rows }: WindowSize): Promise<void> {
    await this.#tmux("resize-window", "-x", `${columns}`, "-y", `${rows}`);
  }

  /** As by its close button: what runs in it is told (SIGHUP), and has no window any more. */
  async close(): Promise<void> {
    await this.#tmux("kill-session");
  }

  /** The rows as they are, without blanks at their ends. */
  async rows(): Promise<readonly string[]> {
    return (await this.#tmux("capture-pane", "-p")).replace(/\n$/, "").split("\n");
  }

  /** The same with what colours and styles them. */
  async styles(): Promise<string> {
    return this.#tmux("capture-pane", "-p", "-e");
  }

  /** Cursor shown, alternate screen, as tmux has them. */
  async isGivenBack(): Promise<boolean> {
    return (await this.#tmux("display-message", "-p", "#{cursor_flag} #{alternate_on}")).trim() === "1 0";
  }

  /** The rows, as soon as `look` holds; the test's own limit ends a wait in vain. */
  async until(
    look: RegExp | ((rows: readonly string[]) => boolean | Promise<boolean>),
  ): Promise<readonly string[]> {
    for (;;) {
      const rows = await this.rows();
      if (look instanceof RegExp ? rows.some((row) => look.test(row)) : await look(rows)) {
        this.#awaited = undefined;
        return rows;
      }
      this.#awaited = { look: String(look), rows };
      // Each look is a process.
      await delay(100);
    }
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    return (await run("tmux", ["-S", this.#socket, ...args])).stdout;
  }
}
