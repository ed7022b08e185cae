/** Every state that a person reads, in one place. What the command line says in the same words stands in `@signet/words`. */
import { isGuestId } from "@signet/terminal";
import type {
  CallEnd,
  CallView,
  EndReason,
  ErrorCode,
  Participant,
  UserId,
  Verification,
} from "@signet/terminal";
import {
  afterOneAnother,
  calledName,
  clockTime,
  errorWords,
  leaveReasonLabel,
  listOfNames,
  memberStateLabel,
  reconnectingLabel,
  revokedInGroupLabel,
  sentence,
  signedOutWords,
  waitingLabel,
} from "@signet/words";
import { texts } from "@signet/words/page";

import { isFailedCheck } from "./advice.ts";
import type { OtherTab } from "../model/other-tabs.ts";

/** What is known of a check of PIN or fingerprint. */
export function userVerifiedWords({ kind, userVerified }: Verification): string {
  const { pinChecked, pinNotAsked, pinUnknown } = texts().verification;
  if (kind === "pkcs11") return pinUnknown;
  return userVerified ? pinChecked : pinNotAsked;
}

/** What somebody is doing in another tab of this browser profile. */
export function otherTabSentence({ userId, doing, names }: OtherTab): string {
  const people = listOfNames(names);
  switch (doing) {
    case "inCall":
      return texts().signIn.tabInCall(userId, people);
    case "calling":
      return texts().signIn.tabCalling(userId, people);
    case "ringing":
      return texts().signIn.tabRinging(userId, people);
    case "nothing":
      return texts().signIn.tabNothing(userId);
  }
}

/** @param missing at least one */
export const missingSentence = (missing: readonly string[]): string =>
  texts().frame.missing(listOfNames(missing));

/** What a key that was never met before is worth. With an authority that the server named no more than without a certificate. */
export function firstTimeSentence(userId: string, { certificate }: Verification): string {
  const { firstTime, firstTimeByServer, firstTimeCertified } = texts().verification;
  if (certificate === undefined) return firstTime(userId);
  const { issuer, subject, anchoredBy } = certificate;
  return (anchoredBy === "terminal" ? firstTimeCertified : firstTimeByServer)(issuer, subject);
}

/** A person's state in the call, with why they left where that says more. */
export function stateWords(person: Participant): string {
  const { state, leaveReason, leaving, reconnecting, refusal, revoked, stateSigned, waiting } = person;
  if (leaving === true) return texts().call.leftButHeld;
  if (revoked === true) return revokedInGroupLabel();
  if (reconnecting === true) return reconnectingLabel();
  if (waiting === true) return waitingLabel();
  if (state !== "left" || leaveReason === undefined) return memberStateLabel(state, refusal);
  const words = leaveReasonLabel(leaveReason);
  return leaveReason === "deviceRemoved" && !stateSigned ? texts().call.saysServer(words) : words;
}

/** Nobody came: an answer was possible only where it rang. */
function noAnswerSentence(call: CallView, echo: UserId | undefined): string {
  const others = call.participants.filter((person) => !person.isSelf);
  const [only] = others;
  const text = texts().ending;
  if (only !== undefined && others.length === 1) {
    if (only.userId === echo && (only.state === "unknown" || only.state === "offline"))
      return texts().sound.echoNotRunning(echo);
    if (only.state === "unknown") return text.unknownId(only.userId);
    if (only.state === "busy") return text.isBusy(calledName(only));
    if (only.state === "offline") return text.notReachable(calledName(only));
  }
  if (others.every(({ state }) => ["unknown", "busy", "offline"].includes(state))) return text.noneReached;
  const declined = others.filter(({ state }) => state === "declined").map(calledName);
  if (declined.length === 0) return text.nobodyAnswered;
  return declined.length === others.length
    ? text.declined(listOfNames(declined))
    : text.nobodyCame(listOfNames(declined));
}

function endedSentence(
  reason: Exclude<EndReason, "noAnswer">,
  signed: boolean,
  { isInitiator, participants }: Pick<CallView, "isInitiator" | "participants">,
): string {
  switch (reason) {
    case "cancelled":
      return isInitiator ? texts().ending.youCancelled : texts().ending.wasCancelled;
    case "lastLeft":
      return texts().ending.everybodyLeft;
    case "ended": {
      if (isInitiator) return texts().ending.youEnded;
      const starter = participants.find((person) => person.isInitiator);
      const name = starter === undefined ? undefined : calledName(starter);
      const { serverEnded, serverEndedOf, starterEnded, starterEndedIs } = texts().ending;
      if (signed) return name === undefined ? starterEnded : starterEndedIs(name);
      return name === undefined ? serverEnded : serverEndedOf(name);
    }
  }
}

