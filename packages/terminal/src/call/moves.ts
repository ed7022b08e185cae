import type { DeviceId, UserId } from "@signet/protocol";

import type { Participant, Verification } from "../state.ts";

type Moves = ReadonlyMap<UserId, NonNullable<Participant["moved"]>>;

/** @param moving who went on at another terminal, in the group whose proofs are `found`; `before`: by which device they were in it */
export function withMoves(
  known: Moves | undefined,
  moving: ReadonlySet<UserId>,
  found: ReadonlyMap<UserId, Verification>,
  { before, atMs }: { readonly before: ReadonlyMap<UserId, DeviceId>; readonly atMs: number },
): Moves {
  const moves = new Map(known);
  for (const userId of moving) {
    const verification = found.get(userId);
    if (verification === undefined) continue;
    const former = before.get(userId);
    const { deviceId, kind } = verification;
    moves.set(userId, { atMs, kind, isOtherDevice: former !== undefined && former !== deviceId });
  }
  return moves;
}
