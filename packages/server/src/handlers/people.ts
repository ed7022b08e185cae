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
  const { directory, store } = services;
  const isReachable = reachableTo(services, await store.blocks.whoBlocked(senderOf(from).userId, userIds));
  const mayKnow = knownTo(services, senderOf(from).userId);
  const people = await Promise.all(
    userIds.map(async (userId) => {
      if (!mayKnow(userId)) return { userId, reachable: false };
      const entry = (await directory.personOf(userId))?.history;
      return { userId, reachable: isReachable(userId), ...(entry === undefined ? {} : { entry }) };
    }),
  );
  respond(accept({ people }));
};

export const watch: Handler<"presence.watch", SignedInAsker> = async (
  services,
  from,
  { userIds },
  respond,
) => {
  const blockers = await services.store.blocks.whoBlocked(senderOf(from).userId, userIds);
  const isReachable = reachableTo(services, blockers);
  services.sessions.watch(from.connection, userIds);
  respond(accept({ people: userIds.map((userId) => ({ userId, reachable: isReachable(userId) })) }));
};

/** A guest, and who looks for one, is told of those alone whom a call of theirs names. */
function knownTo({ calls }: Services, asker: UserId): (userId: UserId) => boolean {
  const named = new Set(calls.running.statesOf(asker).flatMap(({ members }) => [...members.keys()]));
  return (userId) => (!isGuestId(userId) && !isGuestId(asker)) || named.has(userId);
}

/** Whoever blocked the one who asks looks away. */
const reachableTo =
  ({ sessions }: Services, blockers: ReadonlySet<UserId>) =>
  (userId: UserId): boolean =>
    !blockers.has(userId) && sessions.isReachable(userId);
