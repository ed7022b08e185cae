/** What no real call can show within a test's time or without a broken partner: old calls, and leaves under a `call` proof. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { createSoftwareKey, statedHead, verifyDeviceProof } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { encodeProof, SignetError } from "@signet/protocol";
import { Authority } from "@signet/e2e/support/authority.ts";
import { twinOf } from "@signet/e2e/support/forgery.ts";
import type {
  Bytes,
  CallId,
  DeviceId,
  DirectoryEntryIn,
  ErrorCode,
  ProofIn,
  Transcript,
  UserId,
} from "@signet/protocol";

import type { Directory } from "../../src/people/directory.ts";
import { CallMemories, CallMemory } from "../../src/call/call-memory.ts";
import { checkLeaf, credentialHook } from "../../src/call/verify-call.ts";
import { VerifiedLeaves } from "../../src/call/verified-leaves.ts";
import type { LeafCheck, VerifiedCall } from "../../src/call/verify-call.ts";
import { openedList } from "../support/call-lists.ts";
import { offlineDirectory } from "../support/directory.ts";
import { withDevice } from "../support/histories.ts";
import { person, randomBytes, randomId, serverOrigin } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";

const minuteMs = 60_000;
const nowMs = Date.now();
const calledAtMs = nowMs - 60 * minuteMs;
const callId = randomId();
const [callLeafKey, leafKey] = [randomBytes(32), randomBytes(32)];

let ann: TestPerson;
let ben: TestPerson;
let call: VerifiedCall;
let directory: Directory;

before(async () => {
  [ann, ben] = await Promise.all([person("ann"), person("ben")]);
  directory = offlineDirectory();
  const initiator = await directory.accept(ann.entry);
  await directory.accept(ben.entry);
  const result = await verifyDeviceProof(await callProof(), {
    purpose: "call",
    serverOrigin,
    person: initiator.person,
    time: "any",
  });
  assert.ok(result.ok);
  call = { serverOrigin, callProof: result.proof, initiator, list: await openedList(result.proof) };
});

const common = ({ userId, device }: TestPerson, issuedAtMs: number) => ({
  serverOrigin,
  userId,
  deviceId: device.deviceId,
  issuedAtMs,
  callId,
  checkpoint: new Uint8Array(),
});

function callProof(change: Partial<Transcript<"call">> = {}): Promise<ProofIn> {
  return ann.device.sign({
    purpose: "call",
    ...common(ann, calledAtMs),
    memberUserIds: ["ben"],
    leafKey: callLeafKey,
    head: ann.head,
    ...change,
  });
}

/** A call by ann of these, who are all that is said of it. */
async function callOf(memberUserIds: readonly string[]): Promise<VerifiedCall> {
  const { initiator } = call;
  const raw = await callProof({ memberUserIds });
  const { person: signer } = initiator;
  const result = await verifyDeviceProof(raw, { purpose: "call", serverOrigin, person: signer, time: "any" });
  assert.ok(result.ok);
  return { serverOrigin, callProof: result.proof, initiator, list: await openedList(result.proof) };
}

async function verdict(proof: ProofIn | Bytes, key: Bytes, fresh = false): Promise<string> {
  const identity = proof instanceof Uint8Array ? proof : encodeProof(proof);
  const check = await checkLeaf(identity, key, call, { directory, nowMs, fresh });
  return check.ok ? `ok ${check.userId}` : check.code;
}

const joinAt = (issuedAtMs: number): Promise<ProofIn> =>
  ben.device.sign({
    purpose: "join",
    ...common(ben, issuedAtMs),
    callProofDigest: call.callProof.digest,
    leafKey,
    head: ben.head,
    invitation: call.callProof.digest,
  });

test("the initiator's leaf stands under the call's own proof, with the key that it names", async () => {
  const { raw } = call.callProof;
  assert.equal(await verdict(raw, callLeafKey), "ok ann");
  assert.equal(await verdict(raw, leafKey), "proof.leafKey");
  assert.equal(
    await verdict(await callProof({ leafKey, memberUserIds: ["ben", "mallory"] }), leafKey),
    "proof.call",
  );
  assert.equal(
    await verdict({ ...raw, signature: { kind: "software", signature: randomBytes(64) } }, callLeafKey),
    "proof.call",
  );
});

