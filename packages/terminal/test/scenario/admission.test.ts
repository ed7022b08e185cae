/** The committer's Commit has to fit into a message, however much the server asks for at once. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { verifyDeviceProof } from "@signet/device";
import { CallGroup, createLeafKey } from "@signet/e2ee";
import type { LeafKey } from "@signet/e2ee";
import { encodeProof } from "@signet/protocol";
import type { Bytes, CallId, EventBody, ProofIn, TerminalId, UserId } from "@signet/protocol";

import { prepareCommit } from "../../src/admission.ts";
import type { Directory } from "../../src/directory.ts";
import { credentialHook } from "../../src/verify-call.ts";
import type { VerifiedCall } from "../../src/verify-call.ts";
import { offlineDirectory } from "../support/directory.ts";
import { person, randomId, serverOrigin } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";

const callId = randomId();
const names = ["ben", "cleo", "dov", "eve"] as UserId[];

let directory: Directory;
let call: VerifiedCall;
let group: CallGroup;
let task: EventBody<"call.commitNeeded">;

before(async () => {
  directory = offlineDirectory();
  const ann = await person("ann");
  const initiator = await directory.accept(ann.entry);
  const leafKey = await createLeafKey();
  const fields = { ...common(ann), memberUserIds: names, leafKey: leafKey.publicKey };
  const proof = await ann.device.sign({ purpose: "call", ...fields });
  const expected = { purpose: "call", serverOrigin, entry: initiator.entry, time: "any" } as const;
  const result = await verifyDeviceProof(proof, expected);
  assert.ok(result.ok);
  call = { serverOrigin, callProof: result.proof, initiator, memberUserIds: names };
  group = await CallGroup.create(membership(proof, leafKey));
  const admit = await Promise.all(names.map(async (name) => joiner(await person(name))));
  task = { callId: callId as CallId, task: 1, epoch: 0, admit, remove: [] };
});

const common = ({ userId, device: { deviceId } }: TestPerson) => ({
  serverOrigin,
  userId,
  deviceId,
  issuedAtMs: Date.now(),
  callId,
});

const membership = (proof: ProofIn, leafKey: LeafKey) => ({
  callId,
  leafKey,
  identity: encodeProof(proof),
  hook: credentialHook(call, { directory, nowMs: () => Date.now() }, () => undefined),
  nowMs: () => Date.now(),
});

async function joiner(one: TestPerson): Promise<EventBody<"call.commitNeeded">["admit"][number]> {
  const { userId, entry } = one;
  const leafKey = await createLeafKey();
  const callProofDigest = call.callProof.digest;
  const fields = { ...common(one), callProofDigest, leafKey: leafKey.publicKey };
  const proof = await one.device.sign({ purpose: "join", ...fields });
  await directory.accept(entry);
  const { keyPackage } = await CallGroup.prepareJoin(membership(proof, leafKey));
  return { userId, terminalId: randomId() as TerminalId, entry, proof, keyPackage };
}

/** Who is admitted and who is refused, when a Commit with its Welcome may have `most` bytes. */
async function outcome(most: number): Promise<{ admitted: string[]; refused: string[]; bytes: number }> {
  const fits = (commit: Bytes, welcome?: Bytes): boolean => size(commit, welcome) <= most;
  const { refused, pending, made } = {
    made: undefined,
    ...(await prepareCommit(group, task, call, { directory, nowMs: Date.now(), fits })),
  };
  pending?.drop();
  return {
    admitted: made?.admitted.map(({ userId }) => userId) ?? [],
    refused: refused.map(({ userId, code }) => `${userId} ${code}`),
    bytes: made === undefined ? 0 : size(made.commit, made.welcome),
  };
}

const size = (commit: Bytes, welcome?: Bytes): number => commit.length + (welcome?.length ?? 0);

test("all are admitted when they just fit, and the first half when they do not", async () => {
  const { bytes, admitted } = await outcome(Number.POSITIVE_INFINITY);
  assert.deepEqual(admitted, names);
  assert.deepEqual((await outcome(bytes)).admitted, names);
  assert.deepEqual(await outcome(bytes - 1).then(({ admitted: some }) => some), names.slice(0, 2));
  assert.deepEqual((await outcome(bytes - 1)).refused, []);
});

test("one who does not fit even alone is refused, so that those behind are not kept waiting", async () => {
  assert.deepEqual(await outcome(0), { admitted: [], refused: ["ben mls.refused"], bytes: 0 });
});
