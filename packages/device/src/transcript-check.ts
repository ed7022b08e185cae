import { equalBytes } from "@signet/protocol";
import type { ErrorCode, Purpose, Transcript, transcriptFields } from "@signet/protocol";

import { refuse } from "./verified.ts";
import type { Refusal } from "./verified.ts";

/** Clocks of two sides may differ this much; more would lengthen the life of a stolen proof, less would refuse
 * people whose clock is set by hand. */
export const clockToleranceMs = 2 * 60_000;

/** A forgotten terminal stays signed in no longer than a working day. */
export const longestSignInMs = 12 * 3_600_000;

/**
 * `waitedMostMs`: how long ago it may have been signed beyond the tolerance, where it may have waited; 0 if left out. It never lets a proof be from further
 * ahead. `any` for proofs that are kept, such as those of the directory and of a running call.
 */
export type ProofTime = { readonly nowMs: number; readonly waitedMostMs?: number } | "any";

/** Fields that must be exactly so. */
export type ExpectedFields<P extends Purpose> = Partial<Omit<Transcript<P>, "purpose">>;

export interface TranscriptExpectation<P extends Purpose> {
  readonly purpose: P;
  readonly serverOrigin: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly time: ProofTime;
  readonly fields?: ExpectedFields<P> | undefined;
}

type FieldName = (typeof transcriptFields)[Purpose][number][0];

/** The code of each field that is not as expected; checked in this order. */
const fieldCodes: Readonly<Record<FieldName, ErrorCode>> = {
  serverOrigin: "proof.origin",
  userId: "proof.user",
  displayName: "proof.user",
  deviceId: "proof.device",
  devicePublicKey: "proof.device",
  sequence: "history.sequence",
  previous: "history.previous",
  head: "history.head",
  serverChallenge: "proof.challenge",
  nonce: "proof.challenge",
  terminalId: "proof.terminal",
  terminalKey: "proof.terminalKey",
  callId: "proof.call",
  callProofDigest: "proof.call",
  invitation: "proof.call",
  memberUserIds: "proof.call",
  userIds: "proof.call",
  voided: "proof.call",
  previousHost: "proof.call",
  nextHost: "proof.call",
  vouch: "proof.call",
  number: "resolution.otherText",
  resolutionDigest: "resolution.otherText",
  decision: "resolution.malformed",
  guestId: "guest.word",
  guestKey: "guest.word",
  guestName: "guest.word",
  reason: "proof.call",
  state: "proof.call",
  toUserId: "proof.call",
  sealedDigest: "proof.call",
  keysDigest: "proof.call",
  use: "document.badMaker",
  key: "document.badMaker",
  leafKey: "proof.leafKey",
  newDeviceId: "history.newDevice",
  newDevicePublicKey: "history.newDevice",
  newDeviceAlgorithm: "history.newDevice",
  newDeviceKind: "history.newDevice",
  newDeviceName: "history.newDevice",
  revokedDeviceId: "history.revokedDevice",
  why: "history.revokedDevice",
  renamedDeviceId: "history.name",
  name: "history.name",
  certificatesDigest: "history.certificates",
  pictureDigest: "picture.unfit",
  codeHash: "registration.inviteInvalid",
  administrator: "history.administrator",
  administratorHead: "history.administrator",
  expiresAtMs: "proof.lifetime",
  issuedAtMs: "proof.time",
  checkpoint: "log.unsignedView",
  epoch: "record.otherEpoch",
  epochDigest: "record.otherEpoch",
  recordDigest: "record.altered",
};

const fieldChecks = Object.entries(fieldCodes);

/** Everything that can be said about a proof without its signature. @param transcript as decodeTranscript gives it */
export function checkTranscript<P extends Purpose>(
  transcript: Transcript | undefined,
  expected: TranscriptExpectation<P>,
): { readonly ok: true; readonly transcript: Transcript<P> } | Refusal {
  if (transcript === undefined) return refuse("proof.malformed");
  if (transcript.purpose !== expected.purpose) return refuse("proof.purpose");
  const { serverOrigin, userId, deviceId } = expected;
  const wanted: Readonly<Record<string, unknown>> = { ...expected.fields, serverOrigin, userId, deviceId };
  const found: Readonly<Record<string, unknown>> = transcript;
  for (const [name, code] of fieldChecks) {
    if (wanted[name] !== undefined && !isSame(wanted[name], found[name])) return refuse(code);
  }
  if ("expiresAtMs" in transcript) {
    const lifetimeMs = transcript.expiresAtMs - transcript.issuedAtMs;
    if (lifetimeMs <= 0 || lifetimeMs > longestSignInMs) return refuse("proof.lifetime");
  }
  if (expected.time !== "any" && !isInTime(transcript.issuedAtMs, expected.time)) return refuse("proof.time");
  return { ok: true, transcript: transcript as unknown as Transcript<P> };
}

/** Whether what was signed then is fresh. */
export function isInTime(
  issuedAtMs: number,
  { nowMs, waitedMostMs = 0 }: Exclude<ProofTime, "any">,
): boolean {
  const ageMs = nowMs - issuedAtMs;
  return ageMs >= -clockToleranceMs && ageMs <= clockToleranceMs + waitedMostMs;
}

function isSame(wanted: unknown, found: unknown): boolean {
  if (wanted instanceof Uint8Array) return found instanceof Uint8Array && equalBytes(wanted, found);
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(found) &&
      wanted.length === found.length &&
      wanted.every((item, i) => isSame(item, found[i]))
    );
  }
  return wanted === found;
}
