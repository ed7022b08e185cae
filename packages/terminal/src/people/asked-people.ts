/** Several people at once, as a server shows them now. */
import { SignetError, isGuestId, isUndecided, shownName } from "@signet/protocol";
import type { DirectoryEntryIn, ErrorCode, UserId } from "@signet/protocol";

import type { ServerRequests } from "../server-requests.ts";
import type { LookedUp } from "../terminal-api.ts";
import type { Recognised } from "./devices.ts";
import type { DirectoryLog } from "./directory-log.ts";

export interface AskedPerson {
  readonly person: LookedUp;
  /** Why the entry was not accepted. */
  readonly code?: ErrorCode;
}

export interface AskedOf {
  readonly link: Pick<ServerRequests, "request">;
  readonly accept: (entryIn: DirectoryEntryIn) => Promise<Recognised>;
  readonly log: DirectoryLog;
}

/** One answer for each, in order. Where the server keeps a log, that it knows nobody has to be proven, too. */
export async function askPeople(userIds: readonly UserId[], of: AskedOf): Promise<readonly AskedPerson[]> {
  if (userIds.length === 0) return [];
  const { people } = await of.link.request("directory.lookup", { userIds: [...userIds] });
  return Promise.all(
    userIds.map(async (userId): Promise<AskedPerson> => {
      const { entry, reachable = false } = people.find((person) => person.userId === userId) ?? {};
      const person = { userId, reachable };
      try {
        if (entry?.userId === userId) {
          const { person: known } = await of.accept(entry);
          return { person: { ...person, entry, displayName: shownName(known) } };
        }
        await requireNobody(userId, of.log);
        return { person };
      } catch (error) {
        return { person, ...(error instanceof SignetError ? { code: error.code } : {}) };
      }
    }),
  );
}

/** @throws SignetError `directory.unproven` where the log's map has somebody under this user ID whom the server does not show; `log.*` */
async function requireNobody(userId: UserId, log: DirectoryLog): Promise<void> {
  if (!log.isKept || isGuestId(userId)) return;
  if ((await log.headOf(userId)) !== undefined) throw new SignetError("directory.unproven");
}

/**
 * Why a touch that is meant for these people must not be asked for. Who is unknown, and what else goes wrong, does not matter here: what does not
 * verify gets into no call.
 */
export function refusalOfAll(people: readonly AskedPerson[]): ErrorCode | undefined {
  const codes = people.map(({ code }) => code);
  const grave = codes.find((code) => code !== undefined && isGrave(code));
  if (grave !== undefined) return grave;
  const [first] = codes;
  const isNobodyLeft = codes.every((code) => code !== undefined);
  return first?.startsWith("certificate.") === true && isNobodyLeft ? first : undefined;
}

const isGrave = (code: ErrorCode): boolean => isUndecided(code) || code === "history.shortened";
