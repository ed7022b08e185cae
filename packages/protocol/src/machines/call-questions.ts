/** What can be asked of a call: functions of its state, which they cannot change. What is asked is not logged. */
import { equalBytes } from "../bytes.ts";
import type { TerminalId, UserId } from "../ids.ts";
import type { CallInviteIn, CommittedIn } from "../messages/parts.ts";
import type { ReplyBody } from "../messages/requests.ts";
import { encodeProof } from "../proof.ts";
import type { ProofIn } from "../proof.ts";
import { isHeld, isMovingTo, movedFrom, moverAt } from "./call-move.ts";
import { groupOf, isIn, lowestLeaf, memberAt, memberList, waits } from "./call-roster.ts";
import type { Roster } from "./call-roster.ts";
import { isInvited, namedMembers, statedIn } from "./call-pending.ts";
import { mostGivenBytes, mostSyncBytes } from "./call-server-state.ts";
import type { CallAnswer, CallQuestion, CallServerState, From } from "./call-server-state.ts";
import { isOfGroup } from "./delivery.ts";
import type { LoggedCommit, ServerStatement } from "./delivery.ts";

/** @returns exactly one reply or refusal, and perhaps what another terminal is asked for */
export function askCall(state: CallServerState, question: CallQuestion): readonly CallAnswer[] {
  if (state.ended !== undefined) return [{ type: "refuse", code: "call.notFound" }];
  if (question.type === "list") return answerList(state, question);
  return question.type === "sync" ? answerSync(state, question) : answerGroupInfo(state, question);
}

const isRemoved = (members: Roster, { userId }: From): boolean => members.get(userId)?.state === "removed";

function answerList(
  { delivery, members }: CallServerState,
  question: Extract<CallQuestion, { type: "list" }>,
): readonly CallAnswer[] {
  if (memberAt(members, question) === undefined) return [{ type: "refuse", code: "call.notMember" }];
  const statements = delivery.commits.slice(0, question.epoch).flatMap((commit) => commit.statements ?? []);
  return [{ type: "reply", body: statedIn(statements) }];
}

function answerSync(
  { delivery, members }: CallServerState,
  question: Extract<CallQuestion, { type: "sync" }>,
): readonly CallAnswer[] {
  // Whoever moved away from here learns by it where to.
  if ((memberAt(members, question) ?? movedFrom(members, question)) === undefined)
    return [{ type: "refuse", code: isRemoved(members, question) ? "callList.removed" : "call.notMember" }];
  const strayed = !isOfGroup(delivery, question.epoch, question.number);
  const commits = strayed ? [] : page(delivery.commits.slice(question.epoch)).map(toCommitted);
  return [{ type: "reply", body: { epoch: delivery.epoch, commits, members: memberList(members), strayed } }];
}

/** As much as goes into one reply: by the epoch beside it the terminal knows that more is to come. */
function page(commits: readonly LoggedCommit[]): readonly LoggedCommit[] {
  let bytes = 0;
  const end = commits.findIndex(({ commit, statements }, index) => {
    bytes += commit.length + statementBytes(statements);
    return index > 0 && bytes > mostSyncBytes;
  });
  return end < 0 ? commits : commits.slice(0, end);
}

const statementBytes = (statements: readonly ServerStatement[] = []): number =>
  statements.reduce((sum, { raw, binding }) => {
    const proofs = binding === undefined ? [raw] : [raw, binding];
    return sum + proofs.reduce((bytes, proof) => bytes + encodeProof(proof).length, 0);
  }, 0);

function answerGroupInfo(
  { callId, delivery: { epoch, groupInfos }, list, members }: CallServerState,
  question: From,
): readonly CallAnswer[] {
  const mover = moverAt(members, question);
  const asker = memberAt(members, question) ?? mover;
  if (asker === undefined || (asker.leaf === undefined && asker.strayed === undefined))
    return [{ type: "refuse", code: "call.notMember" }];
  // Who moves is in the group at another terminal, which can give what there is; alone nobody else could.
  const own = mover === undefined ? [question.userId] : [];
  const passedOver = [...own, ...(asker.refusedGivers ?? [])];
  const given = groupInfos?.find(({ by }) => !passedOver.includes(by));
  if (given !== undefined) {
    const stated = statedIn(list.statements);
    return [{ type: "reply", body: { type: "given", epoch, ...given, ...stated } }];
  }
  const others = groupOf(members).filter(({ userId }) => !passedOver.includes(userId));
  if (others.length === 0) return [{ type: "refuse", code: "call.noGroupInfo" }];
  const able = others.filter((member) => {
    const { connected, givenBytes = 0, userId } = member;
    const isThere = connected || (isHeld(member) && userId === question.userId);
    return isThere && givenBytes < mostGivenBytes;
  });
  const other = lowestLeaf(able.filter(({ userId }) => userId !== question.userId)) ?? lowestLeaf(able);
  if (other === undefined) return [{ type: "reply", body: { type: "awaited", epoch } }];
  const event = { type: "call.groupInfoNeeded", body: { callId, epoch } } as const;
  return [
    { type: "send", to: [other.terminalId], event },
    { type: "reply", body: { type: "awaited", epoch, giver: other.userId } },
  ];
}

