/** Requests about guests (docs/protocol.md, "Guests"). A server that lets none into calls does not know them. */
import { z } from "zod";

import { CallId, PairingId } from "../ids.ts";
import { ProofIn } from "../proof.ts";
import { TimeMs } from "./parts.ts";
import { done } from "./shared.ts";

export const guestRequests = {
  /** By somebody in the call: opens a way to the page where the link is opened and the code is entered, as `pairing.open` does. */
  "guest.open": {
    body: z.strictObject({ callId: CallId, pairingId: PairingId }),
    reply: z.object({ expiresAtMs: TimeMs }),
  },
  /** Somebody may be in the call as a guest once the host lets them in, by a `vouch` proof of a member's device. */
  "call.vouch": { body: z.strictObject({ proof: ProofIn }), reply: done },
  /** Lets a guest in, by a `let-in` proof of the host's terminal key. */
  "call.letIn": { body: z.strictObject({ proof: ProofIn }), reply: done },
} as const;
