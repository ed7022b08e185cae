/** A terminal's end of TURN that asks for whatever a test wants. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";

import {
  addressValue,
  attributeOf,
  buildStun,
  channelFrame,
  hasIntegrity,
  longTermKey,
  parseStun,
  readAddress,
  readErrorCode,
  stunAttributes,
  stunMethods,
  TurnStream,
} from "@signet/media/turn";
import type { StunAttribute, StunMessage, TransportAddress, TurnFrame } from "@signet/media/turn";

const udp: StunAttribute = {
  type: stunAttributes.requestedTransport,
  value: Buffer.from([17, 0, 0, 0]),
};

/** How ICE knows both ends. */
export interface IceNames {
  /** Theirs and ours, with a colon between them. */
  readonly username: string;
  /** Theirs. */
  readonly password: string;
}

const checkId = Buffer.from("connectivity");

/** A connectivity check (RFC 8445 section 7.1), as the side that controls. */
export function connectivityCheck({ username, password }: IceNames, tieBreaker: bigint): Buffer {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(tieBreaker);
  return buildStun(
    {
      method: stunMethods.binding,
      class: "request",
      transactionId: checkId,
      attributes: [
        { type: stunAttributes.username, value: Buffer.from(username) },
        { type: 0x0024, value: Buffer.from([0x6e, 0, 1, 0xff]) },
        { type: stunAttributes.iceControlling, value: number },
      ],
    },
    { key: Buffer.from(password), fingerprint: true },
  );
}

/** @returns 0 for success, or the code of the error; undefined for what is no answer to such a check */
export function checkResult(data: Buffer): number | undefined {
  const message = parseStun(data);
  if (message?.transactionId.equals(checkId) !== true) return undefined;
  return readErrorCode(attributeOf(message, stunAttributes.errorCode)) ?? 0;
}

/** A terminal's end, which asks for anything. */
export class TurnClient {
  readonly socket: Socket;
  readonly #stream = new TurnStream();
  readonly #frames: TurnFrame[] = [];
  readonly #credentials: { readonly username: string; readonly credential: string };
  nonce = "";
  #realm = "";
  #wake: () => void = () => undefined;
  isClosed = false;

  constructor(socket: Socket, credentials: { readonly username: string; readonly credential: string }) {
    this.socket = socket;
    this.#credentials = credentials;
    socket.on("data", (chunk: Buffer) => {
      this.#frames.push(...(this.#stream.push(chunk) ?? assert.fail("no TURN")));
      this.#wake();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.isClosed = true;
      this.#wake();
    });
  }

  static async connect(
    port: number,
    credentials: { readonly username: string; readonly credential: string },
  ): Promise<TurnClient> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return new TurnClient(socket, credentials);
  }

  /** @returns what came next; undefined when the connection is closed */
  async frame(): Promise<TurnFrame | undefined> {
    while (this.#frames.length === 0 && !this.isClosed)
      await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#frames.shift();
  }

  async message(): Promise<StunMessage | undefined> {
    const frame = await this.frame();
    if (frame === undefined) return undefined;
    assert.ok(frame.type === "message");
    return parseStun(frame.bytes) ?? assert.fail("no message");
  }

  /** @returns 0 for success, the code of an error, or undefined when the connection is closed */
  async ask(
    method: number,
    attributes: (transactionId: Buffer) => readonly StunAttribute[],
    sealed = true,
  ): Promise<number | undefined> {
    const own = sealed ? this.#named() : [];
    const transactionId = randomBytes(12);
    const request: StunMessage = {
      method,
      class: "request",
      transactionId,
      attributes: [...attributes(transactionId), ...own],
    };
    this.socket.write(buildStun(request, sealed ? { key: this.#key } : {}));
    const frame = await this.frame();
    if (frame === undefined) return undefined;
    assert.ok(frame.type === "message");
    const { bytes } = frame;
    this.answer = parseStun(bytes) ?? assert.fail();
    assert.deepEqual(this.answer.transactionId, transactionId);
    this.nonce = attributeOf(this.answer, stunAttributes.nonce)?.toString() ?? this.nonce;
    this.#realm = attributeOf(this.answer, stunAttributes.realm)?.toString() ?? this.#realm;
    if (this.answer.class === "success") assert.ok(hasIntegrity(bytes, this.#key));
    return readErrorCode(attributeOf(this.answer, stunAttributes.errorCode)) ?? 0;
  }

  /** The one to what was asked last. */
  answer: StunMessage | undefined;

  /** Where the socket of the allocation is that was just made. */
  relayed(): TransportAddress {
    const answer = this.answer ?? assert.fail();
    const value = attributeOf(answer, stunAttributes.xorRelayedAddress) ?? assert.fail();
    return readAddress(value, answer.transactionId) ?? assert.fail();
  }

  get #key(): Buffer {
    const { username, credential } = this.#credentials;
    return longTermKey(username, this.#realm, credential);
  }

  /** A request that nobody waits for. */
  sealed(method: number): Buffer {
    return buildStun(
      { method, class: "request", transactionId: randomBytes(12), attributes: this.#named() },
      { key: this.#key },
    );
  }

  #named(): StunAttribute[] {
    return [
      { type: stunAttributes.username, value: Buffer.from(this.#credentials.username) },
      { type: stunAttributes.realm, value: Buffer.from(this.#realm) },
      { type: stunAttributes.nonce, value: Buffer.from(this.nonce) },
    ];
  }

  /** As browsers do: first without credentials, to learn the nonce. */
  async allocate(more: readonly StunAttribute[] = [udp]): Promise<number | undefined> {
    if (this.nonce === "") assert.equal(await this.ask(stunMethods.allocate, () => more, false), 401);
    return this.ask(stunMethods.allocate, () => more);
  }

  permit(...peers: readonly TransportAddress[]): Promise<number | undefined> {
    return this.ask(stunMethods.createPermission, (id) => peers.map((peer) => peerAttribute(peer, id)));
  }

  bind(channel: number, peer: TransportAddress): Promise<number | undefined> {
    const value = Buffer.alloc(4);
    value.writeUInt16BE(channel);
    return this.ask(stunMethods.channelBind, (id) => [
      { type: stunAttributes.channelNumber, value },
      peerAttribute(peer, id),
    ]);
  }

  /** By an indication. */
  send(peer: TransportAddress, data: Buffer): void {
    const transactionId = randomBytes(12);
    const attributes = [peerAttribute(peer, transactionId), { type: stunAttributes.data, value: data }];
    this.socket.write(
      buildStun({ method: stunMethods.send, class: "indication", transactionId, attributes }),
    );
  }

  /** What the SFU answers to a check over a channel. */
  async check(channel: number, check: Buffer): Promise<number> {
    this.sendChannel(channel, check);
    for (;;) {
      const frame = (await this.frame()) ?? assert.fail("closed");
      const result = frame.type === "channel" ? checkResult(frame.data) : undefined;
      if (result !== undefined) return result;
    }
  }

  sendChannel(channel: number, data: Buffer): void {
    this.socket.write(channelFrame(channel, data));
  }
}

const peerAttribute = (peer: TransportAddress, transactionId: Buffer): StunAttribute => ({
  type: stunAttributes.xorPeerAddress,
  value: addressValue(peer, transactionId),
});
