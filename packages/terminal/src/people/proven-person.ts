import { goesOn, headOf, statedHead } from "@signet/device";
import type { Person } from "@signet/device";
import { SignetError, codeOf, equalBytes, isGuestId } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, UserId } from "@signet/protocol";

import type { DirectoryLog } from "./directory-log.ts";

/** Where each history ends, by the server's log. */
export type ProvingLog = Pick<DirectoryLog, "headNowOf" | "headOf" | "isKept">;

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
  log: ProvingLog,
  newestOf: (userId: UserId) => Promise<Person>,
): Promise<Person> {
  const { userId } = person;
  if (!log.isKept || isGuestId(userId)) return person;
  if (isAt(person, await log.headOf(userId))) return person;
  let newest = person;
  for (let round = 0; round < mostRounds; round++) {
    const before = newest;
    newest = await newestOf(userId).catch((error: unknown) => {
      // Shown a moment ago, and nobody now.
      throw codeOf(error) === "user.unknown" ? new SignetError("directory.unproven") : error;
    });
    if (newest.history !== before.history && !goesOn(newest.history, before.history)) break;
    if (isAt(newest, await log.headNowOf(userId))) return newest;
  }
  throw new SignetError("directory.unproven");
}

const isAt = (person: Person, head: Bytes | undefined): boolean =>
  head !== undefined && equalBytes(head, headOf(person));

/** Who is signed in here, and how the server is asked for them. */
export interface OwnWatch {
  /** As they are known here by now; undefined where it is somebody else, or nobody, by now. */
  readonly own: () => Person | undefined;
  /** Has them go on as the server shows them now, where that continues what is known. */
  readonly hearNewest: () => Promise<void>;
}

/**
 * Nobody can tell better than they themselves: whether the log's map, which is what others are shown, ends their history where they know that it ends.
 * @throws SignetError `directory.ownUnproven` where it does not; `log.*`, and why it could not be asked
 */
export async function watchOwn(log: ProvingLog, { hearNewest, own }: OwnWatch): Promise<void> {
  for (let round = 0; round < mostRounds; round++) {
    const person = own();
    if (person === undefined || !log.isKept || isGuestId(person.userId)) return;
    const head = await log.headNowOf(person.userId);
    const now = own();
    if (now === undefined || isAt(now, head)) return;
    await hearNewest();
  }
  throw new SignetError("directory.ownUnproven");
}

/** A history by itself. @throws as {@link DirectoryLog.headOf} */
export async function isProven(history: DirectoryEntryIn, log: ProvingLog): Promise<boolean> {
  if (!log.isKept) return true;
  const shown = await statedHead(history);
  const heads = [() => log.headOf(history.userId), () => log.headNowOf(history.userId)];
  for (const ask of heads) {
    const head = await ask();
    if (head !== undefined && equalBytes(head, shown)) return true;
  }
  return false;
}
