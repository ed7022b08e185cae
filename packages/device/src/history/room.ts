/**
 * How far each kind of statement may go on, so that nobody fills the room that it takes to be rid of them: each device that counts keeps free
 * what its revocation takes, and administrators have room that is theirs alone. So whatever one of a person's devices writes, the others can
 * revoke it, and an administrator can recover the person; and after that there is room for names and devices again. Pure.
 */
import {
  administratorsHistoryBytes,
  administratorsStatements,
  commonHistoryBytes,
  commonStatements,
  historyBytesAnew,
  mostHistoryBytes,
  mostStatements,
  revocationBytes,
  statementBytes,
  statementsAnew,
} from "@signet/protocol";
import type { DirectoryEntryIn, Transcript } from "@signet/protocol";

import type { Person } from "../verified.ts";
import type { HistoryPurpose } from "./effects.ts";
import { countsNow } from "./person.ts";

/** `statements`: with the registration; `bytes`: of what follows it. */
export interface HistorySize {
  readonly statements: number;
  readonly bytes: number;
}

const most: HistorySize = { statements: mostStatements, bytes: mostHistoryBytes };
const common: HistorySize = { statements: commonStatements, bytes: commonHistoryBytes };
const anew: HistorySize = { statements: statementsAnew, bytes: historyBytesAnew };
const administrators: HistorySize = {
  statements: administratorsStatements,
  bytes: administratorsHistoryBytes,
};
const revocation: HistorySize = { statements: 1, bytes: revocationBytes };

/** How large the history was when it ended with the statement of each sequence. */
export function sizesOf({ statements }: DirectoryEntryIn): readonly HistorySize[] {
  let size: HistorySize = { statements: 1, bytes: 0 };
  const sizes = [size];
  for (const statement of statements) {
    size = sum(size, { statements: 1, bytes: statementBytes(statement) });
    sizes.push(size);
  }
  return sizes;
}

/** @param sizes of the history whose first statements made the person, the next one among them */
export function hasRoomFor(
  transcript: Transcript<HistoryPurpose>,
  { devices, digests, recoveries }: Pick<Person, "devices" | "digests" | "recoveries">,
  sizes: readonly HistorySize[],
): boolean {
  const after = sizes[digests.length];
  if (after === undefined) return false;
  const takesAway = takingAway.has(transcript.purpose);
  if (takesAway && "administrator" in transcript && transcript.administrator !== "")
    return isWithin(after, most);
  const counting = devices.filter(countsNow).length;
  const countingAfter = counting + (changeOfCount[transcript.purpose] ?? 0);
  // An administrator may dismiss the person at any moment, and no more often than was appointed: that takes no revocation's room.
  const kept = times(revocation, takesAway ? countingAfter : countingAfter + 1);
  if (!isWithin(sum(after, kept, administrators), most)) return false;
  const recovered = sizes[recoveries.at(-1) ?? -1];
  return (
    takesAway || isWithin(after, recovered === undefined ? common : larger(common, sum(recovered, anew)))
  );
}

const takingAway: ReadonlySet<HistoryPurpose> = new Set(["revoke-device", "recover", "dismiss"]);
const changeOfCount: Partial<Record<HistoryPurpose, number>> = { "add-device": 1, "revoke-device": -1 };

const isWithin = (size: HistorySize, room: HistorySize): boolean =>
  size.statements <= room.statements && size.bytes <= room.bytes;

const sum = (...sizes: readonly HistorySize[]): HistorySize => ({
  statements: sizes.reduce((all, { statements }) => all + statements, 0),
  bytes: sizes.reduce((all, { bytes }) => all + bytes, 0),
});

const larger = (one: HistorySize, other: HistorySize): HistorySize => ({
  statements: Math.max(one.statements, other.statements),
  bytes: Math.max(one.bytes, other.bytes),
});

const times = ({ bytes, statements }: HistorySize, count: number): HistorySize => ({
  statements: statements * count,
  bytes: bytes * count,
});
