/** The server's call machine, first part: who answers, who leaves, whose terminal comes and goes. */
import { isGuestId } from "../guests.ts";
import type { TerminalId } from "../ids.ts";
import { answerRefusal, noAnswers, withLeave } from "./call-answers.ts";
import type { CallDraft } from "./call-draft.ts";
import { hasRoomForEntry, newerEntry } from "./call-entries.ts";
import { isIn, leavesOf, waits, withoutEntry } from "./call-roster.ts";
import { askAboutDisputed, decideOverdue } from "./call-disputes.ts";
import { resendWelcome } from "./call-group.ts";
import { answerFault } from "./call-pending.ts";
import { countJoin, joinRefusal } from "./call-joins.ts";
import { hold, moverAt, tickMove } from "./call-move.ts";
import type { CallReply, CallServerInputOf, ServerMember } from "./call-server-state.ts";
import { canRingAt } from "./ring.ts";

export function onJoin(draft: CallDraft, input: CallServerInputOf<"join">): void {
  const member = draft.members.get(input.userId);
  // Whoever took the user ID after the call began is not the one who was meant.
  if (member === undefined || member.state === "unknown") return draft.refuse("call.notInvited");
  if (member.barred === true) return draft.refuse("call.putOut");
  // A guest comes once: whoever goes needs another word, for another key.
  if (isGuestId(input.userId) && member.stay > 0 && !isIn(member)) return draft.refuse("guest.notAllowed");
  const joined = (): CallReply => ({
    callId: draft.before.callId,
    members: Array.from(draft.members.values(), withoutEntry),
    leaves: leavesOf(draft.members),
  });
  // The same request again gets the same reply: the first one was lost with a connection.
  if (member.terminalId === input.terminalId && isIn(member)) return draft.replyUnchanged(joined());
  // The first answer won, and the other terminal is there.
  if (isIn(member) && member.connected) return draft.refuse("call.atAnotherTerminal");
  const { proof, binding, keyPackage } = input;
  const refusal =
    answerFault(draft, input) ??
    answerRefusal(member.answers ?? noAnswers, proof) ??
    joinRefusal(draft.members, member, input, draft.nowMs);
  if (refusal !== undefined) return draft.refuse(refusal);
  if (!draft.hasRoomFor(keyPackage, proof.transcript, binding.transcript))
    return draft.refuse("delivery.tooMuch");
  if (!hasRoomForEntry(draft, input.entry)) return draft.refuse("call.tooLarge");
  draft.stored(keyPackage, proof.transcript, binding.transcript);
  // One person takes part from one terminal; from where they lost their connection they may come here.
  if (isIn(member)) draft.takeOut(member, "takenOver");
  draft.ring(input.userId, { type: "join", terminalId: input.terminalId }, proof);
  member.terminalId = input.terminalId;
  // They may have gone on while their proof was checked.
  member.entry = newerEntry(member.entry, input.entry);
  member.connected = true;
  delete member.lostAtMs;
  member.stay += 1;
  countJoin(member, input, draft.nowMs);
  member.joiner = { task: draft.nextTask, proof, keyPackage };
  member.leafBytes = keyPackage.length;
  draft.moreWork();
  draft.setState(member, "joining", { proof, binding });
  draft.reply(joined());
}

export function onDecline(draft: CallDraft, input: CallServerInputOf<"decline">): void {
  const member = draft.members.get(input.userId);
  if (member === undefined) return draft.refuse("call.notInvited");
  if (member.state !== "ringing") return draft.replyUnchanged({});
  const { reason, proof, binding } = input;
  // The state first: the ring's own change would announce it without the proof.
  draft.setState(member, "declined", { reason, proof, binding });
  draft.ring(input.userId, { type: "decline", terminalId: input.terminalId });
  draft.reply({});
}

export function onLeave(draft: CallDraft, input: CallServerInputOf<"leave">): void {
  const member = draft.memberAt(input);
  if (member === undefined) return draft.replyUnchanged({});
  member.answers = withLeave(member.answers ?? noAnswers, input.proof);
  const { reason, proof, binding } = input;
  member.leave = { reason, proof, binding };
  draft.takeOut(member, reason, { proof, binding });
  draft.reply({});
}

