/** The picture that somebody chose of themselves: kept as their device signed it, and given to who asks. */
import { decodeTranscript, isPicture } from "@signet/protocol";
import { clockToleranceMs, sha256, verifyDeviceProof } from "@signet/device";

import { accept, refuse } from "../ws/answer.ts";

import { senderOf } from "./call.ts";
import type { Handler, SignedInAsker } from "./handler.ts";

export const pictureSet: Handler<"picture.set", SignedInAsker> = async (
  { clock, directory, originOf, pictureShares, sessions, store },
  asker,
  { chosen },
  respond,
) => {
  const { userId } = senderOf(asker);
  const { connection, session } = asker;
  if (!pictureShares.take(userId)) return respond(refuse("protocol.askedTooMuch"));
  if (chosen === undefined) {
    await store.pictures.delete(userId);
    return respond(accept({}));
  }
  const { picture, proof } = chosen;
  if (!isPicture(picture)) return respond(refuse("picture.unfit"));
  const transcript = decodeTranscript(proof.transcript);
  if (transcript === undefined) return respond(refuse("proof.malformed"));
  if (transcript.purpose !== "picture") return respond(refuse("proof.purpose"));
  const nowMs = clock();
  const opened = connection.challenges.take("history", transcript.serverChallenge, nowMs);
  if (!opened.ok) return respond(opened);
  if (opened.use.userId !== userId) return respond(refuse("proof.challenge"));
  if (Math.abs(nowMs - transcript.issuedAtMs) > clockToleranceMs) return respond(refuse("proof.time"));
  const person = await directory.personOf(userId);
  if (person === undefined) return respond(refuse("user.unknown"));
  const verified = await verifyDeviceProof(proof, {
    purpose: "picture",
    serverOrigin: originOf(),
    person,
    time: { nowMs },
    fields: { pictureDigest: await sha256(picture) },
  });
  if (!verified.ok) return respond(verified);
  if (sessions.at(connection) !== session) return respond(refuse("auth.bindingGone"));
  await store.pictures.put({ userId, picture, proof });
  respond(accept({}));
};

export const pictureGet: Handler<"picture.get", SignedInAsker> = async (
  { store },
  asker,
  { userIds },
  respond,
) =>
  respond(
    accept({ pictures: [...(await store.pictures.of(senderOf(asker).userId, [...new Set(userIds)]))] }),
  );
