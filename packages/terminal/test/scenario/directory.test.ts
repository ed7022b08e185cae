import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { Authority } from "@signet/e2e/support/authority.ts";
import { SignetError, encodeMessage } from "@signet/protocol";
import type { DirectoryEntryIn, UserId } from "@signet/protocol";

import { certificateOf } from "../../src/people/devices.ts";
import { Directory } from "../../src/people/directory.ts";
import { MemoryPinStore } from "../../src/index.ts";
import { ServerLink } from "../../src/session/server-link.ts";
import { ownSystem } from "../../src/system.ts";
import { offlineDirectory } from "../support/directory.ts";
import { ListeningServer } from "../support/listening-server.ts";
import { person, serverOrigin, known } from "../support/people.ts";

async function open(t: TestContext, nowMs = () => Date.now()) {
  const server = await ListeningServer.open();
  const changes = new EventTarget();
  const link = new ServerLink(server.url, ownSystem, {
    opened: () => changes.dispatchEvent(new Event("opened")),
    closed: () => undefined,
    event: () => undefined,
  });
  t.after(async () => {
    link.disconnect();
    await server.close();
  });
  const opened = once(changes, "opened");
  link.connect(1);
  await opened;
  const pins = new MemoryPinStore();
  const refusals: string[] = [];
  const onRefused = (userId: string, code: string): void => void refusals.push(`${userId} ${code}`);
  const directory = new Directory(link, pins, onRefused, nowMs);
  directory.serverOrigin = serverOrigin;
  const entries = new Map<string, DirectoryEntryIn>();
  server.reply = (_type, body) => {
    const { userIds } = body as { userIds: string[] };
    const people = userIds.map((userId) => ({
      userId,
      reachable: true,
      ...(entries.has(userId) ? { entry: entries.get(userId) } : {}),
    }));
    return JSON.parse(encodeMessage({ people })) as unknown;
  };
  return { directory, pins, refusals, entries, server };
}

test("a person is known from the first look on, is new until they are met, and is remembered from then on", async (t) => {
  const { directory, pins, entries, server } = await open(t);
  const ann = await person("ann");
  entries.set("ann", ann.entry);
  const found = await directory.person(ann.userId);
  assert.equal(found.firstSeen, true);
  assert.equal(await directory.person(ann.userId), found);
  assert.equal(server.heard.length, 1, "asked once");
  assert.equal(pins.get(ann.userId), undefined, "looked up is not met");
  directory.met(ann.userId, found.person.history);
  assert.equal(pins.get(ann.userId), ann.device.deviceId);
  for (const met of [await directory.person(ann.userId), await directory.accept(ann.entry)])
    assert.deepEqual([met.person, met.firstSeen], [found.person, false]);
  await assert.rejects(directory.person("nobody" as UserId), { code: "user.unknown" });
  entries.set("dora", ann.entry);
  await assert.rejects(directory.person("dora" as UserId), { code: "user.unknown" }, "somebody else's entry");
});

test("an entry that more hangs on leaves nothing behind until that was verified", async (t) => {
  const { directory, pins, entries, refusals } = await open(t);
  const [ann, other] = [await person("ann"), await person("ann")];
  const claimed = await directory.verify(other.entry);
  assert.equal(claimed.firstSeen, true);
  entries.set("ann", ann.entry);
  assert.equal((await directory.person(ann.userId)).person.history.deviceId, ann.device.deviceId);
  assert.throws(() => directory.hold(claimed), { code: "directory.keyChanged" });
  directory.met(ann.userId, claimed.person.history);
  assert.equal(pins.get(ann.userId), undefined);
  assert.deepEqual(refusals, ["ann directory.keyChanged", "ann directory.keyChanged"]);
});

