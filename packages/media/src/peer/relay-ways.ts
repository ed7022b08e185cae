import type { TransportAddress } from "../turn/stun-message.ts";
import { RelayHop } from "./relay-hop.ts";
import type { TurnServer } from "./turn-client.ts";
import { TurnError, turnAddressOf } from "./turn-transport.ts";
import type { TurnFailure } from "./turn-transport.ts";

/** What carries the audio: UDP as it is, or a relay, and by what that is reached. */
export type PeerWay = "udp" | RelayedWay;
type RelayedWay = (typeof relayedWays)[keyof typeof relayedWays];

const relayedWays = { udp: "relayUdp", tcp: "relayTcp", tls: "relayTls" } as const;
/** Of several relays the one with the least waiting for what was lost; all of them behind the straight way. */
const priorities: Readonly<Record<RelayedWay, number>> = { relayUdp: 3, relayTcp: 2, relayTls: 1 };

/** As the server's `media.relays` names it. */
export interface PeerRelay {
  readonly urls: readonly string[];
  readonly username: string;
  readonly credential: string;
}

export interface RelayWaysOptions {
  /** Asked for once, when UDP has not come through by then. */
  readonly relays: () => Promise<readonly PeerRelay[]>;
  /** How long UDP is tried alone; default 1 s. */
  readonly headStartMs?: number;
  readonly localAddress: string | undefined;
  readonly localPort: number;
  /** By which the answer named the SFU. */
  readonly peers: readonly TransportAddress[];
  /** A way more, for ICE to try: what to take for the SFU, with the priority of a candidate. */
  readonly onAddress: (address: TransportAddress, priority: number) => void;
  /** A relay gives no way. */
  readonly onFailure: (why: TurnFailure) => void;
  /** What went by this address goes no more. */
  readonly onGone: (addresses: readonly TransportAddress[]) => void;
}

/** UDP that gets through at all does so within this, but for the first packets that are lost. */
const usualHeadStartMs = 1_000;

/** The relays of one connection, tried beside UDP when that takes long. */
export class RelayWays {
  readonly #options: RelayWaysOptions;
  readonly #hops: { readonly hop: RelayHop; readonly way: PeerWay }[] = [];
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #given = new AbortController();

  constructor(options: RelayWaysOptions) {
    this.#options = options;
    this.#timer = setTimeout(() => void this.#open(), options.headStartMs ?? usualHeadStartMs);
  }

  /** @param port of what the connection sends to */
  wayBy(port: number): PeerWay {
    return this.#hopBy(port)?.way ?? "udp";
  }

  /** By which this machine reaches the relay that it is; undefined where it is none. */
  localAddressBy(port: number): string | undefined {
    return this.#hopBy(port)?.hop.localAddress;
  }

  #hopBy(port: number) {
    return this.#hops.find(({ hop }) => hop.addresses.some((address) => address.port === port));
  }

  /** The connection stands, by that way: no other relay is opened; those that are stay, unless UDP gets through. */
  settle(way: PeerWay | undefined): void {
    clearTimeout(this.#timer);
    if (way === "udp") this.close();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#given.abort();
    for (const { hop } of this.#hops) hop.close();
  }

  async #open(): Promise<void> {
    try {
      const relays = await this.#options.relays();
      const servers = relays.flatMap(({ urls, ...credentials }) =>
        urls.map((url) => ({ url, ...credentials })),
      );
      await Promise.all(servers.map((server) => this.#hop(server)));
    } catch {
      // Whoever cannot ask has no relay; the connection is made anew when nothing comes of it.
    }
  }

  async #hop(server: TurnServer): Promise<void> {
    if (this.#given.signal.aborted) return;
    const { localAddress, localPort, onAddress, onFailure, onGone, peers } = this.#options;
    try {
      const hop: RelayHop = await RelayHop.open(
        { ...server, localAddress, localPort, onClosed: () => onGone(hop.addresses) },
        peers,
        this.#given.signal,
      );
      const way = relayedWays[turnAddressOf(server.url)?.by ?? "tls"];
      this.#hops.push({ hop, way });
      for (const end of hop.addresses) onAddress(end, priorities[way]);
    } catch (error) {
      if (!this.#given.signal.aborted) onFailure(error instanceof TurnError ? error.why : "unreachable");
    }
  }
}
