/** From calls that are over to what is kept of them. Pure. */
import { decodeTranscript, mostHistoryPeople } from "@signet/protocol";
import type { AddedCall, CallInviteIn, UserId } from "@signet/protocol";

import type { CallView, IncomingCall } from "../state.ts";

/** Who was verified in a call, also those who left it since: the call shows them as themselves while they are in it. */
export class EverVerified {
  #callId: string | undefined;
  #userIds = new Set<UserId>();

  note(view: CallView | undefined): void {
    if (view === undefined) return;
    if (view.callId !== this.#callId) this.#userIds = new Set();
    this.#callId = view.callId;
    for (const { isSelf, userId, verification } of view.participants)
      if (!isSelf && verification !== undefined) this.#userIds.add(userId);
  }

  in(callId: string): ReadonlySet<UserId> {
    return callId === this.#callId ? this.#userIds : new Set();
  }
}

/** @param invite to it; one's own, of who started it. @param verified ever in it. @returns undefined where the call is not told by its proof, or goes on at another terminal */
export function pastCall(
  view: CallView,
  invite: CallInviteIn,
  verified: ReadonlySet<UserId>,
): AddedCall | undefined {
  const startedAtMs = startOf(invite);
  // Its end is known where it goes on.
  if (startedAtMs === undefined || view.end?.type === "moved") return undefined;
  const all = view.participants.filter(({ isSelf }) => !isSelf);
  const others = all.filter(({ guest }) => guest === undefined);
  const guests = all.flatMap(({ guest }) => (guest === undefined ? [] : [guest])).slice(0, mostHistoryPeople);
  const { endedAtMs = 0, togetherMs, togetherSinceMs = endedAtMs } = view;
  return {
    callId: view.callId,
    startedAtMs,
    partMs: Math.max(0, Math.round(togetherMs + endedAtMs - togetherSinceMs)),
    userIds: bounded(wereCalled(others)),
    direction: view.isInitiator ? "out" : "in",
    outcome: outcomeOf(view),
    verified: bounded(others.flatMap(({ userId }) => (verified.has(userId) ? [userId] : []))),
    ...(guests.length === 0 ? {} : { guests }),
  };
}

/** Nobody is there whom the server does not know. Where it knows none of them, it is told whom one wanted. */
function wereCalled(others: CallView["participants"]): readonly UserId[] {
  const known = others.filter(({ state }) => state !== "unknown");
  return (known.length > 0 ? known : others).map(({ userId }) => userId);
}

function outcomeOf({ activeSinceMs, end, isInitiator, participants }: CallView): AddedCall["outcome"] {
  if (activeSinceMs !== undefined) return "talked";
  if (end?.type === "failed") return "failed";
  const others = participants.filter(({ isSelf }) => !isSelf);
  return isInitiator && others.length > 0 && others.every(({ state }) => state === "declined")
    ? "declined"
    : "unanswered";
}

/** That rang here and was not answered: who called is verified, or it would not have rung. */
export function pastRing(
  { callId, from, others }: IncomingCall,
  invite: CallInviteIn,
  outcome: "missed" | "declined",
): AddedCall | undefined {
  const startedAtMs = startOf(invite);
  if (startedAtMs === undefined) return undefined;
  const people = others.filter(({ guest }) => guest === undefined);
  const guests = others.flatMap(({ guest }) => (guest === undefined ? [] : [guest]));
  const userIds = bounded([from.userId, ...people.map(({ userId }) => userId)]);
  const past = { callId, startedAtMs, partMs: 0, userIds, direction: "in", outcome } as const;
  return { ...past, verified: [from.userId], ...(guests.length === 0 ? {} : { guests }) };
}

/** As the caller's proof says it. */
function startOf({ proof }: CallInviteIn): number | undefined {
  const signed = decodeTranscript(proof.transcript);
  return signed?.purpose === "call" ? signed.issuedAtMs : undefined;
}

const bounded = (userIds: readonly UserId[]): UserId[] => [...new Set(userIds)].slice(0, mostHistoryPeople);
