/**
 * A terminal's end of TURN over TCP or TLS (RFC 8656): one allocation, and a channel for each peer. libjuice, under node-datachannel, has TURN over
 * UDP only.
 */
import { randomBytes } from "node:crypto";
import { connect as connectTcp, isIP } from "node:net";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import {
  addressValue,
  attributeOf,
  buildStun,
  hasIntegrity,
  longTermKey,
  parseStun,
  readErrorCode,
  stunAttributes,
  stunMethods,
  udpProtocol,
} from "../turn/stun-message.ts";
import type { StunAttribute, StunMessage, TransportAddress } from "../turn/stun-message.ts";
import { TurnStream, channelFrame, firstChannel, lastChannel } from "../turn/turn-stream.ts";

/** `unreachable`: no answer, none of TURN, or the connection broke off. `refused`: it wants other credentials, or gives no allocation. */
export type TurnFailure = "unreachable" | "refused";

export class TurnError extends Error {
  readonly why: TurnFailure;

  /** @param message for whoever looks for mistakes: it names no credentials */
  constructor(why: TurnFailure, message: string) {
    super(message);
    this.why = why;
  }
}

export interface TurnServer {
  /** As `turnUrl` of the protocol has it. */
  readonly url: string;
  readonly username: string;
  readonly credential: string;
}

export interface TurnClientOptions extends TurnServer {
  onData(channel: number, data: Buffer): void;
  /** Once, after it had an allocation, unless it was closed from this end. */
  onClosed(): void;
  /** How long each answer may take; default 10 s. */
  readonly answerWithinMs?: number;
  /** How often all that lasts for a while is asked for again; default 4 min. */
  readonly renewEveryMs?: number;
}

export interface TurnAddress {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
}

const usualAnswerMs = 10_000;
/** A permission lasts 5 minutes, and whoever binds a channel anew has it again; allocations and channels last longer (RFC 8656 sections 3.2, 9 and 12). */
const usualRenewalMs = 240_000;
/** What the network does not take is too late: half a second of a voice. */
const mostUnsentBytes = 8 * 1024;
/** TCP asks whether the other end is there at all; the checks of ICE ask for what is behind it. */
const keepAliveMs = 30_000;

/** @returns undefined for a server that speaks UDP only */
export function turnAddressOf(url: string): TurnAddress | undefined {
  const [, scheme = "", host = "", port, transport] =
    /^(turns?):(\[[^\]]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(\w+))?$/i.exec(url) ?? [];
  const isSecure = scheme.toLowerCase() === "turns";
  if (host === "" || (transport ?? (isSecure ? "tcp" : "udp")).toLowerCase() !== "tcp") return undefined;
  return {
    host: host.replace(/^\[|\]$/g, ""),
    port: port === undefined ? (isSecure ? 5349 : 3478) : Number(port),
    isSecure,
  };
}

interface Waiting {
  answered(answer: StunMessage): void;
  failed(error: TurnError): void;
}

