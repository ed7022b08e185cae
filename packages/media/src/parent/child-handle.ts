import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { SignetError } from "@signet/protocol";
import { encodeLine, LineDecoder } from "../control/wire.ts";
import type { ChildConfig, FromChild, ToChild } from "../control/wire.ts";
import { socketPathIn } from "./runtime-dir.ts";

export type Hello = Extract<FromChild, { type: "hello" }>;
export type ChildNotice = Extract<FromChild, { terminalId: string } | { type: "networks" | "voices" }>;
type Reply = Extract<FromChild, { request: number }>;

/** A process that starts on a busy machine takes a second; longer means that it cannot run. */
const startTimeoutMs = 15_000;
const connectEveryMs = 15;
const replyTimeoutMs = 10_000;
/** How long the server before this one may take to let go of its processes. */
const busyTimeoutMs = 2000;

/** All that this process started or took over, and that run. */
const running = new Set<{ kill(): void }>();

/** For a server that has no time to close: ends them at once. */
export function killMediaProcesses(): void {
  for (const each of running) each.kill();
}

/** The server's end of one media process. */
export class ChildHandle {
  readonly hello: Hello;
  /** The process is gone, or does not speak any more; called once. */
  onClose: () => void = () => undefined;
  onNotice: (notice: ChildNotice) => void = () => undefined;
  closed = false;
  readonly #socket: Socket;
  readonly #waiting = new Map<
    number,
    { resolve: (reply: Reply) => void; reject: (error: unknown) => void }
  >();
  #nextRequest = 1;

  constructor(socket: Socket, decoder: LineDecoder<FromChild>, hello: Hello) {
    this.#socket = socket;
    this.hello = hello;
    socket.removeAllListeners("data");
    socket.on("data", (chunk: string) => {
      for (const message of decoder.push(chunk)) this.#receive(message);
    });
    socket.on("close", () => this.#close());
    running.add(this);
  }

  send(message: ToChild): void {
    if (!this.closed) this.#socket.write(encodeLine(message));
  }

  /** @throws SignetError `media.unavailable` when the process dies or does not answer; or its refusal */
  async request<Type extends "join" | "stats" | "flow">(
    message: Omit<Extract<ToChild, { type: Type }>, "request">,
  ): Promise<Reply> {
    if (this.closed) throw new SignetError("media.unavailable");
    const request = this.#nextRequest++;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Reply>((resolve, reject) => {
        this.#waiting.set(request, { resolve, reject });
        timer = setTimeout(
          () => reject(new SignetError("media.unavailable", new Error("no answer"))),
          replyTimeoutMs,
        );
        this.send({ ...message, request } as ToChild);
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(request);
    }
  }

  /** Ends the process, by force when it does not go by itself. */
  async exit(): Promise<void> {
    if (this.closed) return;
    const gone = new Promise<void>((resolve) => this.#socket.once("close", () => resolve()));
    this.send({ type: "exit" });
    const timer = setTimeout(() => this.kill(), 2000);
    await gone;
    clearTimeout(timer);
  }

  kill(): void {
    // Only while its socket is open: then the number cannot have gone to another process.
    if (this.closed) return;
    try {
      process.kill(this.hello.pid, "SIGKILL");
    } catch {
      this.#socket.destroy();
    }
  }

  /** Lets go of the process without ending it, as a killed server does. */
  detach(): void {
    this.onClose = () => undefined;
    running.delete(this);
    this.#socket.destroy();
  }

  #receive(message: FromChild): void {
    if ("terminalId" in message || message.type === "networks" || message.type === "voices")
      this.onNotice(message);
    else if (message.type === "refused")
      this.#waiting.get(message.request)?.reject(new SignetError(message.code, new Error(message.reason)));
    else if ("request" in message) this.#waiting.get(message.request)?.resolve(message);
  }

  #close(): void {
    this.closed = true;
    running.delete(this);
    for (const { reject } of this.#waiting.values())
      reject(new SignetError("media.unavailable", new Error("media process died")));
    this.#waiting.clear();
    this.onClose();
  }
}

/** @throws SignetError `media.unavailable` when the process does not come up */
export async function startChild(dir: string, config: Omit<ChildConfig, "socketPath">): Promise<ChildHandle> {
  const socketPath = socketPathIn(dir, randomBytes(4).toString("hex"));
  const entry = fileURLToPath(new URL("../child/main.ts", import.meta.url));
  // Detached, in its own session and without our pipes: it has to outlive us, and a Ctrl-C is for the server alone.
  const child = spawn(process.execPath, [entry, JSON.stringify({ ...config, socketPath })], {
    detached: true,
    // Options of the server, of which some are secrets, are nothing for a process that reads packets of strangers.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("SIGNET_"))),
    stdio: "ignore",
  });
  let exited = false;
  const started = { kill: () => void child.kill("SIGKILL") };
  running.add(started);
  for (const event of ["exit", "error"])
    child.once(event, () => {
      exited = true;
      running.delete(started);
    });
  child.unref();
  const deadline = Date.now() + startTimeoutMs;
  while (!exited && Date.now() < deadline) {
    const result = await attachChild(socketPath);
    if (result instanceof ChildHandle) return result;
    await delay(connectEveryMs);
  }
  if (!exited) child.kill("SIGKILL");
  throw new SignetError("media.unavailable", new Error("the media process did not start"));
}

/**
 * Connects to a process that runs already.
 * @returns `absent` when nobody listens at `socketPath`, `busy` when another server has it
 */
export async function attachChild(socketPath: string): Promise<ChildHandle | "absent" | "busy"> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    const decoder = new LineDecoder<FromChild>();
    socket.setEncoding("utf8");
    socket.setTimeout(busyTimeoutMs, () => socket.destroy());
    socket.on("error", () => undefined);
    socket.once("close", () => resolve("absent"));
    socket.on("data", (chunk: string) => {
      for (const message of decoder.push(chunk)) {
        if (message.type === "hello") {
          socket.setTimeout(0);
          resolve(new ChildHandle(socket, decoder, message));
        } else if (message.type === "busy") {
          resolve("busy");
          socket.destroy();
        }
      }
    });
  });
}

/** Takes over the processes of the server before this one, and removes the sockets of dead ones. */
export async function attachAll(socketPaths: readonly string[]): Promise<ChildHandle[]> {
  const handles: ChildHandle[] = [];
  for (const socketPath of socketPaths) {
    const deadline = Date.now() + busyTimeoutMs;
    let result = await attachChild(socketPath);
    while (result === "busy" && Date.now() < deadline) {
      await delay(50);
      result = await attachChild(socketPath);
    }
    if (result === "busy") {
      for (const handle of handles) handle.detach();
      throw new SignetError("media.unavailable", new Error("another server runs on this data directory"));
    }
    if (result === "absent") rmSync(socketPath, { force: true });
    else handles.push(result);
  }
  return handles;
}
