/** Requests of two terminals of one person, to add a device from one to the other (docs/protocol.md). A server passes on what they say. */
import { z } from "zod";

import { PairingId } from "../ids.ts";
import { guestRequests } from "./guest.ts";
import { SealedWord, TimeMs } from "./parts.ts";
import { done } from "./shared.ts";

export const pairingRequests = {
  ...guestRequests,
  /** For a device at another machine: opens a way between this terminal and the one where the code is entered. */
  "pairing.open": {
    body: z.strictObject({ pairingId: PairingId }),
    reply: z.object({ expiresAtMs: TimeMs }),
  },
  /** At the other end, where nobody is signed in. Once for each code. */
  "pairing.enter": {
    body: z.strictObject({ pairingId: PairingId }),
    reply: z.object({ expiresAtMs: TimeMs }),
  },
  "pairing.send": { body: z.strictObject({ pairingId: PairingId, sealed: SealedWord }), reply: done },
  "pairing.close": { body: z.strictObject({ pairingId: PairingId }), reply: done },
} as const;
