/** Whose signatures are in a record: their histories, and what says that these are theirs. */
import { administratorDevicesOf, foldHistory, headOf, isFitForGuest } from "@signet/device";
import type { Person } from "@signet/device";
import { mapKey, verifyMapProof } from "@signet/directory";
import { equalBytes, isGuestId } from "@signet/protocol";
import type { UserId } from "@signet/protocol";

import type { RecordedPerson } from "../call-record.ts";
import type { PersonReport } from "../report.ts";
import type { ProvenLog } from "./log.ts";
import { held, must } from "./refusal.ts";

export interface ProvenPerson {
  readonly person: Person;
  readonly rests: PersonReport["rests"];
  /** In the file. */
  readonly at: string;
}

export type People = ReadonlyMap<UserId, ProvenPerson>;

/**
 * Each history by itself, and where there is a log by its map. Whoever administered is not signed by anybody where nobody appointed them: the server
 * named them, and of those whom they recovered it is said that they did.
 */
export async function provePeople(
  recorded: readonly RecordedPerson[],
  serverOrigin: string,
  log: ProvenLog | undefined,
): Promise<People> {
  const people = new Map<UserId, ProvenPerson>();
  const histories = new Map(recorded.map(({ entry }) => [String(entry.userId), entry]));
  const administratorDevices = administratorDevicesOf({
    serverOrigin: () => serverOrigin,
    isNamed: () => true,
    historyOf: async (userId) => histories.get(userId),
  });
  let before = "";
  for (const [index, { entry, mapProof }] of recorded.entries()) {
    const at = `people[${index}]`;
    must(before < entry.userId, "record.form", `${at}.entry.userId`);
    before = entry.userId;
    const isGuest = isGuestId(entry.userId);
    must(mapProof === undefined || (log !== undefined && !isGuest), "record.form", `${at}.mapProof`);
    must(await isFitForGuest(entry), "directory.badEntry", `${at}.entry`);
    const { person } = held(await foldHistory(entry, { serverOrigin, administratorDevices }), `${at}.entry`);
    if (log !== undefined && !isGuest) {
      const { mapRoot } = log.checkpoint;
      const proven =
        mapProof !== undefined && mapRoot !== undefined
          ? verifyMapProof(mapRoot, mapKey(person.userId), { ...mapProof, leaf: mapProof.leaf })
          : undefined;
      const isLast =
        proven?.ok === true && proven.value !== undefined && equalBytes(proven.value, headOf(person));
      must(isLast, "record.unproven", `${at}.mapProof`);
    }
    const rests = log === undefined || isGuest ? "file" : log.keyGiven ? "logGiven" : "logOfFile";
    people.set(person.userId, { person, rests, at });
  }
  return people;
}
