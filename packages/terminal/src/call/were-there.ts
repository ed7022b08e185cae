import type { CallId, UserId } from "@signet/protocol";

import type { CallView } from "../state.ts";

/** Who was in a call at some time: of whom it is told when the call is over. */
export interface WereThere {
  readonly callId: CallId | undefined;
  readonly userIds: ReadonlySet<UserId>;
}

export const nobodyWasThere: WereThere = { callId: undefined, userIds: new Set() };

/** @returns `before` itself where nobody came; another call begins anew. Who was never let in was there with nobody. */
export function noteWhoIsThere(before: WereThere, call: CallView | undefined): WereThere {
  if (call === undefined) return before;
  const { callId, participants } = call;
  const known = callId === before.callId ? before.userIds : new Set<UserId>();
  const isIn = call.activeSinceMs !== undefined;
  const came = participants.filter(({ state, userId }) => isIn && state === "joined" && !known.has(userId));
  if (callId === before.callId && came.length === 0) return before;
  return { callId, userIds: new Set([...known, ...came.map(({ userId }) => userId)]) };
}
