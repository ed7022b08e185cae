import type { TransportAddress } from "../turn/stun-message.ts";
import { RelayHop } from "./relay-hop.ts";
import { TurnError, turnAddressOf } from "./turn-client.ts";
import type { TurnFailure, TurnServer } from "./turn-client.ts";

/** What carries the audio: UDP as it is, or a relay that is reached over TCP or TLS. */
export type PeerWay = "udp" | "tcp" | "tls";

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
  /** A way more, for ICE to try: what to take for the SFU. */
  readonly onAddress: (address: TransportAddress) => void;
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

  /** No other is opened; those that are stay. */
  settle(): void {
    clearTimeout(this.#timer);
  }

  close(): void {
    this.settle();
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
    const address = turnAddressOf(server.url);
    if (address === undefined || this.#given.signal.aborted) return;
    const { localAddress, localPort, onAddress, onFailure, onGone, peers } = this.#options;
    try {
      const hop: RelayHop = await RelayHop.open(
        { ...server, localAddress, localPort, onClosed: () => onGone(hop.addresses) },
        peers,
        this.#given.signal,
      );
      this.#hops.push({ hop, way: address.isSecure ? "tls" : "tcp" });
      for (const end of hop.addresses) onAddress(end);
    } catch (error) {
      if (!this.#given.signal.aborted) onFailure(error instanceof TurnError ? error.why : "unreachable");
    }
  }
}
