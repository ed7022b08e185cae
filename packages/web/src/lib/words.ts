/** Every state that a person reads, in one place. What the command line says in the same words stands in `@signet/words`. */
import type {
  CallEnd,
  CallView,
  Certification,
  DeviceKind,
  EndReason,
  ErrorCode,
  Participant,
  SignedOutReason,
  UserId,
  Verification,
} from "@signet/terminal";
import {
  errorWords,
  leaveReasonLabel,
  listOfNames,
  memberStateLabel,
  reconnectingLabel,
  revokedInGroupLabel,
  waitingLabel,
  sentence,
  signedOutWords,
} from "@signet/words";

import { isFailedCheck } from "./advice.ts";
import type { OtherTab } from "../model/other-tabs.ts";
import { clockTime } from "./duration.ts";

export const deviceKindWords: Record<DeviceKind, string> = {
  webauthn: "Security key or passkey",
  pkcs11: "Smart card or USB token",
  software: "Software key",
};

/** What a device kind is worth, in a sentence. */
export const deviceKindMeaning: Record<DeviceKind, string> = {
  webauthn: "The private key cannot be read out by this browser or by the server.",
  pkcs11:
    "The key stays in the card or token, and a PIN opens it. That it is one is what their terminal says.",
  software: "A key kept in a file. Whoever copies the file and knows its passphrase can sign as this person.",
};

/** What is known of a check of PIN or fingerprint. */
export function userVerifiedWords({ kind, userVerified }: Verification): string {
  if (kind === "pkcs11")
    return "not known: cards and tokens ask for the PIN when they are opened, and do not sign that they did";
  return userVerified ? "checked by the device" : "not asked for";
}

/** What somebody is doing in another tab of this browser profile. */
export function otherTabSentence({ userId, doing, names }: OtherTab): string {
  const people = names.length === 0 ? "nobody" : listOfNames(names);
  switch (doing) {
    case "inCall":
      return `${userId} is in a call with ${people}.`;
    case "calling":
      return `${userId} is on the way into a call with ${people}.`;
    case "ringing":
      return `${people} is calling ${userId}.`;
    case "nothing":
      return `${userId} is signed in, and calls ring there.`;
  }
}

/** @param missing at least one */
export const missingSentence = (missing: readonly string[]): string =>
  `This browser lacks ${listOfNames(missing)}, or has that switched off. Without it you can neither call nor answer here. Use a current Chromium or Firefox.`;

export const anchorWords: Record<Certification["anchoredBy"], string> = {
  server: "Your browser checked its signature. That this authority is to be trusted is the server's word.",
  terminal: "You trust this authority, and this terminal checked that it signed.",
};

/** What a key that was never met before is worth. With an authority that the server named no more than without a certificate. */
export function firstTimeSentence(userId: string, { certificate }: Verification): string {
  const unmet = "You have not met this key before";
  const care = "make sure that it is who you think";
  if (certificate === undefined) return `${unmet}. The server says that this is ${userId}; ${care}.`;
  const { issuer, subject, anchoredBy } = certificate;
  const certified = `${unmet}. ${issuer} certifies that it belongs to ${subject}`;
  return anchoredBy === "terminal"
    ? `${certified}.`
    : `${certified}; that this authority is to be trusted is the server's word, so ${care}.`;
}

/** A person's state in the call, with why they left where that says more. */
export function stateWords(person: Participant): string {
  const { state, leaveReason, leaving, reconnecting, refusal, revoked, stateSigned, waiting } = person;
  if (leaving === true) return "left, but the group still holds their key";
  if (revoked === true) return revokedInGroupLabel();
  if (reconnecting === true) return reconnectingLabel();
  if (waiting === true) return waitingLabel();
  if (state !== "left" || leaveReason === undefined) return memberStateLabel(state, refusal);
  const words = leaveReasonLabel(leaveReason);
  return leaveReason === "deviceRemoved" && !stateSigned ? `${words}, says the server` : words;
}

/** That this terminal is the person's no more, and how it can be again. */
export function signedOutSentence(reason: SignedOutReason): string {
  const { happened, next } = signedOutWords(reason);
  return `${sentence(happened)} ${sentence(next)}`;
}

const cancelledByYou = "You ended it before anybody answered.";

