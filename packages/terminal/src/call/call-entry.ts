/** Before a call: the touch, the proof, and the group or the KeyPackage that goes with it. */
import { verifyDeviceProof } from "@signet/device";
import type { Binding } from "@signet/device";
import { CallGroup, createLeafKey } from "@signet/e2ee";
import type { LeafKey, MembershipOptions, PendingJoin } from "@signet/e2ee";
import { SignetError, encodeProof, toBase64Url } from "@signet/protocol";
import type { CallId, CallInviteIn, ProofIn, UserId } from "@signet/protocol";

import type { Directory } from "../people/directory.ts";
import type { Environment } from "../environment.ts";
import type { Session } from "../session/session.ts";
import type { CallMemories } from "./call-memory.ts";
import { credentialHook, verifyInvite } from "./verify-call.ts";
import type { LeafCheck, VerifiedCall } from "./verify-call.ts";

export interface CallContext {
  readonly session: Session;
  readonly directory: Directory;
  readonly environment: Environment;
  readonly memories: CallMemories;
  onChange(): void;
}

/** How the call is entered: as the one who starts it, or with the KeyPackage that waits for its Welcome. */
export type WayIn =
  /** `invite`: as others were invited, for who comes back to the own call. */
  | { readonly type: "initiator"; readonly group: CallGroup; readonly invite: CallInviteIn }
  | { readonly type: "member"; readonly pendingJoin: PendingJoin; readonly invite: CallInviteIn };

export interface Credentials {
  readonly call: VerifiedCall;
  readonly initiatorBinding: Binding | undefined;
  /** The own `call` or `join` proof. */
  readonly proof: ProofIn;
  /** What the group holds of this terminal, and by which checks it lets others in. */
  readonly membership: MembershipOptions;
  /** What those checks found. */
  readonly checks: LeafChecks;
}

/** All that a call begins with. */
export interface Prepared {
  readonly credentials: Credentials;
  readonly wayIn: WayIn;
}

/**
 * What it takes to start a call: one touch, which nobody is asked for while the key of somebody called has changed.
 * @throws SignetError `directory.keyChanged` and others
 */
export async function prepareStart(
  context: CallContext,
  memberUserIds: readonly UserId[],
  signal?: AbortSignal,
): Promise<Prepared> {
  const { session, directory, environment } = context;
  const person = session.requirePerson();
  const { entry, certificate } = person;
  const { serverOrigin } = session.server;
  const callId = toBase64Url(environment.randomBytes(16)) as CallId;
  const [leafKey] = await Promise.all([createLeafKey(), directory.requireSameKeys(memberUserIds)]);
  const { userId, deviceId } = entry;
  const issuedAtMs = environment.nowMs();
  const proof = await session.signWithDevice(
    person,
    {
      purpose: "call",
      serverOrigin,
      userId,
      deviceId,
      issuedAtMs,
      callId,
      memberUserIds,
      leafKey: leafKey.publicKey,
    },
    signal,
  );
  // One's own device may be the wrong one, too: nobody else would accept what does not verify here.
  const verified = await verifyDeviceProof(proof, {
    purpose: "call",
    serverOrigin,
    entry,
    time: { nowMs: environment.nowMs() },
  });
  if (!verified.ok) throw new SignetError(verified.code);
  const initiator = { entry, firstSeen: false, ...(certificate === undefined ? {} : { certificate }) };
  const call: VerifiedCall = { serverOrigin, callProof: verified.proof, initiator, memberUserIds };
  const credentials = credentialsOf(context, { call, initiatorBinding: undefined, proof }, leafKey);
  const group = await CallGroup.create(credentials.membership);
  if (session.person !== person) {
    // Signed out, or taken over, while the device was touched.
    group.close();
    throw new SignetError("auth.signInRequired");
  }
  const members = memberUserIds.map((userId) => ({ userId, state: "ringing" as const }));
  const invite: CallInviteIn = { callId, initiator: { ...entry }, proof, binding: person.binding, members };
  return { credentials, wayIn: { type: "initiator", group, invite } };
}

/** What it takes to answer a call, or to join one that goes on: one touch. @throws SignetError */
export async function prepareAnswer(
  context: CallContext,
  invite: CallInviteIn,
  signal?: AbortSignal,
): Promise<Prepared> {
  const { session, directory, environment } = context;
  const person = session.requirePerson();
  const { entry } = person;
  const { serverOrigin } = session.server;
  const { userId, deviceId } = entry;
  const nowMs = environment.nowMs();
  const { initiatorBinding, ...call } = await verifyInvite(invite, {
    serverOrigin,
    directory,
    ownUserId: userId,
    nowMs,
    ringing: false,
  });
  const leafKey = await createLeafKey();
  const { callId } = invite;
  const callProofDigest = call.callProof.digest;
  const proof = await session.signWithDevice(
    person,
    {
      purpose: "join",
      serverOrigin,
      userId,
      deviceId,
      issuedAtMs: environment.nowMs(),
      callId,
      callProofDigest,
      leafKey: leafKey.publicKey,
    },
    signal,
  );
  const credentials = credentialsOf(context, { call, initiatorBinding, proof }, leafKey);
  const pendingJoin = await CallGroup.prepareJoin(credentials.membership);
  if (session.person !== person) throw new SignetError("auth.signInRequired");
  return { credentials, wayIn: { type: "member", pendingJoin, invite } };
}

/** Verdicts of the credential hook. The first come before there is a call that hears them. */
export class LeafChecks {
  #past: LeafCheck[] = [];
  #listener: ((check: LeafCheck) => void) | undefined;

  add(check: LeafCheck): void {
    if (this.#listener === undefined) this.#past.push(check);
    else this.#listener(check);
  }

  /** Hears those of before first. */
  listen(listener: (check: LeafCheck) => void): void {
    this.#listener = listener;
    for (const check of this.#past.splice(0)) listener(check);
  }
}

function credentialsOf(
  { directory, environment: { nowMs }, memories }: CallContext,
  made: Pick<Credentials, "call" | "initiatorBinding" | "proof">,
  leafKey: LeafKey,
): Credentials {
  const { call, proof } = made;
  const memory = memories.of(call.callProof.transcript.callId as CallId);
  const checks = new LeafChecks();
  const membership = {
    callId: call.callProof.transcript.callId,
    leafKey,
    identity: encodeProof(proof),
    hook: credentialHook(call, { directory, memory, nowMs }, (check) => checks.add(check)),
    spentKeys: memory.spentKeys,
    nowMs,
  };
  return { ...made, membership, checks };
}
