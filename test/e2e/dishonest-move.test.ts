/** A server that wants to put another terminal in somebody's place in a call: all who are in it refuse the Commit, and say why. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { sha256, statedHead } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { CallGroup, createLeafKey } from "@signet/e2ee";
import type { CredentialHook } from "@signet/e2ee";
import {
  decodeProof,
  decodeTranscript,
  encodeFields,
  encodeProof,
  toBase64Url,
  utf8,
} from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, EventBody, ProofIn } from "@signet/protocol";

import { credulous, newDevice, readCall } from "./support/forgery.ts";
import { agree, answer, callAll, rings, sceneWithServer } from "./support/scene.ts";
import type { Deceived } from "./support/scene.ts";

const scene = sceneWithServer();

interface Forged {
  /** Whose place it is to take. */
  readonly mover: Deceived;
  /** By default theirs. */
  readonly device?: SignatureDevice;
  readonly issuedAtMs?: number;
  /** What is in the group's call list, beside the call. */
  readonly statements?: readonly ProofIn[];
  readonly hook?: CredentialHook;
  readonly mustReplace?: boolean;
}

/** An external Commit in the present epoch, as a terminal makes it that believes everybody; by what `giver` knows of the group. */
async function forge(
  giver: Deceived,
  callProof: ProofIn,
  forged: Forged,
): Promise<EventBody<"call.committed">> {
  const { mover, statements = [], hook = credulous, mustReplace = true } = forged;
  const { device = mover.device, issuedAtMs = Date.now() } = forged;
  const { userId } = mover;
  const { callId, epoch } = giver.terminal.state.call!;
  const entry = await entryOf(giver, mover);
  const callProofDigest = await sha256(callProof.transcript);
  const leafKey = await createLeafKey();
  const { checkpoint, serverOrigin } = readCall(callProof);
  const proof = await device.sign({
    purpose: "join",
    serverOrigin,
    userId,
    deviceId: device.deviceId,
    issuedAtMs,
    callId,
    callProofDigest,
    leafKey: leafKey.publicKey,
    head: await statedHead(entry),
    checkpoint,
    invitation: callProofDigest,
  });
  const listed = await digestOfList(callProofDigest, statements);
  giver.server.answer("call.offerGroupInfo", () => ({}));
  const offered = giver.server.next("call.offerGroupInfo");
  giver.server.inject({ type: "call.groupInfoNeeded", body: { callId, epoch: epoch! } });
  const { commit } = await CallGroup.rejoin({
    callId,
    leafKey,
    identity: encodeProof(proof),
    hook,
    callListDigest: () => listed,
    nowMs: () => Date.now(),
    groupInfo: (await offered).groupInfo,
    mustReplace,
  });
  const number = (epoch ?? 0) + 1_000;
  return { callId, epoch: epoch!, number, by: userId, commit, admitted: [], removed: [] };
}

async function entryOf(asker: Deceived, { userId }: Deceived): Promise<DirectoryEntryIn> {
  const [found] = await asker.terminal.lookup([userId]);
  return found!.entry!;
}

/** By docs/protocol.md: over the label and the digests in order, each with its length. */
async function digestOfList(call: Bytes, statements: readonly ProofIn[]): Promise<Bytes> {
  const digests = await Promise.all(statements.map(({ transcript }) => sha256(transcript)));
  const inOrder = [call, ...digests].toSorted((one, other) => Buffer.compare(one, other));
  return sha256(encodeFields([utf8("signet/call-list/v1"), ...inOrder]));
}

/** The server passes it on. @returns what the terminal says of it */
async function verdictOf(
  person: Deceived,
  committed: EventBody<"call.committed">,
): Promise<string | undefined> {
  const said = person.server.next("call.judgeCommit");
  person.server.answer("call.judgeCommit", () => undefined);
  person.server.inject({ type: "call.committed", body: committed });
  return (await said).code;
}

function callProofOf({ server: { requests } }: Deceived): ProofIn {
  const request = requests.find(({ type }) => type === "call.request");
  assert.ok(request?.type === "call.request");
  return request.body.proof;
}

