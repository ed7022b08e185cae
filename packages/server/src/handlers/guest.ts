/** Guests of calls: a link is opened for one, a member's device vouches for them, the host lets them in. Where the server lets none in, nothing of this exists. */
import { namesItsKey, verifyDeviceProof } from "@signet/device";
import { CallId, UserId, equalBytes, guestsIn, guestsOf, mostGuests, nameFault } from "@signet/protocol";
import type { CallServerState, ErrorCode } from "@signet/protocol";

import { isOver, isVouched, listedIn } from "../registry/guests.ts";
import type { Services } from "../services.ts";
import { accept, refuse } from "../ws/answer.ts";
import { answering, findPerson, senderOf } from "./call.ts";
import { isStillSignedIn } from "./handler.ts";
import type { Handler, SignedInAsker } from "./handler.ts";
import { verifyStatement } from "./statement.ts";

/** Links for guests that are open in one call, of all members together. */
export const mostOpenLinks = 4;

export const guestOpen: Handler<"guest.open", SignedInAsker> = (
  services,
  asker,
  { callId, pairingId },
  respond,
) => {
  const { calls, clock, pairingShares, pairings } = services;
  const call = calls.running.stateOf(callId);
  if (call === undefined) return respond(refuse("call.notFound"));
  const { userId, terminalId } = senderOf(asker);
  const member = call.members.get(userId);
  if (member?.leaf === undefined || member.terminalId !== terminalId)
    return respond(refuse("call.notMember"));
  const code = guestRefusal(services, call);
  if (code !== undefined) return respond(refuse(code));
  if (pairings.openFor(callId, asker.connection) >= mostOpenLinks) return respond(refuse("guest.tooMany"));
  if (!pairingShares.take(userId)) return respond(refuse("protocol.askedTooMuch"));
  const opened = pairings.open(pairingId, asker.connection, clock(), callId);
  respond(opened.ok ? accept({ expiresAtMs: opened.expiresAtMs }) : opened);
};

/** Whoever does not know guests would take one for somebody, or for nothing: then none comes in. */
function guestRefusal({ sessions }: Services, call: CallServerState): ErrorCode | undefined {
  for (const { state, terminalId } of call.members.values()) {
    if ((state !== "joined" && state !== "joining") || terminalId === undefined) continue;
    if (sessions.endpointAt(terminalId)?.hasFeature("guests") !== true) return "guest.otherVersions";
  }
  return guestsIn(call) >= mostGuests ? "guest.tooMany" : undefined;
}

export const vouch: Handler<"call.vouch", SignedInAsker> = async (services, asker, { proof }, respond) => {
  const { calls, clock, directory, guests, originOf } = services;
  const sender = senderOf(asker);
  const { userId } = sender;
  const person = await directory.personOf(userId);
  if (person === undefined) return respond(refuse("user.unknown"));
  const expected = { purpose: "vouch", serverOrigin: originOf(), person, time: { nowMs: clock() } } as const;
  const result = await verifyDeviceProof(proof, expected);
  if (!result.ok) return respond(result);
  void services.signatureCounts.note(userId, result.proof);
  const { digest, transcript } = result.proof;
  const callId = CallId.safeParse(transcript.callId);
  const guestId = UserId.safeParse(transcript.guestId);
  if (!callId.success || !guestId.success) return respond(refuse("proof.malformed"));
  if (!(await namesItsKey(transcript))) return respond(refuse("guest.word"));

  // From here to the answer nothing else runs: what is found holds when the machine hears of it.
  if (!isStillSignedIn(services, asker)) return respond(refuse("auth.bindingGone"));
  const call = calls.running.stateOf(callId.data);
  if (call === undefined) return respond(refuse("call.notFound"));
  const code = guestRefusal(services, call);
  if (code !== undefined) return respond(refuse(code));
  // Of another call, or of this one under another word: a key is made for one.
  if (guests.of(guestId.data) !== undefined && listedIn(call, guestId.data) === undefined)
    return respond(refuse("guest.word"));
  const statement = { transcript, digest, raw: proof };
  const input = { type: "vouch", ...sender, statement } as const;
  await calls.submit(
    callId.data,
    input,
    answering<"call.vouch">((answer) => {
      const { guestKey: key, guestName: name } = transcript;
      if (answer.ok)
        guests.vouchedFor({ guestId: guestId.data, callId: callId.data, name, key, atMs: clock() });
      respond(answer);
    }),
  );
};

export const letIn: Handler<"call.letIn", SignedInAsker> = async (services, asker, { proof }, respond) => {
  const { calls, directory } = services;
  const result = await verifyStatement(services, asker, proof, "let-in");
  if (!result.ok) return respond(result);
  const { callId, transcript } = result;
  const call = calls.running.stateOf(callId);
  const listed =
    call === undefined
      ? undefined
      : guestsOf(call.said).find((one) => equalBytes(one.vouch, transcript.vouch));
  const person = listed === undefined ? undefined : await directory.personOf(listed.guestId);
  if (!isStillSignedIn(services, asker)) return respond(refuse("auth.bindingGone"));
  const { userId } = senderOf(asker);
  const guest =
    listed === undefined
      ? undefined
      : findPerson(services, listed.guestId, person, { userId, blockers: new Set() });
  const { digest, raw } = result.proof;
  const statement = { transcript, digest, raw, binding: asker.session.stored.proof };
  const input = { type: "letIn", ...senderOf(asker), statement, guest } as const;
  await calls.submit(callId, input, answering<"call.letIn">(respond));
};

/** Whether somebody may be here under a guest's ID: a device vouched for this very name, and key where it is known. */
export function guestObstacle(
  { guests, letsGuestsIn }: Pick<Services, "guests" | "letsGuestsIn">,
  guestId: UserId,
  name: string,
  key?: Parameters<typeof isVouched>[1]["key"],
): ErrorCode | undefined {
  if (!letsGuestsIn) return "registration.badUserId";
  const vouched = guests.of(guestId);
  if (vouched === undefined) return "guest.notLetIn";
  if (nameFault(name) !== undefined) return "registration.badName";
  return isVouched(vouched, { name, key: key ?? vouched.key }) ? undefined : "guest.word";
}

/** To be called now and then: whose call is over, and who left it, is nobody here any more. */
export async function forgetGuests(
  { calls, directory, guests, pairings, sessions }: Services,
  nowMs: number,
): Promise<void> {
  for (const callId of pairings.calls) {
    const call = calls.running.stateOf(callId);
    if (call === undefined || call.ended !== undefined) pairings.callEnded(callId);
  }
  for (const guest of guests.all) {
    if (!isOver(guest, calls.running.stateOf(guest.callId), nowMs)) continue;
    guests.forget(guest.guestId);
    await Promise.all(sessions.of(guest.guestId).map((session) => sessions.release(session, "released")));
    directory.guests.delete(guest.guestId);
  }
}
