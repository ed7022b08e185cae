/**
 * Call lists: the one place where the statements about a call say who may be in it, for terminals and server alike. Pure, and a matter of
 * what was said and not of when it came: any order of the same statements gives the same list.
 */
import { equalBytes, toBase64Url } from "../bytes.ts";
import type { Bytes } from "../bytes.ts";
import type { ErrorCode } from "../errors.ts";
import { isGuestId } from "../guests.ts";
import { UserId } from "../ids.ts";
import { mostPeople } from "../messages/parts.ts";
import {
  mostCallListBytes,
  mostCallStatements,
  reservedCallListBytes,
  reservedCallStatements,
} from "./bounds.ts";
import { letInBy, vouchedBy } from "./guests.ts";
import type { FoldResult, Invitation, ListPurpose, ListRefusal, SaidOf, SaidStatement } from "./said.ts";

type Invite = SaidOf<"invite">;
type Remove = SaidOf<"remove">;
type Host = SaidOf<"host">;

const refuse = (code: ErrorCode): ListRefusal => ({ ok: false, code });

/**
 * Folds what was said into the list. Whether a removal or a `host` was by who was host then is not asked here, since it depends on who
 * was in the group at that time: see `extendStatements`.
 * @param statements each verified by itself; one that is there twice, or under two signatures, counts once
 * @returns the first of these that is found, with the statements in the order of their digests: `callList.otherCall`, `callList.full`,
 *   `callList.userIds`, `callList.notMember`, `callList.removesHost`, `callList.voided`, `callList.missing`, `callList.hostFork`,
 *   `callList.nextHost`, `callList.tooManyPeople`
 */
export function foldStatements<S extends SaidStatement>(
  call: SaidOf<"call">,
  statements: readonly S[],
): FoldResult<S> {
  const sorted = sortedOnce(statements);
  const kinds = {
    invites: sorted.filter((statement) => isOf(statement, "invite")),
    removes: sorted.filter((statement) => isOf(statement, "remove")),
    hosts: sorted.filter((statement) => isOf(statement, "host")),
    vouches: sorted.filter((statement) => isOf(statement, "vouch")),
    lettings: sorted.filter((statement) => isOf(statement, "let-in")),
  };
  if (!sorted.every((statement) => isOfCall(statement, call))) return refuse("callList.otherCall");
  if (isTooMuch(sorted, [...kinds.invites, ...kinds.vouches, ...kinds.lettings]))
    return refuse("callList.full");

  const invited = invitationsBy(call, kinds.invites);
  if (!invited.ok) return invited;
  const letIn = letInBy(kinds.lettings, kinds.vouches, invited.people);
  if (!letIn.ok) return letIn;
  const guests = vouchedBy(kinds.vouches, letIn.digests, invited.people);
  if (!guests.ok) return guests;
  const named = [...invited.named, ...guests.named];
  const voided = voidedBy(kinds.removes, named);
  if (!voided.ok) return voided;
  const invitations = named.map((invitation): Invitation => {
    const lost = voided.lostBy.get(invitation);
    const isOpen = invitation.guest?.isLetIn !== false;
    const holdsFor = invitation.userIds.filter((userId) => isOpen && lost?.has(userId) !== true);
    const isVoided = invitation.guest !== undefined && lost !== undefined;
    return { ...invitation, holdsFor, ...(isVoided ? { isVoided } : {}) };
  });
  const { userId: initiator } = call.transcript;
  const chain = hostsBy(initiator, call.digest, kinds.hosts, invited.people);
  if (!chain.ok) return chain;
  const people = [...new Set(invitations.flatMap(({ holdsFor }) => holdsFor))];
  if (people.length > mostPeople) return refuse("callList.tooManyPeople");

  const { namedHost, lastHost } = chain;
  const digests = new Set(
    [call.digest, ...sorted.map(({ digest }) => digest)].map((digest) => toBase64Url(digest)),
  );
  return {
    ok: true,
    list: { call, statements: sorted, invitations, people, namedHost, lastHost, digests },
  };
}

/** In the order in which they stand in what the group holds: by their bytes. */
export const compareDigests = (a: Bytes, b: Bytes): number => {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
};

/** A statement is what was said, not how it was signed: of an ES256 signature anybody can make a twin. */
function sortedOnce<S extends SaidStatement>(statements: readonly S[]): readonly S[] {
  const byDigest = new Map(statements.map((statement) => [toBase64Url(statement.digest), statement]));
  return [...byDigest.values()].toSorted((a, b) => compareDigests(a.digest, b.digest));
}

const isOf = <P extends ListPurpose>(
  statement: SaidStatement,
  purpose: P,
): statement is SaidStatement & SaidOf<P> => statement.transcript.purpose === purpose;

function isOfCall({ transcript }: SaidStatement, call: SaidOf<"call">): boolean {
  return (
    transcript.serverOrigin === call.transcript.serverOrigin &&
    transcript.callId === call.transcript.callId &&
    equalBytes(transcript.callProofDigest, call.digest)
  );
}

