/** What one person may commit in a call: what the Commit is for takes so much and no more, and so much a minute. Pure. */
import type { ErrorCode } from "../errors.ts";
import { groupOf } from "./call-roster.ts";
import type { Roster } from "./call-roster.ts";
import { mostCommitBytesPerMinute, mostCommitsPerMinute } from "./call-server-state.ts";
import type { CallServerInputOf, Removal, ServerMember } from "./call-server-state.ts";
import { largestCommit } from "./commit-size.ts";
import { minuteMs } from "./recent.ts";

type CommitBody = CallServerInputOf<"commit">["body"];
type Committed = NonNullable<ServerMember["committed"]>;

/** @returns why the Commit is refused before anything of it is stored or passed on */
export function commitRefusal(
  roster: Roster,
  removals: readonly Removal[],
  sender: Readonly<ServerMember>,
  body: CommitBody,
  nowMs: number,
): ErrorCode | undefined {
  const admitted = body.admitted.flatMap(({ userId }) => roster.get(userId) ?? []);
  const leaving = removals.flatMap(({ userId }) => roster.get(userId) ?? []);
  const { commitBytes, welcomeBytes } = largestCommit(admitted, [...groupOf(roster), ...leaving], sender);
  const isTooLarge = body.commit.length > commitBytes || (body.welcome?.length ?? 0) > welcomeBytes;
  const lately = latelyBy(sender, nowMs);
  const bytes = lately.reduce((sum, commit) => sum + commit.bytes, bytesOf(body));
  return isTooLarge || lately.length >= mostCommitsPerMinute || bytes > mostCommitBytesPerMinute
    ? "delivery.tooMuch"
    : undefined;
}

export function countCommit(target: ServerMember, body: CommitBody, nowMs: number): void {
  const member = target;
  member.committed = [...latelyBy(member, nowMs), { atMs: nowMs, bytes: bytesOf(body) }];
}

const latelyBy = ({ committed = [] }: Readonly<ServerMember>, nowMs: number): Committed =>
  committed.filter(({ atMs }) => nowMs - atMs < minuteMs);

const bytesOf = ({ commit, welcome }: CommitBody): number => commit.length + (welcome?.length ?? 0);
