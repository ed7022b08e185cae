import { terminalKeyRefusal } from "@signet/device";
import { decodeTranscript } from "@signet/protocol";

import { accept, refuse } from "../ws/answer.ts";
import type { Handler } from "./handler.ts";

/** Until then a terminal's ID and key are only what somebody says: both can be read off others' bindings. */
export const prove: Handler<"session.prove"> = async ({ clock, originOf }, from, { proof }, respond) => {
  const { connection, terminalId, terminalKey } = from;
  const transcript = decodeTranscript(proof.transcript);
  if (transcript === undefined) return respond(refuse("proof.malformed"));
  if (transcript.purpose !== "terminal") return respond(refuse("proof.purpose"));
  const { serverChallenge } = transcript;
  const nowMs = clock();
  const opened = connection.challenges.take("session", serverChallenge, nowMs);
  if (!opened.ok) return respond(opened);
  const expected = { serverOrigin: originOf(), serverChallenge, terminalId, terminalKey, nowMs };
  const refusal = await terminalKeyRefusal(proof, expected);
  if (refusal !== undefined) return respond(refuse(refusal));
  connection.isTerminalProven = true;
  respond(accept({}));
};
