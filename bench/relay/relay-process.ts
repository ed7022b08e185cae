/** Signet's relay alone in a process, so that what it costs can be told: `relay-process.ts PEER-PORT CERTIFICATE KEY`. Tells its ports. */
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

import { Relay } from "@signet/media";

import { credential } from "./ways.ts";

const [peerPort, certificate = "", key = ""] = process.argv.slice(2);
const peer = { address: "127.0.0.1", port: Number(peerPort) };
const relay = new Relay({
  address: "127.0.0.1",
  grantOf: (username) => ({
    terminalId: username,
    username,
    credential,
    holds: () => true,
    connections: () => [{ addresses: [peer], icePassword: "" }],
  }),
  limits: {
    allocations: 1_000,
    allocationsPerTerminal: 8,
    bytesPerSecond: 512 * 1024,
    burstBytes: 512 * 1024,
    unreadBytes: 64 * 1024,
    helloMs: 10_000,
  },
  // Each begins with a 401, which tells the realm.
  onRefusal: (reason) => void (reason === 401 || console.error(`refused: ${reason}`)),
  nowMs: () => performance.now(),
});
const accept = (socket: Socket): void => relay.accept(socket, () => undefined);
const portOf = async (server: Server): Promise<number> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};
const tcp = await portOf(createServer(accept));
const tls = await portOf(
  createTlsServer({ cert: readFileSync(certificate), key: readFileSync(key) }, accept),
);
process.send?.({ tcp, tls });
process.once("disconnect", () => process.exit());