test("of two keys for somebody unknown the first that was held is theirs in this run, and the person hears of the other", async (t) => {
  const { directory, pins, refusals } = await open(t);
  const [one, other] = [await person("ann"), await person("ann")];
  const both = await Promise.all([directory.verify(one.entry), directory.verify(other.entry)]);
  directory.hold(both[1]);
  assert.throws(() => directory.hold(both[0]), { code: "directory.keyChanged" });
  assert.deepEqual(refusals, ["ann directory.keyChanged"]);
  assert.equal(pins.get(one.userId), undefined);
  // Another run of the same terminal begins anew.
  const later = offlineDirectory({ pins });
  assert.equal((await later.accept(one.entry)).firstSeen, true);
});

test("what another window met meanwhile counts, and is not written over", async (t) => {
  const { directory, pins, refusals } = await open(t);
  const [one, other] = [await person("ann"), await person("ann")];
  const found = await directory.accept(one.entry);
  const elsewhere = offlineDirectory({ pins });
  elsewhere.met(one.userId, (await elsewhere.accept(other.entry)).person.history);
  directory.met(one.userId, found.person.history);
  assert.equal(pins.get(one.userId), other.device.deviceId);
  assert.deepEqual(refusals, ["ann directory.keyChanged"]);
  await assert.rejects(directory.accept(one.entry), { code: "directory.keyChanged" });
});

test("a pin that cannot be written is told, and the person stays new", async (t) => {
  const { directory, pins, refusals } = await open(t);
  const ann = await person("ann");
  pins.add = () => {
    throw new SignetError("directory.badPins");
  };
  const found = await directory.accept(ann.entry);
  directory.met(ann.userId, found.person.history);
  assert.deepEqual(refusals, ["ann directory.badPins"]);
  assert.equal((await directory.accept(ann.entry)).firstSeen, true);
});

test("who is known by a certificate that ran out is asked for again, and stays known where it was not renewed", async (t) => {
  let nowMs = Date.now();
  const { directory, refusals, entries, server } = await open(t, () => nowMs);
  const authority = await Authority.create();
  directory.trust = {
    trust: { anchors: [authority.certificate], userIdFrom: "email" },
    anchoredBy: "server",
  };
  const ann = await person("ann");
  const issue = async (notAfterMs: number): Promise<DirectoryEntryIn> => {
    const { certificate } = await authority.issue(ann.device, "ann", { notAfterMs });
    return { ...ann.entry, certificates: [certificate] };
  };
  const notAfterMs = Math.floor(nowMs / 1000) * 1000 + 60_000;
  entries.set("ann", await issue(notAfterMs));
  const met = await directory.person(ann.userId);
  nowMs = notAfterMs;
  assert.equal(await directory.person(ann.userId), met);
  assert.equal(server.heard.length, 1, "valid to the last moment, so not asked again");

  nowMs = notAfterMs + 1;
  assert.equal(await directory.person(ann.userId), met, "not renewed");
  entries.set("ann", ann.entry);
  assert.equal(await directory.person(ann.userId), met, "left out");
  entries.delete("ann");
  assert.equal(await directory.person(ann.userId), met, "unknown");
  assert.equal(server.heard.length, 4);
  assert.deepEqual(refusals, []);
  const renewal = await issue(notAfterMs + 60_000);
  entries.set("ann", renewal);
  const renewed = await directory.person(ann.userId);
  assert.deepEqual(renewed.person.history.certificates, renewal.certificates);
  assert.equal(certificateOf(renewed, ann.device)?.validUntilMs, notAfterMs + 60_000);
  assert.equal(await directory.person(ann.userId), renewed);
  assert.equal(server.heard.length, 5);
});

