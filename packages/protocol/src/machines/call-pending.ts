/**
 * Statements about who may be in a call on their way into its group's list. Pure.
 *
 *   said -- a Commit brings it --> in the group's list        (voided: said again)
 *     `---- two do not take it (of what takes away: all), it cannot be said any more, or the device is revoked that said it --> dropped
 */
import { equalBytes, toBase64Url } from "../bytes.ts";
import type { Bytes } from "../bytes.ts";
import { extendStatements } from "../call-list/extend.ts";
import { foldStatements } from "../call-list/fold.ts";
import type { FoldedCallList } from "../call-list/said.ts";
import { namedIn } from "../call-list/guests.ts";
import { hasStatement, invitationRefusal, invitationsOf } from "../call-list/list.ts";
import type { ErrorCode } from "../errors.ts";
import type { DeviceId, UserId } from "../ids.ts";
import type { CallStatementIn, MemberIn } from "../messages/parts.ts";
import { signedIn } from "./call-answers.ts";
import { areEnough } from "./call-joins.ts";
import { groupOf, memberList } from "./call-roster.ts";
import type { CallServerInputOf, CallServerState, PendingStatement } from "./call-server-state.ts";
import type { ServerStatement } from "./delivery.ts";

export type List = FoldedCallList<ServerStatement>;

/** A call that is stepped, as far as its list is concerned. */
type HeldList = Pick<CallServerState, "members" | "removals" | "delivery"> & {
  list: List;
  said: List;
  pending: readonly PendingStatement[];
  revokedDevices: readonly DeviceId[];
  readonly nextTask: number;
};

/**
 * Why the answer does not lead into the call: nobody invited them, the invitation that it names does not hold any more, or the device was revoked
 * while the answer was looked at.
 */
export function answerFault(
  { revokedDevices, said }: Pick<HeldList, "said" | "revokedDevices">,
  { userId, proof }: Pick<CallServerInputOf<"join">, "userId" | "proof">,
): ErrorCode | undefined {
  const signed = signedIn(proof);
  if (revokedDevices.some((deviceId) => deviceId === signed?.deviceId)) return "history.deviceRevoked";
  return invitationRefusal(said, userId, signed?.invitation ?? said.call.digest);
}

/** Whether the device, or the terminal that it vouches for, counts no more. */
export const isByRevokedDevice = (
  { revokedDevices }: Pick<HeldList, "revokedDevices">,
  { transcript }: ServerStatement,
): boolean => revokedDevices.some((deviceId) => deviceId === transcript.deviceId);

/**
 * What the device said counts no more, and what it said may be on its way to be judged: a Commit that brings it names what nobody was asked for. Others hear
 * of the revocation, and would refuse it, later.
 */
export function dropRevoked(target: HeldList, deviceId: DeviceId): void {
  const held = target;
  held.revokedDevices = [...held.revokedDevices, deviceId];
  if (held.pending.some(({ statement }) => isByRevokedDevice(held, statement)))
    keepPending(held, held.pending);
}

/** Whether anybody's invitation of this person holds. */
export const isInvited = (said: List, userId: UserId): boolean => invitationsOf(said, userId).length > 0;

/** Those whom some invitation names, removed ones among them: what can be shown of a call. */
export function namedMembers({ members, said }: Pick<HeldList, "members" | "said">): MemberIn[] {
  const named = new Set(namedIn(said));
  return memberList(members).filter(({ userId }) => named.has(userId));
}

/** Those whose leaves are in the group, who signed first to be in it first: as each terminal reads it from the leaves. */
export function rosterOf({ members, removals }: Pick<HeldList, "members" | "removals">): readonly UserId[] {
  const userIds = new Set([...groupOf(members), ...removals].map(({ userId }) => userId));
  const signedAtMs = (userId: UserId): number => members.get(userId)?.answered?.issuedAtMs ?? 0;
  return [...userIds].toSorted((one, other) => signedAtMs(one) - signedAtMs(other) || (one < other ? -1 : 1));
}

/**
 * The list as a Commit leaves it, which brings these.
 * @returns undefined where it names what it was not asked for, or what cannot be said together
 */
export function listAfter(
  held: HeldList,
  digests: readonly Bytes[],
  task: number,
): { readonly list: List; readonly statements: readonly ServerStatement[] } | undefined {
  const { list, pending } = held;
  if (digests.length === 0) return { list, statements: [] };
  const statements = digests.flatMap((digest) => {
    const found = pending.find((one) => equalBytes(one.statement.digest, digest));
    return found === undefined || found.task > task ? [] : [found.statement];
  });
  const isDistinct = new Set(digests.map((digest) => toBase64Url(digest))).size === digests.length;
  if (statements.length !== digests.length || !isDistinct) return undefined;
  const extended = extendStatements(list, statements, rosterOf(held));
  return extended.ok ? { list: extended.list, statements } : undefined;
}

/** The group has moved on, or back: what is in its list waits no more, and what cannot be said any more is dropped. */
export function settleList(target: HeldList, list: List): void {
  const held = target;
  held.list = list;
  keepPending(
    held,
    held.pending.filter(({ statement }) => !hasStatement(list, statement.digest)),
  );
}

