/** Whether all who are in a call agree on it, can read each other, and nobody else can. */
import assert from "node:assert/strict";

import { FrameDecryptor, FrameEncryptor, importFrameEpoch } from "@signet/e2ee";
import type { FrameEpoch } from "@signet/e2ee";
import { decodeTranscript, mayBeIn } from "@signet/protocol";
import type { CallId, CallServerState } from "@signet/protocol";
import type { Participant } from "@signet/terminal";

import type { VirtualServer } from "./virtual-server.ts";
import type { VirtualTerminal } from "./virtual-terminal.ts";

/** @param callIds of all calls that there were */
export async function assertAgreement(
  server: VirtualServer,
  terminals: readonly VirtualTerminal[],
  callIds: Iterable<CallId>,
): Promise<void> {
  for (const callId of callIds) {
    const state = server.running.stateOf(callId);
    const inside = terminals.filter(({ call }) => call?.callId === callId);
    const names = inside.map(({ name }) => name);
    if (state === undefined) assert.deepEqual(names, [], `in the ended call ${callId}`);
    else await assertAgreedCall(state, inside, terminals);
  }
  for (const { call, name, terminal, userId } of terminals) {
    const there = terminals.find((one) => one.userId === userId && one.call !== undefined);
    const { elsewhere, session } = terminal.state;
    const state = there?.call && server.running.stateOf(there.call.callId);
    // Whoever hears of it only then does not believe it.
    const isUnproven = elsewhere === undefined && state !== undefined && restsOnRevoked(state);
    if (session.status === "signedIn" && call === undefined && !isUnproven)
      assert.equal(elsewhere?.callId, there?.call?.callId, `${name} is shown another call`);
    // Whoever is out knows why.
    const { call: last } = terminal.state;
    assert.ok(last?.phase !== "ended" || last.end !== undefined, `${name} is not told how the call ended`);
  }
}

/** Whether what leads into it was signed with a device that was revoked since. */
function restsOnRevoked({ list, invite, revokedDevices = [] }: CallServerState): boolean {
  const call = decodeTranscript(invite.proof.transcript);
  const signed = [call, ...list.statements.map(({ transcript }) => transcript)];
  return signed.some((one) =>
    revokedDevices.some((revoked) => one !== undefined && "deviceId" in one && one.deviceId === revoked),
  );
}

async function assertAgreedCall(
  state: CallServerState,
  inside: readonly VirtualTerminal[],
  terminals: readonly VirtualTerminal[],
): Promise<void> {
  const { callId, delivery, list, members, pending } = state;
  const present = [...members.values()].filter(isPresent);
  for (const member of present) assert.equal(member.state, "joined", `${member.userId} waits for admission`);
  const presentIds = present.map(({ userId }) => userId).toSorted();
  assert.deepEqual(inside.map(({ userId }) => userId).toSorted(), presentIds);
  assert.deepEqual(pending, [], `what was said in ${callId} waits for a Commit`);

  assertOne(inside, (each) => each.key, `different keys in ${callId}`);
  // It covers all that the group is, the digest of the call list among it.
  assertOne(inside, ({ call }) => call?.safetyCode, `different safety codes in ${callId}`);
  assertOne(inside, ({ call }) => call?.participants.map(placeOf), `different lists in ${callId}`);
  for (const { name, call } of inside) {
    assert.ok(call);
    assert.equal(call.epoch, delivery.epoch, `${name} is in another epoch`);
    const seen = call.participants.filter((person) => person.state === "joined");
    assert.deepEqual(seen.map(({ userId }) => userId).toSorted(), presentIds, `${name} sees others`);
    for (const { userId, isSelf, verification } of seen)
      assert.ok(isSelf || verification !== undefined, `${name} has not verified ${userId}`);
    // Whoever is out by one invitation may be invited by another.
    for (const { state: place, userId } of call.participants)
      assert.ok(place === "removed" || mayBeIn(list, userId), `${userId} may be in it, to ${name}`);
    // Nobody is host before the group has a second one.
    if (delivery.epoch > 0) assertHost(call.participants, list.namedHost, name);
  }

  const last = inside.map(({ epochs }) => epochs.at(-1));
  const held = await Promise.all(
    inside.length < 2
      ? []
      : last.map((epoch) => importFrameEpoch({ ...epoch!, baseKey: epoch!.baseKey.slice() })),
  );
  for (const [i, from] of held.entries())
    for (const [j, to] of held.entries())
      if (i !== j) assert.ok(await canRead(from, to), `${inside[j]?.name} cannot read ${inside[i]?.name}`);
  const key = inside[0]?.key;
  for (const outside of terminals.filter((terminal) => !inside.includes(terminal)))
    assert.ok(key === undefined || !outside.keys.includes(key), `${outside.name} has the key of ${callId}`);
}

const isPresent = ({ state }: { readonly state: string }): boolean =>
  state === "joined" || state === "joining";

function assertOne(
  inside: readonly VirtualTerminal[],
  read: (each: VirtualTerminal) => unknown,
  what: string,
): void {
  const all = inside.map(read);
  for (const [i, one] of all.entries())
    assert.deepEqual(one, all[0], `${inside[i]?.name} and ${inside[0]?.name} have ${what}`);
}

function assertHost(participants: readonly Participant[], namedHost: string, name: string): void {
  const hosts = participants.filter(({ isHost }) => isHost);
  assert.equal(hosts.length, 1, `${name} sees no host`);
  assert.equal(hosts[0]?.state, "joined", `${name} sees a host who is not there`);
  const named = participants.find(({ userId }) => userId === namedHost);
  if (named?.state === "joined") assert.equal(hosts[0]?.userId, namedHost, `as ${name} sees it`);
}

/** By the call list, which is the same for all. */
const placeOf = ({ userId, isHost, invitedBy, removedBy }: Participant): unknown => [
  userId,
  isHost,
  invitedBy,
  removedBy,
];

/** A frame that one seals and the other opens, as frames of who sealed it. */
async function canRead(from: FrameEpoch, to: FrameEpoch): Promise<boolean> {
  const sender = new FrameEncryptor(0);
  sender.setEpoch(from);
  const sealed = await sender.seal(Uint8Array.of(1, 2, 3));
  const receiver = new FrameDecryptor();
  receiver.setEpoch(to);
  const opened = sealed.type === "sealed" ? await receiver.stream().open(sealed.data) : undefined;
  receiver.close();
  return opened?.type === "opened" && opened.leaf === from.ownLeaf;
}
