/** What a terminal checks for itself before it believes that somebody calls, or is in a call. */
import { clockToleranceMs, crosses, foldCallList, isInTime, lastRecovery } from "@signet/device";
import type { Binding, CallList, DeviceProof, DeviceProofResult } from "@signet/device";
import type { CredentialHook, GroupMember } from "@signet/e2ee";
import {
  SignetError,
  codeOf,
  decodeProof,
  decodeTranscript,
  equalBytes,
  invitationRefusal,
  namedIn,
} from "@signet/protocol";
import type { Bytes, CallInviteIn, ErrorCode, ProofIn, UserId } from "@signet/protocol";

import type { Directory, KnownPerson } from "../people/directory.ts";
import { certificateOf } from "../people/devices.ts";
import { checkedByNewest, verifyBindingOf, verifyProofOf } from "../people/proofs.ts";
import type { Verification } from "../state.ts";
import { aheadMs } from "./ahead.ts";
import { answerOf } from "./answer-in.ts";
import type { CallMemory } from "./call-memory.ts";
import { ringTime } from "./ring-age.ts";
import { verifyStatements } from "./said-statements.ts";
import type { SaidInCall } from "./said-statements.ts";

/** A call whose `call` proof, and what was said since, was verified here: who may be in it, and by whose word. */
export interface VerifiedCall {
  readonly serverOrigin: string;
  readonly callProof: DeviceProof<"call">;
  readonly initiator: KnownPerson;
  readonly list: CallList;
  /** Where somebody called the person here. */
  readonly invitation?: OwnInvitation;
}

/** The invitation of the person at this terminal that is the latest, and who signed it. */
export interface OwnInvitation {
  /** Of its transcript, 32 bytes. */
  readonly digest: Bytes;
  readonly by: KnownPerson;
  readonly proof: DeviceProof<"call" | "invite" | "vouch">;
}

/**
 * @param ringing the proof must be as fresh as a ring; a call that goes on may be older
 * @throws SignetError `directory.*`, `proof.*`, `call.notInvited`
 */
export async function verifyInvite(
  invite: CallInviteIn,
  context: {
    readonly serverOrigin: string;
    readonly directory: Directory;
    readonly ownUserId: UserId;
    readonly nowMs: number;
    readonly ringing: boolean;
    /** It was verified here before: that its people went on since is nothing that a server hides. */
    readonly isKept?: boolean;
    /** The key is not kept as the person's, whatever comes of it. */
    readonly isOnlyLookedAt?: boolean;
  },
): Promise<VerifiedCall & { readonly initiatorBinding: Binding; readonly invitation: OwnInvitation }> {
  const { serverOrigin, nowMs, ringing } = context;
  const { directory, ownUserId } = context;
  const isCalledLater = (invite.statements ?? []).some(({ proof }) => isInviteOf(proof, ownUserId));
  const entry = context.isKept === true ? directory.latest(invite.initiator) : invite.initiator;
  const { known: initiator, result } = await checkedByNewest(
    directory,
    await directory.verify(entry),
    (known) =>
      verifyProofOf(known, invite.proof, {
        purpose: "call",
        serverOrigin,
        // Whoever is brought in later has a fresh invitation, and not a fresh call.
        time: ringing && !isCalledLater ? ringTime(nowMs) : "any",
        fields: { callId: invite.callId },
      }),
  );
  const { person } = initiator;
  if (!result.ok) throw new SignetError(result.code);
  await directory.requireSameView(result.proof);
  const memberUserIds = result.proof.transcript.memberUserIds as readonly UserId[];
  if (result.proof.transcript.issuedAtMs > nowMs + clockToleranceMs) throw new SignetError("proof.time");
  // A list with somebody in it twice could be shown with somebody else left out.
  if (new Set([person.userId, ...memberUserIds]).size !== memberUserIds.length + 1)
    throw new SignetError("proof.call");
  const { list, said } = await listOf(invite, { serverOrigin, callProof: result.proof, directory, nowMs });
  const notInvited = invitationRefusal(list, ownUserId);
  if (notInvited !== undefined) throw new SignetError(notInvited);
  // The list is signed; a server that shows another one lies about who is invited.
  const named = new Set<string>(namedIn(list));
  const listed = new Set<string>(invite.members.map(({ userId }) => userId)).add(person.userId);
  if (listed.size !== named.size || [...named].some((userId) => !listed.has(userId)))
    throw new SignetError("proof.call");
  const invitation = ownInvitation(list, said, { by: initiator, proof: result.proof }, ownUserId);
  if (ringing && isCalledLater && !isInTime(calledAtMs(invitation, said), ringTime(nowMs)))
    throw new SignetError("proof.time");
  const binding = await verifyBindingOf(initiator, invite.binding, {
    serverOrigin,
    nowMs: Math.min(nowMs, result.proof.transcript.issuedAtMs),
  });
  if (!binding.ok) throw new SignetError(binding.code);
  // Another terminal of theirs does not speak for this call.
  if (binding.binding.deviceId !== result.proof.device.deviceId) throw new SignetError("proof.device");
  // Only now: a key that comes with anything false is nobody's.
  if (context.isOnlyLookedAt !== true) {
    directory.hold(initiator, result.proof.device.deviceId);
    for (const { invited } of said)
      if (invited !== undefined) directory.hold(invited.known, invited.proof.device.deviceId);
  }
  return {
    serverOrigin,
    callProof: result.proof,
    initiator,
    list,
    initiatorBinding: binding.binding,
    invitation,
  };
}