/** Everybody is shown it, the one whose place it is among them. */
async function refusedByAll(people: readonly Deceived[], forged: Forged, code: string): Promise<void> {
  const [giver] = people;
  const committed = await forge(giver!, callProofOf(giver!), forged);
  for (const person of people) assert.equal(await verdictOf(person, committed), code, person.userId);
}

test("by somebody else's key nobody's place is taken", async () => {
  const people = await scene.people("ann", "ben", "cleo");
  const [ann, ben, cleo] = people;
  await callAll(ann, ben, cleo);
  await refusedByAll(people, { mover: ben, device: await newDevice() }, "history.deviceUnknown");
});

test("nor by an answer from before the one that they are in by, though it is signed by their own key", async () => {
  const people = await scene.people("dora", "eve", "finn");
  const [dora, eve, finn] = people;
  await dora.terminal.call([eve.userId, finn.userId]);
  // As a server keeps it that lost it on the way.
  await Promise.all([eve, finn].map((one) => one.until(rings, "ringing")));
  const issuedAtMs = Date.now();
  await Promise.all([eve, finn].map((one) => one.terminal.answer(one.terminal.state.ringing[0]!.callId)));
  await agree(dora, eve, finn);
  await refusedByAll(people, { mover: eve, issuedAtMs }, "proof.beforeStay");
});

test("nor beside the leaf that they have", async () => {
  const people = await scene.people("gil", "hal", "ida");
  const [gil, hal, ida] = people;
  await callAll(gil, hal, ida);
  const own = new Set<string>();
  const hook: CredentialHook = async (identity, leafKey) => {
    const proof = decodeProof(identity);
    const transcript = proof === undefined ? undefined : decodeTranscript(proof.transcript);
    const signedAtMs = transcript?.issuedAtMs ?? 0;
    if (own.size === 0 && signedAtMs > forgedFromMs) own.add(toBase64Url(leafKey));
    return own.has(toBase64Url(leafKey))
      ? credulous(identity, leafKey)
      : { ok: true, userId: toBase64Url(leafKey) };
  };
  const forgedFromMs = Date.now();
  await refusedByAll(
    people,
    { mover: hal, issuedAtMs: forgedFromMs + 1, hook, mustReplace: false },
    "mls.duplicateUser",
  );
});

test("who was put out comes back at no other terminal either", async () => {
  const [jon, kim, liz] = await scene.people("jon", "kim", "liz");
  await callAll(jon, kim, liz);
  const removing = jon.server.next("call.remove");
  await jon.terminal.remove([liz.userId]);
  const { proof } = await removing;
  await agree(jon, kim);
  const forged = { mover: liz, statements: [proof], mustReplace: false };
  await refusedByAll([jon, kim], forged, "callList.removed");
});

test("who moves comes into no group in which they are not, as one of before they came", async () => {
  const [mia, ned, oda] = await scene.people("mia", "ned", "oda");
  await mia.terminal.call([ned.userId, oda.userId]);
  await answer(oda);
  await agree(mia, oda);
  const { callId, epoch } = mia.terminal.state.call!;
  mia.server.answer("call.offerGroupInfo", () => ({}));
  const offered = mia.server.next("call.offerGroupInfo");
  mia.server.inject({ type: "call.groupInfoNeeded", body: { callId, epoch: epoch! } });
  const { groupInfo, digest } = await offered;
  mia.server.repent();
  await answer(ned);
  await agree(mia, ned, oda);

  const there = await scene.visitor(ned.userId, { device: ned.device });
  await there.terminal.signIn({ userId: ned.userId });
  await there.until(({ elsewhere }) => elsewhere !== undefined, "offered to move");
  const old = { type: "given" as const, epoch: epoch!, groupInfo, digest, by: mia.userId };
  const shown = [old];
  there.server.onReply("call.groupInfo", (reply) => [shown.pop() ?? reply]);
  const said = Promise.race([
    there.server.next("call.refuseGiver"),
    there.server.next("call.rejoin").then(() => assert.fail("it comes in")),
  ]);
  await there.terminal.moveHere();
  const { giver, code } = await said;
  assert.deepEqual([giver, code], [mia.userId, "mls.refused"]);
  await agree(mia, there, oda);
});
