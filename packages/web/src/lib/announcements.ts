import { isGuestId, isQuietCall } from "@signet/terminal";
import type { CallView, Participant, TerminalState } from "@signet/terminal";
import {
  bothSentences,
  calledName,
  dayAndTime,
  leaveReasonPredicate,
  memberStateLabel,
  poorNetworkWords,
  provenVoiceWords,
  reconnectingLabel,
  revokedInGroupLabel,
  sentence,
  sentenceFor,
  voiceWords,
  waitingLabel,
} from "@signet/words";
import { texts } from "@signet/words/page";

import { answeredElsewhereSentence } from "./devices.ts";
import { broughtInWords, listChanges } from "./brought-in.ts";
import { historyWords } from "./histories.ts";
import { resolutionChanges } from "./resolutions.ts";
import { preferredDevice } from "./sound-devices.ts";
import { movedPersonSentence, callEndSentence, refusalsSentence, rejoinedSentence } from "./words.ts";

/**
 * What changed between two states that a person who does not see the page has to hear. Who speaks is not among it.
 * @param holdsKey they are muted or heard by a key that they hold to speak, and know it
 */
export function announcements(
  before: TerminalState,
  after: TerminalState,
  holdsKey = false,
): readonly string[] {
  return [
    ...rings(before, after),
    ...connectionChanges(before, after),
    ...answeredElsewhere(before, after),
    ...news(before, after),
    ...elsewhere(before, after),
    ...missed(before, after),
    ...messages(before, after),
    ...callChanges(before.call, after, holdsKey),
    ...resolutionChanges(before.call, after.call),
  ];
}

/** The dialog of a call says it as well, where it takes the focus. */
function rings(before: TerminalState, after: TerminalState): string[] {
  const { session } = after;
  // What lets a guest in is no call to them, and whose it is they know by a word alone.
  if (session.status === "signedIn" && isGuestId(session.userId)) return [];
  return after.ringing
    .filter((one) => !before.ringing.some((old) => old.callId === one.callId))
    .filter(({ from }) => !isQuietCall(after, from.userId))
    .map(({ from }) => texts().announcements.calls(from.displayName, from.userId));
}

function connectionChanges(before: TerminalState, after: TerminalState): string[] {
  const was = before.connection.status;
  const is = after.connection.status;
  if (was === "offline" && is === "online") return [texts().announcements.connectedAgain];
  return [];
}

function answeredElsewhere(before: TerminalState, { answeredElsewhere: answered }: TerminalState): string[] {
  if (answered === undefined || answered.callId === before.answeredElsewhere?.callId) return [];
  return [answeredElsewhereSentence(answered)];
}

/** One after the other, as they stand in the page. */
function missed(before: TerminalState, { missed: calls = [] }: TerminalState): string[] {
  return calls
    .filter(({ callId }) => before.missed?.some((known) => known.callId === callId) !== true)
    .map(({ atMs, from }) => texts().announcements.missed(from.displayName, dayAndTime(atMs, Date.now())));
}

const mostNamedMessages = 3;

function messages(before: TerminalState, { messages: now = [] }: TerminalState): string[] {
  const left = now.filter(
    ({ id, isHeard }) => !isHeard && before.messages?.some((known) => known.id === id) !== true,
  );
  // As many as there are when a page opens are not read out one by one.
  if (left.length > mostNamedMessages) return [texts().voice.leftMany(left.length)];
  return left.map(({ call }) => texts().voice.left(call.from.displayName));
}

/** Without alarm: it stands in the page until it is closed. */
function news(before: TerminalState, { notices = [], session }: TerminalState): string[] {
  const self = session.status === "signedIn" ? session.userId : undefined;
  return notices
    .filter(({ id }) => before.notices?.some((known) => known.id === id) !== true)
    .flatMap((notice) => historyWords(notice, self).map(sentence));
}

function elsewhere(before: TerminalState, after: TerminalState): string[] {
  const isNews = after.elsewhere !== undefined && after.elsewhere.callId !== before.elsewhere?.callId;
  return isNews ? [texts().announcements.elsewhere] : [];
}

/** What is never proven stands in the page, and is no news. */
function voiceChange(person: Participant, earlier: Participant | undefined): string[] {
  const name = calledName(person);
  const { voice } = person;
  if (voice === earlier?.voice || person.state !== "joined") return [];
  if (voice !== undefined && voice !== "unprovable") return [bothSentences(voiceWords(voice, name))];
  const wasTold = earlier?.voice !== undefined && earlier.voice !== "unprovable";
  return wasTold && voice === undefined ? [sentence(provenVoiceWords(name))] : [];
}