/** @param invites all that brings somebody in */
function isTooMuch(all: readonly SaidStatement[], invites: readonly SaidStatement[]): boolean {
  const bytesOf = (some: readonly SaidStatement[]) =>
    some.reduce((sum, { raw }) => sum + raw.transcript.length, 0);
  return (
    all.length > mostCallStatements ||
    invites.length > mostCallStatements - reservedCallStatements ||
    bytesOf(all) > mostCallListBytes ||
    bytesOf(invites) > mostCallListBytes - reservedCallListBytes
  );
}

/** Somebody, nobody twice, and nothing that is no user ID. */
const areUserIds = (userIds: readonly string[]): boolean =>
  userIds.length > 0 &&
  new Set(userIds).size === userIds.length &&
  userIds.every((userId) => UserId.safeParse(userId).success);

type Named = Pick<Invitation, "digest" | "by" | "userIds" | "guest">;

/** Each invitation is by somebody whom an earlier one named, down to the call's own: two strangers do not invite each other in. */
function invitationsBy(
  call: SaidOf<"call">,
  invites: readonly Invite[],
):
  | { readonly ok: true; readonly named: readonly Named[]; readonly people: ReadonlySet<string> }
  | ListRefusal {
  const { userId: initiator, memberUserIds } = call.transcript;
  // Guests come in by another word, and bring nobody in.
  if ([initiator, ...memberUserIds].some(isGuestId)) return refuse("callList.userIds");
  const named: Named[] = [{ digest: call.digest, by: initiator, userIds: [initiator, ...memberUserIds] }];
  const people = new Set(named.flatMap(({ userIds }) => userIds));
  for (const { transcript } of invites) {
    const { userId, userIds } = transcript;
    if (!areUserIds(userIds) || userIds.includes(userId) || userIds.some(isGuestId))
      return refuse("callList.userIds");
  }
  let waiting = invites;
  for (;;) {
    const reached = waiting.filter(({ transcript }) => people.has(transcript.userId));
    if (reached.length === 0) break;
    for (const { digest, transcript } of reached) {
      named.push({ digest, by: transcript.userId, userIds: transcript.userIds });
      for (const userId of transcript.userIds) people.add(userId);
    }
    waiting = waiting.filter((invite) => !reached.includes(invite));
  }
  return waiting.length > 0 ? refuse("callList.notMember") : { ok: true, named, people };
}

/** @returns `lostBy`: for whom an invitation counts no more */
function voidedBy(
  removes: readonly Remove[],
  invitations: readonly Named[],
): { readonly ok: true; readonly lostBy: ReadonlyMap<Named, ReadonlySet<string>> } | ListRefusal {
  const byDigest = new Map(invitations.map((invitation) => [toBase64Url(invitation.digest), invitation]));
  const everybody = new Set(invitations.flatMap(({ userIds }) => userIds));
  const lostBy = new Map<Named, Set<string>>();
  for (const { transcript } of removes) {
    const { userId: host, userIds, voided } = transcript;
    if (!areUserIds(userIds)) return refuse("callList.userIds");
    if (!everybody.has(host) || isGuestId(host)) return refuse("callList.notMember");
    if (userIds.includes(host)) return refuse("callList.removesHost");
    const names = voided.map((digest) => toBase64Url(digest));
    if (new Set(names).size !== names.length) return refuse("callList.voided");
    const taken = new Set<string>();
    for (const name of names) {
      const invitation = byDigest.get(name);
      if (invitation === undefined) return refuse("callList.missing");
      const lost = userIds.filter((userId) => invitation.userIds.includes(userId));
      // An invitation of nobody who is removed would be named to no end.
      if (lost.length === 0) return refuse("callList.voided");
      for (const userId of lost) taken.add(userId);
      lostBy.set(invitation, new Set([...(lostBy.get(invitation) ?? []), ...lost]));
    }
    if (taken.size !== userIds.length) return refuse("callList.voided");
  }
  return { ok: true, lostBy };
}

/** The chain of `host` statements, each of which names the digest of the one before; the first one that of the `call` proof. */
function hostsBy(
  initiator: string,
  callDigest: Bytes,
  hosts: readonly Host[],
  people: ReadonlySet<string>,
): { readonly ok: true; readonly namedHost: string; readonly lastHost: Bytes } | ListRefusal {
  let namedHost = initiator;
  let lastHost = callDigest;
  for (let placed = 0; placed < hosts.length; placed++) {
    const next = hosts.filter(({ transcript }) => equalBytes(transcript.previousHost, lastHost));
    // Nothing says which of two was meant; what would decide, as the lower digest, whoever makes them could choose.
    if (next.length > 1) return refuse("callList.hostFork");
    const [host] = next;
    if (host === undefined) return refuse("callList.missing");
    const { nextHost, userId } = host.transcript;
    if (!people.has(userId)) return refuse("callList.notMember");
    if (!people.has(nextHost) || nextHost === namedHost) return refuse("callList.nextHost");
    namedHost = nextHost;
    lastHost = host.digest;
  }
  return { ok: true, namedHost, lastHost };
}
