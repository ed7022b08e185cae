/** Before a call: the touch, the proof, and the group or the KeyPackage that goes with it. */
import { foldCallList, headOf } from "@signet/device";
import type { Binding } from "@signet/device";
import { CallGroup, createLeafKey } from "@signet/e2ee";
import type { LeafKey, MembershipOptions, PendingJoin } from "@signet/e2ee";
import {
  SignetError,
  encodeProof,
  startInitiator,
  startMember,
  startMover,
  toBase64Url,
} from "@signet/protocol";
import type {
  CallId,
  CallInviteIn,
  CallMemberState,
  CallMemberStep,
  ProofIn,
  UserId,
} from "@signet/protocol";

import type { Directory } from "../people/directory.ts";
import { verifyProofOf } from "../people/proofs.ts";
import type { Environment } from "../environment.ts";
import type { Session } from "../session/session.ts";
import type { CallMemories } from "./call-memory.ts";
import { answerIn } from "./answer-in.ts";
import { entryHook } from "./entry-age.ts";
import { GroupList } from "./group-list.ts";
import { HeardThrough } from "./heard-through.ts";
import { replacementHook } from "./replacement.ts";
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
  | { readonly type: "member"; readonly pendingJoin: PendingJoin; readonly invite: CallInviteIn }
  /** In place of another terminal of the same person. */
  | { readonly type: "mover"; readonly invite: CallInviteIn };

export interface Credentials {
  readonly call: VerifiedCall;
  readonly initiatorBinding: Binding | undefined;
  /** Of the group, as it goes on. */
  readonly list: GroupList;
  /** The own `call` or `join` proof. */
  readonly proof: ProofIn;
  /** What the group holds of this terminal, and by which checks it lets others in. */
  readonly membership: MembershipOptions;
  /** What those checks found. */
  readonly checks: LeafChecks;
  /** What times in a Commit are held against. */
  readonly heardThrough: HeardThrough;
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
  const { serverOrigin } = session.server;
  const callId = toBase64Url(environment.randomBytes(16)) as CallId;
  const [leafKey] = await Promise.all([createLeafKey(), directory.requireSameKeys(memberUserIds)]);
  const checkpoint = await directory.log.seen();
  const { userId, deviceId, known: initiator } = person;
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
      head: headOf(initiator.person),
      checkpoint,
    },
    signal,
  );
  // One's own device may be the wrong one, too: nobody else would accept what does not verify here.
  const verified = await verifyProofOf(initiator, proof, {
    purpose: "call",
    serverOrigin,
    time: { nowMs: environment.nowMs() },
  });
  if (!verified.ok) throw new SignetError(verified.code);
  directory.log.signed(proof);
  const listed = await foldCallList(verified.proof, []);
  if (!listed.ok) throw new SignetError(listed.code);
  const call: VerifiedCall = { serverOrigin, callProof: verified.proof, initiator, list: listed.list };
  const credentials = await credentialsOf(context, { call, initiatorBinding: undefined, proof }, leafKey);
  const group = await CallGroup.create(credentials.membership);
  if (session.person?.binding !== person.binding) {
    // Signed out, or taken over, while the device was touched.
    group.close();
    throw new SignetError("auth.signInRequired");
  }
  const members = memberUserIds.map((userId) => ({ userId, state: "ringing" as const }));
  const { history } = initiator.person;
  const invite: CallInviteIn = {
    callId,
    initiator: history,
    proof,
    binding: person.binding,
    members,
  };
  return { credentials, wayIn: { type: "initiator", group, invite } };
}

/** What it takes to answer a call, or to join one that goes on: one touch. @throws SignetError */
export async function prepareAnswer(
  context: CallContext,
  invite: CallInviteIn,
  signal?: AbortSignal,
): Promise<Prepared> {
  return prepareMember(context, await signJoin(context, invite, signal));
}

/** What it takes to go on here with a call that the person is in at another terminal: one touch. @throws SignetError */
export async function prepareMove(
  context: CallContext,
  invite: CallInviteIn,
  signal?: AbortSignal,
): Promise<Prepared> {
  const made = await signJoin(context, invite, signal);
  return { credentials: await memberCredentials(context, made), wayIn: { type: "mover", invite } };
}

interface Joining {
  readonly invite: CallInviteIn;
  readonly call: Awaited<ReturnType<typeof verifyInvite>>;
  readonly proof: ProofIn;
  readonly leafKey: LeafKey;
  readonly person: ReturnType<Session["requirePerson"]>;
}