function callChanges(
  before: CallView | undefined,
  { call: after, server }: TerminalState,
  holdsKey: boolean,
): string[] {
  if (after === undefined) return [];
  const known = before?.callId === after.callId ? before : undefined;
  const said: string[] = [];
  if (after.phase === "ended") {
    if (known !== undefined && known.phase !== "ended")
      said.push(texts().announcements.callOver(callEndSentence(after, server?.echo)));
    return said;
  }
  if (after.heldUntilMs !== undefined && known?.heldUntilMs === undefined) said.push(texts().call.held);
  const rejoined = rejoinedSentence(after);
  if (rejoined !== undefined && known?.rejoined !== after.rejoined) said.push(rejoined);
  const refusals = refusalsSentence(after);
  if (refusals !== undefined && known?.refusals !== after.refusals) said.push(refusals);
  if (known !== undefined) said.push(...listChanges(known, after));
  for (const person of after.participants) {
    const earlier = known?.participants.find((one) => one.userId === person.userId);
    const name = person.isSelf ? undefined : calledName(person);
    if (person.poorNetwork === true && earlier?.poorNetwork !== true)
      said.push(sentence(poorNetworkWords(name).happened));
    said.push(...voiceChange(person, earlier));
    if (person.isSelf || earlier === undefined) continue;
    if (person.revoked === true && earlier.revoked !== true)
      said.push(named(calledName(person), revokedInGroupLabel()));
    else if (earlier.state !== person.state || earlier.waiting !== person.waiting)
      said.push(memberChange(person, after));
    if (person.state === "joined" && earlier.state === "joined") {
      if (person.reconnecting === true && earlier.reconnecting !== true)
        said.push(named(calledName(person), reconnectingLabel()));
      // While the own sound is away it is not known of anybody.
      if (person.reconnecting !== true && earlier.reconnecting === true && after.media.status === "connected")
        said.push(texts().announcements.backAgain(calledName(person)));
    }
    if (person.moved !== undefined && person.moved.atMs !== earlier.moved?.atMs)
      said.push(movedPersonSentence(person));
  }
  if (known !== undefined && known.microphone.status !== after.microphone.status) {
    if (after.microphone.status === "muted" && !holdsKey) said.push(texts().announcements.muted);
    if (after.microphone.status === "on" && known.microphone.status === "muted" && !holdsKey)
      said.push(texts().announcements.unmuted);
    if (after.microphone.status === "unavailable") said.push(texts().announcements.noMicrophone);
  }
  if (known !== undefined) said.push(...devicesBack(known, after));
  if (known !== undefined && known.media.status !== after.media.status) {
    if (after.media.status === "failed") said.push(texts().announcements.soundFailed);
    if (after.media.status === "restarting")
      said.push(texts().announcements.soundRestarts(texts().call.soundRestarts));
    const isBack = known.media.status === "restarting" || known.media.status === "reconnecting";
    if (after.media.status === "connected" && isBack) said.push(texts().announcements.soundBack);
  }
  const { media } = after;
  if ((media.status === "connecting" || media.status === "reconnecting") && media.code !== undefined)
    if (known?.media.status !== media.status || known.media.code !== media.code)
      said.push(sentenceFor(media.code));
  return said;
}

/** That one went is said where it stands in the page. Whoever took the default one has no chosen one any more. */
function devicesBack(before: CallView, after: CallView): string[] {
  const isBack = (of: (call: CallView) => unknown): boolean =>
    of(before) !== undefined && of(after) === undefined;
  const { loudspeakerBack, microphoneBack } = texts().sound;
  const instead = ({ microphone }: CallView) => ("instead" in microphone ? microphone.instead : undefined);
  return [
    ...(isBack(instead) && after.microphone.status !== "unavailable" && isChosen("microphone")
      ? [microphoneBack]
      : []),
    ...(isBack(({ loudspeaker }) => loudspeaker) && isChosen("loudspeaker") ? [loudspeakerBack] : []),
  ];
}

const isChosen = (purpose: "microphone" | "loudspeaker"): boolean => preferredDevice(purpose) !== undefined;

const named = (name: string, what: string): string => texts().announcements.named(name, what);

function memberChange(person: Participant, call: CallView): string {
  if (person.state === "joined") {
    if (person.guest !== undefined || person.leaving === true || person.revoked === true)
      return texts().announcements.inGroupUnverified(calledName(person));
    // Before one is in the group oneself, that they are is the server's word, and nothing is verified yet.
    return person.verification === undefined
      ? named(calledName(person), memberStateLabel(person.state))
      : texts().announcements.joined(calledName(person));
  }
  if (person.state === "left" && person.leaveReason !== undefined)
    return texts().announcements.didWhat(calledName(person), leaveReasonPredicate(person.leaveReason));
  const by = person.removedBy === undefined ? undefined : broughtInWords(call, person);
  if (by !== undefined)
    return texts().announcements.removed(calledName(person), memberStateLabel(person.state), by);
  if (person.waiting === true) return named(calledName(person), waitingLabel());
  return named(calledName(person), memberStateLabel(person.state, person.refusal));
}
