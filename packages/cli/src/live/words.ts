/** How the live view says things: lower case, no full stop. */
import { clockDuration } from "@signet/terminal";
import type { CallView, Participant, Verification } from "@signet/terminal";
import {
  leaveReasonLabel,
  listOfNames,
  memberStateLabel,
  reconnectingLabel,
  revokedInGroupLabel,
  waitingLabel,
  signedOutWords,
} from "@signet/words";
import { texts } from "@signet/words/command-line";

import { wordsFor } from "../output/error-words.ts";
import { certifiedParts, deviceWords, named } from "../output/words.ts";

/** What was verified, the most telling first, so that a short line keeps it. */
export function verificationParts(by: Verification): readonly string[] {
  const { certificate } = by;
  return [
    texts().live.verifiedBy(deviceWords(by.kind)),
    ...(certificate === undefined ? [] : certifiedParts(certificate)),
    ...(by.firstSeen ? [texts().live.firstTime] : []),
    ...(by.userVerified ? [texts().live.pinChecked] : []),
  ];
}

/** `signed`: the person's own signature says so, not the server alone. */
export function stateOf(person: Participant): string {
  const {
    isSelf,
    leaveReason,
    leaving,
    reconnecting,
    refusal,
    revoked,
    speaking,
    state,
    stateSigned,
    waiting,
  } = person;
  if (leaving === true) return texts().live.leftButHeld;
  if (revoked === true) return revokedInGroupLabel();
  if (reconnecting === true) return reconnectingLabel();
  if (state === "joined") return speaking ? texts().live.speaking : memberStateLabel("joined");
  if (waiting === true) return waitingLabel();
  const words =
    state === "left" && leaveReason !== undefined
      ? leaveReasonLabel(leaveReason)
      : memberStateLabel(state, refusal);
  return (state === "left" || state === "declined") && stateSigned && !isSelf
    ? texts().live.stateSigned(words)
    : words;
}

/** Why the call is over. */
export function endOf(call: CallView): string {
  const { end } = call;
  switch (end?.type) {
    case undefined:
      return texts().live.isOver;
    case "left":
      return texts().live.youLeft;
    case "removed":
      return removedBy(call);
    case "moved":
      return texts().live.movedOn;
    case "unbound":
      return signedOutWords(end.reason).happened;
    case "failed":
      return wordsFor(end.code, end.userId).message;
    case "ended":
      break;
  }
  switch (end.reason) {
    case "noAnswer":
      return nobodyCame(call);
    case "cancelled":
      return call.isInitiator ? texts().live.youCancelled : texts().live.wasCancelled;
    case "lastLeft":
      return texts().live.everybodyLeft;
    case "ended":
      if (call.isInitiator) return texts().live.youEnded;
      return end.signed ? initiatorEnded(call) : texts().live.serverEnded;
  }
}

function initiatorEnded({ participants }: CallView): string {
  const initiator = participants.find(({ isInitiator }) => isInitiator);
  const { initiatorEnded: text, initiatorEndedIs } = texts().live;
  return initiator === undefined ? text : initiatorEndedIs(named(initiator));
}

function removedBy({ end, participants }: CallView): string {
  const by = end?.type === "removed" ? participants.find(({ userId }) => userId === end.userId) : undefined;
  return by === undefined ? texts().live.removedByServer : texts().live.removedBy(named(by));
}

/** Who declined did answer. */
function nobodyCame({ participants }: CallView): string {
  const declined = participants.filter(({ state }) => state === "declined").map(named);
  return declined.length === 0 ? texts().live.nobodyAnswered : texts().live.nobodyCame(listOfNames(declined));
}

/** What remains of a call when the screen is gone: `12:34 with ben (Ben Baker): you left`. */
export function summaryOf(call: CallView, wereThere: ReadonlySet<string>): string {
  const others = call.participants.filter(({ isSelf }) => !isSelf);
  const came = others.filter(({ userId }) => wereThere.has(userId));
  const why = endOf(call);
  if (came.length === 0 || call.activeSinceMs === undefined)
    return texts().live.noCallWith(listOfNames(others.map(named)), why);
  return texts().live.callWith(clockDuration(call.togetherMs), listOfNames(came.map(named)), why);
}
