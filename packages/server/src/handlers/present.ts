/** Who is outside of a call that goes on asks those in it, and they answer: nothing of it is kept, and no call changes by it. */
import { verifyTerminalProof } from "@signet/device";
import { askPresentRefusal, CallId, isPresent } from "@signet/protocol";

import { accept, refuse } from "../ws/answer.ts";
import type { Handler, SignedInAsker } from "./handler.ts";

export const askPresent: Handler<"call.askPresent", SignedInAsker> = (
  { calls, presentWords },
  { connection, session, terminalId },
  { callId, nonce },
  respond,
) => {
  const state = calls.stateOf(callId);
  if (state === undefined) return respond(refuse("call.notFound"));
  const { userId } = session.stored;
  const refusal = askPresentRefusal(state, userId);
  if (refusal !== undefined) return respond(refuse(refusal));
  if (!presentWords.mayAsk(connection, userId, callId)) return respond(refuse("call.tooManyQuestions"));
  respond(accept({ asked: presentWords.ask(state, { userId, terminalId }, nonce) }));
};

/** Whoever asked verifies the word; here it only has to be by a terminal that is in the call, so that nobody else is passed on. */
export const present: Handler<"call.present", SignedInAsker> = async (
  services,
  { connection, session, terminalId },
  { terminalId: askerId, proof },
  respond,
) => {
  const { calls, clock, directory, originOf, presentWords, sessions } = services;
  if (!presentWords.mayAnswer(connection)) return respond(refuse("call.tooManyQuestions"));
  const { userId } = session.stored;
  const [binding, entry] = await Promise.all([sessions.bindingOf(session), directory.entryOf(userId)]);
  if (binding === undefined || entry === undefined) return respond(refuse("auth.bindingGone"));
  const time = { nowMs: clock() };
  const serverOrigin = originOf();
  const result = await verifyTerminalProof(proof, { purpose: "present", serverOrigin, binding, time });
  if (!result.ok) return respond(result);
  const callId = CallId.safeParse(result.proof.transcript.callId);
  if (!callId.success) return respond(refuse("proof.call"));
  // Nothing is awaited from here on.
  const state = calls.stateOf(callId.data);
  if (state === undefined) return respond(refuse("call.notFound"));
  if (sessions.at(connection) !== session || !isPresent(state, { userId, terminalId }))
    return respond(refuse("call.notMember"));
  const asker = sessions.atTerminal(askerId);
  // Whoever may ask may be answered; who is gone meanwhile has no use for it.
  if (asker === undefined || askPresentRefusal(state, asker.stored.userId) !== undefined)
    return respond(refuse("call.notInvited"));
  const body = { callId: callId.data, entry, proof, binding: session.stored.proof };
  asker.endpoint?.send({ type: "call.memberPresent", body });
  respond(accept({}));
};