test("the other signature under the same statement is the same proof; one of which nobody knows the key is none", async () => {
  const device = await createSoftwareKey({ algorithm: "ES256", passphrase: "test" });
  const cleo = await person("cleo", device);
  const initiator = await directory.accept(cleo.entry);
  const proof = await device.sign({
    purpose: "call",
    ...common(cleo, calledAtMs),
    memberUserIds: ["ben"],
    leafKey: callLeafKey,
    head: cleo.head,
  });
  const twin = twinOf(proof);
  assert.notDeepEqual(twin, proof);
  for (const [rung, inGroup] of [
    [proof, twin],
    [twin, proof],
  ] as const) {
    const result = await verifyDeviceProof(rung, {
      purpose: "call",
      serverOrigin,
      person: initiator.person,
      time: "any",
    });
    assert.ok(result.ok);
    const list = await openedList(result.proof);
    const hers = { serverOrigin, callProof: result.proof, initiator, list };
    const verdictOf = async (leaf: ProofIn) => {
      const check = await checkLeaf(encodeProof(leaf), callLeafKey, hers, { directory, nowMs });
      return check.ok ? `ok ${check.userId}` : check.code;
    };
    assert.equal(await verdictOf(inGroup), "ok cleo");
    const { signature } = inGroup;
    const bent = { ...signature, signature: signature.signature.toReversed() };
    assert.equal(await verdictOf({ ...inGroup, signature: bent }), "proof.call");
  }
});

test("the committer wants a fresh join; for the others an old one of this call stands", async () => {
  const old = await joinAt(nowMs - 10 * minuteMs);
  assert.equal(await verdict(old, leafKey), "ok ben");
  assert.equal(await verdict(old, leafKey, true), "proof.time");
  assert.equal(await verdict(await joinAt(nowMs - minuteMs), leafKey, true), "ok ben");
});

test("nobody joined before the call was made, or will join in the future", async () => {
  assert.equal(await verdict(await joinAt(calledAtMs - 10 * minuteMs), leafKey), "proof.time");
  assert.equal(await verdict(await joinAt(nowMs + 10 * minuteMs), leafKey), "proof.time");
  assert.equal(
    await verdict(await joinAt(calledAtMs - minuteMs), leafKey),
    "ok ben",
    "clocks differ a little",
  );
});

test("what is no proof, or one for something else, endorses no leaf", async () => {
  assert.equal(await verdict(randomBytes(40), leafKey), "proof.malformed");
  assert.equal(await verdict(ben.entry.proof, leafKey), "proof.purpose");
  assert.equal(await verdict(await joinAt(nowMs), callLeafKey), "proof.leafKey");
});

test("nobody joins with a certificate that had run out; who joined before stays", async () => {
  const authority = await Authority.create();
  const notAfterMs = Math.floor(nowMs / 1000) * 1000 - 5 * minuteMs;
  const { certificate } = await authority.issue(ben.device, "ben", { notAfterMs });
  const met = offlineDirectory({ nowMs: () => calledAtMs });
  met.trust = { trust: { anchors: [authority.certificate], userIdFrom: "email" }, anchoredBy: "server" };
  await met.accept({ ...ben.entry, certificates: [certificate] });
  const check = async (issuedAtMs: number) => {
    const identity = encodeProof(await joinAt(issuedAtMs));
    const result = await checkLeaf(identity, leafKey, call, { directory: met, nowMs });
    return result.ok ? result.verification.certificate?.subject : result.code;
  };
  assert.equal(await check(notAfterMs), "ben");
  assert.equal(await check(notAfterMs + 1), "certificate.expired");
});

test("the hook admits nobody with an answer of before they left; who waits for removal is no newcomer", async () => {
  const memory = new CallMemory();
  const heard: LeafCheck[] = [];
  const hook = credentialHook(call, { directory, memory, nowMs: () => nowMs }, (check) => heard.push(check));
  const answer = async (issuedAtMs: number) => hook(encodeProof(await joinAt(issuedAtMs)), leafKey);
  const identity = encodeProof(await joinAt(nowMs - minuteMs));
  const bens = { leaf: 1, userId: ben.userId, identity, leafPublicKey: leafKey, proves: true };
  memory.advanced([bens], nowMs);
  memory.left(ben.userId, nowMs - 10);
  assert.deepEqual(await answer(nowMs - 11), { ok: true, userId: ben.userId });
  memory.advanced([], nowMs);
  assert.deepEqual(await answer(nowMs - 10), { ok: false, code: "proof.beforeLeave" });
  assert.deepEqual(heard.at(-1), { ok: false, code: "proof.beforeLeave", userId: ben.userId });
  assert.deepEqual(await answer(nowMs - 9), { ok: true, userId: ben.userId });
});

