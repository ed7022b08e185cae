/** Those in a call say whether they can be heard. The others verify it; here it only has to be by a terminal in the group. */
import { isPresent, MicrophoneWord } from "@signet/protocol";

import { accept, refuse } from "../ws/answer.ts";
import type { Handler, SignedInAsker } from "./handler.ts";
import { verifyStatement } from "./statement.ts";

export const microphone: Handler<"call.microphone", SignedInAsker> = async (
  services,
  asker,
  { proof },
  respond,
) => {
  const { calls, microphoneWords, sessions, words } = services;
  const { connection, session, terminalId } = asker;
  const { userId } = session.stored;
  if (!words.take(userId)) return respond(refuse("call.tooManyWords"));
  const result = await verifyStatement(services, asker, proof, "microphone");
  if (!result.ok) return respond(result);
  const { callId, transcript } = result;
  if (!MicrophoneWord.safeParse(transcript.state).success) return respond(refuse("proof.call"));
  // Nothing is awaited from here on.
  const state = calls.running.stateOf(callId);
  if (state === undefined) return respond(refuse("call.notFound"));
  if (sessions.at(connection) !== session || !isPresent(state, { userId, terminalId }))
    return respond(refuse("call.notMember"));
  microphoneWords.say(state, terminalId, { userId, proof, binding: session.stored.proof });
  respond(accept({}));
};

export const microphones: Handler<"call.microphones", SignedInAsker> = (
  { calls, microphoneWords, words },
  { session, terminalId },
  { callId },
  respond,
) => {
  const { userId } = session.stored;
  if (!words.take(userId)) return respond(refuse("call.tooManyWords"));
  const state = calls.running.stateOf(callId);
  if (state === undefined) return respond(refuse("call.notFound"));
  if (!isPresent(state, { userId, terminalId })) return respond(refuse("call.notMember"));
  respond(accept({ said: microphoneWords.saidBefore(state, userId) }));
};
