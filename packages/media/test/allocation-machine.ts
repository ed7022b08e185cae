/** The machine of an allocation, asked as a terminal asks it. */
import assert from "node:assert/strict";
import { relayRealm, startAllocation } from "../src/relay/allocation-state.ts";
import type { AllocationEffect, AllocationInput, AllocationState } from "../src/relay/allocation-state.ts";
import { stepAllocation } from "../src/relay/allocation.ts";
import {
  addressValue,
  attributeOf,
  buildStun,
  longTermKey,
  parseStun,
  readErrorCode,
  stunAttributes,
  stunMethods,
} from "../src/turn/stun-message.ts";
import type { StunAttribute, TransportAddress } from "../src/turn/stun-message.ts";

export const client: TransportAddress = { address: "192.0.2.7", port: 50_000 };
export const sfu: TransportAddress = { address: "10.0.0.5", port: 40_000 };
export const announced: TransportAddress = { address: "203.0.113.7", port: 40_000 };
export const own = { username: "own", key: longTermKey("own", relayRealm, "sesame") };
export const other = { username: "other", key: longTermKey("other", relayRealm, "sesame") };
export const id = Buffer.alloc(12, 7);
export const helloMs = 10_000;

export const attribute = (type: number, value: Buffer | string): StunAttribute => ({
  type,
  value: Buffer.from(value),
});
export const udp = attribute(stunAttributes.requestedTransport, Buffer.from([17, 0, 0, 0]));
export const peerOf = (peer: TransportAddress): StunAttribute =>
  attribute(stunAttributes.xorPeerAddress, addressValue(peer, id));
export const numberOf = (channel: number): StunAttribute =>
  attribute(stunAttributes.channelNumber, Buffer.from([channel >> 8, channel & 0xff, 0, 0]));
export const lifetime = (seconds: number): StunAttribute =>
  attribute(stunAttributes.lifetime, Buffer.from([0, 0, seconds >> 8, seconds & 0xff]));

interface Asking {
  /** As whom; false without credentials. */
  readonly as?: typeof own | false;
  readonly nonce?: string;
  readonly realm?: string;
  readonly key?: Buffer;
  readonly known?: typeof own | undefined;
  readonly room?: "yes" | "quota" | "capacity";
  readonly reachable?: readonly TransportAddress[];
}

/** A machine with the time that it is for it. */
export class Machine {
  nowMs = 1_000;
  state: AllocationState;
  effects: readonly AllocationEffect[] = [];
  #nonces = 0;

  constructor(relayAddress = "127.0.0.1") {
    this.state = startAllocation(client, relayAddress, "nonce-0", this.nowMs, helloMs);
  }

  step(input: AllocationInput): readonly AllocationEffect[] {
    const { state, effects } = stepAllocation(this.state, input, this.nowMs);
    this.state = state;
    this.effects = effects;
    return effects;
  }

  message(
    method: number,
    kind: "request" | "indication" | "success",
    attributes: readonly StunAttribute[],
    asking: Asking = {},
  ): readonly AllocationEffect[] {
    const { as = own, nonce = this.state.nonce.of, realm = relayRealm } = asking;
    const credentials =
      as === false || kind !== "request"
        ? []
        : [
            attribute(stunAttributes.username, as.username),
            attribute(stunAttributes.realm, realm),
            attribute(stunAttributes.nonce, nonce),
          ];
    const bytes = buildStun(
      { method, class: kind, transactionId: id, attributes: [...attributes, ...credentials] },
      { key: credentials.length === 0 ? undefined : (asking.key ?? (as as typeof own).key) },
    );
    return this.step({
      type: "message",
      bytes,
      message: parseStun(bytes) ?? assert.fail(),
      holder: "known" in asking ? asking.known : as === false ? undefined : as,
      room: asking.room ?? "yes",
      nonce: `nonce-${++this.#nonces}`,
      reachable: asking.reachable ?? [sfu, announced],
    });
  }

  /** @returns 0 for success, or the code of the error; undefined without an answer */
  ask(method: number, attributes: readonly StunAttribute[] = [], asking: Asking = {}): number | undefined {
    return codeIn(this.message(method, "request", attributes, asking));
  }

  open(): this {
    assert.equal(this.ask(stunMethods.allocate, [udp]), undefined);
    assert.deepEqual(this.effects, [{ type: "open" }]);
    assert.equal(codeIn(this.step({ type: "opened", port: 60_000 })), 0);
    return this;
  }

  permit(...peers: readonly TransportAddress[]): number | undefined {
    return this.ask(stunMethods.createPermission, peers.map(peerOf));
  }

  bind(channel: number, peer: TransportAddress, asking: Asking = {}): number | undefined {
    return this.ask(stunMethods.channelBind, [numberOf(channel), peerOf(peer)], asking);
  }

  /** @returns whether it is passed on, and to which port */
  send(peer: TransportAddress, more: readonly StunAttribute[] = []): number | undefined {
    const data = attribute(stunAttributes.data, "sound");
    const effects = this.message(stunMethods.send, "indication", [peerOf(peer), data, ...more]);
    return portIn(effects);
  }

  sendChannel(channel: number, reachable = [sfu, announced]): number | undefined {
    return portIn(this.step({ type: "channel", channel, data: Buffer.from("sound"), reachable }));
  }

  receive(port: number, reachable = [sfu, announced]): readonly AllocationEffect[] {
    return this.step({ type: "received", port, data: Buffer.from("voice"), reachable });
  }

  later(ms: number): void {
    this.nowMs += ms;
    this.step({ type: "tick" });
  }
}

export function codeIn(effects: readonly AllocationEffect[]): number | undefined {
  const reply = effects.find((effect) => effect.type === "reply");
  if (reply === undefined) return undefined;
  return readErrorCode(attributeOf(parseStun(reply.bytes)!, stunAttributes.errorCode)) ?? 0;
}

export const portIn = (effects: readonly AllocationEffect[]): number | undefined =>
  effects.find((effect) => effect.type === "forward")?.port;

export function replyIn(effects: readonly AllocationEffect[]) {
  const reply = effects.find((effect) => effect.type === "reply") ?? assert.fail("no reply");
  return { bytes: reply.bytes, message: parseStun(reply.bytes) ?? assert.fail() };
}
