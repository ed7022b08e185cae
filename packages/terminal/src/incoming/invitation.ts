/** A call that this terminal verified and that can be answered or joined, and what is shown of it. */
import { codeOf, mayBeIn, shownName, toBase64Url } from "@signet/protocol";
import type { Bytes, CallInviteIn, ErrorCode, MemberIn, UserId } from "@signet/protocol";

import type { Directory } from "../people/directory.ts";
import type { Session } from "../session/session.ts";
import type { IncomingCall } from "../state.ts";
import { guestMarkOf } from "../call/call-view.ts";
import { verificationOf, verifyInvite } from "../call/verify-call.ts";

export interface Invitation {
  readonly invite: CallInviteIn;
  /** Of what whoever calls signed: base64url, SHA-256 of the transcript of the `call` or `invite` proof. */
  readonly proofDigest: string;
  /** Which call it is: 32 bytes. */
  readonly callProofDigest: Bytes;
  /** Everybody who may be in it, as the call's list has them. */
  readonly people: ReadonlySet<string>;
  readonly view: IncomingCall;
}

/** @returns the code of what is wrong with it, when something is */
export async function verifyInvitation(
  invite: CallInviteIn,
  context: {
    readonly session: Session;
    readonly directory: Directory;
    readonly nowMs: number;
    readonly ringing: boolean;
    readonly expiresAtMs: number;
    /** Nobody is met by it: as for {@link verifyInvite}. */
    readonly isOnlyLookedAt?: boolean;
    /** It is not what the server says now: as for {@link verifyInvite}. */
    readonly isKept?: boolean;
  },
): Promise<Invitation | ErrorCode> {
  const { session, directory, nowMs, ringing, expiresAtMs, isOnlyLookedAt = false, isKept = false } = context;
  try {
    const { userId: ownUserId } = session.requirePerson();
    const { serverOrigin } = session.server;
    const call = await verifyInvite(invite, {
      serverOrigin,
      directory,
      ownUserId,
      nowMs,
      ringing,
      isOnlyLookedAt,
      isKept,
    });
    const { by, digest, proof } = call.invitation;
    const { userId } = by.person;
    const displayName = shownName(by.person);
    const verification = verificationOf(proof, by);
    const { userId: initiatorId } = call.initiator.person;
    const others = await Promise.all(
      invite.members
        .filter((member) => member.userId !== ownUserId && member.userId !== userId)
        .filter((member) => mayBeIn(call.list, member.userId))
        .map(async (member) => {
          const { state, userId: otherId } = member;
          const guest = guestMarkOf(call.list, otherId);
          const named =
            guest === undefined ? { displayName: await nameOf(directory, member, isKept) } : { guest };
          return { userId: otherId, state, ...named };
        }),
    );
    const named = others.map((other) => ({
      userId: other.userId,
      displayName: other.guest === undefined ? other.displayName : other.guest.name,
    }));
    const alike = directory.lookAlikes([{ userId, displayName }, ...named], ownUserId);
    const like = (one: UserId) => {
      const looksLike = alike.get(one);
      return looksLike === undefined ? {} : { looksLike };
    };
    return {
      invite,
      proofDigest: toBase64Url(digest),
      callProofDigest: call.callProof.digest,
      people: new Set(call.list.people),
      view: {
        callId: invite.callId,
        from: { userId, displayName, verification, ...like(userId) },
        ...(initiatorId === userId
          ? {}
          : { startedBy: { userId: initiatorId, displayName: shownName(call.initiator.person) } }),
        others: others.map((other) => ({ ...other, ...like(other.userId) })),
        expiresAtMs,
      },
    };
  } catch (error) {
    return codeOf(error);
  }
}

/**
 * The name that the person's device signed, of who is invited somewhere; the user ID where the server shows no entry that
 * verifies.
 * @param isKept it came a while ago
 */
async function nameOf(
  directory: Directory,
  { userId, entry }: Pick<MemberIn, "userId" | "entry">,
  isKept: boolean,
): Promise<string> {
  if (entry?.userId !== userId) return userId;
  try {
    return shownName((await directory.accept(isKept ? directory.latest(entry) : entry)).person);
  } catch {
    // The directory has told of it.
    return userId;
  }
}
