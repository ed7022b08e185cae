/** Those in a call say sealed words to each other. Who said what in them only they can tell; here it has to be by a terminal in the group. */
import { isPresent } from "@signet/protocol";

import { accept, refuse } from "../ws/answer.ts";
import type { Handler, SignedInAsker } from "./handler.ts";

export const say: Handler<"call.say", SignedInAsker> = (
  { calls, callWords, wordBytes, wordShares },
  { session, terminalId },
  { callId, sealed },
  respond,
) => {
  const { userId } = session.stored;
  const from = { userId, terminalId };
  const state = calls.running.stateOf(callId);
  if (state === undefined) return respond(refuse("call.notFound"));
  if (!isPresent(state, from)) return respond(refuse("call.notMember"));
  if (!wordBytes.hasAny(userId) || !wordShares.take(userId)) return respond(refuse("word.tooMany"));
  wordBytes.spend(userId, sealed.length);
  const number = callWords.say(state, from, sealed);
  respond(accept({ number, unread: callWords.unreadBy(state) }));
};

export const saidSince: Handler<"call.saidSince", SignedInAsker> = (
  { calls, callWords, wordShares },
  { session, terminalId },
  { callId, after },
  respond,
) => {
  const { userId } = session.stored;
  const state = calls.running.stateOf(callId);
  if (state === undefined) return respond(refuse("call.notFound"));
  if (!isPresent(state, { userId, terminalId })) return respond(refuse("call.notMember"));
  if (!wordShares.take(userId)) return respond(refuse("word.tooMany"));
  respond(accept({ ...callWords.since(callId, after), unread: callWords.unreadBy(state) }));
};
