/** Who held which leaf in which epoch, so that a late frame is not taken for the voice of whoever has the leaf now. Pure. */
import { keepPreviousEpochMs } from "@signet/e2ee";

import type { UserId } from "@signet/protocol";

import type { Speaker } from "../environment.ts";

interface Roster {
  readonly epoch: bigint;
  /** User ID by leaf. */
  readonly userIds: ReadonlyMap<number, string>;
  /** When the next epoch began; Infinity for the current one. */
  readonly endedAtMs: number;
}

/** The current epoch's roster last, before it those whose frames are still opened. */
export type EpochRosters = readonly Roster[];

export const noRosters: EpochRosters = [];

/** @param nowMs monotonic milliseconds */
export function enterEpoch(
  rosters: EpochRosters,
  epoch: number,
  members: readonly { readonly leaf: number; readonly userId: string }[],
  nowMs: number,
): EpochRosters {
  const userIds = new Map(members.map(({ leaf, userId }) => [leaf, userId]));
  const former = rosters
    .map((roster) => (roster.endedAtMs === Infinity ? { ...roster, endedAtMs: nowMs } : roster))
    .filter((roster) => isOpen(roster, nowMs));
  return [...former, { epoch: BigInt(epoch), userIds, endedAtMs: Infinity }];
}

/**
 * @param nowMs monotonic milliseconds
 * @returns user IDs of those who speak and are in the current group: who left is nobody present, whoever has their leaf
 */
export function speakersAmong(
  rosters: EpochRosters,
  speakers: readonly Speaker[],
  nowMs: number,
): ReadonlySet<string> {
  const present = new Set(rosters.at(-1)?.userIds.values());
  const speaking = speakers.map((speaker) => personOf(rosters, speaker, nowMs));
  return new Set(speaking.filter((userId) => userId !== undefined && present.has(userId)) as string[]);
}

/** Whose leaf that was in its epoch; undefined where its frames are not opened any more. @param nowMs monotonic milliseconds */
export function personOf(rosters: EpochRosters, { leaf, epoch }: Speaker, nowMs: number): UserId | undefined {
  const roster = rosters.find((one) => one.epoch === epoch && isOpen(one, nowMs));
  return roster?.userIds.get(leaf) as UserId | undefined;
}

/** Whether frames of that epoch are still opened. */
function isOpen({ endedAtMs }: Roster, nowMs: number): boolean {
  return nowMs - endedAtMs < keepPreviousEpochMs;
}
