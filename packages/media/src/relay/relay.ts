import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import type { Socket as UdpSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import type { Socket } from "node:net";
import { TokenBucket } from "@signet/protocol";
import type { MediaConnection } from "../engine.ts";
import { loopbackAddress } from "../turn/loopback.ts";
import { attributeOf, longTermKey, parseStun, stunAttributes } from "../turn/stun-message.ts";
import { TurnStream } from "../turn/turn-stream.ts";
import type { TurnFrame } from "../turn/turn-stream.ts";
import { relayRealm, startAllocation } from "./allocation-state.ts";
import type {
  AllocationEffect,
  AllocationInput,
  AllocationState,
  Reachable,
  RelayRefusal,
  RelayRoom,
} from "./allocation-state.ts";
import { stepAllocation } from "./allocation.ts";
import { withTieBreaker } from "./tie-breaker.ts";

/** For one connection of one terminal. */
export interface RelayGrant {
  /** Whose allocations are counted together. */
  readonly terminalId: string;
  readonly username: string;
  readonly credential: string;
  /** Whether the terminal may still be heard over it. */
  holds(): boolean;
  /** What it leads to; nothing while the SFU has not answered. Of those of a terminal each goes on until another has taken its place. */
  connections(): readonly MediaConnection[];
}

export interface RelayLimits {
  readonly allocations: number;
  readonly allocationsPerTerminal: number;
  /** Of one terminal, both ways, in the long run and at once. */
  readonly bytesPerSecond: number;
  readonly burstBytes: number;
  /** What a terminal may leave unread; more is late anyway. */
  readonly unreadBytes: number;
  /** From the connection to the allocation. */
  readonly helloMs: number;
}

export interface RelayOptions {
  /** Of the media processes, as this machine reaches them: {@link relayAddressFor}. */
  readonly address: string;
  /** @returns undefined for a name that nobody has, or with which nothing begins any more */
  readonly grantOf: (username: string) => RelayGrant | undefined;
  readonly limits: RelayLimits;
  readonly onRefusal: (reason: RelayReason) => void;
  /** Monotonic milliseconds. */
  readonly nowMs: () => number;
}

/** `noTurn`: not a message, or none that may come first. `tooFast`, `tooSlow`: more than a terminal may send or receive, and more than it reads. */
export type RelayReason = RelayRefusal | "noTurn" | "tooFast" | "tooSlow";

/** What a packet costs at least of {@link RelayLimits.bytesPerSecond}: the work for an empty one is the same. About a packet of a voice. */
const leastPacketBytes = 128;
/** Who sent too fast is not read for so long: TCP has them wait, and what is dropped has to be cut into packets before. */
const restMs = 50;
/** TCP asks whether the other end is there at all. */
const keepAliveMs = 30_000;

/**
 * Where the media processes are reached from this machine: at the address that they were given, or on the loopback network, which nobody else
 * reaches.
 */
export function relayAddressFor(listenAddress: string | undefined): string {
  if (listenAddress !== undefined && listenAddress !== "0.0.0.0" && listenAddress !== "::")
    return listenAddress;
  return loopbackAddress();
}

/** Carries audio between terminals whose UDP does not get through and the media processes of this machine: TURN over TCP and TLS. */
export class Relay {
  /** Since the start. */
  bytesFromTerminals = 0;
  bytesToTerminals = 0;
  readonly #options: RelayOptions;
  readonly #connections = new Set<RelayedConnection>();
  #allocations = 0;
  readonly #allocationsByTerminal = new Map<string, number>();
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  get allocations(): number {
    return this.#allocations;
  }

  /**
   * Takes over a connection that speaks TURN.
   * @param onAllocated it is a terminal's that may have it
   */
  accept(socket: Socket, onAllocated: () => void): void {
    const connection = new RelayedConnection(socket, {
      ...this.#options,
      onAllocated,
      roomFor: (terminalId) => this.#roomFor(terminalId),
      allocated: (terminalId, more) => this.#allocated(terminalId, more),
      passes: (terminalId, bytes) => this.#passes(terminalId, bytes),
      counted: (direction, bytes) => {
        this[direction] += bytes;
      },
    });
    this.#connections.add(connection);
    socket.once("close", () => this.#connections.delete(connection));
  }

  /** To be called about once a second. */
  tick(): void {
    for (const connection of this.#connections) connection.tick();
    const nowMs = this.#options.nowMs();
    for (const [terminalId, bucket] of this.#buckets)
      if (bucket.isFull(nowMs)) this.#buckets.delete(terminalId);
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  #allocated(terminalId: string, more: 1 | -1): void {
    this.#allocations += more;
    const count = (this.#allocationsByTerminal.get(terminalId) ?? 0) + more;
    if (count === 0) this.#allocationsByTerminal.delete(terminalId);
    else this.#allocationsByTerminal.set(terminalId, count);
  }

  #roomFor(terminalId: string): RelayRoom {
    const { allocations, allocationsPerTerminal } = this.#options.limits;
    if ((this.#allocationsByTerminal.get(terminalId) ?? 0) >= allocationsPerTerminal) return "quota";
    return this.#allocations >= allocations ? "capacity" : "yes";
  }

  #passes(terminalId: string, bytes: number): boolean {
    const { limits, nowMs } = this.#options;
    const bucket =
      this.#buckets.get(terminalId) ?? new TokenBucket(limits.bytesPerSecond, limits.burstBytes, nowMs());
    this.#buckets.set(terminalId, bucket);
    if (!bucket.hasAny(nowMs())) return false;
    bucket.spend(nowMs(), Math.max(bytes, leastPacketBytes));
    return true;
  }
}

interface Surroundings extends RelayOptions {
  readonly onAllocated: () => void;
  readonly roomFor: (terminalId: string) => RelayRoom;
  /** One more, or one less. */
  readonly allocated: (terminalId: string, more: 1 | -1) => void;
  readonly passes: (terminalId: string, bytes: number) => boolean;
  readonly counted: (direction: "bytesFromTerminals" | "bytesToTerminals", bytes: number) => void;
}

/** One connection of TCP or TLS, with the socket of its allocation. */
class RelayedConnection {
  readonly #socket: Socket;
  readonly #around: Surroundings;
  readonly #stream = new TurnStream();
  #state: AllocationState;
  /** Whoever asked last; from the allocation on its holder. */
  #grant: RelayGrant | undefined;
  /** By whose allocation it was counted. */
  #counted: string | undefined;
  #udp: UdpSocket | undefined;
  #rest: NodeJS.Timeout | undefined;

  constructor(socket: Socket, around: Surroundings) {
    this.#socket = socket;
    this.#around = around;
    const { address, limits, nowMs } = around;
    const client = {
      address: (socket.remoteAddress ?? "").replace(/^::ffff:(?=\d+\.)/i, "").split("%", 1)[0] ?? "",
      port: socket.remotePort ?? 0,
    };
    this.#state = startAllocation(client, address, newNonce(), nowMs(), limits.helloMs);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAliveMs);
    socket.on("error", () => socket.destroy());
    // HTTP would go on answering.
    socket.on("end", () => socket.destroy());
    socket.on("close", () => this.#closed());
    socket.on("data", (chunk: Buffer) => this.#arrived(chunk));
  }

  /** Whose allocation it has. */
  get terminalId(): string | undefined {
    const { holder, phase } = this.#state;
    return holder === undefined || phase === "over" ? undefined : this.#grant?.terminalId;
  }

  tick(): void {
    // What was said last is not waited for where nobody reads it.
    if (this.#state.phase === "over") return this.close();
    if (this.terminalId !== undefined && this.#grant?.holds() !== true) this.close();
    else this.#step({ type: "tick" });
  }

  close(): void {
    this.#socket.destroy();
  }

  #arrived(chunk: Buffer): void {
    const frames = this.#stream.push(chunk);
    for (const frame of frames ?? []) this.#read(frame);
    if (frames === undefined) this.#refuse();
  }

  #read(frame: TurnFrame): void {
    // The first one may have been the last.
    if (this.#socket.destroyed || this.#state.phase === "over") return;
    const bytes = frame.type === "message" ? frame.bytes.length : frame.data.length;
    if (!this.#passes(bytes)) return this.#readLater();
    if (frame.type === "channel") return this.#step({ ...frame, reachable: this.#reachable() });
    const message = parseStun(frame.bytes);
    if (message === undefined) return this.#refuse();
    if (this.#state.holder === undefined) {
      const username = attributeOf(message, stunAttributes.username)?.toString();
      this.#grant = username === undefined ? undefined : this.#around.grantOf(username);
    }
    const grant = this.#grant;
    this.#step({
      type: "message",
      bytes: frame.bytes,
      message,
      holder: grant === undefined ? undefined : holderOf(grant),
      room: grant === undefined ? "yes" : this.#around.roomFor(grant.terminalId),
      nonce: newNonce(),
      reachable: this.#reachable(),
    });
  }

  #readLater(): void {
    if (this.#rest !== undefined) return;
    this.#socket.pause();
    this.#rest = setTimeout(() => {
      this.#rest = undefined;
      this.#socket.resume();
    }, restMs);
  }

  #reachable(): Reachable {
    return this.#grant?.connections().flatMap(({ addresses }) => addresses) ?? [];
  }

  /** Both ways, of whoever has an allocation. */
  #passes(bytes: number): boolean {
    const { terminalId } = this;
    if (terminalId === undefined || this.#around.passes(terminalId, bytes)) return true;
    this.#around.onRefusal("tooFast");
    return false;
  }

  #step(input: AllocationInput): void {
    const before = this.#state.phase;
    const { state, effects } = stepAllocation(this.#state, input, this.#around.nowMs());
    this.#state = state;
    this.#count();
    for (const effect of effects) this.#perform(effect);
    if (before === "waiting" && state.phase === "over" && input.type === "message")
      this.#around.onRefusal("noTurn");
    if (before === "opening" && state.phase === "open") this.#around.onAllocated();
  }

  #count(): void {
    const { terminalId } = this;
    if (terminalId === this.#counted) return;
    if (this.#counted !== undefined) this.#around.allocated(this.#counted, -1);
    if (terminalId !== undefined) this.#around.allocated(terminalId, 1);
    this.#counted = terminalId;
  }

  #perform(effect: AllocationEffect): void {
    switch (effect.type) {
      case "reply":
        // Who asks and never reads: nobody waits for that.
        if (this.#socket.writableLength > this.#around.limits.unreadBytes) return this.#slow(true);
        return void this.#socket.write(effect.bytes);
      case "deliver":
        if (this.#socket.writableLength > this.#around.limits.unreadBytes) return this.#slow(false);
        this.#around.counted("bytesToTerminals", effect.bytes.length);
        return void this.#socket.write(effect.bytes);
      case "open":
        return this.#open();
      case "forward":
        return this.#forward(effect.port, effect.data);
      case "refused":
        return this.#around.onRefusal(effect.code);
      case "end":
        this.#letGo();
        return this.#socket.destroySoon();
    }
  }

  #slow(isOver: boolean): void {
    this.#around.onRefusal("tooSlow");
    if (isOver) this.close();
  }

  #refuse(): void {
    this.#around.onRefusal("noTurn");
    this.close();
  }

  #open(): void {
    const { address } = this.#around;
    const udp = createSocket(isIPv6(address) ? "udp6" : "udp4");
    this.#udp = udp;
    udp.on("error", () => {
      if (this.#udp !== udp) return;
      this.#udp = undefined;
      udp.close();
      if (this.#state.phase === "opening") this.#step({ type: "opened", port: undefined });
      else this.close();
    });
    udp.on("message", (data, from) => {
      if (from.address !== address || !this.#passes(data.length)) return;
      this.#step({ type: "received", port: from.port, data, reachable: this.#reachable() });
    });
    udp.bind(0, address, () => {
      if (this.#udp === udp) this.#step({ type: "opened", port: udp.address().port });
    });
  }

  #forward(port: number, data: Buffer): void {
    const passwords = (this.#grant?.connections() ?? []).map(({ icePassword }) => icePassword);
    const mended = withTieBreaker(data, passwords);
    this.#around.counted("bytesFromTerminals", mended.length);
    // As on any network: what cannot be sent is lost.
    this.#udp?.send(mended, port, this.#around.address, () => undefined);
  }

  #closed(): void {
    this.#state = { ...this.#state, phase: "over" };
    this.#count();
    this.#letGo();
    clearTimeout(this.#rest);
  }

  #letGo(): void {
    const udp = this.#udp;
    this.#udp = undefined;
    udp?.close();
  }
}

const newNonce = (): string => randomBytes(12).toString("base64url");

const holderOf = ({ username, credential }: RelayGrant) => ({
  username,
  key: longTermKey(username, relayRealm, credential),
});
