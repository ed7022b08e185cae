/**
 * The server's call machine, third part: Commits that members refuse. The server cannot read one, but honest terminals hold the
 * same rules over it, so those who have to process it are asked; the word of its sender does not count.
 *
 *   accepted -- a member refuses it --> disputed -- more than half of all refuse it --> voided
 *                                          |------- most follow it, or as many do ----> upheld
 *                                          +------- time is over ---------------------> upheld
 *
 *   voided    the group is in the epoch before it again; who is at fault is put out, which everybody hears; those who came in by it, or
 *             followed it, come back by an external Commit
 *   upheld    whoever refused it mends its own state, or leaves
 *
 * At fault is its sender, unless it is an external Commit that was made of another's false GroupInfo: those who refuse it say of which epoch
 * they are, by a digest that its giver had to tell, too. Where these differ its giver is at fault. Nobody is who let in somebody whom most of
 * those who refuse it know by another key, or compared another history in person: each decides alone whom they believe after a recovery. Who came in by it has to come back by their own
 * Commit, of which they are the sender.
 */
import { toBase64Url } from "../bytes.ts";
import type { ServerEvent } from "../messages/events.ts";
import { isUndecided } from "../undecided.ts";
import type { CallDraft } from "./call-draft.ts";
import { rewindList } from "./call-pending.ts";
import { groupOf, heldLeaf, isIn, memberAt } from "./call-roster.ts";
import type { CallServerInputOf, HeldLeaf, RecentCommit, ServerMember } from "./call-server-state.ts";
import { disputableMs, mostDisputable, mostDisputes } from "./call-server-state.ts";
import { commitEachMs } from "./call-committer.ts";
import { rewind } from "./delivery.ts";
import type { LoggedCommit } from "./delivery.ts";

/** Before the Commit changes anything: who is in the group now has to process it. */
export function rememberForDispute(
  draft: CallDraft,
  { number, epoch, by }: LoggedCommit,
  giver: RecentCommit["giver"],
): void {
  const group = [...groupOf(draft.members), ...draft.removals].map(heldLeaf);
  const fresh = draft.recent.filter(({ atMs }) => draft.nowMs - atMs < disputableMs);
  const commit: RecentCommit = {
    number,
    epoch,
    by,
    atMs: draft.nowMs,
    group,
    verdicts: new Map(),
    ...(giver === undefined ? {} : { giver }),
  };
  draft.recent = [...fresh, commit].slice(-mostDisputable);
}

export function onJudge(draft: CallDraft, input: CallServerInputOf<"judge">): void {
  const { number, code, digest } = input.body;
  const member = draft.memberAt(input);
  if (member === undefined) return draft.refuse("call.notMember");
  const commit = draft.recent.find((recent) => recent.number === number);
  if (commit === undefined) return draft.replyUnchanged({ holds: isStanding(draft, number) });
  if (commit.upheld === true) return draft.replyUnchanged({ holds: true });
  const votes = votersOf(draft, commit).some(({ userId }) => userId === input.userId);
  const isOpen = commit.deadlineMs !== undefined;
  // Nobody opens a dispute by following a Commit, nor one after the other for ever.
  const opens = !isOpen && code !== undefined && (member.disputes ?? 0) < mostDisputes;
  if (!votes || (!isOpen && !opens)) return draft.replyUnchanged(code === undefined ? {} : { holds: true });
  if (commit.verdicts.has(input.userId)) return draft.replyUnchanged({});
  const verdicts = new Map(commit.verdicts).set(input.userId, code === undefined);
  if (code !== undefined) member.disputes = (member.disputes ?? 0) + 1;
  const digests = new Map(commit.digests);
  if (digest !== undefined) digests.set(input.userId, toBase64Url(digest));
  const undecided = new Set(commit.undecided);
  if (code !== undefined && isUndecided(code)) undecided.add(input.userId);
  const said = { ...commit, verdicts, digests, undecided };
  const judged = isOpen ? said : opened(draft, said);
  draft.recent = draft.recent.map((recent) => (recent === commit ? judged : recent));
  draft.reply({});
  decide(draft, judged, false);
}

/** What time has decided. */
export function decideOverdue(draft: CallDraft): void {
  // Of several, the first that is voided takes the later ones with it.
  for (const { number, deadlineMs } of draft.recent) {
    if (deadlineMs === undefined || draft.nowMs < deadlineMs) continue;
    const commit = draft.recent.find((recent) => recent.number === number);
    if (commit !== undefined) decide(draft, commit, true);
  }
}

/** A Commit that is too old to be disputed stands, unless it was voided. */
function isStanding(draft: CallDraft, number: number): boolean {
  return draft.delivery.commits.some((commit) => commit.number === number);
}

/** Those who have to process it and are still here. */
function votersOf({ members }: CallDraft, { group, by }: RecentCommit): ServerMember[] {
  return group.flatMap((held) => {
    const member = memberAt(members, held);
    return member === undefined || member.stay !== held.stay || member.userId === by ? [] : [member];
  });
}

function opened(draft: CallDraft, commit: RecentCommit): RecentCommit {
  const voters = votersOf(draft, commit);
  const others = voters.filter(({ userId }) => !commit.verdicts.has(userId));
  draft.send(
    others.flatMap(({ terminalId }) => terminalId ?? []),
    disputed(draft, commit),
  );
  const deadlineMs = draft.nowMs + draft.before.times.commitMs + voters.length * commitEachMs;
  return { ...commit, deadlineMs };
}

const disputed = (draft: CallDraft, { epoch, number }: RecentCommit): ServerEvent => ({
  type: "call.commitDisputed",
  body: { callId: draft.before.callId, epoch, number },
});