function isInviteOf({ transcript }: ProofIn, userId: UserId): boolean {
  const decoded = decodeTranscript(transcript);
  return (
    (decoded?.purpose === "invite" && decoded.userIds.includes(userId)) ||
    (decoded?.purpose === "vouch" && decoded.guestId === userId)
  );
}

/** When it was signed that rings here: a guest may have waited at the door before the host let them in. */
function calledAtMs({ digest, proof }: OwnInvitation, said: readonly SaidInCall[]): number {
  const lettings = said.flatMap(({ statement: { transcript } }) =>
    transcript.purpose === "let-in" && equalBytes(transcript.vouch, digest) ? [transcript.issuedAtMs] : [],
  );
  return Math.max(proof.transcript.issuedAtMs, ...lettings);
}

/** @throws SignetError */
async function listOf(
  { statements = [] }: CallInviteIn,
  context: Parameters<typeof verifyStatements>[1],
): Promise<{ readonly list: CallList; readonly said: readonly SaidInCall[] }> {
  const verified = await verifyStatements(statements, context);
  if (!verified.ok) throw new SignetError(verified.code);
  const { said } = verified;
  const folded = await foldCallList(
    context.callProof,
    said.map(({ statement }) => statement),
  );
  if (!folded.ok) throw new SignetError(folded.code);
  return { list: folded.list, said };
}

/** Of several that hold the one that was signed last: where it rings now, it is that one's doing. */
function ownInvitation(
  list: CallList,
  said: readonly SaidInCall[],
  { by, proof }: { readonly by: KnownPerson; readonly proof: DeviceProof<"call"> },
  ownUserId: UserId,
): OwnInvitation {
  const later = said.flatMap(({ invited, statement }): OwnInvitation[] =>
    invited !== undefined && invitationRefusal(list, ownUserId, statement.digest) === undefined
      ? [{ digest: statement.digest, by: invited.known, proof: invited.proof }]
      : [],
  );
  const isOfCall = invitationRefusal(list, ownUserId, list.call.digest) === undefined;
  const all = [...(isOfCall ? [{ digest: list.call.digest, by, proof }] : []), ...later];
  const [last] = all.toSorted(
    (one, other) => other.proof.transcript.issuedAtMs - one.proof.transcript.issuedAtMs,
  );
  if (last === undefined) throw new SignetError("call.notInvited");
  return last;
}

type JudgedLeaf = Pick<GroupMember, "identity" | "leafPublicKey">;

