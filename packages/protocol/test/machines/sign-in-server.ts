import type { ServerInfo } from "@signet/protocol";

/** When a terminal starts, ms since 1970. */
export const t0 = 1_750_000_000_000;

/** As which the server introduces itself then. */
export const server: ServerInfo = {
  serverOrigin: "http://localhost:8080",
  serverTimeMs: t0,
  registration: "open",
  limits: { callMembers: 99, messageBytes: 524_288, slots: 8, ringMs: 45_000, bindingMs: 43_200_000 },
};
