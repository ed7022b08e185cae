/** What a person does about who may be in their call: they bring people in, put them out, hand the host's role on. */
import { guestIdOfKey, headOf, sha256 } from "@signet/device";
import type { CallList } from "@signet/device";
import { guestsOf, invitationsOf, isGuestName, SignetError, toBase64Url } from "@signet/protocol";
import type { Bytes, CallId, CallStatementIn, UserId } from "@signet/protocol";

import type { CallContext, Credentials } from "./call-entry.ts";
import { invitationOf, removerOf } from "./group-list.ts";
import { verifyStatements } from "./said-statements.ts";

type Acting = Pick<Credentials, "call" | "list" | "membership">;

/** What can be done about the list of one call. */
export class ListActs {
  readonly #context: CallContext;
  readonly #acting: Acting;

  constructor(context: CallContext, acting: Acting) {
    this.#context = context;
    this.#acting = acting;
  }

  /** @throws SignetError */
  invite(userIds: readonly UserId[], signal?: AbortSignal): Promise<void> {
    return invite(this.#context, this.#acting, userIds, signal);
  }

  /** @throws SignetError */
  remove(userIds: readonly UserId[]): Promise<void> {
    return remove(this.#context, this.#acting, userIds);
  }

  /** @throws SignetError */
  vouch(guest: Vouched, signal?: AbortSignal): Promise<Bytes> {
    return vouch(this.#context, this.#acting, guest, signal);
  }

  /** @throws SignetError */
  letIn(guestId: UserId): Promise<void> {
    return letIn(this.#context, this.#acting, guestId);
  }

  get callId(): CallId {
    return this.#acting.call.callProof.transcript.callId as CallId;
  }

  get isHost(): boolean {
    return this.#acting.list.hostId === this.#context.session.person?.userId;
  }

  /** @throws SignetError */
  makeHost(userId: UserId): Promise<void> {
    return makeHost(this.#context, this.#acting, userId);
  }

  /** As {@link whoRemoved}. */
  remover(stated: CallStatementIn): Promise<UserId | undefined> {
    return whoRemoved(this.#context, this.#acting, stated);
  }
}

/**
 * One touch, which nobody is asked for while the key of somebody who is invited has changed, or where the call has no room for them.
 * @throws SignetError
 */
async function invite(
  context: CallContext,
  { call, list }: Acting,
  userIds: readonly UserId[],
  signal?: AbortSignal,
): Promise<void> {
  const { session, directory } = context;
  const person = session.requirePerson();
  const { people } = await list.withOwn();
  // Whoever started it is one more.
  if (new Set([...people, ...userIds]).size > session.server.limits.callMembers + 1)
    throw new SignetError("call.tooManyMembers");
  await directory.requireSameKeys(userIds);
  const fields = fieldsOf(person, context, { call, list });
  const proof = await session.signWithDevice(person, { purpose: "invite", ...fields, userIds }, signal);
  await session.link.request("call.invite", { proof });
  await list.said({ proof });
}

/** What a device names in all that it says about who may be in a call. */
const fieldsOf = (
  { deviceId, known, userId }: ReturnType<CallContext["session"]["requirePerson"]>,
  { environment }: CallContext,
  { call, list }: Pick<Acting, "call" | "list">,
) => ({
  serverOrigin: call.serverOrigin,
  userId,
  deviceId,
  issuedAtMs: environment.nowMs(),
  callId: call.callProof.transcript.callId,
  callProofDigest: list.held.call.digest,
  head: headOf(known.person),
});

/** As a guest says it of themselves: nobody verified any of it. `key`: SubjectPublicKeyInfo, DER. */
export interface Vouched {
  readonly key: Bytes;
  readonly name: string;
}

/**
 * One touch: the device says that this key may be in this call as a guest.
 * @returns digest of what it signed, 32 bytes
 * @throws SignetError `guest.*`
 */
async function vouch(
  context: CallContext,
  { call, list }: Acting,
  { key, name }: Vouched,
  signal?: AbortSignal,
): Promise<Bytes> {
  if (!isGuestName(name)) throw new SignetError("guest.badName");
  const { session } = context;
  const person = session.requirePerson();
  const fields = fieldsOf(person, context, { call, list });
  const guestId = await guestIdOfKey(key);
  const proof = await session.signWithDevice(
    person,
    { purpose: "vouch", ...fields, guestId, guestKey: key, guestName: name },
    signal,
  );
  await session.link.request("call.vouch", { proof });
  await list.said({ proof });
  return sha256(proof.transcript);
}

/** @throws SignetError `guest.notHere` for who does not wait; what the server says */
async function letIn({ session }: CallContext, { list }: Acting, guestId: UserId): Promise<void> {
  const waiting = guestsOf(await list.withOwn()).find((one) => one.guestId === guestId && !one.isRemoved);
  if (waiting === undefined) throw new SignetError("guest.notHere");
  const { call } = list.held;
  const proof = await session.signWithTerminalKey((fields) => ({
    purpose: "let-in",
    ...fields,
    callId: call.transcript.callId,
    callProofDigest: call.digest,
    vouch: waiting.vouch,
  }));
  await session.link.request("call.letIn", { proof });
}

/** @throws SignetError `call.notInvited` for somebody who is not, or not any more; what the server says */
async function remove({ session }: CallContext, { list }: Acting, userIds: readonly UserId[]): Promise<void> {
  const { call } = list.held;
  const voided = voidedFor(await list.withOwn(), userIds);
  const proof = await session.signWithTerminalKey((fields) => ({
    purpose: "remove",
    ...fields,
    callId: call.transcript.callId,
    callProofDigest: call.digest,
    userIds,
    voided,
  }));
  await session.link.request("call.remove", { proof });
}

/** Every invitation of any of them that holds, once. */
function voidedFor(list: CallList, userIds: readonly UserId[]): readonly Bytes[] {
  const voided = new Map<string, Bytes>();
  for (const userId of userIds) {
    // Of a guest at the door nothing holds yet.
    const waiting = guestsOf(list).filter((one) => one.guestId === userId && !one.isRemoved);
    const theirs = [...invitationsOf(list, userId), ...waiting.map((one) => one.vouch)];
    if (theirs.length === 0) throw new SignetError("call.notInvited");
    for (const digest of theirs) voided.set(toBase64Url(digest), digest);
  }
  return [...voided.values()];
}

/** @throws SignetError what the server says */
async function makeHost({ session }: CallContext, { list }: Acting, nextHost: UserId): Promise<void> {
  const { call, lastHost } = list.held;
  const proof = await session.signWithTerminalKey((fields) => ({
    purpose: "host",
    ...fields,
    callId: call.transcript.callId,
    callProofDigest: call.digest,
    previousHost: lastHost,
    nextHost,
  }));
  await session.link.request("call.host", { proof });
}

/** Who signed that the person at this terminal is put out; undefined where nobody did who could be host, or it does not verify. */
async function whoRemoved(
  { session, directory, environment }: CallContext,
  { call, list, membership }: Acting,
  stated: CallStatementIn,
): Promise<UserId | undefined> {
  const { callProof, serverOrigin } = call;
  const nowMs = environment.nowMs();
  const verified = await verifyStatements([stated], { serverOrigin, callProof, directory, nowMs });
  const ownId = session.person?.userId;
  if (!verified.ok || ownId === undefined) return undefined;
  const said = { statements: verified.said.map(({ statement }) => statement) };
  // An old one, shown again to who was invited anew, is not why they are out.
  const by = removerOf(said, ownId, invitationOf(list.held, new Uint8Array(membership.identity)));
  return by !== undefined && by === list.hostId ? (by as UserId) : undefined;
}
