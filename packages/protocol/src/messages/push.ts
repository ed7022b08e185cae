/** Requests for notifications that wake a closed page (docs/protocol.md, "Waking a closed page"). */
import { z } from "zod";

import { wireBytes } from "../proof.ts";
import { done, nothing } from "./shared.ts";

/** Of the address at a push service, UTF-16 units: three times what those of today have. */
const longestEndpoint = 1_024;
/** As a browser gives it: https, with nothing that is not ASCII. */
const Endpoint = z
  .string()
  .max(longestEndpoint)
  .regex(/^https:\/\/[!-~]+$/);

export const pushRequests = {
  /** What a browser needs to subscribe: the server's public key (RFC 8292), an uncompressed point of P-256. */
  "push.key": { body: nothing, reply: z.object({ key: wireBytes(65, 65) }) },
  /** In the place of an earlier one with the same endpoint. Keys as RFC 8291 has them. */
  "push.subscribe": {
    body: z.strictObject({ endpoint: Endpoint, p256dh: wireBytes(65, 65), auth: wireBytes(16, 16) }),
    reply: done,
  },
  "push.unsubscribe": { body: z.strictObject({ endpoint: Endpoint }), reply: done },
} as const;
