/** People are brought into a running call and put out of it: what they signed is verified here, and judged by the call's machine. */
import { verifyDeviceProof } from "@signet/device";
import type { Person, VerifiedProof } from "@signet/device";
import { CallId, guestsOf, hasStatement, mayBeIn, UserId } from "@signet/protocol";

import { refuse } from "../ws/answer.ts";
import { answering, findPerson, senderOf } from "./call.ts";
import { isStillSignedIn } from "./handler.ts";
import type { Handler, SignedInAsker } from "./handler.ts";
import { verifyStatement } from "./statement.ts";

export const invite: Handler<"call.invite", SignedInAsker> = async (services, asker, { proof }, respond) => {
  const { calls, clock, directory, invitations, limits, originOf, store } = services;
  const sender = senderOf(asker);
  const { userId } = sender;
  const person = await directory.personOf(userId);
  if (person === undefined) return respond(refuse("user.unknown"));
  const expected = { purpose: "invite", serverOrigin: originOf(), person, time: { nowMs: clock() } } as const;
  const result = await verifyDeviceProof(proof, expected);
  if (!result.ok) return respond(result);
  void services.signatureCounts.note(userId, result.proof);
  const { digest, transcript } = result.proof;
  const callId = CallId.safeParse(transcript.callId);
  const userIds = UserId.array().safeParse(transcript.userIds);
  if (!callId.success || !userIds.success) return respond(refuse("proof.malformed"));
  if (userIds.data.length > limits.callMembers) return respond(refuse("call.tooManyMembers"));
  const known = new Map<UserId, Person | undefined>();
  await Promise.all(userIds.data.map(async (id) => known.set(id, await directory.personOf(id))));
  const blockers = await store.blocks.whoBlocked(userId, userIds.data);

  // From here to the answer nothing else runs: what is found holds when the machine hears of it.
  if (!isStillSignedIn(services, asker)) return respond(refuse("auth.bindingGone"));
  const call = calls.running.stateOf(callId.data);
  if (call === undefined) return respond(refuse("call.notFound"));
  const { said } = call;
  const isSaid = hasStatement(said, digest);
  const added = new Set(userIds.data.filter((id) => !mayBeIn(said, id)));
  if (!isSaid) {
    // The initiator is one more.
    if (said.people.length + added.size > limits.callMembers + 1)
      return respond(refuse("call.tooManyMembers"));
    if (!invitations.hasAny(userId)) return respond(refuse("call.tooManyInvitations"));
    invitations.spend(userId, userIds.data.length);
  }
  const calling = { userId, blockers, hasGuests: guestsOf(said).length > 0 };
  const people = userIds.data.map((id) => findPerson(services, id, known.get(id), calling));
  const statement = { transcript, digest, raw: proof };
  const input = { type: "invite", ...sender, statement, people } as const;
  await calls.submit(callId.data, input, answering<"call.invite">(respond));
};

export const remove: Handler<"call.remove", SignedInAsker> = async (services, asker, { proof }, respond) => {
  const result = await verifyStatement(services, asker, proof, "remove");
  if (!result.ok) return respond(result);
  const { callId } = result;
  const input = { type: "remove", ...senderOf(asker), statement: statedBy(asker, result.proof) } as const;
  await services.calls.submit(callId, input, answering<"call.remove">(respond));
};

export const host: Handler<"call.host", SignedInAsker> = async (services, asker, { proof }, respond) => {
  const result = await verifyStatement(services, asker, proof, "host");
  if (!result.ok) return respond(result);
  const { callId } = result;
  const input = { type: "host", ...senderOf(asker), statement: statedBy(asker, result.proof) } as const;
  await services.calls.submit(callId, input, answering<"call.host">(respond));
};

function statedBy<P extends "remove" | "host">(
  { session }: SignedInAsker,
  { digest, raw, transcript }: VerifiedProof<P>,
) {
  return { transcript, digest, raw, binding: session.stored.proof };
}

/** For who lacks something of it. */
export const list: Handler<"call.list", SignedInAsker> = ({ calls }, asker, { callId, epoch }, respond) =>
  calls.ask(callId, { type: "list", ...senderOf(asker), epoch }, answering<"call.list">(respond));
