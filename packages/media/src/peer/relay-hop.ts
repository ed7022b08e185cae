/**
 * From a terminal's own connection to the SFU by way of a relay: a socket on this machine for each candidate of the SFU, which the connection takes for
 * the SFU, and behind it a channel of TURN. The SFU learns the relay's address from the checks of ICE, as it does that of any NAT.
 */
import { createSocket } from "node:dgram";
import type { Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import { loopbackAddress } from "../turn/loopback.ts";
import type { TransportAddress } from "../turn/stun-message.ts";
import { TurnClient } from "./turn-client.ts";
import type { TurnServer } from "./turn-client.ts";
import { TurnError } from "./turn-transport.ts";

export interface RelayHopOptions extends TurnServer {
  /** To which the connection is bound, so that it reaches the hop; default all. */
  readonly localAddress?: string | undefined;
  /** From which the connection sends: what others on this machine send is not passed on. */
  readonly localPort: number;
  /** The relay is gone, and what went by it. */
  readonly onClosed: () => void;
}

/** Each costs a socket; so many addresses has a machine that is also a host of containers. */
const mostPeers = 8;

export class RelayHop {
  /** What the connection is to take for the SFU. */
  readonly addresses: readonly TransportAddress[];
  readonly #turn: TurnClient;
  readonly #ends: readonly End[];

  private constructor(turn: TurnClient, ends: readonly End[]) {
    this.#turn = turn;
    this.#ends = ends;
    this.addresses = ends.map(({ socket }) => socket.address());
  }

  /** By which this machine reaches the relay. */
  get localAddress(): string | undefined {
    return this.#turn.localAddress;
  }

  /**
   * @param peers by which the answer named the SFU
   * @param signal gives it up while it is made
   * @throws TurnError when there is no allocation, or it leads to none of them
   */
  static async open(
    options: RelayHopOptions,
    peers: readonly TransportAddress[],
    signal?: AbortSignal,
  ): Promise<RelayHop> {
    const { localAddress, localPort, onClosed, ...server } = options;
    const ends = new Map<number, End>();
    const onData = (channel: number, data: Buffer): void => ends.get(channel)?.deliver(data);
    const turn = await TurnClient.allocate({ ...server, onData, onClosed }, signal);
    try {
      // All at once, since each takes a round trip. Under two names at most one is led to by a relay that knows one peer for each port; ICE
      // finds out which of several leads on.
      const channels = await Promise.all(
        peers.slice(0, mostPeers).map((peer) => turn.bind(peer).catch(() => undefined)),
      );
      for (const channel of channels) {
        if (channel === undefined) continue;
        const forward = (data: Buffer): void => turn.send(channel, data);
        const local = { address: localAddress ?? loopbackAddress(), port: localPort };
        ends.set(channel, await End.open(local, forward));
      }
      signal?.throwIfAborted();
      if (ends.size === 0) throw new TurnError("refused", "the relay does not lead to the SFU");
      return new RelayHop(turn, [...ends.values()]);
    } catch (error) {
      turn.close();
      for (const end of ends.values()) end.close();
      throw error;
    }
  }

  close(): void {
    this.#turn.close();
    for (const end of this.#ends) end.close();
  }
}

/** One socket, which stands for one candidate of the SFU. */
class End {
  readonly socket: Socket;
  /** The terminal's own connection. It reaches the socket from the address at which this one is. */
  readonly #local: TransportAddress;
  readonly #forward: (data: Buffer) => void;
  #isClosed = false;

  private constructor(socket: Socket, local: TransportAddress, forward: (data: Buffer) => void) {
    this.socket = socket;
    this.#local = local;
    this.#forward = forward;
    socket.on("message", (data, from) => {
      // Whoever else on this machine sends has nothing to say to the SFU in this terminal's name.
      if (from.port === local.port && from.address === local.address) this.#forward(data);
    });
    // As on any network: what cannot be sent is lost.
    socket.on("error", () => undefined);
  }

  static async open(local: TransportAddress, forward: (data: Buffer) => void): Promise<End> {
    const socket = createSocket(isIPv6(local.address) ? "udp6" : "udp4");
    socket.bind(0, local.address);
    await once(socket, "listening");
    return new End(socket, local, forward);
  }

  deliver(data: Buffer): void {
    if (!this.#isClosed) this.socket.send(data, this.#local.port, this.#local.address, () => undefined);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.socket.close();
  }
}
