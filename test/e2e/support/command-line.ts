/** The real `signet`, as a process of its own. */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

import type { UserId } from "@signet/protocol";

const program = join(import.meta.dirname, "../../../packages/cli/bin/signet.js");

/** One line of `--json`. */
export interface JsonEvent {
  readonly event: string;
  readonly at: string;
  readonly userId?: UserId;
  readonly [field: string]: unknown;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** In place of everything that begins with SIGNET_ in the environment of the test. */
  readonly env?: Readonly<Record<string, string>>;
  /** Comes in on descriptor 3, for `--passphrase-fd 3` and `--pin-fd 3`. */
  readonly descriptor3?: string;
  /** Comes in on standard input, which ends behind it. */
  readonly stdin?: Uint8Array;
  /** How long a line or an event is waited for: one that never comes is to fail its test, and not to hang it. */
  readonly patienceMs?: number;
  /** What stands in front of the program, where it runs elsewhere than in the network of this machine. */
  readonly through?: readonly string[];
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A command that runs. What it writes is kept. */
export class RunningCommand {
  readonly ended: Promise<Ended>;
  readonly #child;
  readonly #name: string;
  readonly #patienceMs: number;
  readonly #lines: string[] = [];
  readonly #checks = new Set<() => void>();
  #out = "";
  #err = "";
  #over = false;

  constructor(
    args: readonly string[],
    { cwd, env = {}, descriptor3, patienceMs = 60_000, stdin, through = [] }: CommandOptions = {},
  ) {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("SIGNET_"));
    const [command = "", ...words] = [...through, process.execPath, program, ...args];
    const child = spawn(command, words, {
      ...(cwd === undefined ? {} : { cwd }),
      // Tests are written in English, whatever this machine speaks.
      env: { ...Object.fromEntries(inherited), SIGNET_LANGUAGE: "en", ...env },
      stdio: [
        stdin === undefined ? "ignore" : "pipe",
        "pipe",
        "pipe",
        descriptor3 === undefined ? "ignore" : "pipe",
      ],
    });
    this.#child = child;
    this.#patienceMs = patienceMs;
    this.#name = args[0] ?? "signet";
    const secret = child.stdio[3];
    if (secret !== undefined && secret !== null && "end" in secret) {
      // Not every command reads it.
      secret.on("error", () => undefined);
      secret.end(`${descriptor3}\n`);
    }
    child.stdin?.on("error", () => undefined).end(stdin);
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.#out += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.#err += text));
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on("line", (line) => {
        this.#lines.push(line);
        this.#look();
      });
    this.ended = new Promise((resolve) =>
      child.once("close", (code) => {
        this.#over = true;
        this.#look();
        resolve({ code, out: this.#out, err: this.#err });
      }),
    );
  }

  /** Lines of standard output so far. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Of a command with `--json`. */
  get events(): readonly JsonEvent[] {
    return this.#lines.map((line) => JSON.parse(line) as JsonEvent);
  }

  /** The first line that fits, as soon as there is one. @throws when the command ends without it, or it takes too long */
  line(pattern: RegExp): Promise<string> {
    return this.#first(String(pattern), () => this.#lines.find((line) => pattern.test(line)));
  }

  /** The first event with this name for which `test` holds; `--json` only. @throws when the command ends without it, or it takes too long */
  event(name: string, test: (event: JsonEvent) => boolean = () => true): Promise<JsonEvent> {
    return this.#first(name, () => this.events.find((event) => event.event === name && test(event)));
  }

  /** Ctrl-C, or what a service manager sends. */
  signal(signal: "SIGHUP" | "SIGINT" | "SIGTERM" | "SIGKILL"): void {
    this.#child.kill(signal);
  }

  /**
   * Ctrl-C, and another one as soon as the first was taken: two that wait together would arrive as one. Servers in this process
   * answer nothing meanwhile.
   */
  interruptTwice(): void {
    this.signal("SIGINT");
    while (this.#hasWaitingInterrupt()) continue;
    this.signal("SIGINT");
  }

  /** Linux tells the signals that a process was sent and has not taken, as hexadecimal sets; SIGINT is the second. */
  #hasWaitingInterrupt(): boolean {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
    return [...status.matchAll(/^(?:Sig|Shd)Pnd:\s*([0-9a-f]+)$/gm)].some(
      ([, set = ""]) => (Number.parseInt(set.slice(-1), 16) & 2) !== 0,
    );
  }

  /** As `| head` does when it has enough. */
  stopReading(): void {
    this.#child.stdout?.destroy();
  }

  #look(): void {
    for (const check of this.#checks) check();
  }

  #first<T>(what: string, look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = (happened: string): void =>
        reject(new Error(`signet ${this.#name} ${happened} ${what}:\n${this.#out}${this.#err}`));
      const late = setTimeout(() => {
        this.#checks.delete(check);
        fail(`gave within ${this.#patienceMs / 1_000} s no`);
      }, this.#patienceMs);
      const check = (): void => {
        const found = look();
        if (found === undefined && !this.#over) return;
        this.#checks.delete(check);
        clearTimeout(late);
        if (found !== undefined) resolve(found);
        else fail("ended without");
      };
      this.#checks.add(check);
      check();
    });
  }
}

/** Runs a command to its end. */
export function runCommand(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  return new RunningCommand(args, options).ended;
}
