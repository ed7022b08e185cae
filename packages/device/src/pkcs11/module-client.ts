/** The terminal's side of the worker in which a PKCS#11 module runs; one worker for each module of the process. */
import { realpathSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { SignetError } from "@signet/protocol";

import type { RequestMessage, RequestName, Requests, WorkerMessage } from "./messages.ts";

interface Pending {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: SignetError) => void;
}

interface Shared {
  readonly client: ModuleClient;
  readonly loaded: Promise<void>;
  users: number;
}

const shared = new Map<string, Shared>();
/** A module is finalised for the whole process, so it is not loaded again before that is done. */
const endings = new Map<string, Promise<void>>();

/**
 * @throws SignetError `device.pkcs11Missing`, `device.moduleNotFound`, `device.moduleUnusable`
 * @returns the client, and `release` to be called once; the last one ends the worker
 */
export async function acquireModule(
  modulePath: string,
): Promise<{ client: ModuleClient; release: () => Promise<void> }> {
  const path = resolved(modulePath);
  await endings.get(path);
  let entry = shared.get(path);
  if (entry === undefined) {
    const client = new ModuleClient();
    entry = { client, loaded: client.request("load", { modulePath: path }), users: 0 };
    shared.set(path, entry);
  }
  const { client, loaded } = entry;
  entry.users += 1;
  const release = async (): Promise<void> => leave(path, entry);
  try {
    await loaded;
  } catch (error) {
    await release();
    throw error;
  }
  return { client, release };
}

async function leave(path: string, entry: Shared): Promise<void> {
  entry.users -= 1;
  if (entry.users > 0) return;
  if (shared.get(path) === entry) shared.delete(path);
  const ending = entry.client.end();
  endings.set(path, ending);
  await ending;
  if (endings.get(path) === ending) endings.delete(path);
}

/** One name for each file; a path that does not exist is left for the worker to refuse. */
function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

export class ModuleClient {
  readonly #worker = new Worker(new URL("./worker.ts", import.meta.url), {
    name: "signet-pkcs11",
    // Those of the program, such as `--eval`, are not meant for this file.
    execArgv: [],
  });
  readonly #pending = new Map<number, Pending>();
  readonly #goneListeners = new Map<number, () => void>();
  #lastNumber = 0;
  #hasStopped = false;

  constructor() {
    this.#worker.unref();
    this.#worker.on("message", (message: WorkerMessage) => this.#receive(message));
    this.#worker.on("error", (error) => this.#stopped(error));
    this.#worker.on("exit", () => this.#stopped());
  }

  /** @param transfer buffers that the worker takes over */
  async request<N extends RequestName>(
    name: N,
    ask: Requests[N]["ask"],
    transfer: ArrayBuffer[] = [],
  ): Promise<Requests[N]["answer"]> {
    if (this.#hasStopped) throw new SignetError("device.tokenFailed");
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    return new Promise((resolve, reject) => {
      this.#pending.set(number, { resolve, reject });
      // Only somebody who waits for an answer keeps the process alive, never a token that is plugged in.
      this.#worker.ref();
      const message: RequestMessage<N> = { number, name, ask };
      this.#worker.postMessage(message, transfer);
    });
  }

  /** @param listener called once, when the token of this session is gone */
  watch(session: number, listener: () => void): Promise<void> {
    this.#goneListeners.set(session, listener);
    return this.request("watch", { session });
  }

  async closeSession(session: number): Promise<void> {
    this.#goneListeners.delete(session);
    if (!this.#hasStopped) await this.request("close", { session });
  }

  async end(): Promise<void> {
    if (!this.#hasStopped) await this.request("finalize", {}).catch(() => {});
    await this.#worker.terminate();
  }

  #receive(message: WorkerMessage): void {
    if (message.type === "gone") {
      this.#tellGone(message.session);
      return;
    }
    const waiting = this.#pending.get(message.number);
    this.#pending.delete(message.number);
    if (this.#pending.size === 0) this.#worker.unref();
    if (message.type === "answer") waiting?.resolve(message.answer as never);
    else waiting?.reject(new SignetError(message.code, new Error(message.reason)));
  }

  #tellGone(session: number): void {
    const listener = this.#goneListeners.get(session);
    this.#goneListeners.delete(session);
    listener?.();
  }

  /** Without the worker nobody can sign or see the token any more. */
  #stopped(cause?: unknown): void {
    this.#hasStopped = true;
    for (const { reject } of this.#pending.values()) reject(new SignetError("device.tokenFailed", cause));
    this.#pending.clear();
    for (const session of this.#goneListeners.keys()) this.#tellGone(session);
  }
}
