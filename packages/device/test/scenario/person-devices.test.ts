/** Proofs by a person with several devices: by whichever counts now, and by no other. */
import assert from "node:assert/strict";
import { before, mock, test } from "node:test";

import {
  Histories,
  certificatesDigest,
  createSoftwareKey,
  createTerminalKey,
  foldHistory,
  verifyBinding,
  verifyDeviceProof,
} from "@signet/device";
import type { Person, SignatureDevice } from "@signet/device";
import { fromUtf8 } from "@signet/protocol";
import type { Bytes, DirectoryEntryIn } from "@signet/protocol";

import { HistoryWriter, assertFold, folded } from "../support/history.ts";
import { assertRefused, nowMs, serverOrigin, transcriptsOf } from "../support/people.ts";

const software = (): Promise<SignatureDevice> => createSoftwareKey({ algorithm: "EdDSA" });
const options = { serverOrigin, administratorDevices: async () => undefined };

let first: SignatureDevice;
let second: SignatureDevice;
let writer: HistoryWriter;
let person: Person;

before(async () => {
  [first, second] = await Promise.all([software(), software()]);
  writer = await HistoryWriter.begin(first);
  await writer.add(second);
  person = await folded(writer.history);
});

async function callBy(device: SignatureDevice, of: Person) {
  const proof = await device.sign(transcriptsOf(device, await createTerminalKey(), of).call);
  return verifyDeviceProof(proof, { purpose: "call", serverOrigin, person: of, time: { nowMs } });
}

/** How many signatures are verified meanwhile. */
async function verifications(run: () => Promise<unknown>): Promise<number> {
  const verify = mock.method(crypto.subtle, "verify");
  try {
    await run();
    return verify.mock.callCount();
  } finally {
    verify.mock.restore();
  }
}

test("each device that counts speaks for the person, and it is said which one did", async () => {
  for (const device of [first, second]) {
    const result = await callBy(device, person);
    assert.ok(result.ok, result.ok ? "" : result.code);
    assert.equal(result.proof.device.deviceId, device.deviceId);
    assert.ok(person.devices.includes(result.proof.device));
    const terminal = await createTerminalKey();
    const proof = await device.sign(transcriptsOf(device, terminal, person)["sign-in"]);
    const bound = await verifyBinding(proof, { serverOrigin, person, nowMs });
    assert.ok(bound.ok, bound.ok ? "" : bound.code);
    assert.deepEqual(
      [bound.binding.deviceId, bound.binding.device.deviceId, bound.binding.userId],
      [device.deviceId, device.deviceId, "alice"],
    );
  }
  assertRefused(await callBy(await software(), person), "history.deviceUnknown");
});

test("a device that was revoked speaks for nobody, not in what it signed before either: history.deviceRevoked", async () => {
  const later = await HistoryWriter.begin(first);
  await later.add(second);
  await later.revoke(second);
  const without = await folded(later.history);
  assertRefused(await callBy(second, without), "history.deviceRevoked");
  const terminal = await createTerminalKey();
  const proof = await second.sign(transcriptsOf(second, terminal, person)["sign-in"]);
  assertRefused(
    await verifyBinding(proof, { serverOrigin, person: without, nowMs }),
    "history.deviceRevoked",
  );
  assert.ok((await callBy(first, without)).ok);
});

test("one device does not sign under the name of another: proof.signature", async () => {
  const forger: SignatureDevice = { ...second, deviceId: first.deviceId };
  assertRefused(await callBy(forger, person), "proof.signature");
});

test("what a later device signed to register by itself binds nobody: proof.purpose", async () => {
  const register = async (device: SignatureDevice) => {
    const proof = await device.sign(transcriptsOf(device, await createTerminalKey()).register);
    return verifyBinding(proof, { serverOrigin, person, nowMs });
  };
  assert.ok((await register(first)).ok);
  assertRefused(await register(second), "proof.purpose");
});

test("a proof names the history that its device signed with: as it was then, or is now, and no other", async () => {
  const naming = async (device: SignatureDevice, head: Bytes, of = person) => {
    const { call } = transcriptsOf(device, await createTerminalKey());
    const proof = await device.sign({ ...call, head });
    return verifyDeviceProof(proof, { purpose: "call", serverOrigin, person: of, time: "any" });
  };
  const [registered, added] = person.digests as readonly [Bytes, Bytes];
  assert.ok((await naming(first, registered)).ok, "what it was, and goes on");
  assert.ok((await naming(first, added)).ok);
  assert.ok((await naming(second, added)).ok);
  assertRefused(await naming(second, registered), "history.head");
  for (const head of [new Uint8Array(), added.slice(0, 31), new Uint8Array(32).fill(7)])
    assertRefused(await naming(first, head), "history.head");
  const fork = await HistoryWriter.begin(first);
  await fork.rename("Al");
  assertRefused(await naming(first, added, await folded(fork.history)), "history.head");
  assertRefused(await naming(first, added, await folded(writer.entry)), "history.head");
  for (const purpose of ["sign-in", "join"] as const) {
    const proof = await first.sign({
      ...transcriptsOf(first, await createTerminalKey())[purpose],
      head: new Uint8Array(32),
    });
    assertRefused(
      await verifyDeviceProof(proof, { purpose, serverOrigin, person, time: "any" }),
      "history.head",
    );
  }
});

