/**
 * The server's call machine, fifth part: a person's running call goes over to another terminal of theirs.
 *
 *   in the group at T1 -- move, from T2 --> moving -- external Commit of T2, in place of T1's leaf --> in the group at T2
 *          ^                                  |
 *          +-- T2 gives up, is signed out, ---+---- T1 leaves ---> left, and T2 is told
 *              or 60 s are over
 *
 * Until that Commit everything goes on at T1 as if nothing were. T2 may have media, which it cannot open, and GroupInfos; nothing else. Where the same
 * device is signed in elsewhere, the binding of T1 is over: its call goes on for as long as a move may take and the device is signed in, and nobody is
 * asked for anything there.
 */
import { equalBytes } from "../bytes.ts";
import type { DeviceId, TerminalId } from "../ids.ts";
import type { ProofIn } from "../proof.ts";
import { answerRefusal, noAnswers, signedIn, withStay } from "./call-answers.ts";
import type { CallDraft } from "./call-draft.ts";
import { hasRoomForEntry, newerEntry } from "./call-entries.ts";
import { countJoin, joinRefusal } from "./call-joins.ts";
import { answerFault, dropRevoked } from "./call-pending.ts";
import { isIn, memberAt, withoutEntry, leavesOf } from "./call-roster.ts";
import type { Roster } from "./call-roster.ts";
import type { CallReply, CallServerInputOf, From, ServerMember } from "./call-server-state.ts";

type DeviceEnded = CallServerInputOf<"deviceEnded">;

/** For signing in, touching, connecting and the Commit; a minute more keeps nobody out who is not there (ms). */
export const moveMs = 60_000;

/** The person whose call this terminal is about to take over. */
export function moverAt<M extends Readonly<ServerMember>>(
  roster: ReadonlyMap<M["userId"], M>,
  { userId, terminalId }: From,
): M | undefined {
  const member = roster.get(userId);
  return member?.move?.terminalId === terminalId ? member : undefined;
}

/** The person who went on from this terminal to another one, and is there still. */
export function movedFrom(roster: Roster, { userId, terminalId }: From): Readonly<ServerMember> | undefined {
  const member = roster.get(userId);
  return member !== undefined && isIn(member) && member.movedFrom === terminalId ? member : undefined;
}

export function onMove(draft: CallDraft, input: CallServerInputOf<"move">): void {
  const member = draft.members.get(input.userId);
  if (member === undefined) return draft.refuse("call.notInvited");
  const taken = (): CallReply => ({
    callId: draft.before.callId,
    members: Array.from(draft.members.values(), withoutEntry),
    leaves: leavesOf(draft.members),
  });
  // The same request again gets the same reply: the first one was lost with a connection; also where the Commit was accepted meanwhile.
  if (memberAt(draft.members, input) !== undefined) return draft.replyUnchanged(taken());
  if (member.state !== "joined" || member.leaf === undefined) return draft.refuse("call.notElsewhere");
  const { entry, proof } = input;
  const { move } = member;
  if (move?.terminalId === input.terminalId && isSame(move.proof, proof))
    return draft.replyUnchanged(taken());
  if (move !== undefined && move.terminalId !== input.terminalId) return draft.refuse("call.moveUnderWay");
  const refusal =
    answerFault(draft, input) ??
    answerRefusal(member.answers ?? noAnswers, proof) ??
    joinRefusal(draft.members, member, input, draft.nowMs);
  if (refusal !== undefined) return draft.refuse(refusal);
  if (!draft.hasRoomFor(proof.transcript)) return draft.refuse("delivery.tooMuch");
  if (!hasRoomForEntry(draft, entry)) return draft.refuse("call.tooLarge");
  draft.stored(proof.transcript);
  countJoin(member, input, draft.nowMs);
  member.entry = newerEntry(member.entry, entry);
  member.move = { terminalId: input.terminalId, proof, deadlineMs: draft.nowMs + moveMs };
  draft.reply(taken());
}

/**
 * The new terminal gives up, be it that it is in and has not heard of it; or the one whose binding was taken over does, and says nothing else any
 * more.
 */
