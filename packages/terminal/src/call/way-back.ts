/** By which somebody may come back to a call that they left. */
import type { CallInviteIn, MemberIn, UserId } from "@signet/protocol";

import { peopleIn } from "./call-view.ts";
import type { GroupList } from "./group-list.ts";

export function wayBackTo(
  invite: CallInviteIn,
  { held, stated }: Pick<GroupList, "held" | "stated">,
  known: ReadonlyMap<UserId, MemberIn>,
): CallInviteIn {
  if (stated.length === 0) return invite;
  // Those who were brought in belong to it: one that leaves somebody out does not hold.
  const members = peopleIn(held).map((userId) => known.get(userId) ?? { userId, state: "left" as const });
  return { ...invite, members, statements: stated };
}
