/** Sound for whom a caller did not reach. The server keeps it unread, and tells the caller nothing of who gets it. */
import { messageDigests, verifyTerminalProof } from "@signet/device";
import { equalBytes, isGuestId, loggable, mostMessageSteps, sealedSoundBytes } from "@signet/protocol";

import { isReadable } from "../call/readable.ts";
import { mailboxKeyIn } from "../call/voice-messages.ts";
import { accept, refuse } from "../ws/answer.ts";
import { codeLike } from "./code-like.ts";
import { isStillSignedIn } from "./handler.ts";
import type { Handler, SignedInAsker } from "./handler.ts";
import { verifyStatement } from "./statement.ts";

const sizes: ReadonlySet<number> = new Set(
  Array.from({ length: mostMessageSteps }, (_, index) => sealedSoundBytes(index + 1)),
);

export const putMailbox: Handler<"mailbox.put", SignedInAsker> = async (
  services,
  asker,
  { proof },
  respond,
) => {
  const { clock, mailboxShares, messages, originOf, sessions } = services;
  const { deviceId, proof: bindingProof, userId } = asker.session.stored;
  if (!mailboxShares.take(userId)) return respond(refuse("protocol.askedTooMuch"));
  const binding = await sessions.bindingOf(asker.session);
  if (binding === undefined) return respond(refuse("auth.bindingGone"));
  const serverOrigin = originOf();
  const time = { nowMs: clock() };
  const result = await verifyTerminalProof(proof, { purpose: "document-key", serverOrigin, binding, time });
  if (!result.ok) return respond(result);
  const key = mailboxKeyIn(proof);
  if (key === undefined) return respond(refuse("protocol.badMessage"));
  if (!isStillSignedIn(services, asker)) return respond(refuse("auth.bindingGone"));
  await messages.putMailbox({ userId, deviceId, key, proof, binding: bindingProof });
  respond(accept({}));
};

export const mailboxesOf: Handler<"mailbox.of", SignedInAsker> = async (
  { mailboxShares, messages },
  { session },
  { userId },
  respond,
) => {
  const asker = session.stored.userId;
  if (!mailboxShares.take(asker)) return respond(refuse("protocol.askedTooMuch"));
  respond(accept({ mailboxes: await messages.mailboxesOf(userId, asker), keptMs: messages.keptMs }));
};

export const leave: Handler<"message.leave", SignedInAsker> = async (
  services,
  asker,
  { callId, keys, proof, sealed, userId },
  respond,
) => {
  const { directory, messageShares, messages, sessions } = services;
  const { userId: callerId, proof: binding } = asker.session.stored;
  if (!messageShares.take(callerId)) return respond(refuse("protocol.askedTooMuch"));
  if (messages.keptMs === 0) return respond(refuse("message.off"));
  if (!sizes.has(sealed.length)) return respond(refuse("protocol.badMessage"));
  const result = await verifyStatement(services, asker, proof, "message");
  if (!result.ok) return respond(result);
  const { toUserId, sealedDigest, keysDigest } = result.transcript;
  const digests = await messageDigests({ sealed, keys });
  const isWhat =
    result.callId === callId &&
    toUserId === userId &&
    equalBytes(sealedDigest, digests.sealedDigest) &&
    equalBytes(keysDigest, digests.keysDigest);
  if (!isWhat) return respond(refuse("proof.call"));
  // Nothing is kept for a guest.
  if (isGuestId(userId) || (await directory.personOf(userId)) === undefined)
    return respond(refuse("user.unknown"));
  if (!isStillSignedIn(services, asker)) return respond(refuse("auth.bindingGone"));
  const isKept = await messages.leave({ userId, callerId, callId, proof, binding, keys, sealed });
  respond(accept({}));
  if (!isKept) return;
  for (const { endpoint } of sessions.of(userId))
    if (endpoint?.hasFeature("messages") === true) endpoint.send({ type: "message.left", body: {} });
};

export const list: Handler<"message.list", SignedInAsker> = async (
  { messages },
  { session },
  _body,
  respond,
) => {
  const found = messages.keptMs === 0 ? [] : await messages.of(session.stored.userId);
  respond(accept({ messages: [...found], keptMs: messages.keptMs }));
};

export const get: Handler<"message.get", SignedInAsker> = async (
  { messages },
  { connection, session },
  { position },
  respond,
) => {
  const message = await messages.get(session.stored.userId, position);
  respond(accept(message === undefined || !isReadable(message.call, connection) ? {} : { message }));
};

/** Deleted before it is answered, and as often as it is said: what was there no more changes nothing. */
export const remove: Handler<"message.delete", SignedInAsker> = async (
  { log, messages },
  { session },
  { positions, refused },
  respond,
) => {
  const { userId } = session.stored;
  await messages.delete(userId, positions);
  const gone = await messages.delete(
    userId,
    refused.map(({ position }) => position),
  );
  respond(accept({}));
  // As for missed calls: once for each.
  for (const { code, position } of refused)
    if (gone.includes(position))
      log.error(
        { userId, message: loggable(String(position)), reason: codeLike(code) },
        "a terminal could not verify a voice message",
      );
};