async function signJoin(
  context: CallContext,
  invite: CallInviteIn,
  signal: AbortSignal | undefined,
): Promise<Joining> {
  const { session, environment } = context;
  const person = session.requirePerson();
  const { userId, deviceId } = person;
  const call = await verifiedFor(context, invite, userId);
  const leafKey = await createLeafKey();
  const checkpoint = await context.directory.log.seen();
  const proof = await session.signWithDevice(
    person,
    {
      purpose: "join",
      serverOrigin: session.server.serverOrigin,
      userId,
      deviceId,
      issuedAtMs: environment.nowMs(),
      callId: invite.callId,
      callProofDigest: call.callProof.digest,
      leafKey: leafKey.publicKey,
      head: headOf(person.known.person),
      invitation: call.invitation.digest,
      checkpoint,
    },
    signal,
  );
  context.directory.log.signed(proof);
  return { invite, call, proof, leafKey, person };
}

/**
 * What it takes to come into a call that one's own has crossed: no touch, since the own `call` proof, and the leaf key in it, is the answer.
 * @param own of the own call, which only rings so far
 * @throws SignetError
 */
export async function prepareCrossed(
  context: CallContext,
  invite: CallInviteIn,
  { proof, membership: { leafKey } }: Credentials,
): Promise<Prepared> {
  const person = context.session.requirePerson();
  const call = await verifiedFor(context, invite, person.userId);
  return prepareMember(context, { invite, call, proof, leafKey, person });
}

function verifiedFor(
  { session, directory, environment }: CallContext,
  invite: CallInviteIn,
  ownUserId: UserId,
) {
  const { serverOrigin } = session.server;
  const nowMs = environment.nowMs();
  return verifyInvite(invite, { serverOrigin, directory, ownUserId, nowMs, ringing: false, isKept: true });
}

async function prepareMember(context: CallContext, made: Joining): Promise<Prepared> {
  const credentials = await memberCredentials(context, made);
  const pendingJoin = await CallGroup.prepareJoin(credentials.membership);
  requireStill(context, made);
  return { credentials, wayIn: { type: "member", pendingJoin, invite: made.invite } };
}

async function memberCredentials(context: CallContext, made: Joining): Promise<Credentials> {
  const { proof, leafKey } = made;
  const { initiatorBinding, ...call } = made.call;
  const credentials = await credentialsOf(context, { call, initiatorBinding, proof }, leafKey);
  requireStill(context, made);
  return credentials;
}

/** @throws SignetError when they signed out, or were taken over, while the device was touched */
function requireStill({ session }: CallContext, { person }: Joining): void {
  if (session.person?.binding !== person.binding) throw new SignetError("auth.signInRequired");
}

/** Of the machine of a call that is entered so. */
export function firstStep(
  callId: CallId,
  self: CallMemberState["self"],
  { type, invite }: WayIn,
): CallMemberStep {
  if (type === "initiator") return startInitiator(callId, self);
  return type === "mover"
    ? startMover(callId, self, invite.members)
    : startMember(callId, self, invite.members);
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

async function credentialsOf(
  { directory, environment: { nowMs }, memories }: CallContext,
  made: Pick<Credentials, "call" | "initiatorBinding" | "proof">,
  leafKey: LeafKey,
): Promise<Credentials> {
  const { call, proof } = made;
  const { callProof, serverOrigin } = call;
  const memory = memories.of(call.callProof.transcript.callId as CallId);
  const list = new GroupList(call.list, { serverOrigin, callProof, directory, memory, nowMs });
  const checks = new LeafChecks();
  const identity = encodeProof(proof);
  const heardThrough = new HeardThrough(answerIn({ identity })?.issuedAtMs ?? nowMs(), nowMs);
  const membership = {
    callId: call.callProof.transcript.callId,
    leafKey,
    identity,
    hook: credentialHook(call, { directory, memory, list: () => list.now, nowMs }, (check) =>
      checks.add(check),
    ),
    replacementHook: replacementHook(() => heardThrough.atMs),
    entryHook: entryHook(() => heardThrough.atMs),
    spentKeys: memory.spentKeys,
    callListDigest: () => list.now.digest,
    listRefusal: list.refusal,
    nowMs,
  };
  return { ...made, list, membership, checks, heardThrough };
}
