/**
 * The server's call machine, fifth part: the call list. Who may say what is told by the same functions as at the terminals, by the list and
 * the group of before the Commit that brings it; the server brings people in and puts them out at once, and the group follows.
 */
import type { Bytes } from "../bytes.ts";
import { extendStatements } from "../call-list/extend.ts";
import { hasStatement, invitationRefusal } from "../call-list/list.ts";
import type { ErrorCode } from "../errors.ts";
import type { UserId } from "../ids.ts";
import type { MemberIn } from "../messages/parts.ts";
import { mostPeople } from "../messages/parts.ts";
import { encodeProof } from "../proof.ts";
import { signedIn } from "./call-answers.ts";
import type { CallDraft } from "./call-draft.ts";
import { areTooLarge } from "./call-entries.ts";
import { isByRevokedDevice, rosterOf, takesAway, toStated } from "./call-pending.ts";
import type { List } from "./call-pending.ts";
import { isIn, toWire } from "./call-roster.ts";
import type { CallServerInputOf, InvitedPerson, ServerMember } from "./call-server-state.ts";
import type { ServerStatement } from "./delivery.ts";
import { invitedMember } from "./call-start.ts";

export function onInvite(
  draft: CallDraft,
  { people, statement, ...sender }: CallServerInputOf<"invite">,
): void {
  const named = (): MemberIn[] =>
    people.flatMap(({ userId }) => {
      const member = draft.members.get(userId);
      return member === undefined ? [] : [toWire(member)];
    });
  if (draft.memberAt(sender)?.leaf === undefined) return draft.refuse("call.notMember");
  // The first reply was lost with a connection.
  if (hasStatement(draft.said, statement.digest)) return draft.replyUnchanged({ members: named() });
  const others = [...draft.members.values()].filter(
    ({ userId }) => !people.some((one) => one.userId === userId),
  );
  if (others.length + people.length > mostPeople) return draft.refuse("call.tooManyMembers");
  if (areTooLarge([...others, ...people])) return draft.refuse("call.tooLarge");
  const refusal = say(draft, statement);
  if (refusal !== undefined) return draft.refuse(refusal);
  // All of them first: each is shown the others.
  const called = people.flatMap((person) => calledLater(draft, person) ?? []);
  for (const member of called) {
    ringLater(draft, member);
    draft.wake(member.userId, sender.userId);
  }
  draft.reply({ members: named() });
}

export function ringLater(draft: CallDraft, member: ServerMember | undefined): void {
  if (member === undefined) return;
  const { ring, state } = member;
  draft.setState(member, state);
  if (state === "ringing" && ring !== undefined) draft.sendRing(ring.terminalIds, ring.deadlineMs);
}

/** Where they are in the call, or it rings for them, nothing is left to be done; who was put out for a Commit stays out. */
export function calledLater(draft: CallDraft, person: InvitedPerson): ServerMember | undefined {
  const { members, nowMs } = draft;
  const { ringMs } = draft.before.times;
  const former = members.get(person.userId);
  // Where it rings and they are not told, it does for whoever may tell them.
  const rings = former?.state === "ringing" && (former.hidden !== true || person.hidden === true);
  if (former !== undefined && (isIn(former) || rings || former.barred === true)) return undefined;
  const { state, ring, hidden, entry = former?.entry, ...rest } = invitedMember(person, ringMs, nowMs);
  const member: ServerMember = { ...rest, ...former, state };
  delete member.ring;
  delete member.hidden;
  if (ring !== undefined) member.ring = ring;
  if (hidden !== undefined) member.hidden = hidden;
  if (entry !== undefined) member.entry = entry;
  members.set(person.userId, member);
  return member;
}

export function onRemove(
  draft: CallDraft,
  { statement, ...sender }: CallServerInputOf<"remove" | "host">,
): void {
  if (draft.memberAt(sender)?.leaf === undefined) return draft.refuse("call.notMember");
  if (hasStatement(draft.said, statement.digest)) return draft.replyUnchanged({});
  const refusal = say(draft, statement);
  if (refusal !== undefined) return draft.refuse(refusal);
  draft.reply({});
  const { transcript } = statement;
  if (transcript.purpose !== "remove") return;
  const { callId } = draft.before;
  for (const userId of transcript.userIds as readonly UserId[]) {
    const member = draft.members.get(userId);
    if (member === undefined || mayStay(draft.said, member)) continue;
    const { terminalId } = member;
    if (isIn(member) && terminalId !== undefined)
      draft.send([terminalId], { type: "call.removed", body: { callId, statement: toStated(statement) } });
    draft.remove(member);
  }
}

/** Whether the invitation that a member answered holds; of who has not answered, any. */
function mayStay(said: List, member: Readonly<ServerMember>): boolean {
  const answered = isIn(member) ? answeredBy(said, member) : undefined;
  return invitationRefusal(said, member.userId, answered) === undefined;
}

function answeredBy({ call }: List, { answered, joiner }: Readonly<ServerMember>): Bytes {
  const invitation = joiner === undefined ? answered?.invitation : signedIn(joiner.proof)?.invitation;
  return invitation ?? call.digest;
}

/** @returns why it cannot be said; undefined where it waits for the next Commit now */
export function say(draft: CallDraft, statement: ServerStatement): ErrorCode | undefined {
  const { raw, binding } = statement;
  // While it was looked at.
  if (isByRevokedDevice(draft, statement)) return "history.deviceRevoked";
  const all = [...draft.pending.map((pending) => pending.statement), statement];
  const extended = extendStatements(draft.list, all, rosterOf(draft));
  if (!extended.ok) return extended.code;
  const bytes = [encodeProof(raw), binding === undefined ? undefined : encodeProof(binding)];
  // What takes away must have its place, as a Commit that removes somebody.
  if (!takesAway({ statement }) && !draft.hasRoomFor(...bytes)) return "delivery.tooMuch";
  draft.stored(...bytes);
  draft.said = extended.list;
  draft.pending = [...draft.pending, { statement, task: draft.nextTask, refusedBy: [] }];
  draft.workChanged = true;
  return undefined;
}
