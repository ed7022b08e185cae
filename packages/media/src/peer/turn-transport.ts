/** What carries a terminal's TURN to its server (RFC 8656 section 3.1): a connection of TCP or TLS, or datagrams of UDP. */
import { createSocket } from "node:dgram";
import type { Socket as Datagrams } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { connect as connectTcp, isIP } from "node:net";
import type { Socket } from "node:net";
import { connect as connectTls, TLSSocket } from "node:tls";

import { TurnStream, channelFrame, readTurnDatagram } from "../turn/turn-stream.ts";
import type { TurnFrame } from "../turn/turn-stream.ts";

/**
 * `unreachable`: no answer, none of TURN, or the connection broke off. `untrusted`: its certificate is not one that this machine accepts. `refused`: it wants
 * other credentials, or gives no allocation.
 */
export type TurnFailure = "unreachable" | "untrusted" | "refused";

export class TurnError extends Error {
  readonly why: TurnFailure;

  /** @param message for whoever looks for mistakes: it names no credentials */
  constructor(why: TurnFailure, message: string) {
    super(message);
    this.why = why;
  }
}

export interface TurnAddress {
  readonly host: string;
  readonly port: number;
  readonly by: "udp" | "tcp" | "tls";
}

/** @returns undefined for a server that speaks DTLS, which nothing here does; browsers do not, either */
export function turnAddressOf(url: string): TurnAddress | undefined {
  const [, scheme = "", host = "", port, transport] =
    /^(turns?):(\[[^\]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(\w+))?$/i.exec(url) ?? [];
  const isSecure = scheme.toLowerCase() === "turns";
  const isDatagrams = (transport ?? (isSecure ? "tcp" : "udp")).toLowerCase() === "udp";
  if (host === "" || (isSecure && isDatagrams)) return undefined;
  return {
    host: host.replace(/^\[|\]$/g, ""),
    port: port === undefined ? (isSecure ? 5349 : 3478) : Number(port),
    by: isSecure ? "tls" : isDatagrams ? "udp" : "tcp",
  };
}

export interface TurnTransportEvents {
  onFrame(frame: TurnFrame): void;
  /** Once, unless it was closed from this end. */
  onEnd(error: TurnError): void;
}

export interface TurnTransport {
  /** Whether what is sent may get lost, and the server learns nothing of it when this end is gone. */
  readonly isLossy: boolean;
  /** By which this machine reaches the server; undefined without a connection to it. */
  readonly localAddress: string | undefined;
  send(message: Buffer): void;
  /** As on any network: what cannot be sent now is lost. */
  sendData(channel: number, data: Buffer): void;
  /** What was sent before goes out. */
  close(): void;
}

/** What the network does not take is too late: half a second of a voice. */
const mostUnsentBytes = 8 * 1024;
/** TCP asks whether the other end is there at all; the checks of ICE ask for what is behind it. */
const keepAliveMs = 30_000;

/** A connection of TCP or TLS may not stand yet when this returns; what is sent waits for it. @throws TurnError where the name leads nowhere */
export async function openTurnTransport(
  address: TurnAddress,
  events: TurnTransportEvents,
): Promise<TurnTransport> {
  return address.by === "udp" ? UdpTransport.open(address, events) : new StreamTransport(address, events);
}

class StreamTransport implements TurnTransport {
  readonly isLossy = false;
  readonly #socket: Socket;
  readonly #stream = new TurnStream();

  constructor({ by, host, port }: TurnAddress, events: TurnTransportEvents) {
    const named = isIP(host) === 0 ? { servername: host } : {};
    // By the certificates that Node trusts, with those of NODE_EXTRA_CA_CERTS: as whatever else the terminal says to the server.
    const socket = by === "tls" ? connectTls({ host, port, ...named }) : connectTcp({ host, port });
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
    const end = (error: TurnError): void => {
      if (!socket.destroyed) socket.destroy();
      events.onEnd(error);
    };
    socket.on("data", (chunk: Buffer) => {
      const frames = this.#stream.push(chunk);
      for (const frame of frames ?? []) if (!socket.destroyed) events.onFrame(frame);
      if (frames === undefined) end(new TurnError("unreachable", "this is no TURN"));
    });
    socket.on("error", ({ message }) =>
      end(new TurnError(isUntrusted(socket) ? "untrusted" : "unreachable", message)),
    );
    socket.on("close", () => end(new TurnError("unreachable", "the connection was closed")));
  }

  get localAddress(): string | undefined {
    return this.#socket.localAddress;
  }

  send(message: Buffer): void {
    this.#socket.write(message);
  }

  sendData(channel: number, data: Buffer): void {
    if (this.#socket.writableLength <= mostUnsentBytes) this.#socket.write(channelFrame(channel, data));
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Node says so of a certificate alone: other failures of TLS leave it empty. */
const isUntrusted = (socket: Socket): boolean =>
  // Typed as always there.
  socket instanceof TLSSocket && ((socket.authorizationError as unknown) ?? null) !== null;

class UdpTransport implements TurnTransport {
  readonly isLossy = true;
  readonly #socket: Datagrams;
  #isClosed = false;

  private constructor(socket: Datagrams, events: TurnTransportEvents) {
    this.#socket = socket;
    socket.on("message", (bytes) => {
      const frame = readTurnDatagram(bytes);
      if (frame !== undefined && !this.#isClosed) events.onFrame(frame);
    });
    // Nobody listens there: the machine said so.
    socket.on("error", ({ message }) => {
      if (this.#isClosed) return;
      this.close();
      events.onEnd(new TurnError("unreachable", message));
    });
  }

  static async open({ host, port }: TurnAddress, events: TurnTransportEvents): Promise<UdpTransport> {
    const unreachable = (error: unknown): never => {
      throw new TurnError("unreachable", error instanceof Error ? error.message : "");
    };
    const { address, family } = await lookup(host).catch(unreachable);
    const socket = createSocket(family === 6 ? "udp6" : "udp4");
    try {
      // From then on the system takes packets from the server alone.
      socket.connect(port, address);
      await once(socket, "connect");
      return new UdpTransport(socket, events);
    } catch (error) {
      socket.close();
      return unreachable(error);
    }
  }

  get localAddress(): string | undefined {
    return this.#isClosed ? undefined : this.#socket.address().address;
  }

  send(message: Buffer): void {
    if (!this.#isClosed) this.#socket.send(message, () => undefined);
  }

  sendData(channel: number, data: Buffer): void {
    // Without the bytes that fill it up in a stream (RFC 8656 section 12.5).
    this.send(channelFrame(channel, data).subarray(0, 4 + data.length));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // Behind what is still to be sent.
    setImmediate(() => this.#socket.close());
  }
}
