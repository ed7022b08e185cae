/** Voice messages that a terminal took from the server, without their sound, as they lie at their place. Pure. */
import { clockToleranceMs } from "@signet/device";
import { CallId, DeviceId, DeviceKind, mostKeptMissedMs, mostMessageMs, UserId } from "@signet/protocol";

import type { MissedCall } from "../state.ts";

export interface KeptMessage {
  /** Base64url, SHA-256 of the transcript of the caller's `message` proof. */
  readonly id: string;
  /** At the server. */
  readonly position: number;
  /** After which it was left. */
  readonly call: MissedCall;
  /** Which call: base64url, SHA-256 of the transcript of the `call` proof. */
  readonly callProofDigest: string;
  /** When the caller's terminal signed it. Milliseconds since 1970. */
  readonly leftAtMs: number;
  /** Of the sound; absent where it was sealed to other places only. */
  readonly lengthMs?: number;
  readonly isHeard: boolean;
  /** Deleted, or made room: known, so that it is not taken once more. */
  readonly isGone: boolean;
}

/** Of one person: what has its sound here, and all that is known, which is much more so that nothing comes twice. */
export const mostKeptSounds = 64;
export const mostKnownMessages = 512;

/** None where it is none of this version's. */
export function asKeptMessages(found: unknown): readonly KeptMessage[] {
  if (!Array.isArray(found)) return [];
  return found.flatMap((one: unknown) => {
    try {
      return [asKept(one)];
    } catch {
      return [];
    }
  });
}

/** What is shown of it is taken as it was written, as pins are. @throws an error where it is anything else */
function asKept(stored: unknown): KeptMessage {
  const message = Object(stored) as Partial<KeptMessage>;
  const { id, position, call, callProofDigest, leftAtMs, lengthMs, isHeard, isGone } = message;
  const { callId, atMs, from } = Object(call) as Partial<MissedCall>;
  const { verification, displayName } = Object(from) as Partial<MissedCall["from"]>;
  const { deviceId, kind, signedAtMs } = Object(verification) as Partial<MissedCall["from"]["verification"]>;
  const isLength = lengthMs === undefined || (lengthMs >= 0 && lengthMs <= mostMessageMs);
  if (typeof id !== "string" || !Number.isSafeInteger(position) || position === undefined || !isLength)
    throw new TypeError("no message");
  if (typeof callProofDigest !== "string" || call === undefined) throw new TypeError("no message");
  if (typeof isHeard !== "boolean" || typeof isGone !== "boolean" || typeof displayName !== "string")
    throw new TypeError("no message");
  if (!Number.isSafeInteger(atMs) || atMs !== signedAtMs || leftAtMs === undefined)
    throw new TypeError("no message");
  CallId.parse(callId);
  UserId.parse(from?.userId);
  DeviceId.parse(deviceId);
  DeviceKind.parse(kind);
  const known = { id, position, call, callProofDigest, leftAtMs, isHeard, isGone };
  return lengthMs === undefined ? known : { ...known, lengthMs };
}

/**
 * With this one as well. What is too old to be taken again is forgotten where it is gone; where there is no room for one more sound the oldest goes.
 * @param kept of one person; another tab may have taken the same
 */
export function withMessage(
  kept: readonly KeptMessage[],
  taken: KeptMessage,
  nowMs: number,
): readonly KeptMessage[] {
  if (kept.some(({ id }) => id === taken.id)) return kept;
  const sinceMs = nowMs - mostKeptMissedMs - clockToleranceMs;
  const all = [...kept.filter(({ call, isGone }) => !isGone || call.atMs >= sinceMs), taken].toSorted(
    (one, other) => one.call.atMs - other.call.atMs,
  );
  const there = all.filter(({ isGone }) => !isGone);
  const over = new Set(there.slice(0, Math.max(0, there.length - mostKeptSounds)).map(({ id }) => id));
  return all.map((one) => (over.has(one.id) ? { ...one, isGone: true } : one)).slice(-mostKnownMessages);
}

/** Nothing of calls up to then is taken any more: it may have been known here, and was forgotten. */
export const messageFloorMs = (kept: readonly KeptMessage[]): number =>
  kept.length < mostKnownMessages ? Number.NEGATIVE_INFINITY : Math.min(...kept.map(({ call }) => call.atMs));