export type LeafCheck =
  | {
      readonly ok: true;
      readonly userId: UserId;
      readonly verification: Verification;
      /** What was checked. */
      readonly leaf: JudgedLeaf;
      /** The answer is the `call` proof of a call that crossed this one. */
      readonly crossed?: true;
    }
  | { readonly ok: false; readonly code: ErrorCode; readonly userId?: UserId };

/**
 * Checks the proof that stands in a leaf's credential: it must be this call's `call` proof, or a `join` proof of somebody
 * who was invited, or their own `call` proof that crossed this one; and it must name the leaf's key.
 *
 * @param context `person`: whoever the proof's user ID is, where that was verified already; else the directory is asked
 */
export async function checkLeaf(
  identity: Bytes,
  leafKey: Bytes,
  call: VerifiedCall,
  context: {
    readonly directory: Directory;
    readonly nowMs: number;
    readonly fresh?: boolean;
    readonly person?: KnownPerson;
  },
): Promise<LeafCheck> {
  const proof = decodeProof(identity);
  const transcript = proof === undefined ? undefined : decodeTranscript(proof.transcript);
  if (proof === undefined || transcript === undefined) return { ok: false, code: "proof.malformed" };
  answerOf(identity, transcript);
  const leaf = { identity, leafPublicKey: leafKey };
  if (transcript.purpose === "call" && transcript.userId === call.initiator.person.userId) {
    if (!(await isCallProof(proof, call))) return { ok: false, code: "proof.call" };
    if (!equalBytes(transcript.leafKey, leafKey)) return { ok: false, code: "proof.leafKey" };
    const code = invitationRefusal(call.list, transcript.userId, call.callProof.digest);
    if (code !== undefined) return { ok: false, code, userId: call.initiator.person.userId };
    return {
      ok: true,
      userId: call.initiator.person.userId,
      verification: verificationOf(call.callProof, call.initiator),
      leaf,
    };
  }
  if (!("userId" in transcript)) return { ok: false, code: "proof.purpose" };
  const userId = transcript.userId as UserId;
  const invitation = transcript.purpose === "join" ? transcript.invitation : call.callProof.digest;
  const notInvited = invitationRefusal(call.list, userId, invitation);
  if (notInvited !== undefined) return { ok: false, code: notInvited, userId };
  let met: KnownPerson;
  try {
    met = context.person ?? (await context.directory.person(userId));
  } catch (error) {
    return { ok: false, code: error instanceof SignetError ? error.code : "directory.badEntry", userId };
  }
  const { callId } = call.callProof.transcript;
  // Whoever commits looks at an answer that is fresh. What differs between those who follow, their clocks and when they hear of a revocation, must not decide.
  const follows = context.fresh !== true;
  const time = follows ? "any" : { nowMs: context.nowMs };
  const takesRevoked = follows ? context.directory.revocations.isLate : () => false;
  const expected = { serverOrigin: call.serverOrigin, time, takesRevoked } as const;
  // Whoever calls the one who calls them says as much as by an answer.
  if (transcript.purpose === "call" && !crosses(call.callProof.transcript, transcript))
    return { ok: false, code: "proof.call", userId };
  const answer = { callId, callProofDigest: call.callProof.digest, leafKey };
  const { known: person, result } = await checkedByNewest(
    context.directory,
    met,
    (known): Promise<DeviceProofResult<"call" | "join">> =>
      transcript.purpose === "call"
        ? verifyProofOf(known, proof, { ...expected, purpose: "call", fields: { leafKey } })
        : verifyProofOf(known, proof, { ...expected, purpose: "join", fields: answer }),
    takesRevoked,
  );
  if (!result.ok) return { ok: false, code: result.code, userId };
  const { issuedAtMs } = result.proof.transcript;
  // Who is in the call stays when a certificate runs out meanwhile; nobody comes in with one that did before.
  const { validUntilMs = Number.POSITIVE_INFINITY } = certificateOf(person, result.proof.device) ?? {};
  if (issuedAtMs > validUntilMs) return { ok: false, code: "certificate.expired", userId };
  const tooEarly = issuedAtMs < call.callProof.transcript.issuedAtMs - clockToleranceMs;
  if (tooEarly || issuedAtMs > context.nowMs + aheadMs(follows))
    return { ok: false, code: "proof.time", userId };
  try {
    await context.directory.requireSameView(result.proof);
    // What they go on as without a device that was revoked a moment ago is another matter.
    const { deviceId } = result.proof.device;
    if (!takesRevoked(deviceId)) context.directory.hold(person, deviceId);
  } catch (error) {
    // Somebody else's key came up under this user ID meanwhile.
    return { ok: false, code: codeOf(error), userId };
  }
  const verification = verificationOf(result.proof, person);
  return {
    ok: true,
    userId,
    verification,
    leaf,
    ...(transcript.purpose === "call" ? { crossed: true } : {}),
  };
}