/** What everybody has to know of a Commit in order to process it. */
export function toCommitted({ terminalId: _terminalId, ...known }: LoggedCommit): CommittedIn {
  const { statements, ...rest } = known;
  return { ...rest, admitted: [...rest.admitted], removed: [...rest.removed], ...statedIn(statements) };
}

/** Whether this person cannot be called elsewhere now. */
export function isEngaged({ ended, members }: CallServerState, userId: UserId): boolean {
  const member = members.get(userId);
  return ended === undefined && member !== undefined && isIn(member);
}

/** Whether the call rings for this person now. */
export function isRinging({ ended, members }: CallServerState, userId: UserId): boolean {
  return ended === undefined && members.get(userId)?.state === "ringing";
}

/** Whether the call rings for this person, who is in another one. */
export function isWaiting({ members }: CallServerState, userId: UserId): boolean {
  const member = members.get(userId);
  return member !== undefined && waits(member);
}

/** Whether this terminal takes part, so that it may have media. */
export function takesPart({ ended, members }: CallServerState, terminalId: TerminalId): boolean {
  if (ended !== undefined) return false;
  for (const member of members.values())
    if (isIn(member) && (member.terminalId === terminalId || isMovingTo(member, terminalId))) return true;
  return false;
}

/** Whether the person is in the group, with this terminal, and so may say to others that they are in the call. */
export function isPresent({ ended, members }: CallServerState, sender: From): boolean {
  return ended === undefined && memberAt(members, sender)?.leaf !== undefined;
}

/** Whether another terminal of the person has taken the place of this one in the group, where they are in it now. */
export function hasGivenWay({ ended, members }: CallServerState, sender: From): boolean {
  return ended === undefined && movedFrom(members, sender) !== undefined;
}

/** Why this person may not ask whether anybody is in the call; undefined when they may join it. */
export function askPresentRefusal(
  { ended, members, said }: CallServerState,
  userId: UserId,
): "call.notFound" | "call.notInvited" | "call.putOut" | "callList.removed" | undefined {
  if (ended !== undefined) return "call.notFound";
  const member = members.get(userId);
  if (member === undefined || member.state === "unknown") return "call.notInvited";
  if (member.barred === true) return "call.putOut";
  return isInvited(said, userId) ? undefined : "callList.removed";
}

/** Who can say that they are in the call: terminals in the group that are connected, but for this person's. */
export function presentTerminals({ members }: CallServerState, exceptId?: UserId): readonly TerminalId[] {
  return groupOf(members).flatMap(({ connected, terminalId, userId }) =>
    connected && userId !== exceptId ? [terminalId] : [],
  );
}

/** What a terminal needs to join a call that goes on; undefined when this person cannot join it (any more). */
export function inviteFor(
  { ended, invite, members, said }: CallServerState,
  userId: UserId,
): CallInviteIn | undefined {
  const member = members.get(userId);
  if (ended !== undefined || member === undefined || isIn(member)) return undefined;
  if (member.state === "ringing" || member.state === "unknown" || member.barred === true) return undefined;
  if (member.hidden === true) return undefined;
  if (!isInvited(said, userId)) return undefined;
  return { ...invite, members: namedMembers({ members, said }), ...statedIn(said.statements) };
}

/** The call that this person is in at another terminal than this one, as others are invited to it, and at which. */
export function elsewhere(
  { ended, invite, members, said }: CallServerState,
  { userId, terminalId }: From,
): { readonly call: CallInviteIn; readonly terminalId: TerminalId } | undefined {
  const member = members.get(userId);
  if (ended !== undefined || member?.leaf === undefined || member.terminalId === undefined) return undefined;
  if (member.terminalId === terminalId) return undefined;
  const list = { members: namedMembers({ members, said }), ...statedIn(said.statements) };
  return { call: { ...invite, ...list }, terminalId: member.terminalId };
}

/** The reply to a `call.request` that was made before, when its first reply was lost; undefined for any other proof. */
export function requestedBefore(
  { callId, invite, members }: CallServerState,
  proof: ProofIn,
): ReplyBody<"call.request"> | undefined {
  if (!equalBytes(invite.proof.transcript, proof.transcript)) return undefined;
  return { callId, members: memberList(members) };
}