test("a sign-in of before histories binds who has nothing but a registration", async () => {
  const { "sign-in": signIn } = transcriptsOf(first, await createTerminalKey());
  const former = await first.sign({ ...signIn, head: new Uint8Array() });
  assert.equal(fromUtf8(former.transcript.slice(0, 17)), "signet/sign-in/v1");
  const registered = await folded(writer.entry);
  const bound = await verifyBinding(former, { serverOrigin, person: registered, nowMs });
  assert.ok(bound.ok, bound.ok ? "" : bound.code);
  assertRefused(await verifyBinding(former, { serverOrigin, person, nowMs }), "history.head");
});

test("what continues a history is folded from there on, and comes to the same", async () => {
  const more = await HistoryWriter.begin(first);
  await more.add(second);
  const known = await folded(more.history);
  await more.rename("Al", undefined, second);
  await more.revoke(first, second);
  const whole = await folded(more.history);
  let continued: Person | undefined;
  const count = await verifications(async () => {
    const result = await foldHistory(more.history, { ...options, known });
    assert.ok(result.ok);
    continued = result.person;
  });
  assert.equal(count, 2, "those that were added, and no other");
  assert.deepEqual(continued, whole);
  assert.equal(await verifications(() => foldHistory(more.history, { ...options, known: whole })), 0);
});

test("what does not go on from the known history is folded from its beginning", async () => {
  const [statement] = writer.statements;
  assert.ok(statement !== undefined);
  const changed: DirectoryEntryIn = {
    ...writer.history,
    statements: [{ ...statement, proofs: [...statement.proofs].reverse() }],
  };
  assertFold(await foldHistory(changed, { ...options, known: person }), "proof.signature", 1);
  assertFold(
    await foldHistory({ ...writer.history, displayName: "Bob" }, { ...options, known: person }),
    "proof.user",
    0,
  );
  const shorter = await foldHistory(writer.entry, { ...options, known: person });
  assert.ok(shorter.ok);
  assert.equal(shorter.person.devices.length, 1);
});

test("a kept history is not verified again, nor the same one twice at once; of two people the first gives way", async () => {
  const bob = await HistoryWriter.begin(await software(), "bob");
  const cached = new Histories({ people: 1, bytes: 1_000_000 });
  const twice = await verifications(async () => {
    const [one, other] = await Promise.all([
      cached.fold(writer.history, options),
      cached.fold(structuredClone(writer.history), options),
    ]);
    assert.ok(one.ok && other === one);
    cached.keep(one.person);
  });
  assert.equal(twice, 3, "the registration, and both under the second device");
  const again = await verifications(() => cached.fold(structuredClone(writer.history), options));
  assert.equal(again, 0);
  const result = await cached.fold(bob.history, options);
  assert.ok(result.ok);
  assert.equal(cached.of(bob.userId), undefined, "kept when it is asked for");
  cached.keep(result.person);
  assert.equal(cached.of(person.userId), undefined);
  assert.equal(cached.of(bob.userId), result.person);
});

test("kept histories are bounded in bytes, but for the latest one", async () => {
  const bob = await folded((await HistoryWriter.begin(await software(), "bob")).history);
  const roomy = new Histories({ people: 10, bytes: 10_000 });
  const narrow = new Histories({ people: 10, bytes: 2_100 });
  for (const one of [bob, person]) {
    for (const cached of [roomy, narrow]) cached.keep(one);
  }
  assert.deepEqual([roomy.of(bob.userId), narrow.of(bob.userId)], [bob, undefined]);
  assert.deepEqual([roomy.of(person.userId), narrow.of(person.userId)], [person, person]);
});

test("a history is shown to strangers without certificates: then its devices have none", async () => {
  const certified = await HistoryWriter.begin(first);
  const certificates = [Uint8Array.of(1, 2)];
  const own = { certificatesDigest: await certificatesDigest(certificates) };
  await certified.write("certify", own, { beside: { certificates } });
  const [statement] = certified.statements;
  assert.ok(statement !== undefined);
  const { certificates: _withheld, ...without } = statement;
  const shown = { ...certified.history, statements: [without] };
  assertFold(await foldHistory(shown, options), "history.certificates", 1);
  const result = await foldHistory(shown, { ...options, certificatesWithheld: true });
  assert.ok(result.ok);
  const whole = await folded(certified.history);
  assert.deepEqual(result.person.digests, whole.digests);
  assert.equal(result.person.devices[0]?.certificates, undefined);
  const other = { ...certified.history, statements: [{ ...statement, certificates: [Uint8Array.of(1)] }] };
  assertFold(await foldHistory(other, { ...options, certificatesWithheld: true }), "history.certificates", 1);
});
