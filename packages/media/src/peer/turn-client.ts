/**
 * A terminal's end of TURN (RFC 8656): one allocation, and a channel for each peer. libjuice, under node-datachannel, has TURN over UDP only, asks for it
 * whether it is needed or not, and has an offer wait for servers that do not answer.
 */
import { randomBytes } from "node:crypto";
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
import { firstChannel, lastChannel } from "../turn/turn-stream.ts";
import type { TurnFrame } from "../turn/turn-stream.ts";
import { TurnError, openTurnTransport, turnAddressOf } from "./turn-transport.ts";
import type { TurnAddress, TurnTransport } from "./turn-transport.ts";

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

const usualAnswerMs = 10_000;
/** A permission lasts 5 minutes, and whoever binds a channel anew has it again; allocations and channels last longer (RFC 8656 sections 3.2, 9 and 12). */
const usualRenewalMs = 240_000;
/** Until an answer over UDP is waited for in vain a first time; then twice as long each time (RFC 8489 section 6.2.1). */
const firstRepeatMs = 500;

interface Waiting {
  answered(answer: StunMessage): void;
  failed(error: TurnError): void;
}

export class TurnClient {
  readonly #options: TurnClientOptions;
  #transport: TurnTransport | undefined;
  /** By transaction ID. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #peers: TransportAddress[] = [];
  #realm = "";
  #nonce: Buffer | undefined;
  #key: Buffer = Buffer.alloc(0);
  #renewal: ReturnType<typeof setInterval> | undefined;
  #isOver = false;

  private constructor(options: TurnClientOptions) {
    this.#options = options;
  }

  /**
   * @param signal gives it up, also afterwards
   * @throws TurnError when there is no allocation to be had
   */
  static async allocate(options: TurnClientOptions, signal?: AbortSignal): Promise<TurnClient> {
    const address = turnAddressOf(options.url);
    if (address === undefined) throw new TurnError("unreachable", "DTLS is not spoken here");
    signal?.throwIfAborted();
    const client = new TurnClient(options);
    signal?.addEventListener("abort", () => client.close(), { once: true });
    try {
      await client.#open(address);
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
    return this.#transport?.localAddress;
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
    this.#transport?.sendData(channel, data);
  }

  /** The server lets go of the allocation with the connection, and over UDP when it is told. */
  close(): void {
    if (this.#isOver) return;
    if (this.#transport?.isLossy === true && this.#renewal !== undefined)
      this.#transport.send(this.#lastWords());
    this.#end(undefined);
  }

  async #open(address: TurnAddress): Promise<void> {
    const transport = await openTurnTransport(address, {
      onFrame: (frame) => this.#arrived(frame),
      onEnd: (error) => this.#end(error),
    });
    if (this.#isOver) {
      transport.close();
      throw new TurnError("unreachable", "it is closed");
    }
    this.#transport = transport;
  }

  /** Ends the allocation (RFC 8656 section 8). Lost, it ends by itself within 10 minutes. */
  #lastWords(): Buffer {
    const transactionId = randomBytes(12);
    const attributes = [{ type: stunAttributes.lifetime, value: Buffer.alloc(4) }, ...this.#proof()];
    return buildStun(
      { method: stunMethods.refresh, class: "request", transactionId, attributes },
      { key: this.#key },
    );
  }

  async #renew(): Promise<void> {
    try {
      await this.#request(stunMethods.refresh, () => []);
      // Those that the server does not lead to were not bound either.
      for (const [index, peer] of this.#peers.entries())
        await this.#bind(firstChannel + index, peer).catch(() => undefined);
    } catch {
      this.#end(new TurnError("refused", "the allocation could not be kept"));
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

  /** Who asks, once the server said what it wants of them. */
  #proof(): StunAttribute[] {
    const nonce = this.#nonce;
    return nonce === undefined
      ? []
      : [
          { type: stunAttributes.username, value: Buffer.from(this.#options.username) },
          { type: stunAttributes.realm, value: Buffer.from(this.#realm) },
          { type: stunAttributes.nonce, value: nonce },
        ];
  }

  #ask(
    method: number,
    attributes: (transactionId: Buffer) => readonly StunAttribute[],
  ): Promise<StunMessage> {
    const { answerWithinMs = usualAnswerMs } = this.#options;
    const transactionId = randomBytes(12);
    const id = transactionId.toString("hex");
    const request = buildStun(
      {
        method,
        class: "request",
        transactionId,
        attributes: [...attributes(transactionId), ...this.#proof()],
      },
      this.#nonce === undefined ? {} : { key: this.#key },
    );
    return new Promise((resolve, reject) => {
      const transport = this.#transport;
      if (this.#isOver || transport === undefined)
        return reject(new TurnError("unreachable", "it is closed"));
      const limit = setTimeout(
        () => settled.failed(new TurnError("unreachable", "no answer")),
        answerWithinMs,
      );
      let repeat: ReturnType<typeof setTimeout> | undefined;
      const send = (repeatMs: number): void => {
        transport.send(request);
        if (transport.isLossy) repeat = setTimeout(() => send(2 * repeatMs), repeatMs);
      };
      const settle = (): void => {
        clearTimeout(limit);
        clearTimeout(repeat);
        this.#waiting.delete(id);
      };
      const settled: Waiting = {
        answered: (answer) => {
          settle();
          resolve(answer);
        },
        failed: (error) => {
          settle();
          reject(error);
        },
      };
      this.#waiting.set(id, settled);
      send(firstRepeatMs);
    });
  }

  #arrived(frame: TurnFrame): void {
    if (this.#isOver) return;
    if (frame.type === "channel") this.#options.onData(frame.channel, frame.data);
    else this.#answered(frame.bytes);
  }

  #answered(bytes: Buffer): void {
    const answer = parseStun(bytes);
    if (answer === undefined) {
      // A datagram may be from anybody who writes the server's address on it.
      if (this.#transport?.isLossy !== true) this.#end(new TurnError("unreachable", "this is no TURN"));
      return;
    }
    if (answer.class !== "success" && answer.class !== "error") return;
    // Only who knows the credential says that it is well; what is refused bears no seal in every case.
    if (answer.class === "success" && !hasIntegrity(bytes, this.#key)) return;
    this.#waiting.get(answer.transactionId.toString("hex"))?.answered(answer);
  }

  /** @param error undefined when it is closed from this end */
  #end(error: TurnError | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const stood = this.#renewal !== undefined;
    clearInterval(this.#renewal);
    this.#transport?.close();
    for (const waiting of this.#waiting.values())
      waiting.failed(error ?? new TurnError("unreachable", "it was closed"));
    if (error !== undefined && stood) this.#options.onClosed();
  }
}