/** @param to by which device, as its signature says */
const movedSentence = (to: (CallEnd & { type: "moved" })["to"]): string =>
  to === undefined ? texts().ending.moved : texts().ending.movedWith(texts().devices.kinds[to.kind]);

/** Why the call is over. Failures show their own sentence and way out beside it. */
export function callEndSentence(call: CallView, echo?: UserId): string {
  const { end } = call;
  switch (end?.type) {
    case undefined:
      return texts().ending.over;
    case "left":
      if (call.moving === true) return texts().ending.notMovedHere;
      return call.activeSinceMs === undefined && call.isInitiator
        ? texts().ending.youCancelled
        : texts().ending.youLeft;
    case "removed":
      return removedSentence(call, end.userId);
    case "ended":
      if (end.reason === "noAnswer") return noAnswerSentence(call, echo);
      return endedSentence(end.reason, end.signed, call);
    case "moved":
      return movedSentence(end.to);
    case "unbound":
      return sentence(signedOutWords(end.reason).happened);
    case "failed":
      return call.moving === true
        ? afterOneAnother(sentence(errorWords(end.code).happened), texts().ending.notMovedHere)
        : failedSentence(call, end.code);
  }
}

function removedSentence(call: CallView, by: UserId | undefined): string {
  const { participants, endedAtMs } = call;
  const at = endedAtMs === undefined ? undefined : clockTime(endedAtMs);
  const { removedBy, removedByAt, removedByServer, removedByServerAt } = texts().ending;
  if (by === undefined) return at === undefined ? removedByServer : removedByServerAt(at);
  const person = participants.find(({ userId }) => userId === by);
  const name = person === undefined ? by : calledName(person);
  return at === undefined ? removedBy(name) : removedByAt(name, at);
}

/** What whoever was removed can do; undefined where the call ended otherwise. */
export function afterRemovalSentence({ end }: CallView): string | undefined {
  if (end?.type !== "removed") return undefined;
  const next = sentence(errorWords("callList.removed").next);
  return end.userId === undefined
    ? afterOneAnother(texts().ending.askWhether, next)
    : afterOneAnother(next, texts().ending.ringsThen);
}
/** Of somebody else. */
export const movedPersonSentence = (person: Participant): string =>
  person.moved?.isOtherDevice === true
    ? texts().call.goesOnWith(calledName(person), texts().devices.kinds[person.moved.kind])
    : texts().call.goesOn(calledName(person));

/** Members whose help to come into the group did not hold; undefined while there are none. */
export function refusalsSentence({ participants, refusals = [] }: CallView): string | undefined {
  if (refusals.length === 0) return undefined;
  const nameOf = new Map(participants.map((one) => [one.userId, calledName(one)]));
  const names = (signed: boolean): string[] => [
    ...new Set(
      refusals.flatMap((one) => (one.signed === signed ? [nameOf.get(one.userId) ?? one.userId] : [])),
    ),
  ];
  const bySignature = names(true);
  const byServer = names(false);
  const text = texts().call;
  const givers = [
    ...(bySignature.length === 0 ? [] : [text.bySignature(listOfNames(bySignature))]),
    ...(byServer.length === 0 ? [] : [text.byServer(listOfNames(byServer))]),
  ] as const;
  const [one = "", other] = givers;
  return text.refusals(other === undefined ? one : text.bothGivers(one, other));
}

/** Not all that fails is a check. */
function failedSentence(call: CallView, code: ErrorCode): string {
  const text = texts().ending;
  if (code === "call.away")
    return call.endedAtMs === undefined ? text.leftAway : text.leftAwayAt(clockTime(call.endedAtMs));
  if (code === "call.notFound")
    return call.activeSinceMs === undefined ? text.overAlready : text.endedWhileAway;
  return isFailedCheck(code) ? text.leftForSafety : text.couldNotGoOn(errorWords(code).happened);
}