export function onEnd(draft: CallDraft, input: CallServerInputOf<"end">): void {
  if (input.userId !== draft.before.initiatorId) return draft.refuse("call.notInitiator");
  if (draft.memberAt(input) === undefined) return draft.refuse("call.notMember");
  draft.reply({});
  const { proof, binding } = input;
  draft.endCall(
    draft.everJoined ? "ended" : "cancelled",
    binding === undefined ? { proof } : { proof, binding },
  );
}

export function onRingRefused(draft: CallDraft, input: CallServerInputOf<"ringRefused">): void {
  const member = draft.members.get(input.userId);
  if (member === undefined || !ringsAt(member, input.terminalId)) return draft.replyUnchanged({});
  if (input.code !== undefined) member.refusal = input.code;
  draft.ring(input.userId, { type: "refuse", terminalId: input.terminalId });
  draft.reply({});
}

export function onConnected(draft: CallDraft, input: CallServerInputOf<"connected">): void {
  const member = draft.memberAt(input);
  if (member === undefined) {
    const { hidden, ring } = draft.members.get(input.userId) ?? {};
    if (hidden === true || ring === undefined || !canRingAt(ring, input.terminalId))
      return draft.leaveUnchanged();
    return draft.ring(input.userId, { type: "connected", terminalId: input.terminalId });
  }
  member.connected = true;
  delete member.lostAtMs;
  // The device is bound here again.
  delete member.held;
  resendWelcome(draft, member);
  askAboutDisputed(draft, member);
  draft.workChanged = true;
}

export function onDisconnected(draft: CallDraft, input: CallServerInputOf<"disconnected">): void {
  const member = draft.memberAt(input);
  if (member === undefined || !member.connected) return draft.leaveUnchanged();
  member.connected = false;
  member.lostAtMs = draft.nowMs;
}

export function onUnbound(draft: CallDraft, input: CallServerInputOf<"unbound">): void {
  const member = draft.memberAt(input);
  const { goesOn, reason, terminalId, userId } = input;
  if (member !== undefined) {
    const isHeld = goesOn !== undefined && reason === "takenOver" && member.leaf !== undefined;
    return isHeld ? hold(draft, member, goesOn) : draft.takeOut(member, reason);
  }
  const mover = moverAt(draft.members, input);
  if (mover !== undefined) return draft.endMove(mover);
  const invited = draft.members.get(userId);
  if (invited === undefined || !ringsAt(invited, terminalId)) return draft.leaveUnchanged();
  // A take-over moves the ringing with the next `connected`.
  draft.ring(userId, { type: "unbound", terminalId, moved: reason === "takenOver" });
}

/** Whoever calls them is told that they are in another call, or that it rings now. */
export function onEngaged(draft: CallDraft, { isEngaged, userId }: CallServerInputOf<"engaged">): void {
  const member = draft.members.get(userId);
  if (member?.state !== "ringing" || member.hidden === true || waits(member) === isEngaged)
    return draft.leaveUnchanged();
  draft.ring(userId, { type: "engaged", isEngaged });
  draft.setState(member, "ringing");
}

export function onTick(draft: CallDraft): void {
  decideOverdue(draft);
  const { nowMs, before, committing } = draft;
  for (const member of draft.members.values()) {
    draft.ring(member.userId, { type: "tick" });
    tickMove(draft, member);
    const { lostAtMs, move } = member;
    if (lostAtMs !== undefined && move === undefined && nowMs >= lostAtMs + before.times.lostMs)
      draft.takeOut(member, "lost");
  }
  if (committing === undefined || nowMs < committing.deadlineMs) return;
  draft.committing = undefined;
  // Asked in the second round already: the round begins again after this one.
  const round = draft.passedOver.includes(committing.userId) ? [] : draft.passedOver;
  draft.passedOver = [...round, committing.userId];
}

const ringsAt = ({ ring }: Pick<ServerMember, "ring">, terminalId: TerminalId): boolean =>
  ring?.phase === "ringing" && ring.terminalIds.includes(terminalId);