test("what was verified holds for the very same entry and for no other", async (t) => {
  const { directory, refusals } = await open(t);
  const ann = await person("ann");
  const met = await directory.accept(ann.entry);
  const copy = structuredClone(ann.entry);
  assert.equal(await directory.accept(copy), met);
  const { signature, transcript } = ann.entry.proof;
  const bent = signature.signature.slice();
  bent[10] = (bent[10] ?? 0) ^ 1;
  const others: DirectoryEntryIn[] = [
    { ...copy, displayName: "Somebody else" },
    { ...copy, userVerification: true },
    { ...copy, algorithm: "ES256" },
    { ...copy, proof: { transcript: transcript.slice(1), signature } },
    { ...copy, proof: { transcript, signature: { ...signature, signature: bent } } },
  ];
  for (const other of others) await assert.rejects(directory.accept(other), { code: "directory.badEntry" });
  assert.equal(refusals.length, others.length);
  assert.equal(await directory.accept(ann.entry), met);
});

test("names come with the entries; who comes without one is asked for, and who does not verify has none", async (t) => {
  const { directory, entries, refusals, server } = await open(t);
  const [ann, ben, cleo] = [await person("ann"), await person("ben"), await person("cleo")];
  const asAnn = { userId: ann.userId, entry: ann.entry };
  assert.deepEqual(await directory.namesOf([asAnn]), new Map([["ann", ann.entry.displayName]]));
  assert.equal(server.heard.length, 0);
  entries.set("ben", ben.entry);
  const names = await directory.namesOf([
    asAnn,
    { userId: ben.userId },
    { userId: cleo.userId, entry: { ...cleo.entry, displayName: "Somebody else" } },
  ]);
  assert.deepEqual([...names.keys()].toSorted(), ["ann", "ben"]);
  assert.deepEqual(refusals, ["cleo directory.badEntry"]);
  assert.equal(server.heard.length, 1);
});

test("another key for somebody who was met is refused and reported, until the person trusts it", async (t) => {
  const { directory, refusals } = await open(t);
  const ann = await person("ann");
  const [other, third] = [await person("ann"), await person("ann")];
  await directory.accept(ann.entry);
  await assert.rejects(directory.accept(other.entry), { code: "directory.keyChanged" });
  await assert.rejects(directory.accept(third.entry), { code: "directory.keyChanged" });
  assert.deepEqual(refusals, ["ann directory.keyChanged", "ann directory.keyChanged"]);
  const [changed, ...none] = directory.changedKeys;
  assert.deepEqual([changed?.userId, changed?.deviceId, none], [ann.userId, other.device.deviceId, []]);
  // The one that was shown is trusted, and no other: not one that came up since, nor what nobody has shown.
  for (const { deviceId } of [third.device, (await person("ann")).device])
    assert.throws(() => directory.trustChangedKey(ann.userId, deviceId), { code: "directory.otherKey" });
  await assert.rejects(directory.accept(other.entry), { code: "directory.keyChanged" });
  directory.trustChangedKey(ann.userId, other.device.deviceId);
  assert.deepEqual(directory.changedKeys, []);
  const { person: accepted, firstSeen } = await directory.accept(other.entry);
  assert.deepEqual([accepted.history.deviceId, firstSeen], [other.device.deviceId, false]);
  await assert.rejects(
    directory.accept(third.entry),
    { code: "directory.keyChanged" },
    "the first one that was shown was trusted",
  );
  await assert.rejects(directory.accept(ann.entry), { code: "directory.keyChanged" });
});

test("trust is for the one person, and nothing where nothing was refused", async (t) => {
  const { directory, pins } = await open(t);
  const [ann, ben] = [await person("ann"), await person("ben")];
  directory.met(ann.userId, (await directory.accept(ann.entry)).person.history);
  directory.trustChangedKey(ann.userId, ann.device.deviceId);
  assert.throws(() => directory.trustChangedKey(ben.userId, ben.device.deviceId), {
    code: "directory.otherKey",
  });
  assert.deepEqual([pins.get(ann.userId), pins.get(ben.userId)], [ann.device.deviceId, undefined]);
});

