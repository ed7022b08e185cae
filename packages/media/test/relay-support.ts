/** A relay on a port of this machine, with credentials for whomever a test names. */
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { TestContext } from "node:test";
import type { TlsOptions } from "node:tls";
import type { MediaEngine, RelayGrant } from "../src/index.ts";
import { Relay, relayAddressFor } from "../src/index.ts";
import type { RelayLimits, RelayReason } from "../src/relay/relay.ts";

const relayLimits: RelayLimits = {
  allocations: 1_000,
  allocationsPerTerminal: 8,
  bytesPerSecond: 1024 * 1024,
  burstBytes: 1024 * 1024,
  unreadBytes: 64 * 1024,
  helloMs: 10_000,
};

export interface TestRelay {
  readonly relay: Relay;
  readonly port: number;
  readonly refusals: RelayReason[];
  /** As a browser takes it. */
  grant(callId: string, terminalId: string): { urls: string; username: string; credential: string };
  /** How often it was looked whose a grant is. */
  looks(): number;
  /** Of whom nothing holds any more. */
  readonly ended: Set<string>;
  /** Moves the relay's clock. */
  later(ms: number): void;
  close(): void;
}

/** On a port of this machine. */
export async function openRelay(
  engine: Pick<MediaEngine, "connectionsOf">,
  {
    limits = {},
    listenAddress,
    tls,
  }: { limits?: Partial<RelayLimits>; listenAddress?: string; tls?: Pick<TlsOptions, "cert" | "key"> } = {},
): Promise<TestRelay> {
  const grants = new Map<string, RelayGrant>();
  const refusals: RelayReason[] = [];
  const ended = new Set<string>();
  let laterMs = 0;
  let looks = 0;
  const relay = new Relay({
    address: relayAddressFor(listenAddress),
    grantOf: (username) => grants.get(username),
    limits: { ...relayLimits, ...limits },
    onRefusal: (reason) => refusals.push(reason),
    nowMs: () => performance.now() + laterMs,
  });
  const accept = (socket: Socket): void => relay.accept(socket, () => undefined);
  const server = tls === undefined ? createServer(accept) : createTlsServer(tls, accept);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    relay,
    port,
    refusals,
    ended,
    looks: () => looks,
    grant: (callId, terminalId) => {
      const username = randomBytes(6).toString("hex");
      const credential = randomBytes(6).toString("hex");
      grants.set(username, {
        get terminalId() {
          looks++;
          return terminalId;
        },
        username,
        credential,
        holds: () => !ended.has(terminalId),
        connections: () => engine.connectionsOf(callId, terminalId),
      });
      const place = tls === undefined ? "turn:127.0.0.1" : "turns:localhost";
      return { urls: `${place}:${port}?transport=tcp`, username, credential };
    },
    later: (ms) => void (laterMs += ms),
    close: () => {
      server.close();
      relay.close();
    },
  };
}

/** In the place of the SFU, which cannot be asked for whatever a test wants. */
export async function standIn(t: TestContext) {
  const media = createSocket("udp4");
  t.after(() => media.close());
  media.bind(0, "127.0.0.1");
  await once(media, "listening");
  return { media, address: { address: "127.0.0.1", port: media.address().port } };
}
