/** A server that does not show a person's history as it is, to a terminal that knew them. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { createSoftwareKey, foldHistory, statedHead } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { codeOf } from "@signet/protocol";
import type { DirectoryEntryIn, UserId } from "@signet/protocol";

import { verifyInvite } from "../../src/call/verify-call.ts";
import { MemoryPinStore } from "../../src/index.ts";
import { MetKeys } from "../../src/people/met-keys.ts";
import { verifyProofOf } from "../../src/people/proofs.ts";
import { offlineDirectory } from "../support/directory.ts";
import { recovered, renamed, withDevice, withoutDevice } from "../support/histories.ts";
import { atTerminal } from "../support/present.ts";
import { ringBy } from "../support/rings.ts";
import { person, randomBytes, randomId, serverOrigin } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";

let ann: TestPerson;
let second: SignatureDevice;
let stranger: SignatureDevice;
/** Registration and a second device. */
let two: DirectoryEntryIn;

before(async () => {
  ann = await person("ann");
  [second, stranger] = await Promise.all([
    createSoftwareKey({ algorithm: "EdDSA" }),
    createSoftwareKey({ algorithm: "EdDSA" }),
  ]);
  two = await withDevice(ann.entry, ann.device, second);
});

function open(pins = new MemoryPinStore()) {
  const refusals: string[] = [];
  const told: string[] = [];
  let shown: DirectoryEntryIn | undefined;
  const directory = offlineDirectory({
    pins,
    onRefused: (userId, code) => refusals.push(`${userId} ${code}`),
    onContinued: ({ digests, userId }, sequence) => told.push(`${userId} ${sequence} ${digests.length - 1}`),
    lookUp: () => shown,
  });
  const show = (entry: DirectoryEntryIn): void => void (shown = entry);
  const meet = async (entry: DirectoryEntryIn, by = ann.device): Promise<void> => {
    await directory.accept(entry);
    directory.met(ann.userId, { deviceId: by.deviceId });
  };
  return { directory, meet, pins, refusals, show, told };
}

test("who went on while what they signed was verified is who they are by then: that was hidden from nobody", async () => {
  const { directory, refusals } = open();
  const former = await directory.verify(ann.entry);
  await directory.accept(two);
  directory.hold(former, ann.device.deviceId);
  assert.deepEqual(refusals, []);
  await assert.rejects(
    directory.accept(ann.entry),
    { code: "history.shortened" },
    "shown from then on, it is",
  );
  assert.deepEqual(refusals, ["ann history.shortened"]);
  await directory.accept(await withoutDevice(two, second, ann.device));
  assert.throws(() => directory.hold(former, ann.device.deviceId), { code: "history.deviceRevoked" });
  assert.equal(refusals.length, 1, "the server showed that it is");
});

test("who went on by their own devices is accepted, told once, met by any of them, and remembered as they are now", async () => {
  const { directory, meet, pins, refusals, told } = open();
  await meet(ann.entry);
  assert.deepEqual(pins.headOf(ann.userId), { sequence: 0, digest: ann.head });
  const { firstSeen, person: now } = await directory.accept(two);
  assert.deepEqual([firstSeen, now.devices.length], [false, 2]);
  await directory.accept(two);
  assert.deepEqual(told, ["ann 0 1"]);
  const without = await withoutDevice(two, ann.device, second);
  // In another window, at the same time, and in a later run: what was told is remembered, and so cannot be taken back.
  for (const later of [open(pins), open(pins)]) {
    await later.directory.accept(two);
    await assert.rejects(later.directory.accept(ann.entry), { code: "history.shortened" });
    assert.deepEqual(later.told, []);
  }
  assert.deepEqual(pins.headOf(ann.userId), { sequence: 1, digest: await statedHead(two) });
  await directory.changed(without);
  await directory.accept(without);
  assert.deepEqual([told, refusals], [["ann 0 1", "ann 1 2"], []]);
});

