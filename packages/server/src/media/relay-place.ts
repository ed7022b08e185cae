/** Where the relay of this server is: on the port of the page, on a port of its own, or nowhere. */
import { once } from "node:events";
import type { Server as HttpServer } from "node:http";
import { createServer } from "node:net";
import type { AddressInfo, Server as NetServer, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { Server as TlsServer } from "node:tls";

import { Relay, relayAddressFor } from "@signet/media";

import { divertTurn } from "../http/divert-turn.ts";
import { listenError } from "../listening.ts";
import type { Services } from "../services.ts";
import type { TlsContext } from "../tls-files.ts";
import type { Gateway } from "../ws/gateway.ts";

/** What the options say: `web` is the port of the page. */
export type RelayWish = "web" | "off" | { readonly port: number };

export interface RelayPlaceOptions {
  readonly wish: RelayWish;
  /** What terminals are told instead of the origin's name and the port, where a proxy stands in front. */
  readonly publicUrl: string | undefined;
  readonly services: Services;
  readonly gateway: Gateway;
  /** That of the page. */
  readonly web: HttpServer;
  readonly host: string;
  readonly tls: TlsContext | undefined;
  /** Of the media processes. */
  readonly listenAddress: string | undefined;
}

export class RelayPlace {
  readonly #options: RelayPlaceOptions;
  readonly #relay: Relay;
  #own: NetServer | TlsServer | undefined;

  private constructor(options: RelayPlaceOptions) {
    this.#options = options;
    const { limits, metrics, relays } = options.services;
    this.#relay = new Relay({
      address: relayAddressFor(options.listenAddress),
      grantOf: (username) => relays.grantOf(username),
      limits: {
        allocations: limits.relayAllocations,
        allocationsPerTerminal: limits.relayAllocationsPerTerminal,
        bytesPerSecond: limits.relayBytesPerSecond,
        burstBytes: limits.relayBurstBytes,
        unreadBytes: limits.relayUnreadBytes,
        helloMs: limits.helloMs,
      },
      onRefusal: (reason) => metrics.relayRefusals.inc({ reason }),
      nowMs: () => performance.now(),
    });
    metrics.gauge("relay_allocations", "Allocations of the relay", () => this.#relay.allocations);
    metrics.counters(
      {
        relay_received_bytes_total: "Bytes that the relay had from terminals for media processes",
        relay_sent_bytes_total: "Bytes that the relay had from media processes for terminals",
      },
      relayGrowth(this.#relay),
    );
  }

  /** To be called before the page's port is listened on, and before anybody else listens for its connections. */
  static make(options: RelayPlaceOptions): RelayPlace | undefined {
    if (options.wish === "off") return undefined;
    const place = new RelayPlace(options);
    if (options.wish === "web") divertTurn(options.web, options.services.limits.headMs, place.#accept);
    return place;
  }

  /** To be called when the origin is known. @throws StartError when the port cannot be had */
  async open(): Promise<void> {
    const { gateway, host, publicUrl, services, tls, wish } = this.#options;
    const { hostname, port, protocol } = new URL(services.originOf());
    if (typeof wish === "string") {
      const isSecure = protocol === "https:";
      return services.relays.opensAt(
        publicUrl ?? relayUrl(isSecure, hostname, port === "" ? (isSecure ? 443 : 80) : port),
      );
    }
    const { connections, headMs, relayAllocations, strangers } = services.limits;
    const own =
      tls === undefined
        ? createServer(this.#accept)
        : createTlsServer({ ...tls, handshakeTimeout: headMs }, this.#accept);
    own.maxConnections = relayAllocations + strangers + connections;
    gateway.watch(own);
    const listening = once(own, "listening");
    own.listen({ host, port: wish.port });
    await listening.catch((error: NodeJS.ErrnoException) => {
      throw listenError(error, host, wish.port, "relay-port");
    });
    this.#own = own;
    services.relays.opensAt(
      publicUrl ?? relayUrl(tls !== undefined, hostname, (own.address() as AddressInfo).port),
    );
  }

  /** Those that show the server's certificate, beside the page's. */
  get tlsServers(): readonly TlsServer[] {
    return this.#own !== undefined && "setSecureContext" in this.#own ? [this.#own] : [];
  }

  tick(): void {
    this.#relay.tick();
  }

  close(): void {
    this.#own?.close();
    this.#relay.close();
  }

  readonly #accept = (socket: Socket): void =>
    this.#relay.accept(socket, () => this.#options.gateway.relays(socket));
}

const relayUrl = (isSecure: boolean, hostname: string, port: number | string): string =>
  `${isSecure ? "turns" : "turn"}:${hostname}:${port}?transport=tcp`;

function relayGrowth(relay: Relay) {
  let before = { relay_received_bytes_total: 0, relay_sent_bytes_total: 0 };
  return async () => {
    const now = {
      relay_received_bytes_total: relay.bytesFromTerminals,
      relay_sent_bytes_total: relay.bytesToTerminals,
    };
    const grown = {
      relay_received_bytes_total: now.relay_received_bytes_total - before.relay_received_bytes_total,
      relay_sent_bytes_total: now.relay_sent_bytes_total - before.relay_sent_bytes_total,
    };
    before = now;
    return grown;
  };
}
