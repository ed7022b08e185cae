import type { IncomingMessage, Server } from "node:http";
import type { Server as NetServer, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

import { maxMessageBytes } from "@signet/protocol";
import type { ErrorCode } from "@signet/protocol";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";

import { addressGroups } from "../http/client-address.ts";
import type { TrustedProxies } from "../http/client-address.ts";
import { isOwnHost } from "../http/own-host.ts";
import type { ServerLimits } from "../limits.ts";
import { Connection } from "./connection.ts";
import type { ConnectionShell } from "./connection.ts";
import { Guest, guestKey } from "./guest.ts";
import { Strangers } from "./strangers.ts";

/** Where terminals connect. */
export const socketPath = "/ws";

export interface GatewayOptions {
  readonly originOf: () => string;
  readonly limits: ServerLimits;
  readonly proxies: TrustedProxies;
  readonly shell: ConnectionShell;
  readonly onClose: (connection: Connection) => void;
  readonly onRefusal: (code: ErrorCode | "origin") => void;
}

/** Accepts the sockets of terminals and looks after their life, and after how many others there are. */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #sockets: WebSocketServer;
  readonly #shell: ConnectionShell;
  readonly #guests = new Map<string, Guest>();
  readonly #connections = new Map<Connection, Guest>();
  readonly #strangers: Strangers<Guest>;
  #stopping = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
    const { limits, shell } = options;
    this.#strangers = new Strangers({
      most: limits.strangers,
      mostOfAddress: limits.strangersPerAddress,
      mostMs: limits.strangerMs,
    });
    this.#shell = {
      ...shell,
      handle: async (connection, request, respond) => {
        await shell.handle(connection, request, respond);
        const guest = this.#connections.get(connection);
        if (guest === undefined) return;
        if (connection.isSignedIn) this.#strangers.leave(guest);
        // Somebody waits for them: their time begins anew, once, since a code is entered once.
        else if (request.type === "pairing.enter" && shell.isPairing(connection))
          this.#count(guest, performance.now());
      },
    };
    this.#sockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      // Compression would cost 100 kB and more per socket, and what is large here is encrypted.
      perMessageDeflate: false,
      // Above the limit, so that a terminal that sends somewhat too much is told so; this one only bounds memory.
      maxPayload: maxMessageBytes + 65_536,
      // Each costs some hundred bytes beside its own. Browsers cut a message of 512 KiB into a few fragments, networks into about 400 pieces.
      maxFragments: 256,
      maxBufferedChunks: 4_096,
    });
  }

  get size(): number {
    return this.#connections.size;
  }

  get signedIn(): number {
    let count = 0;
    for (const { isSignedIn } of this.#connections.keys()) if (isSignedIn) count += 1;
    return count;
  }

  /** Counts who connects to a port of this server. */
  watch(server: NetServer): void {
    server.on("connection", (socket: Socket) => this.#admit(socket));
  }

  /** It turned out to be a terminal's that may be relayed: no stranger's any more. */
  relays(socket: Socket): void {
    const guest = this.#guests.get(guestKey(socket));
    if (guest !== undefined) this.#strangers.leave(guest);
  }

  listen(server: Server): void {
    this.watch(server);
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      // Node takes its own listener away before this event, and an error without listener would end the whole server.
      socket.on("error", () => socket.destroy());
      const status = this.#upgradeRefusal(request);
      if (status !== undefined) {
        const head = `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`;
        return void socket.end(head, () => socket.destroy());
      }
      const guest = this.#guests.get(guestKey(socket as Socket));
      if (guest === undefined) return void socket.destroy();
      // Before the library listens: what arrives is counted before it is looked at.
      let connection: Connection | undefined;
      socket.on("data", (piece: Buffer) => connection?.arrived(piece.length));
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) => {
        connection = this.#open(webSocket, socket, guest);
        this.#nameBehindProxy(guest, request);
      });
    });
  }

  /** To be called about once a second. @param nowMs as of `performance.now()` */
  sweep(nowMs: number): void {
    const { helloMs, silenceMs } = this.#options.limits;
    const pingMs = silenceMs / 3;
    for (const guest of this.#strangers.over(nowMs)) guest.end("protocol.signInTimeout");
    for (const [connection, guest] of this.#connections) {
      if (connection.isSignedIn) this.#strangers.leave(guest);
      else if (connection.isOpen && !this.#strangers.has(guest)) this.#count(guest, nowMs);
      const silentMs = nowMs - connection.heardAtMs;
      if (silentMs >= silenceMs) connection.terminate();
      else if (connection.terminal === undefined && nowMs - connection.openedAtMs >= helloMs) {
        connection.cutOff("protocol.helloTimeout");
      } else if (silentMs >= pingMs && nowMs - connection.pingedAtMs >= pingMs) connection.ping(nowMs);
    }
  }

  /** Tells every terminal that the server stops, and takes no new ones. */
  stop(): void {
    this.#stopping = true;
    for (const connection of this.#connections.keys()) connection.fail("server.stopping");
  }

  /** Resolves when all sockets are closed, or after `mostMs`. */
  async emptied(mostMs: number): Promise<void> {
    const untilMs = performance.now() + mostMs;
    while (this.#connections.size > 0 && performance.now() < untilMs) await delay(10);
  }

  /** Cuts off who did not close by itself. */
  cut(): void {
    for (const connection of this.#connections.keys()) connection.terminate();
  }

  #upgradeRefusal({ url, headers, socket }: IncomingMessage): string | undefined {
    if (!isOwnHost(headers.host, this.#options.originOf(), socket.localAddress))
      return "421 Misdirected Request";
    if (this.#stopping) return "503 Service Unavailable";
    if (url?.split("?", 1)[0] !== socketPath) return "404 Not Found";
    // A browser always names the page's origin; another site's page must not speak for the person (RFC 6455 section 10.2).
    const { origin } = headers;
    if (origin === undefined || origin === this.#options.originOf()) return undefined;
    this.#options.onRefusal("origin");
    return "403 Forbidden";
  }

  /** Every connection is a stranger's first: who asks for pages, or never ends a handshake, takes up as much as a terminal. */
  #admit(socket: Socket): void {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) return void socket.destroy();
    const isProxy = this.#options.proxies.has(remoteAddress);
    const guest = new Guest(socket, isProxy ? [] : addressGroups(remoteAddress));
    const key = guestKey(socket);
    this.#guests.set(key, guest);
    socket.once("close", () => {
      this.#guests.delete(key);
      this.#strangers.leave(guest);
    });
    // A proxy keeps connections for whoever comes next; it has its own bounds for those who keep it waiting.
    this.#count(guest, isProxy ? Infinity : performance.now());
  }

  #nameBehindProxy(guest: Guest, { headers, socket }: IncomingMessage): void {
    const { proxies } = this.#options;
    const peer = socket.remoteAddress;
    if (peer === undefined || !proxies.has(peer)) return;
    const forwardedFor = headers["x-forwarded-for"];
    guest.groups = addressGroups(proxies.clientOf(peer, forwardedFor?.toString()));
    this.#count(guest, performance.now());
  }

  #count(guest: Guest, sinceMs: number): void {
    for (const other of this.#strangers.admit(guest, guest.groups, sinceMs)) this.#turnOut(other);
  }

  #turnOut(guest: Guest): void {
    if (guest.connection?.isSignedIn !== true) guest.end("protocol.tooManyConnections");
  }

  #open(socket: WebSocket, carrier: Duplex, guest: Guest): Connection {
    const { limits, onClose, onRefusal } = this.#options;
    const connection = new Connection(socket, this.#shell, carrier);
    socket.on("error", (error: Error & { code?: string }) => {
      // The library closes after this; anything else is the network's.
      if (error.code !== undefined && tooLarge.has(error.code)) onRefusal("protocol.tooLarge");
    });
    if (this.#connections.size >= limits.connections && !this.#makeRoom()) {
      connection.fail("protocol.tooManyConnections");
      return connection;
    }
    guest.connection = connection;
    connection.addressName = () => guest.groups.at(-1)?.name ?? "";
    this.#connections.set(connection, guest);
    socket.on("message", (message: Buffer, isBinary: boolean) => connection.receive(message, isBinary));
    socket.on("pong", () => {
      connection.heardAtMs = performance.now();
    });
    socket.on("close", () => {
      this.#connections.delete(connection);
      onClose(connection);
    });
    return connection;
  }

  /** @returns false where all are signed in */
  #makeRoom(): boolean {
    const oldest = this.#strangers.oldest(
      ({ connection }) => connection !== undefined && !connection.isSignedIn,
    );
    if (oldest === undefined) return false;
    this.#strangers.leave(oldest);
    this.#turnOut(oldest);
    return true;
  }
}

/** Of the library: a frame, the fragments, or the pieces of a message are more than it may have. */
const tooLarge: ReadonlySet<string> = new Set([
  "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH",
  "WS_ERR_TOO_MANY_BUFFERED_PARTS",
]);