export function onMoveEnd(draft: CallDraft, input: CallServerInputOf<"moveEnd">): void {
  const mover = moverAt(draft.members, input);
  const held = draft.memberAt(input);
  if (mover !== undefined) draft.endMove(mover);
  else if (held !== undefined) draft.takeOut(held, isHeld(held) ? "takenOver" : "lost");
  else return draft.replyUnchanged({});
  draft.reply({});
}

/** Whether the external Commit of this terminal is the one that its move is for. */
export const isOfMove = ({ move }: Readonly<ServerMember>, proof: ProofIn): boolean =>
  move !== undefined && isSame(move.proof, proof);

/** The Commit was accepted: the person is at the new terminal, and the old one has no media from here on. */
export function moveOver(draft: CallDraft, target: ServerMember): void {
  const member = target;
  const { move, terminalId } = member;
  if (move === undefined || terminalId === undefined) return;
  draft.leaveMedia(terminalId, move.terminalId);
  member.movedFrom = terminalId;
  member.terminalId = move.terminalId;
  member.connected = true;
  member.stay += 1;
  member.answers = withStay(member.answers ?? noAnswers, move.proof);
  delete member.move;
  delete member.lostAtMs;
  delete member.held;
  delete member.welcome;
  draft.setState(member, "joined");
}

/** The binding of the terminal is over, since its device is bound elsewhere: nobody asks anything of it any more. */
export function hold(draft: CallDraft, target: ServerMember, deviceId: DeviceId): void {
  const member = target;
  member.connected = false;
  delete member.lostAtMs;
  member.held = { deviceId, untilMs: draft.nowMs + moveMs };
  draft.workChanged = true;
}

/** A terminal that can be asked although it is not connected as the person's. */
export const isHeld = ({ held }: Readonly<ServerMember>): boolean => held !== undefined;

/**
 * The device is bound nowhere any more: what was said on its account where it was before ends, too. Where it was revoked, so does the part in
 * the call of who came in, or is about to come in, with it, though another device of theirs may be bound there by now; and nothing is brought that it
 * said. All of this before anybody is told: a Commit that was made without knowing is refused by the server, and by no member.
 */
export function onDeviceEnded(draft: CallDraft, { userId, deviceId, reason }: DeviceEnded): void {
  const member = draft.members.get(userId);
  const isRevoked = reason === "revoked";
  if (isRevoked) {
    dropRevoked(draft, deviceId);
    draft.workChanged = true;
  }
  if (member === undefined) return isRevoked ? undefined : draft.leaveUnchanged();
  const { answered, held, joiner, leaf, move, terminalId } = member;
  const isHeldBy = held?.deviceId === deviceId && terminalId !== undefined;
  if (isHeldBy) draft.send([terminalId], { type: "binding.ended", body: { reason } });
  if (isHeldBy || (isRevoked && leaf !== undefined && answered?.deviceId === deviceId))
    return draft.takeOut(member, reason);
  if (!isRevoked) return draft.leaveUnchanged();
  if (isBy(joiner, deviceId)) draft.turnAway(member, []);
  if (isBy(move, deviceId)) draft.endMove(member);
}

const isBy = (answer: { readonly proof: ProofIn } | undefined, deviceId: DeviceId): boolean =>
  answer !== undefined && signedIn(answer.proof)?.deviceId === deviceId;

export function tickMove(draft: CallDraft, target: ServerMember): void {
  const { move } = target;
  if (move !== undefined && draft.nowMs >= move.deadlineMs) draft.endMove(target);
  const { held } = target;
  if (target.move === undefined && held !== undefined && draft.nowMs >= held.untilMs)
    draft.takeOut(target, "takenOver");
}

/** Whether this terminal may have media, though the person is in the call at another one. */
export const isMovingTo = ({ move }: Readonly<ServerMember>, terminalId: TerminalId): boolean =>
  move?.terminalId === terminalId;

const isSame = (one: ProofIn, other: ProofIn): boolean => equalBytes(one.transcript, other.transcript);
