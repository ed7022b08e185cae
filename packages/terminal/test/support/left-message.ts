import type { CallId, DeviceId, UserId } from "@signet/protocol";

import type { KeptMessage } from "../../src/messages/kept-messages.ts";
import { randomId } from "./people.ts";

/** As a terminal keeps a voice message, by its time. */
export function leftBy(userId: UserId, atMs: number, more: Partial<KeptMessage> = {}): KeptMessage {
  const verification = {
    kind: "software",
    deviceId: randomId() as DeviceId,
    signedAtMs: atMs,
    userVerified: false,
    firstSeen: false,
  } as const;
  return {
    id: `${userId} ${atMs}`,
    position: 1_000,
    call: { callId: randomId() as CallId, atMs, from: { userId, displayName: userId, verification } },
    callProofDigest: randomId(),
    leftAtMs: atMs,
    isHeard: false,
    isGone: false,
    ...more,
  };
}
