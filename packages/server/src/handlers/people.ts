import { isGuestId } from "@signet/protocol";
import type { UserId } from "@signet/protocol";

import type { Services } from "../services.ts";
import { accept } from "../ws/answer.ts";
import { senderOf } from "./call.ts";
import type { Handler, SignedInAsker } from "./handler.ts";

export const lookup: Handler<"directory.lookup", SignedInAsker> = async (
  services,
  from,
  { userIds },
  respond,
) => {
  const { directory, sessions, store } = services;
  const seen = await store.presence.seenBy(senderOf(from).userId, userIds);
  const mayKnow = knownTo(services, senderOf(from).userId);
  const people = await Promise.all(
    userIds.map(async (userId) => {
      if (!mayKnow(userId)) return { userId, reachable: false };
      const entry = (await directory.personOf(userId))?.history;
      return {
        userId,
        reachable: seen.has(userId) && sessions.isReachable(userId),
        ...(entry === undefined ? {} : { entry }),
      };
    }),
  );
  respond(accept({ people }));
};

/** A guest, and who looks for one, is told of those alone whom a call of theirs names. */
export function knownTo({ calls }: Services, asker: UserId): (userId: UserId) => boolean {
  const named = new Set(calls.running.statesOf(asker).flatMap(({ members }) => [...members.keys()]));
  return (userId) => (!isGuestId(userId) && !isGuestId(asker)) || named.has(userId);
}
