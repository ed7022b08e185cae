/** Who may see whether a person is there. */
import { accept, refuse } from "../ws/answer.ts";
import { senderOf } from "./call.ts";
import type { Handler, SignedInAsker } from "./handler.ts";

export const watch: Handler<"presence.watch", SignedInAsker> = async (
  { sessions, store },
  from,
  { userIds },
  respond,
) => {
  const seen = await store.presence.seenBy(senderOf(from).userId, userIds);
  respond(accept({ people: [...sessions.watch(from.connection, userIds, seen)] }));
};

export const choose: Handler<"presence.choose", SignedInAsker> = async (
  { presenceShares, sessions, store },
  asker,
  choice,
  respond,
) => {
  const { userId } = senderOf(asker);
  if (!presenceShares.take(userId)) return respond(refuse("protocol.askedTooMuch"));
  await store.presence.choose(userId, choice.who === "people" ? choice : { ...choice, userIds: [] });
  await sessions.ruleChanged(userId);
  respond(accept({}));
};
