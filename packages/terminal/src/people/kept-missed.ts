/** Missed calls that a terminal took from the server, as they lie with its pins. */
import { CallId, DeviceId, DeviceKind, UserId, mostKeptMissedMs } from "@signet/protocol";

import { clockToleranceMs } from "@signet/device";
import type { MissedCall } from "../state.ts";

export interface KeptMissed {
  /** Who missed it. */
  readonly userId: UserId;
  /** Of what the caller signed: base64url, SHA-256 of the transcript of the `call` or `invite` proof. */
  readonly digest: string;
  readonly call: MissedCall;
  readonly isSeen: boolean;
}

/** Beside the pins; none where there are none. @throws an error where it is anything else */
export function parseMissed(text: string): readonly KeptMissed[] {
  const { missed = [] } = Object(JSON.parse(text)) as { readonly missed?: unknown };
  if (!Array.isArray(missed)) throw new TypeError("no list of missed calls");
  return missed.map(read);
}

/** What is shown of it is taken as it was written, as pins are; what makes it another thing is looked at. */
function read(stored: unknown): KeptMissed {
  const { userId, digest, call, isSeen } = Object(stored) as Partial<KeptMissed>;
  const { callId, atMs, from } = Object(call) as Partial<MissedCall>;
  const { verification, displayName } = Object(from) as Partial<MissedCall["from"]>;
  const { deviceId, kind, signedAtMs } = Object(verification) as Partial<MissedCall["from"]["verification"]>;
  const isWhole =
    typeof digest === "string" &&
    typeof isSeen === "boolean" &&
    typeof displayName === "string" &&
    Number.isSafeInteger(atMs) &&
    atMs === signedAtMs;
  if (!isWhole || call === undefined) throw new TypeError("no missed call");
  CallId.parse(callId);
  UserId.parse(from?.userId);
  DeviceId.parse(deviceId);
  DeviceKind.parse(kind);
  return { userId: UserId.parse(userId), digest, call, isSeen };
}

/** Of one person: four times what a server keeps for them. */
export const keptMissedMost = 256;

/**
 * With these as well. What is too old to be taken again is forgotten, and where there is no room the oldest.
 * @param taken of one person; another tab may have taken the same
 */
export function keptWith(
  kept: readonly KeptMissed[],
  taken: readonly KeptMissed[],
  nowMs: number,
): readonly KeptMissed[] {
  const userId = taken[0]?.userId;
  const sinceMs = nowMs - mostKeptMissedMs - clockToleranceMs;
  const fresh = kept.filter(({ call }) => call.atMs >= sinceMs);
  const others = fresh.filter((one) => one.userId !== userId);
  const before = fresh.filter((one) => one.userId === userId);
  const isNew = ({ digest }: KeptMissed): boolean => !before.some((one) => one.digest === digest);
  const own = [...before, ...taken.filter(isNew)].toSorted((one, other) => one.call.atMs - other.call.atMs);
  return [...others, ...own.slice(-keptMissedMost)];
}

/** Nothing that was signed by then is taken any more: it may have been kept here and made room. @param own all that is kept of one person */
export const keptFloorMs = (own: readonly KeptMissed[]): number =>
  own.length < keptMissedMost ? Number.NEGATIVE_INFINITY : Math.min(...own.map(({ call }) => call.atMs));
