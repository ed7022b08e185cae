/**
 * Whose state is told to whom. Among few each change is told by itself and at once. Among many, what nobody signed (and that
 * somebody joins, which the initiator hears at once, with the proof) is told together: 200 who join each other would be
 * 80,000 messages. News are told by the steps of the machine, which are logged; whoever only asks tells nothing.
 */
import type { UserId } from "../ids.ts";
import type { MemberIn, MemberState } from "../messages/parts.ts";
import { withoutEntry } from "./call-roster.ts";
import type { Roster } from "./call-roster.ts";
import type { News } from "./call-server-state.ts";

/** In a call of no more people, each change is told by itself and at once. */
export const fewMembers = 16;
/** That somebody joins is of no use to the others before they are in; by then it is mostly over. */
const joiningNewsMs = 1_000;

export const isLarge = (roster: Roster): boolean => roster.size > fewMembers;

/** Whether a change to this state is told together with others. */
export function isToldTogether(roster: Roster, state: MemberState): boolean {
  return isLarge(roster) && (state === "joining" || state === "joined" || state === "noAnswer");
}

export function noted(news: News | undefined, userId: UserId, state: MemberState, nowMs: number): News {
  const { userIds = [], atMs = Number.POSITIVE_INFINITY } = settled(news, userId) ?? {};
  return {
    userIds: [...userIds, userId],
    atMs: Math.min(atMs, state === "joining" ? nowMs + joiningNewsMs : nowMs),
  };
}

/** What was to be told of this person is told otherwise. */
export function settled(news: News | undefined, userId: UserId): News | undefined {
  if (news === undefined) return undefined;
  const userIds = news.userIds.filter((other) => other !== userId);
  return userIds.length === 0 ? undefined : { ...news, userIds };
}

export function newsOf({ userIds }: News, roster: Roster): MemberIn[] {
  return userIds.flatMap((userId) => {
    const member = roster.get(userId);
    return member === undefined ? [] : [withoutEntry(member)];
  });
}