/** Nobody came: an answer was possible only where it rang. */
function noAnswerSentence(call: CallView): string {
  const others = call.participants.filter((person) => !person.isSelf);
  const [only] = others;
  if (only !== undefined && others.length === 1) {
    if (only.state === "unknown") return `Nobody has the user ID ${only.userId} here. Check the spelling.`;
    if (only.state === "busy") return `${only.displayName} is busy.`;
    if (only.state === "offline") return `${only.displayName} is not reachable now.`;
  }
  if (others.every(({ state }) => ["unknown", "busy", "offline"].includes(state)))
    return "None of them could be reached.";
  const declined = others.filter(({ state }) => state === "declined").map((one) => one.displayName);
  if (declined.length === 0) return "Nobody answered.";
  return declined.length === others.length
    ? `${listOfNames(declined)} declined.`
    : `Nobody came; ${listOfNames(declined)} declined.`;
}

function endedSentence(
  reason: Exclude<EndReason, "noAnswer">,
  signed: boolean,
  isInitiator: boolean,
): string {
  switch (reason) {
    case "cancelled":
      return isInitiator ? cancelledByYou : "It was cancelled.";
    case "lastLeft":
      return "Everybody left.";
    case "ended":
      if (isInitiator) return "You ended it for all.";
      return signed
        ? "The person who started it ended it for all."
        : "The server ended it. No signature of the person who started it came with that.";
  }
}

/** @param to by which device, as its signature says */
const movedSentence = (to: (CallEnd & { type: "moved" })["to"]): string =>
  to === undefined
    ? "Moved to another terminal: you go on there."
    : `Moved to another terminal (${deviceKindWords[to.kind]}): you go on there.`;

export const movedToTabSentence = "Moved to another tab of this browser: you go on there.";

/** Why the call is over. Failures show their own sentence and way out beside it. */
export function callEndSentence(call: CallView): string {
  const { end } = call;
  switch (end?.type) {
    case undefined:
      return "It is over.";
    case "left":
      if (call.moving === true) return notMovedSentence;
      return call.activeSinceMs === undefined && call.isInitiator ? cancelledByYou : "You left.";
    case "removed":
      return removedSentence(call, end.userId);
    case "ended":
      if (end.reason === "noAnswer") return noAnswerSentence(call);
      return endedSentence(end.reason, end.signed, call.isInitiator);
    case "moved":
      return movedSentence(end.to);
    case "unbound":
      return sentence(signedOutWords(end.reason).happened);
    case "failed":
      return call.moving === true
        ? `${sentence(errorWords(end.code).happened)} ${notMovedSentence}`
        : failedSentence(call, end.code);
  }
}

function removedSentence(call: CallView, by: UserId | undefined): string {
  const { participants } = call;
  const at = leftAt(call);
  if (by === undefined)
    return `You were removed from the call${at}, says the server. No signature of the host came with that.`;
  const name = participants.find(({ userId }) => userId === by)?.displayName ?? by;
  return `${name} removed you from the call${at}. Their terminal signed that.`;
}

const leftAt = ({ endedAtMs }: Pick<CallView, "endedAtMs">): string =>
  endedAtMs === undefined ? "" : ` at ${clockTime(endedAtMs)}`;

/** What whoever was removed can do; undefined where the call ended otherwise. */
export function afterRemovalSentence({ end }: CallView): string | undefined {
  if (end?.type !== "removed") return undefined;
  const next = sentence(errorWords("callList.removed").next);
  return end.userId === undefined
    ? `Ask them in another way whether that is so. ${next}`
    : `${next} It rings here then.`;
}
/** Of somebody else. */
export const movedPersonSentence = ({ displayName, moved }: Participant): string =>
  moved?.isOtherDevice === true
    ? `${displayName} goes on at another terminal, with another device of theirs: ${deviceKindWords[moved.kind]}.`
    : `${displayName} goes on at another terminal.`;

const notMovedSentence = "The call was not moved here: it goes on at your other terminal.";
export const movingSentence =
  "You go on at the other terminal until this one is connected. Here you begin as you were there: muted, if you were.";
export const heldSentence = "The call goes on here until you move it there, for a minute at most.";

/** Members whose help to come into the group did not hold; undefined while there are none. */
export function refusalsSentence({ participants, refusals = [] }: CallView): string | undefined {
  if (refusals.length === 0) return undefined;
  const nameOf = new Map(participants.map(({ userId, displayName }) => [userId, displayName]));
  const names = (signed: boolean): string[] => [
    ...new Set(
      refusals.flatMap((one) => (one.signed === signed ? [nameOf.get(one.userId) ?? one.userId] : [])),
    ),
  ];
  const bySignature = names(true);
  const byServer = names(false);
  const givers = [
    ...(bySignature.length === 0 ? [] : [`${listOfNames(bySignature)}, as the signature says`]),
    ...(byServer.length === 0 ? [] : [`${listOfNames(byServer)}, as the server says`]),
  ];
  return `What this terminal was given to come into the group did not hold, and another member was asked. It was from ${givers.join(", and from ")}.`;
}