/** A person's state as it was when the call ended. */
export function finalStateWords({
  isInitiator,
  state,
  refusal,
}: Pick<Participant, "isInitiator" | "state" | "refusal">): string {
  // Of them one knows that they were in it, whether one got there oneself or not.
  if (isInitiator) return texts().ending.startedCall;
  if (state === "ringing" || state === "joining") return texts().ending.notAnsweredYet;
  return state === "left" ? texts().ending.didNotComeIn : memberStateLabel(state, refusal);
}

export const isServerUnreached = ({ media }: CallView): boolean =>
  media.status === "reconnecting" && media.code === "media.serverUnreached";

/** How it stands with the call, for one look: `good` only while somebody can be heard, encrypted end to end. */
export function callStatus(call: CallView): {
  readonly tone: "good" | "wait" | "bad";
  readonly words: string;
} {
  const { media, phase } = call;
  const text = texts().call.status;
  if (phase === "ended") return { tone: "wait", words: text.over };
  if (media.status === "failed")
    return { tone: "bad", words: media.code.startsWith("frames.") ? text.soundStopped : text.noSound };
  if (phase === "calling")
    return { tone: "wait", words: call.requesting === true ? text.reaching : text.calling };
  if (call.moving === true) return { tone: "wait", words: text.moving };
  if (phase === "joining") return { tone: "wait", words: text.joining };
  const others = call.participants.filter((person) => !person.isSelf && person.state === "joined");
  if (others.length === 0) return { tone: "wait", words: text.alone };
  if (media.status === "restarting") return { tone: "bad", words: text.noSoundNow };
  if (media.status === "reconnecting") return { tone: "bad", words: text.reconnecting };
  if (media.status !== "connected") return { tone: "wait", words: text.connecting };
  if (others.every(({ reconnecting }) => reconnecting === true)) return { tone: "wait", words: text.waiting };
  if (others.some(({ voice }) => voice === "forged")) return { tone: "bad", words: text.impersonated };
  return { tone: "good", words: text.encrypted };
}

/** What somebody has to know whose terminal came back into a group of others; undefined while that did not happen. */
export function rejoinedSentence({ participants, rejoined }: CallView): string | undefined {
  if (rejoined === undefined) return undefined;
  const nameOf = new Map(participants.map((one) => [one.userId, calledName(one)]));
  const names = (userIds: readonly UserId[]): string =>
    listOfNames(userIds.map((userId) => nameOf.get(userId) ?? userId));
  const { cameAndWent, cameIn, rejoined: text, went } = texts().call;
  const [came, gone] = [names(rejoined.entered), names(rejoined.gone)];
  if (rejoined.gone.length === 0) return text(cameIn(came));
  return text(rejoined.entered.length === 0 ? went(gone) : cameAndWent(came, gone));
}

/** Who was removed comes back by a new invitation alone. */
export function aloneSentence({ participants }: Pick<CallView, "participants">): string {
  const others = participants.filter(({ isSelf }) => !isSelf);
  const removed = others.filter(({ state }) => state === "removed").map(calledName);
  const { alone, aloneAfterAll, aloneAfterSome } = texts().call;
  const { aloneAsGuest, aloneAfterGuests, newLink } = texts().guests;
  if (participants.some(({ isSelf, userId }) => isSelf && isGuestId(userId))) return aloneAsGuest;
  // The link of a guest let them in once.
  const hadGuests = others.some(({ guest, state }) => guest !== undefined && state !== "removed");
  const backs = others.filter(({ guest, state }) => guest === undefined && state !== "removed");
  if (backs.length === 0 && hadGuests) return aloneAfterGuests;
  if (removed.length === others.length) return aloneAfterAll;
  const said = removed.length === 0 ? alone : aloneAfterSome(listOfNames(removed));
  return hadGuests ? afterOneAnother(said, newLink) : said;
}

/** Of a call that goes on without this terminal. @param inside who is in it; `isOwn`: the person here started it */
export function goingOnSentence(inside: readonly string[], isOwn: boolean): string {
  const { started, startedWith, untilHostBack, youStarted, youStartedWith } = texts().home;
  const names = listOfNames(inside);
  if (!isOwn) return inside.length === 0 ? started : startedWith(names);
  return afterOneAnother(inside.length === 0 ? youStarted : youStartedWith(names), untilHostBack);
}
