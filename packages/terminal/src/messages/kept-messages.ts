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
  /** Deleted by the person: known, so that it is not taken once more, and the server hears of it. */
  readonly isGone: boolean;
  /** Made room for others here, and nobody deleted it: at the server, and at other terminals of the person, it stays. */
  readonly madeRoom?: true;
  /** Of calls of its caller up to then something was forgotten. */
  readonly floorMs?: number;
}

/** Is it shown, and has its sound here? */
export const isHere = ({ isGone, madeRoom }: KeptMessage): boolean => !isGone && madeRoom !== true;

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
  const { madeRoom, floorMs } = message;
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
  if (floorMs !== undefined && !Number.isSafeInteger(floorMs)) throw new TypeError("no message");
  CallId.parse(callId);
  UserId.parse(from?.userId);
  DeviceId.parse(deviceId);
  DeviceKind.parse(kind);
  const known = { id, position, call, callProofDigest, leftAtMs, isHeard, isGone };
  return {
    ...known,
    ...(lengthMs === undefined ? {} : { lengthMs }),
    ...(madeRoom === true ? { madeRoom } : {}),
    ...(floorMs === undefined ? {} : { floorMs }),
  };
}

/**
 * With this one as well. What is too old to be taken again is forgotten where it is not here; where there is no room for one more, that is made at the
 * expense of whoever left most: nobody's messages are lost for somebody else's many.
 * @param kept of one person; another tab may have taken the same
 */
export function withMessage(
  kept: readonly KeptMessage[],
  taken: KeptMessage,
  nowMs: number,
): readonly KeptMessage[] {
  if (kept.some(({ id }) => id === taken.id)) return kept;
  const sinceMs = nowMs - mostKeptMissedMs - clockToleranceMs;
  let all: readonly KeptMessage[] = [
    ...kept.filter((one) => isHere(one) || one.call.atMs >= sinceMs),
    taken,
  ].toSorted((one, other) => one.call.atMs - other.call.atMs);
  for (let here = all.filter(isHere); here.length > mostKeptSounds; here = all.filter(isHere)) {
    const theirs = ofWhoLeftMost(here);
    const over = theirs.find(({ isHeard }) => isHeard) ?? theirs[0];
    all = all.map((one) => (one === over ? { ...one, madeRoom: true } : one));
  }
  while (all.length > mostKnownMessages) all = forgettingOne(all);
  return all;
}

/** @param kept oldest first, and so it comes back */
function ofWhoLeftMost(kept: readonly KeptMessage[]): readonly KeptMessage[] {
  const byCaller = Map.groupBy(kept, ({ call }) => call.from.userId);
  return [...byCaller.values()].reduce((most, theirs) => (theirs.length > most.length ? theirs : most), []);
}

/** Which one of its caller's stays here says until when nothing of theirs is taken any more. */
function forgettingOne(all: readonly KeptMessage[]): readonly KeptMessage[] {
  const [forgotten] = ofWhoLeftMost(all.filter((one) => !isHere(one)));
  if (forgotten === undefined) return all.slice(1);
  const floorMs = Math.max(forgotten.call.atMs, forgotten.floorMs ?? 0);
  const left = all.filter((one) => one !== forgotten);
  const latest = left.findLast(({ call }) => call.from.userId === forgotten.call.from.userId);
  return left.map((one) => (one === latest ? { ...one, floorMs: Math.max(floorMs, one.floorMs ?? 0) } : one));
}

/** Nothing of calls of this caller up to then is taken any more: it may have been known here, and was forgotten. */
export const messageFloorMs = (kept: readonly KeptMessage[], callerId: UserId): number =>
  Math.max(
    ...kept.map(({ call, floorMs }) =>
      call.from.userId === callerId && floorMs !== undefined ? floorMs : Number.NEGATIVE_INFINITY,
    ),
    Number.NEGATIVE_INFINITY,
  );
