/** Who is invited to a call, and in which state, as a terminal heard it last. */
import type { UserId } from "../ids.ts";
import { mostPeople } from "../messages/parts.ts";
import type { MemberIn } from "../messages/parts.ts";
import type { CallMemberState } from "./call-member-state.ts";

export function byUserId(members: readonly MemberIn[]): ReadonlyMap<UserId, MemberIn> {
  return new Map(members.map((member) => [member.userId, member]));
}

/**
 * What the server says of people, those among them who were brought in meanwhile. Who of them may be in the call, and is shown, is not its to
 * say: the call list is.
 */
export function listed(state: CallMemberState, members: readonly MemberIn[]): CallMemberState {
  const next = new Map(state.members);
  for (const member of members) {
    const former = state.members.get(member.userId);
    if (former === undefined && next.size >= mostPeople) continue;
    // Entries do not come again with each state.
    const entry = member.entry ?? former?.entry;
    next.set(member.userId, { ...member, ...(entry === undefined ? {} : { entry }) });
  }
  return { ...state, members: next };
}
