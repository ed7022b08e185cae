import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

import type { LoadAnswer, LoadReport, LoadRequest } from "./load-wire.ts";

/** One load process, from the bench's end. */
class LoadProcess {
  readonly #child: ChildProcess = fork(new URL("load-child.ts", import.meta.url));
  readonly #waiting = new Map<
    number,
    { resolve: (answer: LoadAnswer) => void; reject: (error: Error) => void }
  >();
  #next = 1;

  constructor() {
    this.#child.on("message", (message) => {
      const answer = message as LoadAnswer;
      if (answer.error === undefined) this.#waiting.get(answer.request)?.resolve(answer);
      else this.#waiting.get(answer.request)?.reject(new Error(answer.error));
      this.#waiting.delete(answer.request);
    });
    this.#child.on("exit", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error("a load process died"));
    });
  }

  async ask(message: LoadRequest): Promise<LoadAnswer> {
    const request = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(request, { resolve, reject });
      this.#child.send({ ...message, request });
    });
  }

  async close(): Promise<void> {
    if (!this.#child.connected) return;
    const exited = once(this.#child, "exit");
    this.#child.disconnect();
    await exited;
  }
}

/** The load processes together; a peer lives in one of them, by its name. */
export class Load {
  readonly #processes: readonly LoadProcess[];
  readonly #homes = new Map<string, LoadProcess>();

  constructor(processes: number) {
    this.#processes = Array.from({ length: processes }, () => new LoadProcess());
  }

  #home(peer: string): LoadProcess {
    let home = this.#homes.get(peer);
    if (home === undefined) {
      home = this.#processes[this.#homes.size % this.#processes.length] ?? new LoadProcess();
      this.#homes.set(peer, home);
    }
    return home;
  }

  async offer(peer: string, slots: number): Promise<string> {
    return (await this.#home(peer).ask({ type: "offer", peer, slots })).sdp ?? "";
  }

  async accept(peer: string, answerSdp: string): Promise<void> {
    await this.#home(peer).ask({ type: "accept", peer, answerSdp });
  }

  async answer(peer: string, offerSdp: string): Promise<string> {
    return (await this.#home(peer).ask({ type: "answer", peer, offerSdp })).sdp ?? "";
  }

  async connected(peer: string): Promise<void> {
    await this.#home(peer).ask({ type: "connected", peer });
  }

  async talk(peers: readonly string[]): Promise<void> {
    await Promise.all(
      peers.map((peer, talker) => this.#home(peer).ask({ type: "talk", peers: [{ peer, talker }] })),
    );
  }

  async begin(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.ask({ type: "begin" })));
  }

  async end(): Promise<LoadReport> {
    const reports = await Promise.all(
      this.#processes.map(async (process) => (await process.ask({ type: "end" })).report),
    );
    const whole = { received: 0, lost: 0, delays: [] as number[] };
    for (const report of reports) {
      whole.received += report?.received ?? 0;
      whole.lost += report?.lost ?? 0;
      report?.delays.forEach((count, bin) => (whole.delays[bin] = (whole.delays[bin] ?? 0) + count));
    }
    return whole;
  }

  async clear(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.ask({ type: "clear" })));
    this.#homes.clear();
  }

  async close(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.close()));
  }
}
