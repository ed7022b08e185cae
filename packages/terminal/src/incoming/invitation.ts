/** A call that this terminal verified and that can be answered or joined, and what is shown of it. */
import { codeOf, shownName, toBase64Url } from "@signet/protocol";
import type { CallInviteIn, ErrorCode, UserId } from "@signet/protocol";

import type { Directory } from "../people/directory.ts";
import type { Session } from "../session/session.ts";
import type { IncomingCall } from "../state.ts";
import { verificationOf, verifyInvite } from "../call/verify-call.ts";

export interface Invitation {
  readonly invite: CallInviteIn;
  /** Of what the caller signed: base64url, SHA-256 of the `call` proof's transcript. */
  readonly proofDigest: string;
  /** The initiator and everybody invited, as the `call` proof has them. */
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
  },
): Promise<Invitation | ErrorCode> {
  const { session, directory, nowMs, ringing, expiresAtMs, isOnlyLookedAt = false } = context;
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
    });
    const { userId } = call.initiator.person;
    const displayName = shownName(call.initiator.person);
    const verification = verificationOf(call.callProof, call.initiator);
    const others = await Promise.all(
      invite.members
        .filter((member) => member.userId !== ownUserId && member.userId !== userId)
        .map(async (member) => ({
          userId: member.userId,
          state: member.state,
          displayName: await directory.nameOf(member),
        })),
    );
    const alike = directory.lookAlikes([{ userId, displayName }, ...others], ownUserId);
    const like = (one: UserId) => {
      const looksLike = alike.get(one);
      return looksLike === undefined ? {} : { looksLike };
    };
    return {
      invite,
      proofDigest: toBase64Url(call.callProof.digest),
      people: new Set([userId, ...call.memberUserIds]),
      view: {
        callId: invite.callId,
        from: { userId, displayName, verification, ...like(userId) },
        others: others.map((other) => ({ ...other, ...like(other.userId) })),
        expiresAtMs,
      },
    };
  } catch (error) {
    return codeOf(error);
  }
}