export class TurnClient {
  readonly #options: TurnClientOptions;
  readonly #socket: Socket;
  readonly #stream = new TurnStream();
  /** By transaction ID. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #peers: TransportAddress[] = [];
  #realm = "";
  #nonce: Buffer | undefined;
  #key: Buffer = Buffer.alloc(0);
  #renewal: ReturnType<typeof setInterval> | undefined;
  #isOver = false;

  private constructor(options: TurnClientOptions, { host, isSecure, port }: TurnAddress) {
    this.#options = options;
    const named = isIP(host) === 0 ? { servername: host } : {};
    this.#socket = isSecure ? connectTls({ host, port, ...named }) : connectTcp({ host, port });
    this.#socket.setNoDelay(true);
    this.#socket.setKeepAlive(true, keepAliveMs);
    this.#socket.on("data", (chunk: Buffer) => this.#arrived(chunk));
    this.#socket.on("error", ({ message }) => this.#end(message));
    this.#socket.on("close", () => this.#end("the connection was closed"));
  }

  /**
   * @param signal gives it up, also afterwards
   * @throws TurnError when there is no allocation to be had
   */
  static async allocate(options: TurnClientOptions, signal?: AbortSignal): Promise<TurnClient> {
    const address = turnAddressOf(options.url);
    if (address === undefined) throw new TurnError("unreachable", "only TCP and TLS are spoken here");
    signal?.throwIfAborted();
    const client = new TurnClient(options, address);
    signal?.addEventListener("abort", () => client.close(), { once: true });
    try {
      await client.#request(stunMethods.allocate, () => [
        { type: stunAttributes.requestedTransport, value: Buffer.from([udpProtocol, 0, 0, 0]) },
      ]);
    } catch (error) {
      client.close();
      throw error;
    }
    client.#renewal = setInterval(() => void client.#renew(), options.renewEveryMs ?? usualRenewalMs);
    return client;
  }

  /** By which this machine reaches the server; undefined without a connection to it. */
  get localAddress(): string | undefined {
    return this.#socket.localAddress;
  }

  /** @returns the channel that leads to `peer`. @throws TurnError when the server does not lead there */
  async bind(peer: TransportAddress): Promise<number> {
    const channel = firstChannel + this.#peers.length;
    if (channel > lastChannel) throw new TurnError("refused", "no channel is left");
    this.#peers.push(peer);
    await this.#bind(channel, peer);
    return channel;
  }

  /** As on any network: what cannot be sent now is lost. */
  send(channel: number, data: Buffer): void {
    if (this.#isOver || this.#socket.writableLength > mostUnsentBytes) return;
    this.#socket.write(channelFrame(channel, data));
  }

  /** Tells nobody; the server lets go of the allocation with the connection. */
  close(): void {
    this.#end(undefined);
  }

  async #renew(): Promise<void> {
    try {
      await this.#request(stunMethods.refresh, () => []);
      // Those that the server does not lead to were not bound either.
      for (const [index, peer] of this.#peers.entries())
        await this.#bind(firstChannel + index, peer).catch(() => undefined);
    } catch {
      this.#end("the allocation could not be kept");
    }
  }

  async #bind(channel: number, peer: TransportAddress): Promise<void> {
    const number = Buffer.alloc(4);
    number.writeUInt16BE(channel);
    await this.#request(stunMethods.channelBind, (transactionId) => [
      { type: stunAttributes.channelNumber, value: number },
      { type: stunAttributes.xorPeerAddress, value: addressValue(peer, transactionId) },
    ]);
  }

  /** Asks, and once more with what the server wants said (RFC 8489 section 9.2.5): realm and nonce, or a new nonce. */
  async #request(
    method: number,
    attributes: (transactionId: Buffer) => readonly StunAttribute[],
  ): Promise<StunMessage> {
    for (let isFirst = true; ; isFirst = false) {
      const hadNonce = this.#nonce !== undefined;
      const answer = await this.#ask(method, attributes);
      if (answer.class === "success") return answer;
      const code = readErrorCode(attributeOf(answer, stunAttributes.errorCode));
      const nonce = attributeOf(answer, stunAttributes.nonce);
      const mayAsk = (code === 401 && !hadNonce) || (code === 438 && isFirst);
      if (!mayAsk || nonce === undefined)
        throw new TurnError("refused", `the server answers ${code ?? "an error"}`);
      this.#challenged(nonce, attributeOf(answer, stunAttributes.realm)?.toString() ?? this.#realm);
    }
  }

  #challenged(nonce: Buffer, realm: string): void {
    const { credential, username } = this.#options;
    // A copy: it shares memory with all that came with it.
    this.#nonce = Buffer.from(nonce);
    this.#realm = realm;
    this.#key = longTermKey(username, realm, credential);
  }

  #ask(
    method: number,
    attributes: (transactionId: Buffer) => readonly StunAttribute[],
  ): Promise<StunMessage> {
    const { answerWithinMs = usualAnswerMs, username } = this.#options;
    const transactionId = randomBytes(12);
    const id = transactionId.toString("hex");
    const nonce = this.#nonce;
    const own =
      nonce === undefined
        ? []
        : [
            { type: stunAttributes.username, value: Buffer.from(username) },
            { type: stunAttributes.realm, value: Buffer.from(this.#realm) },
            { type: stunAttributes.nonce, value: nonce },
          ];
    const request: StunMessage = {
      method,
      class: "request",
      transactionId,
      attributes: [...attributes(transactionId), ...own],
    };
    return new Promise((resolve, reject) => {
      if (this.#isOver) return reject(new TurnError("unreachable", "it is closed"));
      const limit = setTimeout(
        () => settled.failed(new TurnError("unreachable", "no answer")),
        answerWithinMs,
      );
      const settled: Waiting = {
        answered: (answer) => {
          clearTimeout(limit);
          this.#waiting.delete(id);
          resolve(answer);
        },
        failed: (error) => {
          clearTimeout(limit);
          this.#waiting.delete(id);
          reject(error);
        },
      };
      this.#waiting.set(id, settled);
      this.#socket.write(buildStun(request, nonce === undefined ? {} : { key: this.#key }));
    });
  }

  #arrived(chunk: Buffer): void {
    const frames = this.#stream.push(chunk);
    for (const frame of frames ?? []) {
      if (this.#isOver) return;
      if (frame.type === "channel") this.#options.onData(frame.channel, frame.data);
      else this.#answered(frame.bytes);
    }
    if (frames === undefined) this.#end("this is no TURN");
  }

  #answered(bytes: Buffer): void {
    const answer = parseStun(bytes);
    if (answer === undefined) return this.#end("this is no TURN");
    if (answer.class !== "success" && answer.class !== "error") return;
    // Only who knows the credential says that it is well; what is refused bears no seal in every case.
    if (answer.class === "success" && !hasIntegrity(bytes, this.#key)) return;
    this.#waiting.get(answer.transactionId.toString("hex"))?.answered(answer);
  }

  /** @param why undefined when it is closed from this end */
  #end(why: string | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const stood = this.#renewal !== undefined;
    clearInterval(this.#renewal);
    this.#socket.destroy();
    for (const waiting of this.#waiting.values())
      waiting.failed(new TurnError("unreachable", why ?? "it was closed"));
    if (why !== undefined && stood) this.#options.onClosed();
  }
}
