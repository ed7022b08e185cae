import { goesOn, headOf } from "@signet/device";
import type { Person } from "@signet/device";
import { SignetError, equalBytes, isGuestId } from "@signet/protocol";
import type { Bytes, UserId } from "@signet/protocol";

import type { DirectoryLog } from "./directory-log.ts";

/** A history may go on between the two questions, for what it is and where it ends: so often that nobody signs so fast. */
const mostRounds = 5;

/**
 * The person as the log's map has them, which names the last statement of each history. A history that came a while ago may be behind it: then the rest
 * of it is asked for.
 * @param newestOf as the server shows them now, folded
 * @throws SignetError `directory.unproven`, `log.*`, and what `newestOf` throws
 */
export async function provenPerson(
  person: Person,
  log: DirectoryLog,
  newestOf: (userId: UserId) => Promise<Person>,
): Promise<Person> {
  const { userId } = person;
  if (!log.isKept || isGuestId(userId)) return person;
  if (isAt(person, await log.headOf(userId))) return person;
  let newest = person;
  for (let round = 0; round < mostRounds; round++) {
    const before = newest;
    newest = await newestOf(userId);
    if (newest.history !== before.history && !goesOn(newest.history, before.history)) break;
    if (isAt(newest, await log.headNowOf(userId))) return newest;
  }
  throw new SignetError("directory.unproven");
}

const isAt = (person: Person, head: Bytes | undefined): boolean =>
  head !== undefined && equalBytes(head, headOf(person));
