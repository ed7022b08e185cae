import { encodeProof, encodeTranscript } from "@signet/protocol";
import type { Bytes, Transcript } from "@signet/protocol";

const bytes = (fill: number, length = 32): Bytes => new Uint8Array(length).fill(fill);

/** What all answers here have in common: ben's, to one call. */
export const answerFields = {
  serverOrigin: "https://call.example",
  userId: "ben",
  deviceId: "ICEiIyQlJicoKSorLC0uLw",
  callId: "QEFCQ0RFRkdISUpLTE1OTw",
};

/** A leaf that holds this proof; what is in it is for who has verified it already. */
export function leafOf(transcript: unknown): {
  readonly userId: string;
  readonly identity: Bytes;
  readonly leafPublicKey: Bytes;
  readonly proves: boolean;
} {
  const proof = {
    transcript: encodeTranscript(transcript as Transcript),
    signature: { kind: "software" as const, signature: bytes(1, 64) },
  };
  return { userId: "ben", identity: encodeProof(proof), leafPublicKey: bytes(2), proves: true };
}

export const joinAt = (issuedAtMs: number): ReturnType<typeof leafOf> =>
  leafOf({
    purpose: "join",
    ...answerFields,
    issuedAtMs,
    callProofDigest: bytes(3),
    leafKey: bytes(2),
    head: bytes(4),
    checkpoint: new Uint8Array(),
    invitation: bytes(3),
  });

export const callAt = (issuedAtMs: number): ReturnType<typeof leafOf> =>
  leafOf({
    purpose: "call",
    ...answerFields,
    issuedAtMs,
    memberUserIds: ["ann"],
    leafKey: bytes(2),
    head: bytes(4),
    checkpoint: new Uint8Array(),
  });
