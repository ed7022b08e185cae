/** Who is outside of a call that goes on asks those in it, and they answer: nothing of it is kept, and no call changes by it. */
import { askPresentRefusal, isPresent } from "@signet/protocol";

import { accept, refuse } from "../ws/answer.ts";
import type { Handler, SignedInAsker } from "./handler.ts";
import { verifyStatement } from "./statement.ts";

export const askPresent: Handler<"call.askPresent", SignedInAsker> = (
  { calls, presentWords },
  { connection, session, terminalId },
  { callId, nonce },
  respond,
) => {
  const state = calls.running.stateOf(callId);
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
  asker,
  { terminalId: askerId, proof },
  respond,
) => {
  const { calls, directory, presentWords, sessions } = services;
  const { connection, session, terminalId } = asker;
  if (!presentWords.mayAnswer(connection)) return respond(refuse("call.tooManyQuestions"));
  const { userId } = session.stored;
  const result = await verifyStatement(services, asker, proof, "present");
  if (!result.ok) return respond(result);
  const { callId } = result;
  const entry = (await directory.personOf(userId))?.history;
  if (entry === undefined) return respond(refuse("auth.bindingGone"));
  // Nothing is awaited from here on.
  const state = calls.running.stateOf(callId);
  if (state === undefined) return respond(refuse("call.notFound"));
  if (sessions.at(connection) !== session || !isPresent(state, { userId, terminalId }))
    return respond(refuse("call.notMember"));
  const asking = sessions.atTerminal(askerId);
  // Whoever may ask may be answered; who is gone meanwhile has no use for it.
  if (asking === undefined || askPresentRefusal(state, asking.stored.userId) !== undefined)
    return respond(refuse("call.notInvited"));
  const body = { callId, entry, proof, binding: session.stored.proof };
  asking.endpoint?.send({ type: "call.memberPresent", body });
  respond(accept({}));
};
