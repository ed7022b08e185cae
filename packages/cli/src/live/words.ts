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

import { wordsFor } from "../output/error-words.ts";
import { certifiedParts, deviceWords, named } from "../output/words.ts";

/** What was verified, the most telling first, so that a short line keeps it. */
export function verificationParts(by: Verification): readonly string[] {
  const { certificate } = by;
  return [
    `verified, ${deviceWords[by.kind]}`,
    ...(certificate === undefined ? [] : certifiedParts(certificate)),
    ...(by.firstSeen ? ["first time seen"] : []),
    ...(by.userVerified ? ["PIN or fingerprint checked"] : []),
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
  if (leaving === true) return "left, but the group holds their key";
  if (revoked === true) return revokedInGroupLabel();
  if (reconnecting === true) return reconnectingLabel();
  if (state === "joined") return speaking ? "speaking" : memberStateLabel("joined");
  if (waiting === true) return waitingLabel();
  const words =
    state === "left" && leaveReason !== undefined
      ? leaveReasonLabel(leaveReason)
      : memberStateLabel(state, refusal);
  return (state === "left" || state === "declined") && stateSigned && !isSelf ? `${words}, signed` : words;
}

/** Why the call is over. */
export function endOf(call: CallView): string {
  const { end } = call;
  switch (end?.type) {
    case undefined:
      return "it is over";
    case "left":
      return "you left";
    case "removed":
      return removedBy(call);
    case "moved":
      return "moved to another terminal of yours, where you go on";
    case "unbound":
      return signedOutWords(end.reason).happened;
    case "failed":
      return wordsFor(end.code).message;
    case "ended":
      break;
  }
  switch (end.reason) {
    case "noAnswer":
      return nobodyCame(call);
    case "cancelled":
      return call.isInitiator ? "you ended it before anybody answered" : "it was cancelled";
    case "lastLeft":
      return "everybody left";
    case "ended":
      if (call.isInitiator) return "you ended it for all";
      return end.signed
        ? "the initiator ended it for all, signed"
        : "the server ended it, without a signature";
  }
}

function removedBy({ end, participants }: CallView): string {
  const by = end?.type === "removed" ? participants.find(({ userId }) => userId === end.userId) : undefined;
  return by === undefined
    ? "you were removed, says the server: no signature of the host came with that"
    : `${named(by)} removed you from the call, signed`;
}

/** Who declined did answer. */
function nobodyCame({ participants }: CallView): string {
  const declined = participants.filter(({ state }) => state === "declined").map(named);
  return declined.length === 0 ? "nobody answered" : `nobody came: ${listOfNames(declined)} declined`;
}

/** What remains of a call when the screen is gone: `12:34 with ben (Ben Baker): you left`. */
export function summaryOf(call: CallView, wereThere: ReadonlySet<string>): string {
  const others = call.participants.filter(({ isSelf }) => !isSelf);
  const came = others.filter(({ userId }) => wereThere.has(userId));
  const why = endOf(call);
  if (came.length === 0 || call.activeSinceMs === undefined)
    return `no call with ${listOfNames(others.map(named))}: ${why}`;
  return `${clockDuration(call.togetherMs)} with ${listOfNames(came.map(named))}: ${why}`;
}
