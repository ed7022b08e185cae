/** A user ID outlives its certificate: a newer one for the same key takes its place at a sign-in. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";

import { certificatesDigest } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { Authority } from "@signet/e2e/support/authority.ts";
import type { Bytes, UserId } from "@signet/protocol";

import { databasePath, openSqliteStore } from "../../src/index.ts";
import type { Store } from "../../src/index.ts";
import { Directory } from "../../src/registry/directory.ts";
import { mostEntries } from "../../src/store/store.ts";
import { historyStatement } from "../support/own-history.ts";
import { changesNothing } from "../support/snapshot.ts";
import { softwareDevice, startTestServer, tempDir } from "../support/test-server.ts";
import type { Cleanup, TestServer } from "../support/test-server.ts";
import { TestTerminal, user } from "../support/test-terminal.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;
let authority: Authority;

before(async () => {
  authority = await Authority.create();
});

function anchorsFile(test: Cleanup): string {
  const path = join(tempDir(test), "anchors.pem");
  writeFileSync(path, authority.pem);
  return path;
}

const withChain = (device: SignatureDevice, ...certificates: Bytes[]): SignatureDevice => ({
  ...device,
  certificates,
});

/** The same key with a certificate that lasts so long from now. */
async function lasting(
  device: SignatureDevice,
  durationMs: number,
  name = "alice",
): Promise<SignatureDevice> {
  const { certificate } = await authority.issue(device, name, { notAfterMs: Date.now() + durationMs });
  return withChain(device, certificate);
}

/** Signs in at a terminal of its own, at the time that the server has. */
async function signIn(server: TestServer, device: SignatureDevice, aheadMs = 0) {
  const terminal = await TestTerminal.connect(server, () => Date.now() + aheadMs);
  const { entry } = await terminal.signIn("alice", device);
  return { terminal, certificates: entry.certificates };
}

async function refusal(server: TestServer, device: SignatureDevice, aheadMs = 0): Promise<string> {
  const terminal = await TestTerminal.connect(server, () => Date.now() + aheadMs);
  let code = "";
  await changesNothing(server, async () => {
    code = await terminal.signInRefusal("alice", device);
  });
  return code;
}

const found = async (terminal: TestTerminal) =>
  (await terminal.request("directory.lookup", { userIds: [user("alice")] })).people[0]?.entry?.certificates;

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
  assert.deepEqual(await found(watcher), short.certificates, "the old entry stays");

  const renewed = await lasting(key, 30 * dayMs);
  // The proof comes first: who does not hold the key renews nothing with somebody's certificate.
  const stranger = await TestTerminal.connect(server, () => Date.now() + ahead);
  stranger.userId = user("alice");
  stranger.device = renewed;
  const proof = await stranger.signInProof(undefined, {
    ...(await softwareDevice()),
    deviceId: key.deviceId,
  });
  const body = { proof, certificates: [...(renewed.certificates ?? [])] };
  assert.equal(await stranger.refusal("sign-in.finish", body), "proof.signature");
  assert.deepEqual(await found(watcher), short.certificates);

  const { terminal, certificates } = await signIn(server, renewed, ahead);
  assert.deepEqual(certificates, renewed.certificates);
  assert.match(server.log(), /certificate renewed/);
  assert.deepEqual(await found(watcher), renewed.certificates);
  await terminal.reconnect();
  assert.deepEqual((await terminal.resume()).entry.certificates, renewed.certificates);
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

test("who renewed as often as the server keeps is told so, and signs in with what they have", async (t) => {
  const server = await startTestServer(t, { trustAnchors: anchorsFile(t) });
  const key = await softwareDevice();
  const terminal = await TestTerminal.connect(server);
  const registered = await terminal.register("alice", await lasting(key, dayMs));
  const { statements: _none, ...entry } = registered.entry;
  const store = openSqliteStore(databasePath(server.dataDir));
  const [binding] = await store.bindings();
  assert.ok(binding);
  for (let entries = 1; entries < mostEntries - 1; entries += 1)
    await store.renew({ entry: { ...entry, certificates: [Uint8Array.of(entries)] }, binding });
  await store.close();
  const last = await lasting(key, 2 * dayMs);
  assert.deepEqual((await signIn(server, last)).certificates, last.certificates);
  assert.equal(await refusal(server, await lasting(key, 3 * dayMs)), "certificate.tooManyRenewals");
  assert.deepEqual((await signIn(server, last)).certificates, last.certificates);
});

test("an entry that was read before the renewal and verified after it does not come back", async (t) => {
  const server = await startTestServer(t, { trustAnchors: anchorsFile(t) });
  const key = await softwareDevice();
  await (await TestTerminal.connect(server)).register("alice", await lasting(key, dayMs));
  const store = openSqliteStore(databasePath(server.dataDir));
  const [binding] = await store.bindings();
  const former = await store.entryOf(user("alice"));
  assert.ok(binding && former);
  const { statements: _none, ...registration } = former;
  const renew = async (directory: Directory, certificate: number) => {
    const entry = { ...registration, certificates: [Uint8Array.of(certificate)] };
    assert.equal(await store.renew({ entry, binding }), "renewed");
    directory.changed(user("alice"));
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
  await renew(directory, 1);
  written();
  await read;
  assert.deepEqual(await certificatesNow(directory), [Uint8Array.of(1)]);
  await renew(directory, 2);
  assert.deepEqual(await certificatesNow(directory), [Uint8Array.of(2)], "nor what was known before it");
  await store.close();
});
