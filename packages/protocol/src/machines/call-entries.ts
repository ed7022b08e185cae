/** The directory entries of the people in a call: everybody in it, and whoever is invited, is shown all of them. Pure. */
import type { DirectoryEntryIn } from "../entry.ts";
import { statementBytes } from "../history.ts";
import { encodeProof } from "../proof.ts";
import type { CallServerState, InvitedPerson } from "./call-server-state.ts";

/**
 * Of all people in one call together: a hundred with ten devices each, or several hundred with certificates. A ring, or a sign-in while the
 * call goes on, holds all of them in one message; who is invited must not be cut off by it.
 */
export const mostEntryBytes = 3 * 1024 * 1024;

/** Room for what is not counted one by one: names, IDs, key, key handle. */
const registrationBytes = 1_024;

/** Entries do not change: what continues one is another. */
const measured = new WeakMap<DirectoryEntryIn, number>();

/** What an entry takes in a message, more or less, in bytes before base64url. */
export function entryBytes(entry: DirectoryEntryIn): number {
  const known = measured.get(entry);
  if (known !== undefined) return known;
  const { certificates = [], proof, statements } = entry;
  const parts = [...certificates.map(({ length }) => length), ...statements.map(statementBytes)];
  const bytes = parts.reduce((sum, length) => sum + length, registrationBytes + encodeProof(proof).length);
  measured.set(entry, bytes);
  return bytes;
}

/** Whether a call of these people is more than whoever is called can be shown. */
export const areTooLarge = (people: readonly Pick<InvitedPerson, "entry">[]): boolean =>
  bytesOf(people) > mostEntryBytes;

/** Whether the call has room for this entry in place of the one of the same person. */
export function hasRoomForEntry(
  { members }: Pick<CallServerState, "members">,
  entry: DirectoryEntryIn,
): boolean {
  const others = [...members.values()].filter(({ userId }) => userId !== entry.userId);
  return bytesOf([...others, { entry }]) <= mostEntryBytes;
}

/** Of two that a server had of one person: a history is only ever continued, while certificates are exchanged. */
export function newerEntry(known: DirectoryEntryIn | undefined, entry: DirectoryEntryIn): DirectoryEntryIn {
  return known !== undefined && known.statements.length > entry.statements.length ? known : entry;
}

/**
 * Somebody's history went on: whoever is shown the call from now on is shown it as it is. Nothing else about the call follows from it, so it
 * needs no place in the log. Where there is no room, the call keeps what it has.
 */
export function withEntry(state: CallServerState, entry: DirectoryEntryIn): CallServerState {
  const { userId } = entry;
  const member = state.members.get(userId);
  const isNewer = member?.entry !== undefined && newerEntry(member.entry, entry) === entry;
  if (member === undefined || !isNewer || !hasRoomForEntry(state, entry)) return state;
  const members = new Map(state.members).set(userId, { ...member, entry });
  const invite = userId === state.initiatorId ? { ...state.invite, initiator: entry } : state.invite;
  return { ...state, members, invite };
}

const bytesOf = (people: readonly { readonly entry?: DirectoryEntryIn }[]): number =>
  people.reduce((sum, { entry }) => sum + (entry === undefined ? 0 : entryBytes(entry)), 0);