test("the `call` proof of who called the initiator at the same time is an answer, and no other `call` proof is", async () => {
  const crossing = (change: Partial<Transcript<"call">> = {}): Promise<ProofIn> =>
    ben.device.sign({
      purpose: "call",
      ...common(ben, calledAtMs + 1_000),
      callId: otherCallId,
      memberUserIds: ["ann"],
      leafKey,
      head: ben.head,
      ...change,
    });
  const otherCallId = randomId();
  assert.equal(await verdict(await crossing(), leafKey), "ok ben");
  assert.equal(await verdict(await crossing(), callLeafKey), "proof.leafKey");
  const twoMinutesMs = 2 * minuteMs;
  for (const offMs of [-twoMinutesMs, twoMinutesMs]) {
    const near = await crossing({ issuedAtMs: calledAtMs + offMs });
    const far = await crossing({ issuedAtMs: calledAtMs + offMs + Math.sign(offMs) });
    assert.deepEqual([await verdict(near, leafKey), await verdict(far, leafKey)], ["ok ben", "proof.call"]);
  }
  for (const memberUserIds of [[], ["ben"], ["cleo"], ["ann", "cleo"], ["ann", "ann"]])
    assert.equal(
      await verdict(await crossing({ memberUserIds }), leafKey),
      "proof.call",
      memberUserIds.join(),
    );
  assert.equal(await verdict(await crossing({ callId }), leafKey), "proof.call", "the same call");
  assert.equal(await verdict(await crossing(), leafKey, true), "proof.time", "nobody comes in by an old one");
  const forged = {
    ...(await crossing()),
    signature: { kind: "software", signature: randomBytes(64) },
  } as const;
  assert.equal(await verdict(forged, leafKey), "proof.signature");
  const cleo = await person("cleo");
  const uninvited = await cleo.device.sign({
    purpose: "call",
    ...common(cleo, calledAtMs),
    callId: otherCallId,
    memberUserIds: ["ann"],
    leafKey,
    head: cleo.head,
  });
  assert.equal(await verdict(uninvited, leafKey), "call.notInvited");
  // Whoever called several means several: an answer to one call only says so in a `join` proof.
  const ofThree = await callOf(["ben", "cleo"]);
  const check = await checkLeaf(encodeProof(await crossing()), leafKey, ofThree, { directory, nowMs });
  assert.equal(check.ok || check.code, "proof.call");
});

/** Somebody who answers by a device that came after they were met here. @param shown what the server shows of them when it is asked */
async function answered(
  shown: (later: DirectoryEntryIn) => DirectoryEntryIn | undefined,
  onRefused?: (userId: UserId, code: ErrorCode) => void,
) {
  const [eve, desk] = [await person("eve"), await person("eve")];
  const later = await withDevice(eve.entry, eve.device, desk.device);
  let asked = 0;
  const here = offlineDirectory({
    ...(onRefused === undefined ? {} : { onRefused }),
    lookUp: () => {
      asked++;
      return shown(later);
    },
  });
  await here.accept(eve.entry);
  const of = await callOf([eve.userId]);
  const verdictOn = async (device: SignatureDevice, head: Bytes) => {
    const proof = await device.sign({
      purpose: "join",
      ...common({ ...eve, device }, nowMs),
      callProofDigest: of.callProof.digest,
      leafKey,
      head,
      invitation: of.callProof.digest,
    });
    const check = await checkLeaf(encodeProof(proof), leafKey, of, { directory: here, nowMs });
    return check.ok ? `ok ${check.verification.deviceId}` : check.code;
  };
  return { eve, desk, later, verdictOn, askedTimes: () => asked };
}

test("who went on since they were met is asked for once, and is who they are now", async () => {
  const { eve, desk, later, verdictOn, askedTimes } = await answered((now) => now);
  const head = await statedHead(later);
  assert.equal(await verdictOn(desk.device, head), `ok ${desk.device.deviceId}`);
  assert.equal(askedTimes(), 1);
  assert.equal(await verdictOn(eve.device, head), `ok ${eve.device.deviceId}`);
  assert.equal(await verdictOn(eve.device, eve.head), `ok ${eve.device.deviceId}`, "what they signed before");
  assert.equal(askedTimes(), 1);
});

