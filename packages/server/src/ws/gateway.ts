import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

import { maxMessageBytes } from "@signet/protocol";
import type { ErrorCode } from "@signet/protocol";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";

import type { ServerLimits } from "../limits.ts";
import { Connection } from "./connection.ts";
import type { ConnectionShell } from "./connection.ts";

/** Where terminals connect. */
export const socketPath = "/ws";

export interface GatewayOptions {
  readonly originOf: () => string;
  readonly limits: ServerLimits;
  readonly shell: ConnectionShell;
  readonly onClose: (connection: Connection) => void;
  readonly onRefusal: (code: ErrorCode | "origin") => void;
}

/** Accepts the sockets of terminals and looks after their life. */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #sockets: WebSocketServer;
  readonly #connections = new Set<Connection>();
  #strangers = 0;
  #stopping = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // Compression would cost 100 kB and more per socket, and what is large here is encrypted.
      perMessageDeflate: false,
      // Above the limit, so that a terminal that sends somewhat too much is told so; this one only bounds memory.
      maxPayload: maxMessageBytes + 65_536,
    });
  }

  get size(): number {
    return this.#connections.size;
  }

  get signedIn(): number {
    let count = 0;
    for (const { isSignedIn } of this.#connections) if (isSignedIn) count += 1;
    return count;
  }

  listen(server: Server): void {
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // Node takes its own listener away before this event, and an error without listener would end the whole server.
      socket.on("error", () => socket.destroy());
      const status = this.#upgradeRefusal(request);
      if (status !== undefined) {
        socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) => this.#open(webSocket));
    });
  }

  /** To be called about once a second. @param nowMs as of `performance.now()` */
  sweep(nowMs: number): void {
    const { helloMs, silenceMs } = this.#options.limits;
    const pingMs = silenceMs / 3;
    let strangers = 0;
    for (const connection of this.#connections) {
      if (!connection.isSignedIn) strangers += 1;
      const silentMs = nowMs - connection.heardAtMs;
      if (silentMs >= silenceMs) connection.terminate();
      else if (connection.terminal === undefined && nowMs - connection.openedAtMs >= helloMs) {
        connection.fail("protocol.helloTimeout");
      } else if (silentMs >= pingMs && nowMs - connection.pingedAtMs >= pingMs) connection.ping(nowMs);
    }
    this.#strangers = strangers;
  }

  /** Tells every terminal that the server stops, and takes no new ones. */
  stop(): void {
    this.#stopping = true;
    for (const connection of this.#connections) connection.fail("server.stopping");
  }

  /** Resolves when all sockets are closed, or after `mostMs`. */
  async emptied(mostMs: number): Promise<void> {
    const untilMs = performance.now() + mostMs;
    while (this.#connections.size > 0 && performance.now() < untilMs) await delay(10);
  }

  /** Cuts off who did not close by itself. */
  cut(): void {
    for (const connection of this.#connections) connection.terminate();
  }

  #upgradeRefusal({ url, headers }: IncomingMessage): string | undefined {
    if (this.#stopping) return "503 Service Unavailable";
    if (url?.split("?", 1)[0] !== socketPath) return "404 Not Found";
    // A browser always names the page's origin; another site's page must not speak for the person (RFC 6455 section 10.2).
    const { origin } = headers;
    if (origin === undefined || origin === this.#options.originOf()) return undefined;
    this.#options.onRefusal("origin");
    return "403 Forbidden";
  }

  #open(socket: WebSocket): void {
    const { limits, onClose, onRefusal, shell } = this.#options;
    const connection = new Connection(socket, shell);
    socket.on("error", (error: Error & { code?: string }) => {
      // The library closes with 1009 after this; anything else is the network's.
      if (error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH") onRefusal("protocol.tooLarge");
    });
    if (this.#connections.size >= limits.connections || this.#strangers >= limits.strangers) {
      connection.fail("protocol.tooManyConnections");
      return;
    }
    this.#connections.add(connection);
    this.#strangers += 1;
    socket.on("message", (message: Buffer, isBinary: boolean) => connection.receive(message, isBinary));
    socket.on("pong", () => {
      connection.heardAtMs = performance.now();
    });
    socket.on("close", () => {
      this.#connections.delete(connection);
      onClose(connection);
    });
  }
}