/** Not all that fails is a check. */
function failedSentence(call: CallView, code: ErrorCode): string {
  if (code === "call.away")
    return `You left the call${leftAt(call)}: your connection was away too long, and the call went on without you.`;
  if (code === "call.notFound")
    return call.activeSinceMs === undefined
      ? "The call was over already."
      : "The call ended while your connection was away.";
  return isFailedCheck(code)
    ? "Signet left, because something did not hold."
    : `Signet could not go on with it: ${errorWords(code).happened}.`;
}

/** A person's state as it was when the call ended. */
export function finalStateWords({
  isInitiator,
  state,
  refusal,
}: Pick<Participant, "isInitiator" | "state" | "refusal">): string {
  // Of them one knows that they were in it, whether one got there oneself or not.
  if (isInitiator) return "started the call";
  if (state === "ringing" || state === "joining") return "had not answered yet";
  return state === "left" ? "did not come in" : memberStateLabel(state, refusal);
}

export const soundRestartsSentence =
  "Its encryption stopped and is started again. Until then nothing is sent, and you hear nothing.";

export const isServerUnreached = ({ media }: CallView): boolean =>
  media.status === "reconnecting" && media.code === "media.serverUnreached";

/** How it stands with the call, for one look: `good` only while somebody can be heard, encrypted end to end. */
export function callStatus(call: CallView): {
  readonly tone: "good" | "wait" | "bad";
  readonly words: string;
} {
  const { media, phase } = call;
  if (phase === "ended") return { tone: "wait", words: "Over" };
  if (media.status === "failed")
    return { tone: "bad", words: media.code.startsWith("frames.") ? "Your sound is stopped" : "No sound" };
  if (phase === "calling")
    return { tone: "wait", words: call.requesting === true ? "Reaching the server" : "Calling" };
  if (call.moving === true) return { tone: "wait", words: "Moving the call here" };
  if (phase === "joining") return { tone: "wait", words: "Connecting securely" };
  const others = call.participants.filter((person) => !person.isSelf && person.state === "joined");
  if (others.length === 0) return { tone: "wait", words: "You are alone here" };
  if (media.status === "restarting") return { tone: "bad", words: "No sound for a moment" };
  if (media.status === "reconnecting") return { tone: "bad", words: "Reconnecting the sound" };
  if (media.status !== "connected") return { tone: "wait", words: "Connecting the sound" };
  if (others.every(({ reconnecting }) => reconnecting === true))
    return { tone: "wait", words: "Waiting for their sound" };
  return { tone: "good", words: "End-to-end encrypted" };
}

/** What somebody has to know whose terminal came back into a group of others; undefined while that did not happen. */
export function rejoinedSentence({ participants, rejoined }: CallView): string | undefined {
  if (rejoined === undefined) return undefined;
  const nameOf = new Map(participants.map(({ userId, displayName }) => [userId, displayName]));
  const names = (userIds: readonly UserId[]): string =>
    listOfNames(userIds.map((userId) => nameOf.get(userId) ?? userId));
  const changes = [
    ...(rejoined.entered.length === 0 ? [] : [`${names(rejoined.entered)} came in`]),
    ...(rejoined.gone.length === 0 ? [] : [`${names(rejoined.gone)} went`]),
  ];
  return `This terminal lost the group and came back into it. Meanwhile ${changes.join(", and ")}, as the group says. If that surprises you, compare the safety code.`;
}

/** Who was removed comes back by a new invitation alone. */
export function aloneSentence({ participants }: Pick<CallView, "participants">): string {
  const others = participants.filter(({ isSelf }) => !isSelf);
  const removed = others.filter(({ state }) => state === "removed").map(({ displayName }) => displayName);
  const only = removed.length === 0 ? "" : `; ${listOfNames(removed)} only when added again`;
  return removed.length === others.length
    ? `You are alone. You can add people, also whom you removed.`
    : `You are alone. Those who were invited can come back for as long as you stay${only}. You can add people.`;
}

/** Of a call that goes on without this terminal. @param inside who is in it; `isOwn`: the person here started it */
export function goingOnSentence(inside: readonly string[], isOwn: boolean): string {
  const started = isOwn ? "You started it" : "started it";
  const there = inside.length === 0 ? "." : `; ${listOfNames(inside)} joined.`;
  return `${started}${there}${isOwn ? " Until its host is back, whoever is in it longest is host." : ""}`;
}

export function countOf(value: number, one: string, many: string): string {
  return `${value} ${value === 1 ? one : many}`;
}
