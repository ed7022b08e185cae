import type { CallView, Participant, TerminalState } from "@signet/terminal";
import {
  leaveReasonPredicate,
  memberStateLabel,
  poorNetworkWords,
  reconnectingLabel,
  revokedInGroupLabel,
  sentence,
  sentenceFor,
  waitingLabel,
} from "@signet/words";

import { answeredElsewhereSentence } from "./devices.ts";
import { broughtInWords, listChanges } from "./brought-in.ts";
import { historyWords } from "./histories.ts";
import {
  heldSentence,
  movedPersonSentence,
  soundRestartsSentence,
  callEndSentence,
  refusalsSentence,
  rejoinedSentence,
} from "./words.ts";

/** What changed between two states that a person who does not see the page has to hear. Who speaks is not among it. */
export function announcements(before: TerminalState, after: TerminalState): readonly string[] {
  return [
    ...rings(before, after),
    ...connectionChanges(before, after),
    ...answeredElsewhere(before, after),
    ...news(before, after),
    ...elsewhere(before, after),
    ...callChanges(before.call, after.call),
  ];
}

/** The dialog of a call says it as well, where it takes the focus. */
function rings(before: TerminalState, after: TerminalState): string[] {
  return after.ringing
    .filter((one) => !before.ringing.some((old) => old.callId === one.callId))
    .map(({ from }) => `${from.displayName} calls, user ID ${from.userId}, verified.`);
}

function connectionChanges(before: TerminalState, after: TerminalState): string[] {
  const was = before.connection.status;
  const is = after.connection.status;
  if (was === "offline" && is === "online") return ["Connected to the server again."];
  return [];
}

function answeredElsewhere(before: TerminalState, { answeredElsewhere: answered }: TerminalState): string[] {
  if (answered === undefined || answered.callId === before.answeredElsewhere?.callId) return [];
  return [answeredElsewhereSentence(answered)];
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
  return isNews ? ["You are in a call at another terminal. It can be moved here."] : [];
}

function callChanges(before: CallView | undefined, after: CallView | undefined): string[] {
  if (after === undefined) return [];
  const known = before?.callId === after.callId ? before : undefined;
  const said: string[] = [];
  if (after.phase === "ended") {
    if (known !== undefined && known.phase !== "ended") said.push(`Call over. ${callEndSentence(after)}`);
    return said;
  }
  if (after.heldUntilMs !== undefined && known?.heldUntilMs === undefined) said.push(heldSentence);
  const rejoined = rejoinedSentence(after);
  if (rejoined !== undefined && known?.rejoined !== after.rejoined) said.push(rejoined);
  const refusals = refusalsSentence(after);
  if (refusals !== undefined && known?.refusals !== after.refusals) said.push(refusals);
  if (known !== undefined) said.push(...listChanges(known, after));
  for (const person of after.participants) {
    const earlier = known?.participants.find((one) => one.userId === person.userId);
    const name = person.isSelf ? undefined : person.displayName;
    if (person.poorNetwork === true && earlier?.poorNetwork !== true)
      said.push(sentence(poorNetworkWords(name).happened));
    if (person.isSelf || earlier === undefined) continue;
    if (person.revoked === true && earlier.revoked !== true)
      said.push(`${person.displayName}: ${revokedInGroupLabel()}.`);
    else if (earlier.state !== person.state || earlier.waiting !== person.waiting)
      said.push(memberChange(person, after));
    if (person.state === "joined" && earlier.state === "joined") {
      if (person.reconnecting === true && earlier.reconnecting !== true)
        said.push(`${person.displayName}: ${reconnectingLabel()}.`);
      // While the own sound is away it is not known of anybody.
      if (person.reconnecting !== true && earlier.reconnecting === true && after.media.status === "connected")
        said.push(`${person.displayName} is back.`);
    }
    if (person.moved !== undefined && person.moved.atMs !== earlier.moved?.atMs)
      said.push(movedPersonSentence(person));
  }
  if (known !== undefined && known.microphone.status !== after.microphone.status) {
    if (after.microphone.status === "muted") said.push("Microphone muted.");
    if (after.microphone.status === "on" && known.microphone.status === "muted") said.push("Microphone on.");
    if (after.microphone.status === "unavailable") said.push("Nobody can hear you: there is no microphone.");
  }
  if (known !== undefined && known.media.status !== after.media.status) {
    if (after.media.status === "failed") said.push("The connection of the sound failed.");
    if (after.media.status === "restarting") said.push(`Your sound restarts. ${soundRestartsSentence}`);
    const isBack = known.media.status === "restarting" || known.media.status === "reconnecting";
    if (after.media.status === "connected" && isBack) said.push("The sound is back.");
  }
  const { media } = after;
  if ((media.status === "connecting" || media.status === "reconnecting") && media.code !== undefined)
    if (known?.media.status !== media.status || known.media.code !== media.code)
      said.push(sentenceFor(media.code));
  return said;
}

function memberChange(person: Participant, call: CallView): string {
  if (person.state === "joined")
    return person.leaving === true || person.revoked === true
      ? `${person.displayName}: in the group, not verified.`
      : `${person.displayName} joined, verified.`;
  if (person.state === "left" && person.leaveReason !== undefined)
    return `${person.displayName} ${leaveReasonPredicate(person.leaveReason)}.`;
  if (person.removedBy !== undefined)
    return `${person.displayName}: ${memberStateLabel(person.state)} ${broughtInWords(call, person)}.`;
  if (person.waiting === true) return `${person.displayName}: ${waitingLabel()}.`;
  return `${person.displayName}: ${memberStateLabel(person.state, person.refusal)}.`;
}
