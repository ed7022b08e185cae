/** Whose signatures are in a record, by their key histories: as they are known here by now. */
import { decodeTranscript } from "@signet/protocol";
import type { DirectoryEntryIn, UserId } from "@signet/protocol";

import type { Directory } from "../../people/directory.ts";

/** In the order of their user IDs. */
export type Histories = ReadonlyMap<UserId, DirectoryEntryIn>;

/**
 * These, and the administrators who signed in their histories.
 * @throws SignetError why somebody cannot be named
 */
export async function historiesOf(userIds: ReadonlySet<UserId>, directory: Directory): Promise<Histories> {
  const found = new Map<UserId, DirectoryEntryIn>();
  let missing = [...userIds];
  while (missing.length > 0) {
    for (const userId of missing) found.set(userId, await historyOf(userId, directory));
    missing = [...found.values()].flatMap(signersIn).filter((userId) => !found.has(userId));
  }
  return inOrderOfIds(found);
}

export const inOrderOfIds = (histories: Histories): Histories =>
  new Map([...histories].toSorted(([one], [other]) => (one < other ? -1 : 1)));

/** Of an administrator who is not recognised here nothing is believed: the record's reader judges them. */
async function historyOf(userId: UserId, directory: Directory): Promise<DirectoryEntryIn> {
  try {
    return (await directory.person(userId)).person.history;
  } catch (error) {
    return directory.lookUp(userId).catch(() => {
      throw error;
    });
  }
}

const signersIn = ({ statements }: DirectoryEntryIn): readonly UserId[] =>
  statements.flatMap(({ proofs }) =>
    proofs.flatMap(({ transcript }): UserId[] => {
      const decoded = decodeTranscript(transcript);
      // Of no letters where the person's own device signed.
      const isByOther = decoded !== undefined && "administrator" in decoded && decoded.administrator !== "";
      return isByOther ? [decoded.administrator as UserId] : [];
    }),
  );
