/** Whom a person does not want to hear of. */
import { mostBlocked } from "@signet/protocol";

import { accept, refuse } from "../ws/answer.ts";
import { senderOf } from "./call.ts";
import type { Handler, SignedInAsker } from "./handler.ts";

export const blockGet: Handler<"block.get", SignedInAsker> = async ({ store }, asker, _body, respond) =>
  respond(accept({ userIds: [...(await store.blocks.of(senderOf(asker).userId))] }));

export const blockSet: Handler<"block.set", SignedInAsker> = async (
  { blockShares, clock, sessions, store },
  asker,
  { isBlocked, userId: blockedId },
  respond,
) => {
  const { userId } = senderOf(asker);
  if (!blockShares.take(userId)) return respond(refuse("protocol.askedTooMuch"));
  const changed = isBlocked
    ? await store.blocks.add(userId, blockedId, mostBlocked, clock())
    : await store.blocks.remove(userId, blockedId);
  if (changed === "full") return respond(refuse("block.tooMany"));
  if (changed === "changed") await sessions.ruleChanged(userId);
  respond(accept({}));
};
