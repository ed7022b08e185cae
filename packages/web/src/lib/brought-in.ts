/** Who brought whom into a call, and who put them out: as it is signed. */
import { isGone } from "@signet/terminal";
import type { CallView, IncomingCall, Participant } from "@signet/terminal";
import { calledName, listOfNames } from "@signet/words";
import { texts } from "@signet/words/page";

type People = Pick<CallView, "participants">;

/** undefined for oneself. */
const nameIn = ({ participants }: People, userId: string): string | undefined => {
  const person = participants.find((one) => one.userId === userId);
  if (person?.isSelf === true) return undefined;
  return person === undefined ? userId : calledName(person);
};

/** For a tile; undefined for those whom the call was for from the beginning. */
export function broughtInWords(call: People, { invitedBy, removedBy }: Participant): string | undefined {
  const { addedBy, addedByYou, removedBy: byName, removedByYou } = texts().call;
  const who = removedBy ?? invitedBy;
  if (who === undefined) return undefined;
  const name = nameIn(call, who);
  if (removedBy !== undefined) return name === undefined ? removedByYou : byName(name);
  return name === undefined ? addedByYou : addedBy(name);
}

/** What somebody who does not see the page has to hear of the call list. */
export function listChanges(before: CallView, after: CallView): readonly string[] {
  const said: string[] = [];
  for (const person of after.participants) {
    const { invitedBy, isHost, isSelf, userId } = person;
    const name = calledName(person);
    const earlier = before.participants.find((one) => one.userId === userId);
    if (invitedBy !== undefined && earlier?.invitedBy !== invitedBy)
      said.push(addedSentence(name, nameIn(after, invitedBy)));
    // Not where one has just come in oneself, and sees who is host for the first time.
    const wasKnown = before.participants.some((one) => one.isHost === true);
    if (isHost === true && wasKnown && earlier?.isHost !== true)
      said.push(isSelf ? texts().announcements.youAreHost : texts().announcements.isHost(name));
  }
  return said;
}

const addedSentence = (name: string, by: string | undefined): string =>
  by === undefined ? texts().announcements.addedByYou(name) : texts().announcements.addedBy(name, by);

/** Beside the name of who calls: whose call it is, who is in it, and who else is invited. */
export function withWhomSentences({ others, startedBy }: IncomingCall): readonly string[] {
  const named = (some: IncomingCall["others"]): string => listOfNames(some.map(calledName));
  const there = others.filter(({ state }) => state === "joined");
  const invited = others.filter(({ state }) => state !== "joined" && state !== "removed");
  const coming = startedBy === undefined ? invited : invited.filter(({ state }) => !isGone(state));
  return [
    ...(startedBy === undefined ? [] : [texts().incoming.addYou(startedBy.displayName)]),
    ...(there.length === 0 ? [] : [texts().incoming.inTheCall(named(there))]),
    ...(coming.length === 0 ? [] : [texts().incoming.alsoInvited(named(coming))]),
  ];
}