test("a server that shows an older history than a device signed with, or none, lets nobody in by it", async () => {
  for (const shown of ["former", "nothing"] as const) {
    const { eve, desk, later, verdictOn, askedTimes } = await answered((now) =>
      shown === "former" ? { ...now, statements: [] } : undefined,
    );
    const head = await statedHead(later);
    assert.equal(await verdictOn(eve.device, head), "history.head");
    assert.equal(await verdictOn(desk.device, head), "history.deviceUnknown");
    assert.equal(askedTimes(), 2);
    assert.equal(await verdictOn(eve.device, eve.head), `ok ${eve.device.deviceId}`);
    assert.equal(askedTimes(), 2, "nobody is asked for what holds");
  }
});

test("a server that could not be asked is not accused of what it would have shown; nobody gets in all the same", async () => {
  const other = await person("eve");
  for (const code of ["connection.lost", "auth.signInRequired", "directory.keyChanged", undefined] as const) {
    const refusals: string[] = [];
    const { eve, later, verdictOn } = await answered(
      (now) => {
        if (code === "directory.keyChanged") return other.entry;
        if (code !== undefined) throw new SignetError(code);
        return { ...now, statements: [] };
      },
      (_userId, refused) => refusals.push(refused),
    );
    // That the connection was in the way, or the person here has to decide first, is no refusal of who let them in.
    const expected = code === undefined || code === "auth.signInRequired" ? "history.head" : code;
    assert.equal(await verdictOn(eve.device, await statedHead(later)), expected);
    assert.deepEqual(refusals, code === undefined || code === "directory.keyChanged" ? [expected] : []);
  }
});

test("a `call` proof answers one call that crossed it, and not the next one of the same caller as well", async () => {
  const memories = new CallMemories();
  const otherCall = async (): Promise<VerifiedCall> => {
    const raw = await callProof({ callId: randomId() });
    const { initiator } = call;
    const result = await verifyDeviceProof(raw, {
      purpose: "call",
      serverOrigin,
      person: initiator.person,
      time: "any",
    });
    assert.ok(result.ok);
    return { ...call, callProof: result.proof, list: await openedList(result.proof) };
  };
  const crossing = await ben.device.sign({
    purpose: "call",
    ...common(ben, calledAtMs),
    callId: randomId(),
    memberUserIds: ["ann"],
    leafKey,
    head: ben.head,
  });
  const [first, second] = [await otherCall(), await otherCall()];
  const hookOf = (of: VerifiedCall) => {
    const memory = memories.of(of.callProof.transcript.callId as CallId);
    return credentialHook(of, { directory, memory, nowMs: () => nowMs }, () => undefined);
  };
  const identity = encodeProof(crossing);
  for (let i = 0; i < 2; i++)
    assert.deepEqual(await hookOf(first)(identity, leafKey), { ok: true, userId: ben.userId });
  assert.deepEqual(await hookOf(second)(identity, leafKey), { ok: false, code: "mls.spentKey" });
});

test("shown is what was verified of the leaf in the group: not of one that never came in, by another key or another proof", () => {
  const leaves = new VerifiedLeaves();
  const ben = "ben" as UserId;
  const member = (key: number, proof: number) => ({
    leaf: 1,
    userId: ben,
    identity: new Uint8Array(64).fill(proof),
    leafPublicKey: new Uint8Array(32).fill(key),
    proves: true,
  });
  const checked = (leaf: ReturnType<typeof member>, device: string): void =>
    leaves.checked({
      leaf,
      userId: ben,
      verification: {
        kind: "software",
        deviceId: device as DeviceId,
        signedAtMs: 1,
        userVerified: false,
        firstSeen: false,
      },
    });
  const shown = (one: ReturnType<typeof member>) => leaves.inGroup([one]).get(ben)?.deviceId;
  checked(member(1, 1), "first");
  assert.equal(shown(member(1, 1)), "first");
  // Of Commits that were refused: by another device with another key, and with the very key of the leaf.
  checked(member(2, 2), "second");
  checked(member(1, 3), "third");
  assert.equal(shown(member(1, 1)), "first");
  assert.equal(shown(member(2, 2)), undefined, "forgotten with the epoch");
  checked(member(2, 2), "second");
  assert.equal(shown(member(2, 2)), "second");
  assert.equal(shown(member(1, 1)), undefined, "gone");
});