/**
 * The hook by which the group admits nobody whose proof does not verify here, or is older than their leaving.
 * @param context `memory` is undefined where nobody has gone yet
 * @param onChecked hears each verdict
 */
export function credentialHook(
  call: VerifiedCall,
  context: {
    readonly directory: Directory;
    readonly memory?: CallMemory;
    /** As it stands then; default that of the call. */
    readonly list?: () => CallList;
    readonly nowMs: () => number;
  },
  onChecked: (check: LeafCheck) => void,
): CredentialHook {
  const { directory, list = () => call.list, memory, nowMs } = context;
  return async (identity, leafKey) => {
    const proven = await checkLeaf(
      identity,
      leafKey,
      { ...call, list: list() },
      { directory, nowMs: nowMs() },
    );
    const held = proven.ok ? (objected(proven, leafKey, memory) ?? proven) : proven;
    const check = held.ok ? asRang(held, call) : held;
    onChecked(check);
    return check.ok ? { ok: true, userId: check.userId } : { ok: false, code: check.code };
  };
}

/** Whoever called was met when that was answered, which was before they are seen in the group: as new as they were when it rang. */
function asRang<Check extends LeafCheck & { readonly ok: true }>(check: Check, { invitation }: VerifiedCall) {
  const { userId, verification } = check;
  const isNew =
    invitation?.by.firstSeen === true &&
    invitation.by.person.userId === userId &&
    invitation.proof.device.deviceId === verification.deviceId;
  return isNew ? { ...check, verification: { ...verification, firstSeen: true } } : check;
}

function objected(
  { crossed, userId, verification }: LeafCheck & { readonly ok: true },
  leafKey: Bytes,
  memory: CallMemory | undefined,
): LeafCheck | undefined {
  const code =
    memory?.objection(userId, leafKey, verification.signedAtMs) ??
    (crossed === true ? memory?.crossedObjection(leafKey) : undefined);
  return code === undefined ? undefined : { ok: false, code, userId };
}

export function verificationOf(
  proof: DeviceProof<"call" | "join" | "invite" | "vouch">,
  known: KnownPerson,
): Verification {
  const { kind, deviceId } = proof.device;
  const certificate = certificateOf(known, proof.device);
  const { firstSeen } = known;
  const recovered = lastRecovery(known.person);
  return {
    kind,
    deviceId,
    signedAtMs: proof.transcript.issuedAtMs,
    userVerified: proof.authenticator?.userVerified ?? false,
    firstSeen,
    ...(certificate === undefined ? {} : { certificate }),
    ...(recovered === undefined ? {} : { recovered }),
  };
}

/**
 * Whether it is the initiator's signature under what was verified as this call. Of one statement there are several: with (r, s) there is
 * (r, n - s), which anybody can make, and a device may be touched twice. So two are one proof where they say the same.
 */
async function isCallProof(
  proof: ProofIn,
  { serverOrigin, callProof, initiator }: VerifiedCall,
): Promise<boolean> {
  if (!equalBytes(proof.transcript, callProof.raw.transcript)) return false;
  return (await verifyProofOf(initiator, proof, { purpose: "call", serverOrigin, time: "any" })).ok;
}
