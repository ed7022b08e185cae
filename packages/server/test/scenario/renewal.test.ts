/** A user ID outlives its certificates: at a sign-in a device signs for newer ones of its key, by a statement of the person's history. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";

import { certificatesDigest } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { Authority } from "@signet/e2e/support/authority.ts";
import { encodeMessage } from "@signet/protocol";
import type { UserId } from "@signet/protocol";

import { databasePath, openSqliteStore } from "../../src/index.ts";
import type { Store } from "../../src/index.ts";
import { Directory } from "../../src/registry/directory.ts";
import { addSoftwareKey, historyStatement, revoke } from "../support/own-history.ts";
import {
  anchorsFile,
  authority,
  certificatesIn,
  dayMs,
  lasting,
  minuteMs,
  refusal,
  signIn,
  withChain,
} from "../support/renewing.ts";
import { changesNothing } from "../support/snapshot.ts";
import { softwareDevice, startTestServer, tempDir } from "../support/test-server.ts";
import { TestTerminal, user } from "../support/test-terminal.ts";

const found = async (terminal: TestTerminal, device: SignatureDevice) =>
  certificatesIn(
    (await terminal.request("directory.lookup", { userIds: [user("alice")] })).people[0]?.entry,
    device,
  );

test("after the certificate ran out, a renewed one lets its holder in again, and others are shown it", async (t) => {
  const trustAnchors = anchorsFile(t);
  const dataDir = tempDir(t);
  const server = await startTestServer(t, { trustAnchors, dataDir });
  const { port } = server;
  const key = await softwareDevice();
  const short = await lasting(key, 10 * minuteMs);
  await (await TestTerminal.connect(server)).register("alice", short);
  server.setClock(11 * minuteMs);
  const ahead = 11 * minuteMs;
  assert.equal(await refusal(server, short, ahead), "certificate.expired");
  assert.equal(await refusal(server, key, ahead), "certificate.expired", "not without one either");

  // What does not hold renews nothing.
  const { certificate: others } = await authority.issue(await softwareDevice(), "alice");
  assert.equal(await refusal(server, withChain(key, others), ahead), "certificate.otherKey");
  const { certificate: mallory } = await authority.issue(key, "mallory");
  assert.equal(await refusal(server, withChain(key, mallory), ahead), "certificate.otherUser");
  const namesake = await Authority.create(authority.name);
  const { certificate: foreign } = await namesake.issue(key, "alice");
  assert.equal(await refusal(server, withChain(key, foreign), ahead), "certificate.badSignature");
  assert.equal(await refusal(server, await lasting(key, 5 * minuteMs), ahead), "certificate.expired");
  const watcher = await TestTerminal.connect(server, () => Date.now() + ahead);
  await watcher.register("bob", await softwareDevice());
  assert.deepEqual(await found(watcher, key), short.certificates, "the old ones stay");

  const renewed = await lasting(key, 30 * dayMs);
  // The proof comes first: who does not hold the key renews nothing with somebody's certificate.
  const stranger = await TestTerminal.connect(server, () => Date.now() + ahead);
  stranger.userId = user("alice");
  stranger.device = renewed;
  const body = await stranger.signInBody({ ...(await softwareDevice()), deviceId: key.deviceId });
  assert.equal(await stranger.refusal("sign-in.finish", body), "proof.signature");
  assert.deepEqual(await found(watcher, key), short.certificates);

  await watcher.request("presence.watch", { userIds: [user("alice")] });
  const { terminal, certificates } = await signIn(server, renewed, ahead);
  assert.deepEqual(certificates, renewed.certificates);
  assert.match(server.log(), /"purpose":"certify","msg":"a key history goes on"/);
  const changed = await watcher.event("directory.changed");
  assert.deepEqual(certificatesIn(changed.entry, key), renewed.certificates);
  assert.deepEqual(await found(watcher, key), renewed.certificates);
  await terminal.reconnect();
  assert.deepEqual(certificatesIn((await terminal.resume()).entry, key), renewed.certificates);
  // The device is in its entry already: nothing is sent where the terminal has no certificate at hand.
  assert.deepEqual((await signIn(server, key, ahead)).certificates, renewed.certificates);
  await watcher.close();
  await server.close();

  const again = await startTestServer(t, { trustAnchors, dataDir, port });
  assert.deepEqual((await signIn(again, key)).certificates, renewed.certificates);
  const late = await TestTerminal.connect(again);
  const taken = { userId: user("alice"), displayName: "Alice" };
  assert.equal(await late.refusal("register.begin", taken), "registration.userTaken");
});

test("a certificate that does not last longer takes no place while the other holds", async (t) => {
  const server = await startTestServer(t, { trustAnchors: anchorsFile(t) });
  const key = await softwareDevice();
  const first = await lasting(key, 10 * dayMs);
  await (await TestTerminal.connect(server)).register("alice", first);
  const shorter = await lasting(key, 9 * dayMs);
  assert.deepEqual((await signIn(server, shorter)).certificates, first.certificates);
  const notAfterMs = Math.floor(Date.now() / 1000) * 1000 + 20 * dayMs;
  const issue = async () => withChain(key, (await authority.issue(key, "alice", { notAfterMs })).certificate);
  const longer = await issue();
  assert.deepEqual((await signIn(server, longer)).certificates, longer.certificates);
  assert.deepEqual((await signIn(server, await issue())).certificates, longer.certificates, "as long");
  assert.deepEqual((await signIn(server, first)).certificates, longer.certificates, "the former one");
});

test("after a revocation, a new certificate lets its holder in, also one that ends before the revoked one", async (t) => {
  const path = join(tempDir(t), "authority.crl");
  const key = await softwareDevice();
  const { certificate, serial } = await authority.issue(key, "alice");
  const revoked = withChain(key, certificate);
  writeFileSync(path, await authority.revoke());
  const server = await startTestServer(t, { trustAnchors: anchorsFile(t), crls: [path] });
  await (await TestTerminal.connect(server)).register("alice", revoked);
  const longer = await lasting(key, 40 * dayMs);
  writeFileSync(path, await authority.revoke(serial));
  assert.equal(await refusal(server, revoked), "certificate.revoked");
  const shorter = await lasting(key, dayMs);
  assert.deepEqual((await signIn(server, shorter)).certificates, shorter.certificates);
  assert.deepEqual((await signIn(server, longer)).certificates, longer.certificates);
  assert.equal(await refusal(server, revoked), "certificate.revoked");
});

test("a device certifies itself anew by a statement of its history, with what holds now and with nothing else", async (t) => {
  const server = await startTestServer(t, { trustAnchors: anchorsFile(t) });
  const key = await softwareDevice();
  const first = await lasting(key, 10 * dayMs);
  const alice = await TestTerminal.connect(server);
  await alice.register("alice", first);
  const certify = async ({ certificates = [] }: SignatureDevice) =>
    historyStatement(alice, "certify", {
      own: { certificatesDigest: await certificatesDigest(certificates) },
      beside: { certificates: [...certificates] },
    });
  const { certificate: mallory } = await authority.issue(key, "mallory");
  const { certificate: others } = await authority.issue(await softwareDevice(), "alice");
  for (const [code, device] of [
    ["certificate.otherUser", withChain(key, mallory)],
    ["certificate.otherKey", withChain(key, others)],
    ["certificate.expired", await lasting(key, -minuteMs)],
  ] as const) {
    const body = await certify(device);
    await changesNothing(server, async () => {
      assert.equal(await alice.refusal("history.append", body), code);
    });
  }
  const renewed = await lasting(key, 30 * dayMs);
  await alice.request("history.append", await certify(renewed));
  server.setClock(11 * dayMs);
  await signIn(server, key, 11 * dayMs);
  await server.close();

  const none = await startTestServer(t);
  const bob = await TestTerminal.connect(none);
  await bob.register("bob", key);
  const own = { certificatesDigest: await certificatesDigest(renewed.certificates ?? []) };
  const beside = { certificates: [...(renewed.certificates ?? [])] };
  const body = await historyStatement(bob, "certify", { own, beside });
  assert.equal(await bob.refusal("history.append", body), "certificate.notAccepted");
});

test("a plain key can be certified later, and is let in as ever with a certificate that does not hold", async (t) => {
  const trustAnchors = anchorsFile(t);
  const dataDir = tempDir(t);
  const plain = await startTestServer(t, { dataDir });
  const { port } = plain;
  const key = await softwareDevice();
  await (await TestTerminal.connect(plain)).register("alice", key);
  const device = await lasting(key, dayMs);
  assert.equal((await signIn(plain, device)).certificates, undefined, "nothing is accepted here");
  await plain.close();

  const server = await startTestServer(t, { trustAnchors, dataDir, port });
  const { certificate } = await authority.issue(key, "mallory");
  assert.equal((await signIn(server, withChain(key, certificate))).certificates, undefined);
  assert.match(server.log(), /a certificate that does not hold was not taken/);
  assert.deepEqual((await signIn(server, device)).certificates, device.certificates);
  assert.deepEqual((await signIn(server, key)).certificates, device.certificates, "never taken away");
});

test("any device renews its certificates at its sign-in, and gains some there; without them it is not let in", async (t) => {
  const server = await startTestServer(t, { trustAnchors: anchorsFile(t) });
  const alice = await TestTerminal.connect(server);
  const first = await lasting(await softwareDevice(), 30 * dayMs);
  await alice.register("alice", first);
  const key = await addSoftwareKey(alice);
  const { certificates: none } = await signIn(server, key);
  assert.equal(none, undefined);
  const short = await lasting(key, 10 * minuteMs);
  assert.deepEqual((await signIn(server, short)).certificates, short.certificates);
  const begun = await alice.request("sign-in.begin", { userId: user("alice") });
  assert.deepEqual(
    begun.certified,
    await Promise.all(
      [first, short].map(async ({ certificates = [], deviceId }) => ({
        deviceId,
        certificatesDigest: await certificatesDigest(certificates),
      })),
    ),
  );
  assert.ok(
    begun.entries.every(
      ({ certificates, statements }) =>
        certificates === undefined && statements.every((one) => one.certificates === undefined),
    ),
  );

  server.setClock(11 * minuteMs);
  const ahead = 11 * minuteMs;
  assert.equal(await refusal(server, key, ahead), "certificate.expired");
  const renewed = await lasting(key, 20 * dayMs);
  const { entry } = await signIn(server, renewed, ahead);
  assert.deepEqual(certificatesIn(entry, key), renewed.certificates);
  assert.deepEqual(certificatesIn(entry, first), first.certificates, "each has its own");
  // Nothing is left of it with the device.
  alice.clock = () => Date.now() + ahead;
  await revoke(alice, key);
  const left = await alice.request("sign-in.begin", { userId: user("alice") });
  assert.deepEqual(
    left.certified.map(({ deviceId }) => deviceId),
    [first.deviceId],
  );
});

test("what was renewed before there were statements counts for the first device, until one renews it", async (t) => {
  const options = { trustAnchors: anchorsFile(t), dataDir: tempDir(t) };
  const before = await startTestServer(t, options);
  const { port } = before;
  const key = await softwareDevice();
  const alice = await TestTerminal.connect(before);
  const { entry } = await alice.register("alice", await lasting(key, 10 * minuteMs));
  await addSoftwareKey(alice);
  await alice.close();
  await before.close();
  const { statements: _none, ...registration } = entry;
  const row = await lasting(key, dayMs);
  const database = new DatabaseSync(databasePath(options.dataDir));
  database
    .prepare("INSERT INTO renewed_entries (user_id, entry) VALUES ('alice', ?)")
    .run(encodeMessage({ ...registration, certificates: row.certificates }));
  database.close();

  const server = await startTestServer(t, { ...options, port });
  const ahead = 11 * minuteMs;
  server.setClock(ahead);
  assert.deepEqual((await signIn(server, key, ahead)).certificates, row.certificates);
  const { entry: unchanged } = await signIn(server, row, ahead);
  assert.equal(unchanged.statements.length, 1, "it is known already");
  const longer = await lasting(key, 2 * dayMs);
  const renewed = await signIn(server, longer, ahead);
  assert.deepEqual(renewed.certificates, longer.certificates);
  assert.deepEqual(renewed.entry.certificates, row.certificates, "the former ones stay where they were");
  const rows = new DatabaseSync(databasePath(options.dataDir), { readOnly: true });
  assert.equal(rows.prepare("SELECT count(*) AS count FROM renewed_entries").get()?.["count"], 1);
  rows.close();
});

test("an entry that was read before the renewal and folded after it does not come back", async (t) => {
  const server = await startTestServer(t, { trustAnchors: anchorsFile(t) });
  const key = await softwareDevice();
  await (await TestTerminal.connect(server)).register("alice", await lasting(key, dayMs));
  const store = openSqliteStore(databasePath(server.dataDir));
  const renew = async (directory: Directory, days: number) => {
    const { certificates } = await signIn(server, await lasting(key, days * dayMs));
    directory.changed(user("alice"));
    return certificates;
  };
  const certificatesNow = async (directory: Directory) =>
    (await directory.personOf(user("alice")))?.devices[0]?.certificates;
  let written = (): void => undefined;
  const isWritten = new Promise<void>((resolve) => (written = resolve));
  let reads = 0;
  const slow = {
    entryOf: async (userId: UserId) => {
      const found = await store.entryOf(userId);
      if (reads++ === 0) await isWritten;
      return found;
    },
  } as Store;
  const directory = new Directory(
    slow,
    () => server.origin,
    () => false,
  );
  const read = certificatesNow(directory);
  const one = await renew(directory, 2);
  written();
  await read;
  assert.deepEqual(await certificatesNow(directory), one);
  const two = await renew(directory, 3);
  assert.deepEqual(await certificatesNow(directory), two, "nor what was known before it");
  await store.close();
});
