/** What the server's log says of the people of a record, asked for when it is written. */
import { statedHead } from "@signet/device";
import { formatVerifierKey, seenCheckpointBytes } from "@signet/directory";
import { decodeTranscript, equalBytes, fromU64, isGuestId } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, ProofIn, UserId } from "@signet/protocol";
import { viewShownBy } from "@signet/record";
import type { RecordedLog, RecordedPerson } from "@signet/record";

import type { ProvenPeople } from "../../people/directory-log.ts";
import type { CallContext } from "../call-entry.ts";
import { inOrderOfIds } from "./recorded-people.ts";
import type { Histories } from "./recorded-people.ts";

/** A history may go on between the two questions, for what it is and where it ends: so often that nobody signs so fast. */
const mostRounds = 5;
/** Asked at once. */
const asideMost = 16;
const sizeBytes = 8;

type Asking = Pick<CallContext, "directory" | "session">;

/**
 * @param proofs of the record, some of which name what their signers saw of the log
 * @returns undefined where the server keeps no log, or does not prove all of these people now
 */
export async function provenAtLog(
  histories: Histories,
  proofs: readonly ProofIn[],
  asking: Asking,
): Promise<{ readonly log: RecordedLog; readonly people: RecordedPerson[] } | undefined> {
  try {
    const found = await allProven(histories, asking);
    if (found === undefined) return undefined;
    const { proven } = found;
    const people = Array.from(inOrderOfIds(found.histories), ([userId, entry]): RecordedPerson => {
      const mapProof = proven.mapProofs.get(userId);
      if (mapProof === undefined) return { entry };
      const { leaf, siblings } = mapProof;
      return { entry, mapProof: { siblings: [...siblings], ...(leaf === undefined ? {} : { leaf }) } };
    });
    const log = {
      verifierKey: formatVerifierKey(proven.key),
      checkpoint: proven.checkpoint,
      mapRootProof: [...proven.mapRootProof],
      views: await viewsOf(proofs, proven, asking),
    };
    return { log, people };
  } catch {
    // No connection, nobody signed in, or what the server says does not hold: of that the person hears elsewhere.
    return undefined;
  }
}

/** Histories that end where the log's map says; some of them may have gone on since they were heard of. @throws SignetError */
async function allProven(
  known: Histories,
  { directory }: Asking,
): Promise<{ readonly proven: ProvenPeople; readonly histories: Histories } | undefined> {
  const histories = new Map(known);
  const userIds = [...histories.keys()].filter((userId) => !isGuestId(userId));
  for (let round = 0; round < mostRounds; round++) {
    const proven = await directory.log.provenAtOnce(userIds);
    if (proven === undefined) return undefined;
    const behind: UserId[] = [];
    for (const userId of userIds)
      if (!(await isAt(histories.get(userId), proven.heads.get(userId)))) behind.push(userId);
    if (behind.length === 0) return { proven, histories };
    for (const userId of behind) {
      const newest = await directory.newest(userId);
      if (newest !== undefined && "person" in newest) histories.set(userId, newest.person.history);
    }
  }
  return undefined;
}

async function isAt(history: DirectoryEntryIn | undefined, head: Uint8Array | undefined): Promise<boolean> {
  return history !== undefined && head !== undefined && equalBytes(head, await statedHead(history));
}

/** Each other size that somebody signed, with the proof that this checkpoint goes on from there, or does not; what the server does not give is left out. */
async function viewsOf(
  proofs: readonly ProofIn[],
  { checkpoint: note, key, size: to }: Pick<ProvenPeople, "checkpoint" | "key" | "size">,
  { session }: Pick<Asking, "session">,
): Promise<RecordedLog["views"]> {
  const seen = proofs.flatMap(({ transcript }) => seenIn(transcript) ?? []);
  const bySize = Map.groupBy(seen, ({ size }) => size);
  bySize.delete(to);
  const ascending = [...bySize.keys()].toSorted((one, other) => one - other);
  const views: RecordedLog["views"] = [];
  while (ascending.length > 0) {
    const asked = ascending.splice(0, asideMost).map(async (from) => {
      try {
        const { proof } = await session.link.request("directory.consistency", { from, to });
        // A server that gives other hashes would spoil the whole file.
        for (const { checkpoint } of bySize.get(from) ?? [])
          if ((await viewShownBy(checkpoint, { key, note }, proof)) !== undefined)
            return [{ size: from, proof }];
      } catch {
        // Then it is said to be not compared.
      }
      return [];
    });
    views.push(...(await Promise.all(asked)).flat());
  }
  return views;
}

function seenIn(
  transcript: ProofIn["transcript"],
): { readonly size: number; readonly checkpoint: Bytes } | undefined {
  const decoded = decodeTranscript(transcript);
  if (decoded?.purpose !== "call" && decoded?.purpose !== "join") return undefined;
  const { checkpoint } = decoded;
  const size =
    checkpoint.length === seenCheckpointBytes ? fromU64(checkpoint.slice(0, sizeBytes)) : undefined;
  return size === undefined ? undefined : { size, checkpoint };
}