test("an entry that its own device did not sign is refused", async (t) => {
  const { directory, pins, refusals } = await open(t);
  const [ann, ben] = [await person("ann"), await person("ben")];
  for (const change of [
    { displayName: "Boss" },
    { userId: ben.userId },
    { deviceId: ben.entry.deviceId },
    { publicKey: ben.entry.publicKey },
    { userVerification: true },
    { proof: ben.entry.proof },
  ]) {
    await assert.rejects(directory.accept({ ...ann.entry, ...change }), { code: "directory.badEntry" });
  }
  assert.equal(refusals.length, 6);
  assert.equal(pins.get(ann.userId), undefined, "nothing was remembered");
});

test("one device under two user IDs is two people", async (t) => {
  const { directory } = await open(t);
  const ann = await person("ann");
  const alias = await person("anna", ann.device);
  assert.equal((await directory.accept(ann.entry)).person.history.userId, "ann");
  const other = await directory.accept(alias.entry);
  assert.deepEqual([other.person.userId, other.firstSeen], ["anna", true]);
});

test("a lookup answers for each in the order asked, without what does not verify", async (t) => {
  const { directory, entries, refusals } = await open(t);
  const [ann, ben, cleo] = [await person("ann"), await person("ben"), await person("cleo")];
  await directory.accept(ben.entry);
  entries.set("ann", ann.entry);
  entries.set("ben", (await person("ben")).entry);
  entries.set("cleo", ann.entry);
  const found = await directory.lookup([cleo.userId, ben.userId, ann.userId]);
  assert.deepEqual(
    found.map(({ userId, entry }) => [userId, entry?.userId]),
    [
      ["cleo", undefined],
      ["ben", undefined],
      ["ann", "ann"],
    ],
  );
  assert.deepEqual(refusals, ["ben directory.keyChanged"]);
  assert.deepEqual(await directory.lookup([]), []);
});

test("one's own key counts as what the device at hand says", async (t) => {
  const { directory, pins, refusals, server } = await open(t);
  const [former, own] = [await person("ann"), await person("ann")];
  await directory.accept(former.entry);
  directory.acceptOwn(await known(own.entry));
  assert.deepEqual(refusals, ["ann directory.keyChanged"], "others at this terminal met another key");
  directory.acceptOwn(await known(own.entry));
  assert.equal(refusals.length, 1, "told once");
  assert.equal(pins.get(own.userId), own.device.deviceId);
  const { person: found, firstSeen } = await directory.person(own.userId);
  assert.deepEqual([found.history.deviceId, firstSeen], [own.device.deviceId, false]);
  assert.equal(server.heard.length, 0, "without asking the server");
  await assert.rejects(directory.accept(former.entry), { code: "directory.keyChanged" });
});

test("one's own key, met for the first time, is nothing to warn of", async (t) => {
  const { directory, pins, refusals } = await open(t);
  const own = await person("ann");
  directory.acceptOwn(await known(own.entry));
  assert.equal(pins.get(own.userId), own.device.deviceId);
  assert.deepEqual(refusals, []);
});

test("before a call only a changed key matters: not who is unknown, lied about or cannot be asked for", async (t) => {
  const { directory, entries, refusals, server } = await open(t);
  const [ann, ben, cleo] = [await person("ann"), await person("ben"), await person("cleo")];
  await directory.accept(ben.entry);
  entries.set("ann", ann.entry);
  entries.set("ben", ben.entry);
  entries.set("cleo", { ...cleo.entry, displayName: "Boss" });
  const everybody = [ann.userId, ben.userId, cleo.userId, "nobody" as UserId];
  await directory.requireSameKeys(everybody);
  assert.deepEqual(
    server.heard.map(({ body }) => body),
    [{ userIds: everybody }],
    "one question for all",
  );
  entries.set("ben", (await person("ben")).entry);
  await assert.rejects(directory.requireSameKeys(everybody), { code: "directory.keyChanged" });
  assert.ok(refusals.includes("ben directory.keyChanged"));
  server.peer?.terminate();
  await directory.requireSameKeys(everybody);
});