test("who goes on is met by the device that was added", async () => {
  const { directory, meet, pins, refusals } = open();
  await meet(ann.entry);
  await directory.accept(two);
  directory.met(ann.userId, { deviceId: second.deviceId });
  assert.deepEqual(pins.headOf(ann.userId), { sequence: 1, digest: await statedHead(two) });
  assert.equal(pins.get(ann.userId), ann.device.deviceId);
  assert.deepEqual(refusals, []);
});

test("a server that hides the last statement is found out, in this run and in a later one: history.shortened", async () => {
  const without = await withoutDevice(two, ann.device, second);
  for (const [known, hidden] of [
    [two, ann.entry],
    [without, two],
    [without, ann.entry],
  ] as const) {
    const { directory, meet, pins, refusals, show } = open();
    await meet(known);
    await assert.rejects(directory.accept(hidden), { code: "history.shortened" });
    const later = open(pins);
    await assert.rejects(later.directory.accept(hidden), { code: "history.shortened" });
    show(hidden);
    await assert.rejects(directory.requireSameKeys([ann.userId]), { code: "history.shortened" });
    assert.deepEqual(refusals, ["ann history.shortened", "ann history.shortened"], "told each time");
    assert.deepEqual(directory.changedKeys, [], "nothing to trust");
    assert.equal((await directory.accept(known)).firstSeen, false);
  }
});

test("what was only held follows the same rule", async () => {
  const { directory, pins, told } = open();
  await directory.accept(two);
  await assert.rejects(directory.accept(ann.entry), { code: "history.shortened" });
  await assert.rejects(directory.accept(await renamed(ann.entry, ann.device, "Ann B.")), {
    code: "directory.keyChanged",
  });
  await directory.accept(await renamed(two, second, "Ann B."));
  assert.deepEqual(told, ["ann 1 2"]);
  await assert.rejects(directory.accept(two), { code: "history.shortened" });
  assert.equal(pins.get(ann.userId), undefined);
  await open(pins).directory.accept(ann.entry);
});

test("a fork, as long or longer, is what a changed key is, until the person decides", async () => {
  const fork = await renamed(ann.entry, ann.device, "Ann B.");
  const longer = await renamed(fork, ann.device, "Ann C.");
  for (const other of [fork, longer]) {
    const { directory, meet, refusals } = open();
    await meet(two);
    await assert.rejects(directory.accept(other), { code: "directory.keyChanged" });
    assert.deepEqual(refusals, ["ann directory.keyChanged"]);
    const { deviceId } = ann.device;
    const head = await statedHead(other);
    assert.deepEqual(directory.changedKeys, [
      { userId: ann.userId, deviceId, head, how: "other", happened: [] },
    ]);
    // What was shown first is what is decided about.
    await assert.rejects(directory.accept(await renamed(ann.entry, ann.device, "Ann D.")), {
      code: "directory.keyChanged",
    });
    directory.trustChangedKey(ann.userId, deviceId);
    assert.equal((await directory.accept(other)).person.displayName, other === fork ? "Ann B." : "Ann C.");
    // Whether what is shorter is another one, too, cannot be told.
    const code = other === fork ? "directory.keyChanged" : "history.shortened";
    await assert.rejects(directory.accept(two), { code });
  }
});

test("a device that the server adds by itself is nobody's", async () => {
  const { directory, meet, refusals } = open();
  await meet(ann.entry);
  const byItself = await withDevice(ann.entry, stranger, stranger);
  await assert.rejects(directory.accept(byItself), { code: "history.deviceUnknown" });
  const forger: SignatureDevice = { ...stranger, deviceId: ann.device.deviceId };
  await assert.rejects(directory.accept(await withDevice(ann.entry, forger, stranger)), {
    code: "directory.badEntry",
  });
  const notAsked = await withDevice(ann.entry, ann.device, {
    ...stranger,
    sign: (it) => ann.device.sign(it),
  });
  await assert.rejects(directory.accept(notAsked), { code: "directory.badEntry" });
  assert.deepEqual(refusals, [
    "ann history.deviceUnknown",
    "ann directory.badEntry",
    "ann directory.badEntry",
  ]);
});

