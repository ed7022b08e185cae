/** The processes of the bench: the server, and those that hold the terminals. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";

import type { ChildReport } from "../server/server-child.ts";
import type { InitiatorFrame, Order, ProcessReport, Word } from "./messages.ts";

/** As many as there are cores, and two at least, so that terminals have to reach each other across processes. */
export const processCount = Math.max(2, availableParallelism());

export class TerminalProcess {
  readonly #child: ChildProcess;
  readonly #onFrame: (frame: InitiatorFrame) => void;
  readonly #words: Word[] = [];
  #heard: () => void = () => undefined;

  constructor(onFrame: (frame: InitiatorFrame) => void) {
    this.#onFrame = onFrame;
    this.#child = fork(new URL("terminals-child.ts", import.meta.url), {
      execArgv: ["--expose-gc", ...profiling()],
      serialization: "advanced",
    });
    this.#child.on("message", (word: Word) => {
      if (word.type === "frame") return this.#onFrame(word.frame);
      this.#words.push(word);
      this.#heard();
    });
    this.#child.on("exit", () => {
      this.#words.push({ type: "failed", reason: "a process of terminals ended" });
      this.#heard();
    });
  }

  order(order: Order): void {
    this.#child.send(order);
  }

  /** The next word of this type. @throws when something failed */
  async word<T extends Word["type"]>(type: T): Promise<Extract<Word, { type: T }>> {
    for (;;) {
      const failed = this.#words.find((word) => word.type === "failed");
      if (failed !== undefined) throw new Error(failed.reason);
      const at = this.#words.findIndex((word) => word.type === type);
      if (at >= 0) return this.#words.splice(at, 1)[0] as Extract<Word, { type: T }>;
      await new Promise<void>((resolve) => (this.#heard = resolve));
    }
  }

  async report(): Promise<ProcessReport> {
    this.order({ type: "report" });
    return (await this.word("report")).report;
  }

  async close(): Promise<void> {
    if (!this.#child.connected) return;
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
  }
}

export class ServerProcess {
  readonly origin: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, origin: string) {
    this.#child = child;
    this.origin = origin;
  }

  static async start(): Promise<ServerProcess> {
    const child = fork(new URL("../server/server-child.ts", import.meta.url), {
      execArgv: ["--expose-gc", ...profiling()],
    });
    const [{ origin }] = (await once(child, "message")) as [{ origin: string }];
    return new ServerProcess(child, origin);
  }

  async report(): Promise<ChildReport> {
    const answer = once(this.#child, "message");
    this.#child.send("report");
    return ((await answer) as [ChildReport])[0];
  }

  async close(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
  }
}

/** `SIGNET_BENCH_PROFILE=folder` writes a CPU profile of each process there. */
function profiling(): string[] {
  const folder = process.env["SIGNET_BENCH_PROFILE"];
  return folder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${folder}`];
}
