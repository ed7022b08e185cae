/** Questions about a call list that was folded. */
import { equalBytes, toBase64Url } from "../bytes.ts";
import type { Bytes } from "../bytes.ts";
import type { ErrorCode } from "../errors.ts";
import { isGuestId } from "../guests.ts";
import type { FoldedCallList } from "./said.ts";

/** Whether some invitation of the person's is not voided. */
export const mayBeIn = ({ people }: FoldedCallList, userId: string): boolean =>
  people.some((person) => person === userId);

/** @returns digests of the invitations by which the person may be in the call, 32 bytes each; none where they may not */
export const invitationsOf = ({ invitations }: FoldedCallList, userId: string): readonly Bytes[] =>
  invitations.filter(({ holdsFor }) => holdsFor.includes(userId)).map(({ digest }) => digest);

/**
 * Whether somebody who answers one invitation may come in by it.
 * @param invitation digest of the `call` proof or of an `invite`; undefined: any of theirs
 * @returns `guest.notLetIn` for a guest who waits for the host's word, `callList.removed` where it was theirs and is voided, `call.notInvited` where it never was
 */
export function invitationRefusal(
  { invitations }: FoldedCallList,
  userId: string,
  invitation?: Bytes,
): ErrorCode | undefined {
  const theirs = invitations.filter(
    ({ digest, userIds }) =>
      userIds.includes(userId) && (invitation === undefined || equalBytes(digest, invitation)),
  );
  if (theirs.length === 0) return "call.notInvited";
  if (theirs.some(({ guest, isVoided }) => guest?.isLetIn === false && isVoided !== true))
    return "guest.notLetIn";
  return theirs.some(({ holdsFor }) => holdsFor.includes(userId)) ? undefined : "callList.removed";
}

/**
 * Who is host: whom the last `host` statement names, the initiator where there is none; while that person is not in the group, whoever
 * is in it longest of those who may be. Never a guest.
 * @param roster user IDs of those in the group, who is in it longest first
 * @returns undefined where nobody is in it who may be
 */
export function hostOf(list: FoldedCallList, roster: readonly string[]): string | undefined {
  // Who was removed may be in the group until a Commit says so, too.
  const people = new Set(list.people);
  const there = roster.filter((userId) => people.has(userId) && !isGuestId(userId));
  return there.find((userId) => userId === list.namedHost) ?? there[0];
}

/** Whether the statement of this digest is in the list; that of the `call` proof is. */
export const hasStatement = ({ digests }: FoldedCallList, digest: Bytes): boolean =>
  digests.has(toBase64Url(digest));
