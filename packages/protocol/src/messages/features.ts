/**
 * What terminals and servers of this version can do beyond the first release of the protocol. Each side names its own in
 * `session.hello`, so that a message of a kind that the other one does not know is never the first it hears of it.
 */
import { z } from "zod";

const mostFeatures = 64;
/** Of one name, UTF-16 units. */
const longestFeature = 64;

/** Of the other side. A newer one may name more; what this version does not know is passed over. */
export const Features = z.array(z.string().max(longestFeature)).max(mostFeatures);

/**
 * `provenTerminals`: a terminal shows that it holds its key before anybody is bound to it, and its ID is that key's.
 * `numberedCommits`: Commits have numbers, say whom they let in and remove, and can be disputed; refusals of joiners come together; a GroupInfo
 * has a giver, who says what it is of and can be refused.
 * `callLists`: the group of a call holds the digest of the list of those who may be in it. Nothing that a server does; but one of before lets
 * terminals of both kinds into one call, whose group none of them could be in together.
 * `present`: somebody in a call says so to who is outside and asks.
 * `histories`: a directory entry carries all that followed the registration, and a person may have several devices.
 * `pairing`: passes on what two terminals of one person say to each other, to add a device from one to the other.
 * `invitations`: people are brought into a running call and put out of it, and a `join` names the invitation that it answers.
 * `moves`: a call goes over to another terminal of the same person, and goes on for a while where the device was before.
 * `microphones`: those in a call say whether they are muted, or have no microphone.
 * `administrators`: a server says who administers it and shows their histories, and a terminal reads what they sign of others.
 * `networks`: a server says whose network is poor, of those in a call.
 * `relays`: a server says what carries the audio where UDP does not get through.
 * `mediaFlow`: a server says what came and went on a media connection, and a terminal hears that nothing comes from it.
 * `documents`: a server keeps a sealed document for each person, with the keys to it, unread.
 * `missed`: a server keeps calls that somebody missed where no terminal of theirs was, and hands them over.
 * `push`: a server wakes closed pages of whoever is called.
 * `presenceChoice`: a server shows who is there, in a call, or not to be disturbed, to those alone to whom each person chose to show it.
 * `block`: a server tells people nothing of calls by those whom they blocked, and those nothing of that.
 * `messages`: a server keeps sealed sound for whom a caller did not reach, and says so to terminals that are there.
 * `guests`: a terminal knows guests, and shows them as what they are; a server lets them into calls, where whoever runs it wants that.
 * `spoke`: those in a call hear what its terminals sign of what they sealed.
 * `directory`: a server proves by a log that it signs, and a map beside it, where each key history ends; whoever begins a call or answers one signs which
 * checkpoint of it they saw.
 * `pictures`: a server keeps the picture that somebody chose of themselves, and gives it to who asks.
 * `words`: those in a call say sealed words to each other, which a server passes on unread and in one order; resolutions are among them.
 */
export const ownFeatures = [
  "provenTerminals",
  "numberedCommits",
  "histories",
  "callLists",
  "invitations",
  "present",
  "microphones",
  "pairing",
  "administrators",
  "moves",
  "relays",
  "mediaFlow",
  "networks",
  "documents",
  "missed",
  "push",
  "block",
  "messages",
  "guests",
  "presenceChoice",
  "pictures",
  "spoke",
  "words",
  "directory",
] as const;
export type Feature = (typeof ownFeatures)[number];

/** Without these there is no call between this version and the other side: sign-in, or a message of each call, would not be read. */
export const neededFeatures: readonly Feature[] = [
  "provenTerminals",
  "numberedCommits",
  "histories",
  "callLists",
  "invitations",
  "directory",
];

/** @param named undefined for a side of version 0.1, which names none */
export function hasFeature(named: readonly string[] | undefined, feature: Feature): boolean {
  return named?.includes(feature) === true;
}

/** Whether this version can work with a side that names these. @param named as for {@link hasFeature} */
export function hasNeededFeatures(named: readonly string[] | undefined): boolean {
  return neededFeatures.every((feature) => hasFeature(named, feature));
}
