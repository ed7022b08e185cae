/** A terminal says what it signed of the frames that it sealed: for the others in the group, who verify it, and passed on unread. */
import { accept, refuse } from "../ws/answer.ts";
import type { Handler, SignedInAsker } from "./handler.ts";

export const spoke: Handler<"call.spoke", SignedInAsker> = (
  { calls, spokenShares, spokenWords },
  { session, terminalId },
  { callId, word },
  respond,
) => {
  const { userId } = session.stored;
  if (!spokenShares.take(userId)) return respond(refuse("call.tooManyWords"));
  const state = calls.running.stateOf(callId);
  if (state === undefined) return respond(refuse("call.notFound"));
  if (!spokenWords.say(state, { userId, terminalId }, word)) return respond(refuse("call.notMember"));
  respond(accept({}));
};
