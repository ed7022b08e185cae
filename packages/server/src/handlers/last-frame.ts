/** A terminal says how far it counted, once another one of its person has taken its place: sealed, for the others in the group, and passed on as it is. */
import { encodeMessage, hasGivenWay, presentTerminals } from "@signet/protocol";

import { accept, refuse } from "../ws/answer.ts";
import type { Handler, SignedInAsker } from "./handler.ts";

export const lastFrame: Handler<"call.lastFrame", SignedInAsker> = (
  { calls, sessions, words },
  { session, terminalId },
  { callId, frame },
  respond,
) => {
  const { userId } = session.stored;
  if (!words.take(userId)) return respond(refuse("call.tooManyWords"));
  const state = calls.running.stateOf(callId);
  if (state === undefined) return respond(refuse("call.notFound"));
  if (!hasGivenWay(state, { userId, terminalId })) return respond(refuse("call.notMember"));
  const text = encodeMessage({ type: "call.memberLastFrame", body: { callId, userId, frame } });
  for (const other of presentTerminals(state, userId)) {
    const endpoint = sessions.endpointAt(other);
    if (endpoint?.hasFeature("moves") === true) endpoint.sendText(text);
  }
  respond(accept({}));
};