function decide(draft: CallDraft, commit: RecentCommit, isDue: boolean): void {
  const voters = votersOf(draft, commit);
  const said = voters.map(({ userId }) => commit.verdicts.get(userId));
  const refusing = said.filter((holds) => holds === false).length;
  const following = said.filter((holds) => holds === true).length;
  // Of all: who is away or silent has not refused it, so that no few can decide while the others are out of the way.
  const isVoid = refusing * 2 > voters.length;
  const isAwaited = refusing + following < voters.length;
  if (!isDue && isAwaited && !isVoid && following * 2 < voters.length) return;
  if (isVoid) voidCommit(draft, commit);
  else uphold(draft, commit);
}

/** Who was away is asked as well, while it is not decided. */
export function askAboutDisputed(draft: CallDraft, { userId, terminalId }: ServerMember): void {
  for (const commit of draft.recent) {
    const isAsked =
      commit.deadlineMs !== undefined &&
      !commit.verdicts.has(userId) &&
      votersOf(draft, commit).some((voter) => voter.userId === userId);
    if (isAsked && terminalId !== undefined) draft.send([terminalId], disputed(draft, commit));
  }
}

function uphold(draft: CallDraft, commit: RecentCommit): void {
  const { deadlineMs: _deadlineMs, ...rest } = commit;
  draft.recent = draft.recent.map((recent) => (recent === commit ? { ...rest, upheld: true } : recent));
  const refusing = votersOf(draft, commit).filter(({ userId }) => commit.verdicts.get(userId) === false);
  tell(draft, commit, { holds: true, through: commit.number, to: refusing });
}

function voidCommit(draft: CallDraft, commit: RecentCommit): void {
  const { epoch, by, group, verdicts } = commit;
  const through = draft.delivery.number;
  const culprit = isGiverAtFault(draft, commit) ? commit.giver.userId : by;
  const atFault = isNobodyAtFault(draft, commit) ? undefined : draft.members.get(culprit);
  draft.delivery = rewind(draft.delivery, epoch);
  draft.recent = draft.recent.filter((recent) => recent.epoch < epoch);
  draft.committing = undefined;
  draft.passedOver = [];
  draft.workChanged = true;
  for (const [userId, holds] of verdicts) if (!holds) forgive(draft.members.get(userId));
  restore(draft, group);
  rewindList(draft);
  const others = [...draft.members.values()].filter((member) => isIn(member) && member !== atFault);
  tell(draft, commit, { holds: false, through, to: others });
  if (atFault !== undefined) putOut(draft, atFault);
}

/** It lets in somebody whom most of those who refuse it know by another key. Who comes in by a Commit of their own is let in by nobody else. */
function isNobodyAtFault(draft: CallDraft, commit: RecentCommit): boolean {
  const logged = draft.delivery.commits.find(({ number }) => number === commit.number);
  const refusing = votersOf(draft, commit).filter(({ userId }) => commit.verdicts.get(userId) === false);
  const undecided = refusing.filter(({ userId }) => commit.undecided?.has(userId));
  return logged !== undefined && logged.admitted.length > 0 && undecided.length * 2 > refusing.length;
}

/** As most of the others say who refuse it: the epoch of which its GroupInfo was said to be is not theirs. */
function isGiverAtFault(
  draft: CallDraft,
  commit: RecentCommit,
): commit is RecentCommit & Required<Pick<RecentCommit, "giver">> {
  const { giver, verdicts, digests } = commit;
  if (giver === undefined) return false;
  const refusing = votersOf(draft, commit).filter(
    ({ userId }) => verdicts.get(userId) === false && userId !== giver.userId,
  );
  const differing = refusing.filter(({ userId }) => {
    const digest = digests?.get(userId);
    return digest !== undefined && digest !== giver.digest;
  });
  return differing.length * 2 > refusing.length;
}

/** Others said the same. */
function forgive(target: ServerMember | undefined): void {
  const member = target;
  if (member?.disputes !== undefined) member.disputes -= 1;
}

/** Who is in the group, and who has to leave it, as if the Commit had not been. */
function restore(draft: CallDraft, group: readonly HeldLeaf[]): void {
  const stays = (held: HeldLeaf): boolean => {
    const member = memberAt(draft.members, held);
    return member !== undefined && member.stay === held.stay;
  };
  draft.removals = group.filter((held) => !stays(held)).map((held) => ({ task: draft.nextTask, ...held }));
  const held = new Map(group.filter(stays).map((leaf) => [leaf.userId, leaf]));
  for (const member of draft.members.values()) {
    const before = held.get(member.userId);
    if (before !== undefined) {
      member.leaf = before.leaf;
      member.leafSince = before.leafSince;
      delete member.strayed;
    } else if (member.leaf !== undefined) {
      delete member.leaf;
      delete member.leafSince;
      delete member.welcome;
      member.strayed = true;
      draft.setState(member, "joining");
    }
  }
}

function putOut(draft: CallDraft, target: ServerMember): void {
  const member = target;
  member.barred = true;
  if (!isIn(member)) return;
  const { userId, terminalId } = member;
  draft.takeOut(member, "badCommit");
  const body = {
    callId: draft.before.callId,
    member: { userId, state: member.state },
    reason: "badCommit",
  } as const;
  if (terminalId !== undefined) draft.send([terminalId], { type: "call.member", body });
}

function tell(
  draft: CallDraft,
  { epoch, number, by }: RecentCommit,
  {
    to,
    holds,
    through,
  }: { readonly to: readonly ServerMember[]; readonly holds: boolean; readonly through: number },
): void {
  const body = { callId: draft.before.callId, epoch, number, through, by, holds };
  draft.send(
    to.flatMap(({ terminalId }) => terminalId ?? []),
    { type: "call.commitJudged", body },
  );
}
