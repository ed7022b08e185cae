/** Key histories that hold, and what becomes of the person. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import {
  certificatesDigest,
  continuationOf,
  createSoftwareKey,
  devicesAt,
  foldHistory,
  headOf,
  mostDevices,
} from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { DirectoryEntryIn, decodeStatement, encodeStatement, toBase64Url } from "@signet/protocol";

import { createAuthenticator, userPresent } from "../support/authenticator.ts";
import {
  HistoryWriter,
  administeredBy,
  assertFold,
  deviceOf,
  fold,
  folded,
  newDevice,
  ownRevocation,
} from "../support/history.ts";
import { hourMs, nowMs, serverOrigin } from "../support/people.ts";

const software = (): Promise<SignatureDevice> => createSoftwareKey({ algorithm: "EdDSA" });

let first: SignatureDevice;
let second: SignatureDevice;
let third: SignatureDevice;
let writer: HistoryWriter;

before(async () => {
  [first, second, third] = await Promise.all([
    createAuthenticator("ES256", serverOrigin),
    software(),
    createAuthenticator("EdDSA", serverOrigin, userPresent),
  ]);
});

test("a registration alone is a history: one device, which nobody vouched for", async () => {
  const { entry, history } = await HistoryWriter.begin(first);
  const person = await folded(history);
  assert.equal(person.userId, "alice");
  assert.equal(person.displayName, "Alice");
  assert.deepEqual(person.devices, [
    {
      deviceId: first.deviceId,
      kind: "webauthn",
      algorithm: "ES256",
      publicKey: first.publicKey,
      userVerification: true,
      name: "",
      addedAtMs: nowMs,
      addedBySequence: 0,
    },
  ]);
  assert.equal(person.digests.length, 1);
  assert.deepEqual(decodeStatement(encodeStatement([entry.proof])), [entry.proof]);
});

test("a second device and a third, by whichever the person has; each checks its user as it did when it came", async () => {
  writer = await HistoryWriter.begin(first);
  await writer.add(second);
  const added = await writer.make("add-device", await newDevice(third, "Blue key"), {
    by: second,
    second: third,
    beside: { credentialId: new Uint8Array([1, 2]), attestation: { format: "packed", aaguid: "a" } },
  });
  writer.statements.push(added);
  const person = await folded(writer.history);
  assert.deepEqual(
    person.devices.map(({ deviceId, name, userVerification }) => [deviceId, name, userVerification]),
    [
      [first.deviceId, "", true],
      [second.deviceId, "Desk", false],
      [third.deviceId, "Blue key", false],
    ],
  );
  const blue = deviceOf(person, third);
  assert.deepEqual(blue.addedBy, { userId: "alice", deviceId: second.deviceId });
  assert.equal(blue.addedAtMs, nowMs + 2 * hourMs);
  assert.deepEqual(blue.credentialId, new Uint8Array([1, 2]));
  assert.deepEqual(blue.attestation, { format: "packed", aaguid: "a" });
});

test("names: the person's and a device's", async () => {
  const writer = await HistoryWriter.begin(first);
  await writer.rename("Alice B.");
  await writer.rename("Key ring", first);
  const person = await folded(writer.history);
  assert.equal(person.displayName, "Alice B.");
  assert.equal(deviceOf(person, first).name, "Key ring");
});

test("a device is revoked by another, or by itself, and counts from before its place no more", async () => {
  for (const by of [first, second]) {
    const writer = await HistoryWriter.begin(first);
    await writer.add(second);
    const before = await writer.head();
    await writer.revoke(second, by);
    const person = await folded(writer.history);
    assert.deepEqual(deviceOf(person, second).revoked, {
      bySequence: 2,
      atMs: nowMs + 2 * hourMs,
      by: { userId: "alice", deviceId: by.deviceId },
      why: "lost",
    });
    const counted = (head: Parameters<typeof devicesAt>[1]) =>
      devicesAt(person, head)?.map(({ deviceId }) => deviceId);
    assert.deepEqual(counted(person.digests[0]!), [first.deviceId]);
    assert.deepEqual(counted(before), [first.deviceId, second.deviceId]);
    assert.deepEqual(counted(headOf(person)), [first.deviceId]);
    assert.equal(counted(new Uint8Array(32)), undefined);
  }
});

test("the last device is not revoked by the person, and is by an administrator", async () => {
  const admin = await HistoryWriter.begin(second, "admin");
  const administratorDevices = administeredBy(await folded(admin.history));

  const own = await HistoryWriter.begin(first);
  await own.revoke(first);
  assertFold(await fold(own.history), "history.lastDevice", 1);

  const writer = await HistoryWriter.begin(first);
  await writer.write(
    "revoke-device",
    { ...ownRevocation(first), why: "stolen", ...(await admin.signature()) },
    { by: second },
  );
  const person = await folded(writer.history, administratorDevices);
  assert.deepEqual(devicesAt(person, headOf(person)), []);
  assert.deepEqual(person.devices[0]?.revoked?.by, { userId: "admin", deviceId: second.deviceId });
  assert.deepEqual(person.recoveries, []);
});

test("an administrator recovers a person: one new device, the former ones count no more, and it stays visible", async () => {
  const admin = await HistoryWriter.begin(second, "admin");
  const administratorDevices = administeredBy(await folded(admin.history));
  const writer = await HistoryWriter.begin(first);
  const seen = await folded(writer.history);
  await writer.recover(third, admin);
  const person = await folded(writer.history, administratorDevices);
  assert.deepEqual(
    devicesAt(person, headOf(person))?.map(({ deviceId }) => deviceId),
    [third.deviceId],
  );
  assert.deepEqual(person.recoveries, [1]);
  assert.deepEqual(deviceOf(person, third).addedBy, { userId: "admin", deviceId: second.deviceId });
  assert.equal(deviceOf(person, first).revoked?.why, "replaced");
  assert.equal(continuationOf(person, { sequence: 0, digest: headOf(seen) }), "recovered");
  // Whoever met the person after that is told nothing any more.
  assert.equal(continuationOf(person, { sequence: 1, digest: headOf(person) }), "same");
  // The person goes on with the new device.
  await writer.add(await software(), third);
  const later = await folded(writer.history, administratorDevices);
  assert.equal(continuationOf(later, { sequence: 1, digest: headOf(person) }), "continued");
  assert.equal(continuationOf(later, { sequence: 0, digest: headOf(seen) }), "recovered");
});

test("certificates that a device signs for take the place of those it had", async () => {
  const writer = await HistoryWriter.begin(second);
  const certificates = [new Uint8Array([1, 2, 3]), new Uint8Array([4])];
  await writer.write(
    "certify",
    { certificatesDigest: await certificatesDigest(certificates) },
    { beside: { certificates } },
  );
  assert.deepEqual((await folded(writer.history)).devices[0]?.certificates, certificates);
  // One field is not two.
  assert.notDeepEqual(
    await certificatesDigest(certificates),
    await certificatesDigest([new Uint8Array([1, 2, 3, 4])]),
  );
});

test("how a history stands to one that was seen", async () => {
  const writer = await HistoryWriter.begin(first);
  const before = await folded(writer.history);
  const seen = { sequence: 0, digest: headOf(before) };
  assert.equal(continuationOf(before, seen), "same");
  await writer.add(second);
  const after = await folded(writer.history);
  assert.equal(continuationOf(after, seen), "continued");
  assert.equal(continuationOf(before, { sequence: 1, digest: headOf(after) }), "shortened");
  const fork = await HistoryWriter.begin(first);
  await fork.add(second, first, "Other");
  assert.equal(continuationOf(await folded(fork.history), { sequence: 1, digest: headOf(after) }), "other");
});

test(`${mostDevices} devices count at once, not one more; a revoked one makes room`, async () => {
  const writer = await HistoryWriter.begin(first);
  const devices = await Promise.all(Array.from({ length: mostDevices - 1 }, software));
  for (const device of devices) await writer.add(device);
  await folded(writer.history);
  const tooMany = await writer.make("add-device", await newDevice(third), { second: third });
  assertFold(
    await fold({ ...writer.history, statements: [...writer.statements, tooMany] }),
    "history.tooManyDevices",
    mostDevices,
  );
  await writer.revoke(devices[0]!);
  await writer.add(third);
  assert.equal((await folded(writer.history)).devices.length, mostDevices + 1);
});

test("a history on the wire is the same when it comes back", async () => {
  const wire = JSON.parse(
    JSON.stringify(writer.history, (_, value: unknown) =>
      value instanceof Uint8Array ? toBase64Url(Uint8Array.from(value)) : value,
    ),
  );
  assert.deepEqual(DirectoryEntryIn.parse(wire), writer.history);
});

test("a history of another server is refused", async () => {
  const { history } = await HistoryWriter.begin(second);
  const options = { serverOrigin: "http://localhost:8081", administratorDevices: async () => undefined };
  assertFold(await foldHistory(history, options), "proof.origin", 0);
});