/** Commits were voided: what they brought is to be brought again. */
export function rewindList(target: HeldList): void {
  const held = target;
  if (held.list.statements.length === 0) return;
  const standing = held.delivery.commits.flatMap(({ statements = [] }) => statements);
  const kept = mustFold(held.list, standing);
  const lost = held.list.statements.filter(({ digest }) => !hasStatement(kept, digest));
  held.list = kept;
  const again = lost.map((statement): PendingStatement => ({
    statement,
    task: held.nextTask,
    refusedBy: [],
  }));
  keepPending(held, [...again, ...held.pending]);
}

/** What takes away was verified here by the rules that all hold: the word of two does not keep it out, who may be those whom it is about. */
export const takesAway = ({ statement }: Pick<PendingStatement, "statement">): boolean =>
  statement.transcript.purpose === "remove" || statement.transcript.purpose === "host";

/** Who may still bring all of these: they do not refuse one, and were not asked in vain. So nobody who takes what the others do not keeps them waiting for good. */
export const takers = <M extends { readonly userId: UserId }>(
  among: readonly M[],
  pending: readonly PendingStatement[],
  passedOver: readonly UserId[],
): readonly M[] =>
  among.filter(
    ({ userId }) =>
      !passedOver.includes(userId) && pending.every(({ refusedBy }) => !refusedBy.includes(userId)),
  );

/**
 * Enough members do not take these. Of what takes away, and of an invitation that it names, that is everybody in the group: whoever said it is among them, for as long
 * as it is to be brought.
 */
export function dropRefusedStatements(target: HeldList): void {
  const held = target;
  const voided = held.pending.flatMap(({ statement: { transcript } }) =>
    transcript.purpose === "remove" ? transcript.voided : [],
  );
  const isRefused = (one: PendingStatement): boolean => {
    const { refusedBy, statement } = one;
    if (refusedBy.length === 0) return false;
    const isNamed = voided.some((digest) => equalBytes(digest, statement.digest));
    if (!takesAway(one) && !isNamed) return areEnough(held.members, refusedBy);
    return groupOf(held.members).every(({ userId }) => refusedBy.includes(userId));
  };
  const left = held.pending.filter((one) => !isRefused(one));
  if (left.length < held.pending.length) keepPending(held, left);
}

/** Whoever made a Commit for a task that had these left them out: they are the next one's. */
export function countLeftOut(target: HeldList, by: UserId, list: List, task: number): void {
  const held = target;
  held.pending = held.pending.map((one) => {
    const isLeftOut = one.task <= task && !hasStatement(list, one.statement.digest);
    return isLeftOut && !one.refusedBy.includes(by) ? { ...one, refusedBy: [...one.refusedBy, by] } : one;
  });
}

/** Whether after a Commit that leads to this list, and takes these out, something could not be said any more that takes away, and that another one may bring. */
export function losesWhatTakesAway(
  held: HeldList & Pick<CallServerState, "passedOver">,
  list: List,
  { by, removed }: { readonly by: UserId; readonly removed: readonly UserId[] },
): boolean {
  const left = held.pending.filter(({ statement }) => !hasStatement(list, statement.digest));
  const removals = held.removals.filter(({ userId }) => !removed.includes(userId));
  const roster = rosterOf({ members: held.members, removals });
  const invites = left.filter((one) => !takesAway(one));
  const others = groupOf(held.members).filter(({ userId }) => userId !== by);
  return left.filter(takesAway).some(
    (one) =>
      takers(others, [one], held.passedOver).length > 0 &&
      !extendStatements(
        list,
        [...invites, one].map(({ statement }) => statement),
        roster,
      ).ok,
  );
}

export function onRefusedStatements(target: HeldList, by: UserId, digests: readonly Bytes[]): boolean {
  const held = target;
  const isRefused = ({ statement, refusedBy }: PendingStatement): boolean =>
    !refusedBy.includes(by) && digests.some((digest) => equalBytes(digest, statement.digest));
  if (!held.pending.some(isRefused)) return false;
  held.pending = held.pending.map((one) =>
    isRefused(one) ? { ...one, refusedBy: [...one.refusedBy, by] } : one,
  );
  return true;
}

function keepPending(target: HeldList, all: readonly PendingStatement[]): void {
  const held = target;
  const pending = all.filter(({ statement }) => !isByRevokedDevice(held, statement));
  held.said = held.list;
  held.pending = [];
  if (pending.length === 0) return;
  const roster = rosterOf(held);
  const together = extendStatements(
    held.list,
    pending.map(({ statement }) => statement),
    roster,
  );
  if (together.ok) {
    held.said = together.list;
    held.pending = pending;
    return;
  }
  for (const one of pending) {
    const said = [...held.pending.map(({ statement }) => statement), one.statement];
    const extended = extendStatements(held.list, said, roster);
    if (!extended.ok) continue;
    held.said = extended.list;
    held.pending = [...held.pending, one];
  }
}

function mustFold({ call }: List, statements: readonly ServerStatement[]): List {
  const folded = foldStatements(call, statements);
  if (!folded.ok) throw new TypeError(folded.code);
  return folded.list;
}

/** For a message, which says nothing of it where there is none. */
export const statedIn = (
  statements: readonly ServerStatement[] = [],
): { readonly statements?: CallStatementIn[] } =>
  statements.length === 0 ? {} : { statements: statements.map(toStated) };

export const toStated = ({ raw, binding }: ServerStatement): CallStatementIn =>
  binding === undefined ? { proof: raw } : { proof: raw, binding };
