/** The terminal's side of the process in which a PKCS#11 module runs; one for each module that this process uses. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { realpathSync } from "node:fs";
import { SignetError } from "@signet/protocol";

import type { ModuleChoice, RequestMessage, RequestName, Requests, WorkerMessage } from "./messages.ts";

interface Pending {
  readonly name: RequestName;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: SignetError) => void;
}

interface Shared {
  readonly client: ModuleClient;
  readonly loaded: Promise<void>;
  users: number;
}

const shared = new Map<string, Shared>();
/** Some tokens take one user at a time, so a module is not loaded again before it was finalised. */
const endings = new Map<string, Promise<void>>();

/**
 * @throws SignetError `device.pkcs11Missing`, `moduleNotFound`, `moduleNoFile`, `moduleUnusable`, `moduleNotStarted`, `moduleDied`
 * @returns the client, and `release` to be called once; the last one ends the process
 */
export async function acquireModule({
  modulePath,
  moduleParameters,
}: ModuleChoice): Promise<{ client: ModuleClient; release: () => Promise<void> }> {
  const path = resolved(modulePath);
  const choice = { modulePath: path, ...(moduleParameters === undefined ? {} : { moduleParameters }) };
  const name = JSON.stringify([path, moduleParameters]);
  await endings.get(name);
  let entry = shared.get(name);
  if (entry === undefined || entry.client.hasStopped) {
    const client = new ModuleClient(path);
    entry = { client, loaded: client.request("load", choice), users: 0 };
    shared.set(name, entry);
  }
  const { client, loaded } = entry;
  entry.users += 1;
  const release = async (): Promise<void> => leave(name, entry);
  try {
    await loaded;
  } catch (error) {
    await release();
    throw error;
  }
  return { client, release };
}

async function leave(name: string, entry: Shared): Promise<void> {
  entry.users -= 1;
  if (entry.users > 0) return;
  if (shared.get(name) === entry) shared.delete(name);
  const ending = entry.client.end();
  endings.set(name, ending);
  await ending;
  if (endings.get(name) === ending) endings.delete(name);
}

/** One name for each file; a path that does not exist is left for the process to refuse. */
function resolved(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** What a module tells by itself of a session. */
interface SessionListeners {
  /** Called once: the token is gone, or the module with all its tokens, which `cause` then says. */
  readonly onGone: (cause?: SignetError) => void;
  /** Nobody is logged in any more. */
  readonly onLapsed: () => void;
}

const running = new Set<ModuleClient>();
process.once("exit", () => {
  for (const client of running) client.endWaiting();
});

export class ModuleClient {
  readonly #path: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<number, SessionListeners>();
  #lastNumber = 0;
  #hasStopped = false;
  constructor(path: string) {
    this.#path = path;
    this.#child = fork(new URL("./worker.ts", import.meta.url), {
      // Those of the program, such as `--eval`, are not meant for this file.
      execArgv: [],
      serialization: "advanced",
      // What a module prints is no output of the program.
      stdio: ["ignore", 2, 2, "ipc"],
      env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("SIGNET_"))),
    });
    this.#child.on("message", (message: WorkerMessage) => this.#receive(message));
    this.#exited = new Promise((resolve) => {
      this.#child.once("error", (error) => {
        this.#stopped(error);
        resolve();
      });
      this.#child.once("exit", (code, signal) => {
        this.#stopped(new Error(`${path} ended its process by ${signal ?? `exit code ${code}`}`));
        resolve();
      });
    });
    running.add(this);
    this.#child.unref();
    this.#keepAlive();
  }

  get hasStopped(): boolean {
    return this.#hasStopped;
  }

  async request<N extends RequestName>(name: N, ask: Requests[N]["ask"]): Promise<Requests[N]["answer"]> {
    if (this.#hasStopped) throw new SignetError("device.moduleDied", new Error(`${this.#path} ended before`));
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    return new Promise((resolve, reject) => {
      this.#pending.set(number, { name, resolve, reject });
      this.#keepAlive();
      const message: RequestMessage<N> = { number, name, ask };
      // What cannot be sent any more is told by the end of the process.
      this.#child.send(message, () => undefined);
    });
  }

  watch(session: number, listeners: SessionListeners): Promise<void> {
    this.#listeners.set(session, listeners);
    return this.request("watch", { session });
  }

  async closeSession(session: number): Promise<void> {
    this.#listeners.delete(session);
    if (!this.#hasStopped) await this.request("close", { session });
  }

  /** Of a module that a person or a card is waited for; nobody is there any more for whom either should do anything. */
  endWaiting(): void {
    if ([...this.#pending.values()].some(({ name }) => name === "logIn" || name === "sign"))
      this.#child.kill("SIGKILL");
  }

  async end(): Promise<void> {
    if (!this.#hasStopped) await this.request("finalize", {}).catch(() => {});
    if (this.#child.connected) this.#child.disconnect();
    this.#child.ref();
    await this.#exited;
  }

  /** Only somebody who waits for an answer keeps this process alive, never a token that is plugged in. */
  #keepAlive(): void {
    if (this.#pending.size > 0) this.#child.channel?.ref();
    else this.#child.channel?.unref();
  }

  #receive(message: WorkerMessage): void {
    if (message.type === "gone") return this.#tellGone(message.session);
    if (message.type === "lapsed") return this.#listeners.get(message.session)?.onLapsed();
    const waiting = this.#pending.get(message.number);
    this.#pending.delete(message.number);
    this.#keepAlive();
    if (message.type === "answer") return waiting?.resolve(message.answer as never);
    const { code, reason } = message;
    return waiting?.reject(
      reason === undefined ? new SignetError(code) : new SignetError(code, new Error(reason)),
    );
  }

  #tellGone(session: number, cause?: SignetError): void {
    const listeners = this.#listeners.get(session);
    this.#listeners.delete(session);
    listeners?.onGone(cause);
  }

  /** Without its process nobody can sign or see the token any more. */
  #stopped(cause: Error): void {
    if (this.#hasStopped) return;
    this.#hasStopped = true;
    running.delete(this);
    const error = new SignetError("device.moduleDied", cause);
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
    for (const session of this.#listeners.keys()) this.#tellGone(session, error);
  }
}
