/** What one person may ask of a call's committers: each join is checked by them, and stored. Pure. */
import { toBase64Url } from "../bytes.ts";
import type { Bytes } from "../bytes.ts";
import type { ErrorCode } from "../errors.ts";
import type { UserId } from "../ids.ts";
import { groupOf } from "./call-roster.ts";
import type { Joiner, Roster } from "./call-roster.ts";
import {
  mostJoinBytes,
  mostJoinsPerMinute,
  mostRefusals,
  refusalsCountMs,
  mostWelcomeBytes,
  refusersNeeded,
} from "./call-server-state.ts";
import type { CallServerInputOf, ServerMember } from "./call-server-state.ts";
import { minuteMs, within } from "./recent.ts";

type Join = Pick<CallServerInputOf<"join">, "leafKey" | "proof"> &
  Partial<Pick<CallServerInputOf<"join">, "binding" | "keyPackage">>;

/** @returns why the join is refused before anything of it is stored or passed on */
export function joinRefusal(
  roster: Roster,
  member: Readonly<ServerMember>,
  join: Join,
  nowMs: number,
): ErrorCode | undefined {
  const { joinBytes = 0, welcomeBytes = 0 } = member;
  const isTooMany =
    refusalsOf(member, nowMs).filter(({ by }) => areEnough(roster, by)).length >= mostRefusals ||
    within(member.joinedAtMs, nowMs, minuteMs).length >= mostJoinsPerMinute ||
    joinBytes + bytesOf(join) > mostJoinBytes ||
    welcomeBytes >= mostWelcomeBytes;
  if (isTooMany) return "call.tooManyJoins";
  return isLeafKeyOf(roster, toBase64Url(join.leafKey)) ? "call.joinUsed" : undefined;
}

export function countJoin(target: ServerMember, join: Join, nowMs: number): void {
  const member = target;
  member.joinedAtMs = [...within(member.joinedAtMs, nowMs, minuteMs), nowMs];
  member.joinBytes = (member.joinBytes ?? 0) + bytesOf(join);
  member.leafKeys = [...(member.leafKeys ?? []), toBase64Url(join.leafKey)];
}

/** @param of how many it lets in */
export function countWelcome(target: ServerMember, welcome: Bytes, of: number): void {
  const member = target;
  member.welcomeBytes = (member.welcomeBytes ?? 0) + Math.ceil(welcome.length / of);
}

/** @returns the members who did not accept the joiner, once they are enough to turn them away */
export function refusersOf(roster: Roster, { joiner }: Joiner): readonly UserId[] | undefined {
  const { refusedBy = [] } = joiner;
  return refusedBy.length > 0 && areEnough(roster, refusedBy) ? refusedBy : undefined;
}

/** A refusal costs the joiner, not the committer. */
export function countRefusal(target: ServerMember, by: readonly UserId[], nowMs: number): void {
  const member = target;
  member.refusals = [...refusalsOf(member, nowMs), { atMs: nowMs, by }];
}

/** One member alone keeps nobody out, unless nobody else could let them in. */
export function areEnough(roster: Roster, refusers: readonly UserId[]): boolean {
  return (
    refusers.length >= refusersNeeded || groupOf(roster).every(({ userId }) => refusers.includes(userId))
  );
}

const refusalsOf = ({ refusals = [] }: Readonly<ServerMember>, nowMs: number) =>
  refusals.filter(({ atMs }) => nowMs - atMs < refusalsCountMs);

const bytesOf = ({ keyPackage, proof, binding }: Join): number =>
  (keyPackage?.length ?? 0) + proof.transcript.length + (binding?.transcript.length ?? 0);

const isLeafKeyOf = (roster: Roster, leafKey: string): boolean =>
  [...roster.values()].some(({ leafKeys }) => leafKeys?.includes(leafKey) === true);
