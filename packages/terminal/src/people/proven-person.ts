import { goesOn, headOf } from "@signet/device";
import type { Person } from "@signet/device";
import { SignetError, equalBytes, isGuestId } from "@signet/protocol";
import type { Bytes, UserId } from "@signet/protocol";

import type { DirectoryLog } from "./directory-log.ts";

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
  const { history, userId } = person;
  if (!log.isKept || isGuestId(userId)) return person;
  if (isAt(person, await log.headOf(userId))) return person;
  const newest = await newestOf(userId);
  const isContinued = newest.history === history || goesOn(newest.history, history);
  if (isContinued && isAt(newest, await log.headNowOf(userId))) return newest;
  throw new SignetError("directory.unproven");
}

const isAt = (person: Person, head: Bytes | undefined): boolean =>
  head !== undefined && equalBytes(head, headOf(person));