test("a device that was revoked is shown in vain: history.deviceRevoked", async () => {
  const { directory } = open();
  const known = await directory.accept(await withoutDevice(two, ann.device, second));
  const proof = await second.sign({
    purpose: "call",
    serverOrigin,
    userId: ann.userId,
    deviceId: second.deviceId,
    issuedAtMs: Date.now(),
    callId: randomId(),
    memberUserIds: ["ben"],
    leafKey: randomBytes(32),
    head: await statedHead(two),
    checkpoint: new Uint8Array(),
  });
  const expected = { purpose: "call", serverOrigin, time: "any" } as const;
  const result = await verifyProofOf(known, proof, expected);
  assert.equal(!result.ok && result.code, "history.deviceRevoked");
  assert.ok((await verifyProofOf(await open().directory.accept(two), proof, expected)).ok);
});

test("a recovery in the place of an added device, or the other way round, is refused", async () => {
  const admin = await person("admin");
  const { directory, meet, refusals } = open();
  await meet(ann.entry);
  // By whoever is nobody's administrator, and with the words of the one under the signatures of the other.
  const brought = await recovered(ann.entry, admin, stranger);
  await assert.rejects(directory.accept(brought), { code: "history.administrator" });
  const [[added], [recovery]] = [two.statements, brought.statements];
  for (const [signed, said] of [
    [added, recovery],
    [recovery, added],
  ] as const) {
    const proofs = signed!.proofs.map((proof) => ({ ...proof, transcript: said!.proofs[0]!.transcript }));
    await assert.rejects(directory.accept({ ...ann.entry, statements: [{ proofs }] }));
  }
  assert.deepEqual(refusals, [
    "ann history.administrator",
    "ann history.administrator",
    "ann directory.badEntry",
  ]);
});

test("who an administrator recovered is a changed key, named by the new device, until the person decides", async () => {
  const admin = await person("admin");
  const brought = await recovered(two, admin, stranger);
  const administrator = await foldHistory(admin.entry, {
    serverOrigin,
    administratorDevices: async () => undefined,
  });
  assert.ok(administrator.ok);
  const fold = async (entry: DirectoryEntryIn) => {
    const administratorDevices = async () => administrator.person.devices;
    const result = await foldHistory(entry, { serverOrigin, administratorDevices });
    assert.ok(result.ok, result.ok ? "" : result.code);
    return { person: result.person, certified: false };
  };
  const pins = new MemoryPinStore();
  const keys = new MetKeys(pins);
  keys.meet((await fold(two)).person, false);
  const after = await fold(brought);
  assert.throws(() => keys.check(after), { code: "directory.keyChanged" });
  const [refused, ...none] = keys.refused;
  assert.deepEqual([refused?.deviceId, refused?.how, none], [stranger.deviceId, "recovered", []]);
  assert.deepEqual(refused?.head, await statedHead(brought));
  assert.deepEqual(
    refused?.happened.map(({ by, type }) => [type, by.userId]),
    [["recovered", administrator.person.userId]],
  );
  // Of before histories, and so of before the recovery.
  const early = new MemoryPinStore();
  early.set(ann.userId, ann.device.deviceId);
  assert.throws(() => new MetKeys(early).check(after), { code: "directory.keyChanged" });
  assert.throws(() => keys.trust(ann.userId, ann.device.deviceId), { code: "directory.otherKey" });
  keys.trust(ann.userId, stranger.deviceId);
  keys.check(after);
  keys.check(await fold(await renamed(brought, stranger, "Ann again")));
  const former = await fold(two);
  assert.throws(() => keys.check(former), { code: "history.shortened" });
});

