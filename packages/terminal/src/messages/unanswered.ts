/** Whom a voice message may be left for. Pure. */
import type { UserId } from "@signet/protocol";

import type { CallView, Participant } from "../state.ts";

/** Those whom the person at this terminal called, or brought in, and who did not come; guests have no terminal that keeps anything. None before the call is over here. */
export function unanswered({ endedAtMs, isInitiator, participants }: CallView): readonly UserId[] {
  if (endedAtMs === undefined) return [];
  const self = participants.find(({ isSelf }) => isSelf)?.userId;
  return participants
    .filter((one) => didNotCome(one) && (one.invitedBy === undefined ? isInitiator : one.invitedBy === self))
    .map(({ userId }) => userId);
}

const didNotCome = ({ guest, isSelf, state }: Participant): boolean =>
  !isSelf && guest === undefined && ["ringing", "noAnswer", "offline", "busy", "failed"].includes(state);
