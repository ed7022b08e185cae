import { encodeTranscript } from "@signet/protocol";
import type { StatementIn, UserId } from "@signet/protocol";

import { bytes } from "./store-fixtures.ts";

/** That names its place, as what is read from a log must. */
export const loggedStatement = (userId: UserId, sequence: number): StatementIn => {
  const transcript = encodeTranscript({
    purpose: "rename",
    serverOrigin: "https://signet.test",
    userId,
    deviceId: "device",
    issuedAtMs: 1_780_000_000_000,
    sequence,
    previous: bytes(32),
    serverChallenge: bytes(32),
    renamedDeviceId: "",
    name: "Another",
  });
  return { proofs: [{ transcript, signature: { kind: "software", signature: bytes(64) } }] };
};