test("a pin of before histories holds the first device; what came since is told, and remembered", async () => {
  const pins = new MemoryPinStore();
  pins.set(ann.userId, ann.device.deviceId);
  const { directory, meet, told } = open(pins);
  const other = await person("ann");
  await assert.rejects(directory.accept(await withDevice(other.entry, other.device, ann.device)), {
    code: "directory.keyChanged",
  });
  await meet(two, second);
  assert.deepEqual(told, ["ann 0 1"]);
  assert.equal(pins.headOf(ann.userId)?.sequence, 1);
  await assert.rejects(open(pins).directory.accept(ann.entry), { code: "history.shortened" });
});

test("what another window met since counts here at once, and is asked for", async () => {
  const { directory, meet, pins, show } = open();
  await meet(ann.entry);
  await open(pins).meet(two);
  await assert.rejects(directory.accept(ann.entry), { code: "history.shortened" });
  show(two);
  assert.equal((await directory.person(ann.userId)).person.devices.length, 2);
});

test("one's own device takes nothing back either, and what it did not sign here is told", async () => {
  const { directory, pins, refusals, told } = open();
  const known = await open().directory.accept(two);
  directory.acceptOwn(known);
  assert.deepEqual([pins.headOf(ann.userId)?.sequence, refusals], [1, []]);
  const three = await renamed(two, second, "Ann B.");
  directory.acceptOwn(await open().directory.accept(three));
  assert.deepEqual([pins.headOf(ann.userId)?.sequence, refusals], [2, []]);
  assert.deepEqual(told, ["ann 1 2"]);
  const later = open(pins);
  const four = await open().directory.accept(await renamed(three, second, "Ann C."));
  later.directory.acceptOwn(four, true);
  later.directory.acceptOwn(four);
  assert.deepEqual([pins.headOf(ann.userId)?.sequence, later.told], [3, []], "signed here just now");
  // Only the last of it was.
  const away = open();
  away.directory.acceptOwn(known);
  away.directory.acceptOwn(four, true);
  assert.deepEqual(away.told, ["ann 1 3"]);
  pins.set(ann.userId, ann.device.deviceId, false, { sequence: 2, digest: await statedHead(three) });
  directory.acceptOwn(known);
  assert.deepEqual([pins.headOf(ann.userId)?.sequence, refusals], [2, ["ann history.shortened"]]);
});

test("a ring by one device under the binding of another does not ring: that terminal does not speak for this call", async () => {
  const desk: TestPerson = { ...ann, device: second, entry: two, head: await statedHead(two) };
  const rungAt = async (bound: TestPerson): Promise<string> => {
    const { expiresAtMs: _, ...ring } = await ringBy(desk, ["ben" as UserId]);
    const { binding } = await atTerminal({ ...bound, head: desk.head });
    const [nowMs, ownUserId] = [Date.now(), "ben" as UserId];
    const { directory } = open();
    return verifyInvite(
      { ...ring, binding },
      { serverOrigin, directory, ownUserId, nowMs, ringing: true },
    ).then(({ callProof }) => callProof.device.deviceId, codeOf);
  };
  assert.equal(await rungAt(desk), second.deviceId);
  assert.equal(await rungAt(ann), "proof.device");
});

test("who goes on while they ring is answered as they are by then, and nobody is told that anything were hidden", async () => {
  const ring = await ringBy(ann, ["ben" as UserId]);
  const { directory, refusals } = open();
  const answered = (isKept: boolean) =>
    verifyInvite(ring, {
      serverOrigin,
      directory,
      ownUserId: "ben" as UserId,
      nowMs: Date.now(),
      ringing: !isKept,
      isKept,
    });
  await answered(false);
  await directory.changed(two);
  const { initiator } = await answered(true);
  assert.equal(initiator.person.devices.length, 2);
  const names = await directory.namesOf([{ userId: ann.userId, entry: ann.entry }]);
  assert.deepEqual([...names.keys()], ["ann"]);
  assert.deepEqual(refusals, []);
  // A server that states it anew hides something.
  await assert.rejects(answered(false), { code: "history.shortened" });
  await directory.changed(await withoutDevice(two, second, ann.device));
  await assert.rejects(answered(true), { code: "history.deviceRevoked" });
});
