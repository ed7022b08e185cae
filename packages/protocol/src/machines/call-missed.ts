/**
 * Whom a step of a call leaves with a call that they missed. Pure.
 *
 *   called --+-- nobody there, or too many calls at once --------------> missed
 *            +-- rings -- no terminal left, or none could verify it ---> missed
 *            |      +---- nobody answers, or the caller gives up ------> missed where no terminal with a connection rang to the end
 *            |      +---- answered, declined, put out -----------------> not missed
 *            missed, and in the call later ----------------------------> not missed any more
 *
 * What rang to the end at a terminal that was there is known there.
 */
import { toBase64Url } from "../bytes.ts";
import { invitationsOf } from "../call-list/list.ts";
import { isGuestId } from "../guests.ts";
import type { TerminalId, UserId } from "../ids.ts";
import type { CallInviteIn } from "../messages/parts.ts";
import { namedMembers, statedIn } from "./call-pending.ts";
import { isIn, withoutEntry } from "./call-roster.ts";
import type { CallServerState, ServerMember } from "./call-server-state.ts";

export interface MissedCall {
  readonly userId: UserId;
  /** Who called, or brought them in. */
  readonly callerId: UserId;
  /** Where it rang at last: it is missed unless one of them is there. None where it rang nowhere. */
  readonly rangAt: readonly TerminalId[];
}

export interface MissedStep {
  readonly missed: readonly MissedCall[];
  /** They are in the call, or declined it: what they missed of it before is missed no more. */
  readonly known: readonly UserId[];
}

/** @param before undefined where the call begins */
export function missedBy(before: CallServerState | undefined, after: CallServerState): MissedStep {
  if (before === after) return { missed: [], known: [] };
  const missed: MissedCall[] = [];
  const known: UserId[] = [];
  for (const [userId, member] of after.members) {
    // A guest is nobody to whom anything is told later.
    if (userId === after.initiatorId || isGuestId(userId)) continue;
    const was = before?.members.get(userId);
    if (knows(member) && was !== undefined && !knows(was)) known.push(userId);
    if (!isMissed(member) || (was !== undefined && isMissed(was))) continue;
    const callerId = callerOf(after, userId);
    if (callerId === undefined) continue;
    const isOpen = member.ring?.phase === "noAnswer" || member.ring?.phase === "cancelled";
    missed.push({ userId, callerId, rangAt: isOpen ? (member.ring?.terminalIds ?? []) : [] });
  }
  return { missed, known };
}

const knows = (member: Readonly<ServerMember>): boolean => isIn(member) || member.state === "declined";

function isMissed({ ring, state }: Readonly<ServerMember>): boolean {
  if (state === "offline" || state === "busy" || state === "failed" || state === "noAnswer") return true;
  // The call is over, and what becomes of each in it is told no more.
  return state === "ringing" && ring !== undefined && ring.phase !== "ringing";
}

/** By the latest invitation that holds for them; undefined for whom nobody invites any more. */
function callerOf({ said }: CallServerState, userId: UserId): UserId | undefined {
  const digests = new Set(invitationsOf(said, userId).map(toBase64Url));
  const invites = said.statements
    .filter(({ digest, transcript }) => transcript.purpose === "invite" && digests.has(toBase64Url(digest)))
    .map(({ transcript }) => transcript);
  const [latest] = invites.toSorted((one, other) => other.issuedAtMs - one.issuedAtMs);
  if (latest !== undefined) return latest.userId as UserId;
  return digests.size === 0 ? undefined : (said.call.transcript.userId as UserId);
}

/** What there is to keep of a call: the directory has the entries. */
export function missedInvite(state: CallServerState): Omit<CallInviteIn, "initiator"> {
  const { callId, proof, binding } = state.invite;
  const shown = new Set(namedMembers(state).map(({ userId }) => userId));
  const members = [...state.members.values()].filter(({ userId }) => shown.has(userId)).map(withoutEntry);
  return { callId, proof, binding, members, ...statedIn(state.said.statements) };
}
