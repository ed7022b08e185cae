import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";

import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";

/** A real socket whose other end is the test: it says what the test tells it to, and keeps what it hears. */
export class ListeningServer {
  readonly #sockets: WebSocketServer;
  readonly heard: { readonly id: number; readonly type: string; readonly body: unknown }[] = [];
  /** The reply's body for each request; undefined leaves it without an answer. */
  reply: (type: string, body: unknown) => unknown = () => undefined;
  peer: WebSocket | undefined;
  #tcp: Socket | undefined;

  private constructor(sockets: WebSocketServer) {
    this.#sockets = sockets;
    sockets.on("connection", (peer, request) => {
      this.peer = peer;
      this.#tcp = request.socket;
      peer.on("message", (data) => {
        const request = JSON.parse((data as Buffer).toString("utf8")) as (typeof this.heard)[number];
        this.heard.push(request);
        const body = this.reply(request.type, request.body);
        if (body !== undefined) peer.send(JSON.stringify({ id: request.id, body }));
      });
    });
  }

  static async open(): Promise<ListeningServer> {
    const sockets = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    await once(sockets, "listening");
    return new ListeningServer(sockets);
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#sockets.address() as AddressInfo).port}`;
  }

  say(message: unknown): void {
    this.peer?.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** What is said until {@link uncork} goes out in one piece. */
  cork(): void {
    this.#tcp?.cork();
  }

  uncork(): void {
    this.#tcp?.uncork();
  }

  async close(): Promise<void> {
    for (const peer of this.#sockets.clients) peer.terminate();
    await new Promise((resolve) => this.#sockets.close(resolve));
  }
}
