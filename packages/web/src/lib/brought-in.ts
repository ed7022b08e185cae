/** Who brought whom into a call, and who put them out: as it is signed. */
import { isGone } from "@signet/terminal";
import type { CallView, IncomingCall, Participant } from "@signet/terminal";
import { listOfNames } from "@signet/words";

type People = Pick<CallView, "participants">;

const nameIn = ({ participants }: People, userId: string): string => {
  const person = participants.find((one) => one.userId === userId);
  return person?.isSelf === true ? "you" : (person?.displayName ?? userId);
};

/** For a tile; undefined for those whom the call was for from the beginning. */
export function broughtInWords(call: People, { invitedBy, removedBy }: Participant): string | undefined {
  if (removedBy !== undefined) return `by ${nameIn(call, removedBy)}`;
  return invitedBy === undefined ? undefined : `added by ${nameIn(call, invitedBy)}`;
}

/** What somebody who does not see the page has to hear of the call list. */
export function listChanges(before: CallView, after: CallView): readonly string[] {
  const said: string[] = [];
  for (const person of after.participants) {
    const { displayName, invitedBy, isHost, isSelf, userId } = person;
    const earlier = before.participants.find((one) => one.userId === userId);
    if (invitedBy !== undefined && earlier?.invitedBy !== invitedBy)
      said.push(`${displayName}: added by ${nameIn(after, invitedBy)}.`);
    // Not where one has just come in oneself, and sees who is host for the first time.
    const wasKnown = before.participants.some((one) => one.isHost === true);
    if (isHost === true && wasKnown && earlier?.isHost !== true)
      said.push(isSelf ? "You are the host now." : `${displayName} is the host now.`);
  }
  return said;
}

/** Beside the name of who calls: whose call it is, who is in it, and who else is invited. */
export function withWhomSentences({ others, startedBy }: IncomingCall): readonly string[] {
  const named = (some: IncomingCall["others"]): string =>
    listOfNames(some.map(({ displayName }) => displayName));
  const there = others.filter(({ state }) => state === "joined");
  const invited = others.filter(({ state }) => state !== "joined" && state !== "removed");
  const coming = startedBy === undefined ? invited : invited.filter(({ state }) => !isGone(state));
  return [
    ...(startedBy === undefined ? [] : [`They add you to a call that ${startedBy.displayName} started.`]),
    ...(there.length === 0 ? [] : [`In the call: ${named(there)}`]),
    ...(coming.length === 0 ? [] : [`Also invited: ${named(coming)}`]),
  ];
}
