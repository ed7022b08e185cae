/** The one choice of what is to be committed next, and by whom. Pure. */
import type { EventBody } from "../messages/events.ts";
import { admissible } from "./commit-size.ts";
import type { ServerStatement } from "./delivery.ts";
import { fewMembers } from "./call-news.ts";
import { takers, takesAway } from "./call-pending.ts";
import { committersOf, groupOf, joinersOf } from "./call-roster.ts";
import type { GroupMember, Joiner } from "./call-roster.ts";
import type { CallServerState } from "./call-server-state.ts";

/** For each person in a task of many: proof, KeyPackage and leaf of one take a slow phone about this long. */
export const commitEachMs = 40;

export interface CommitTask {
  readonly committer: GroupMember;
  readonly admit: EventBody<"call.commitNeeded">["admit"];
  readonly remove: EventBody<"call.commitNeeded">["remove"];
  readonly statements: readonly ServerStatement[];
  /** How long a connected committer has for it. */
  readonly allowedMs: number;
}

/**
 * Whoever was asked stays so until it is done, or their time is over: else somebody who comes and goes, and would come before them, could take
 * it out of the hands of everybody, for ever.
 * @returns undefined when there is nothing to commit, or nobody who could
 */
export function nextTask({
  members,
  removals,
  pending,
  passedOver,
  committing,
  times,
}: Pick<CallServerState, "members" | "removals" | "pending" | "passedOver" | "committing" | "times">):
  | CommitTask
  | undefined {
  const waiting = joinersOf(members);
  const all = committersOf(members, removals, passedOver);
  // Whoever does not take what takes away commits nothing else as long as somebody may who takes it.
  const takes = pending.filter(takesAway);
  const willing = takes.length === 0 ? all : takers(all, takes, passedOver);
  const inOrder = willing.length > 0 ? willing : all;
  const asked = inOrder.filter(({ userId }) => userId === committing?.userId);
  for (const committer of [...asked, ...inOrder]) {
    // Whom this one did not accept, another one looks at.
    const own = waiting.filter(({ joiner }) => joiner.refusedBy?.includes(committer.userId) !== true);
    const said = pending.filter(({ refusedBy }) => !refusedBy.includes(committer.userId));
    if (own.length + removals.length + said.length > 0)
      return taskFor(committer, own, { members, removals, times, pending: said });
  }
  return undefined;
}

function taskFor(
  committer: GroupMember,
  waiting: readonly Joiner[],
  { members, removals, pending, times }: Pick<CallServerState, "members" | "removals" | "pending" | "times">,
): CommitTask {
  const admitted = waiting.slice(0, admissible(waiting, groupOf(members), removals.length > 0));
  const people = admitted.length + removals.length;
  return {
    committer,
    admit: admitted.map(({ userId, terminalId, entry, joiner: { proof, keyPackage } }) => ({
      userId,
      terminalId,
      entry,
      proof,
      keyPackage,
    })),
    remove: removals.map(({ userId, terminalId, leaf }) => ({ userId, terminalId, leaf })),
    statements: pending.map(({ statement }) => statement),
    allowedMs: times.commitMs + Math.max(0, people - fewMembers) * commitEachMs,
  };
}
