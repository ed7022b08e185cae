/** Whom a terminal believes as administrators: held against a server that names, exchanges and shortens as the test wants. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createSoftwareKey, statedHead } from "@signet/device";
import type { DirectoryEntryIn, ErrorCode, UserId } from "@signet/protocol";

import { MemoryPinStore } from "../../src/index.ts";
import { Administrators } from "../../src/people/administrators.ts";
import { person, randomBytes, serverOrigin } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";
import { noLog } from "../support/no-log.ts";

/** Who administers, as their history goes on by their own new name. */
async function renamed({ device, entry, userId }: TestPerson, name: string): Promise<DirectoryEntryIn> {
  const { deviceId } = device;
  const proof = await device.sign({
    purpose: "rename",
    serverOrigin,
    userId,
    deviceId,
    issuedAtMs: Date.now(),
    sequence: entry.statements.length + 1,
    previous: await statedHead(entry),
    serverChallenge: randomBytes(32),
    renamedDeviceId: "",
    name,
  });
  return { ...entry, statements: [...entry.statements, { proofs: [proof] }] };
}

/** A terminal, or the same one at its next start, and the server that it asks. */
function opened(pins = new MemoryPinStore()) {
  const server = {
    named: [] as UserId[],
    shown: new Map<string, DirectoryEntryIn>(),
    asked: 0,
    saysWho: true,
  };
  const told: [UserId, ErrorCode][] = [];
  const administrators = new Administrators(pins);
  administrators.serverOrigin = serverOrigin;
  const request = (_type: string, { userId }: { readonly userId?: UserId }) => {
    server.asked++;
    const entry = userId === undefined ? undefined : server.shown.get(userId);
    return Promise.resolve({ named: server.named, ...(entry === undefined ? {} : { entry }) });
  };
  administrators.connect(
    { requests: { request: request as never }, saysWho: () => server.saysWho, log: () => noLog },
    (userId, code) => told.push([userId, code]),
  );
  const name = (...people: readonly TestPerson[]): void => {
    server.named = people.map(({ userId }) => userId);
    for (const { entry, userId } of people) server.shown.set(userId, entry);
  };
  const believed = async ({ userId }: Pick<TestPerson, "userId">, entry: DirectoryEntryIn) =>
    (await administrators.devicesAt(userId, await statedHead(entry)))?.map(({ deviceId }) => deviceId);
  return { administrators, believed, name, pins, server, told };
}

test("whom the server names first is believed, and whom it names later is told, also after a restart", async () => {
  const [ada, eve] = await Promise.all([person("ada"), person("eve")]);
  const first = opened();
  first.name(ada);
  await first.administrators.look();
  assert.deepEqual(await first.believed(ada, ada.entry), [ada.device.deviceId]);
  const next = opened(first.pins);
  next.name(ada, eve);
  assert.deepEqual(await next.believed(ada, ada.entry), [ada.device.deviceId]);
  assert.equal(await next.believed(eve, eve.entry), undefined, "before it is even told");
  await next.administrators.look();
  assert.equal(await next.believed(eve, eve.entry), undefined);
  assert.deepEqual(next.told, [["eve", "admin.unknown"]]);
  assert.deepEqual(
    next.administrators.unknown.map(({ devices, userId }) => [
      userId,
      devices.map(({ deviceId }) => deviceId),
    ]),
    [["eve", [eve.device.deviceId]]],
  );
});

test("nobody named at first is an answer, too: a server that named nobody cannot begin with one of its own later", async () => {
  const { administrators, believed, name, pins, told } = opened();
  await administrators.look();
  assert.deepEqual(pins.administrators(), []);
  const eve = await person("eve");
  name(eve);
  assert.equal(await believed(eve, eve.entry), undefined);
  await administrators.look();
  assert.deepEqual(told, [["eve", "admin.unknown"]]);
});

test("a server that does not say who administers is not taken at its word that nobody does", async () => {
  const ada = await person("ada");
  const { administrators, believed, name, pins, server } = opened();
  server.saysWho = false;
  await administrators.look();
  assert.equal(await believed(ada, ada.entry), undefined);
  assert.equal(pins.administrators(), undefined);
  server.saysWho = true;
  name(ada);
  assert.deepEqual(await believed(ada, ada.entry), [ada.device.deviceId]);
});

test("an administrator under another key, with another history or a shorter one is told, and signs for nobody", async () => {
  const ada = await person("ada");
  const later = await renamed(ada, "Ada Arm");
  const other = await renamed(ada, "Ada Leg");
  const mallory = await person("ada", await createSoftwareKey({ algorithm: "EdDSA" }));
  const lies: readonly (readonly [DirectoryEntryIn, ErrorCode])[] = [
    [mallory.entry, "directory.keyChanged"],
    [other, "directory.keyChanged"],
    [ada.entry, "history.shortened"],
  ];
  for (const [lie, code] of lies) {
    const first = opened();
    first.name({ ...ada, entry: later });
    await first.administrators.look();
    const next = opened(first.pins);
    next.name({ ...ada, entry: lie });
    assert.equal(await next.believed(ada, lie), undefined, code);
    assert.deepEqual(next.told, [["ada", code]]);
  }
});

test("what an administrator signed with is known from then on: a server that shows them without it is found out", async () => {
  const ada = await person("ada");
  const later = await renamed(ada, "Ada Arm");
  const first = opened();
  first.name(ada);
  await first.administrators.look();
  first.server.shown.set("ada", later);
  assert.deepEqual(await first.believed(ada, later), [ada.device.deviceId]);
  assert.equal(first.pins.administrators()?.[0]?.head.sequence, 1);
  const next = opened(first.pins);
  next.name(ada);
  assert.equal(await next.believed(ada, ada.entry), undefined);
  assert.deepEqual(next.told, [["ada", "history.shortened"]]);
  // And the former head of the longer one counts on: it was signed with then.
  next.name({ ...ada, entry: later });
  const again = opened(first.pins);
  again.name({ ...ada, entry: later });
  assert.deepEqual(await again.believed(ada, ada.entry), [ada.device.deviceId]);
});

test("the server gives the history that it was asked for, and for no other person", async () => {
  const [ada, eve] = await Promise.all([person("ada"), person("eve")]);
  const { administrators, believed, name, server } = opened();
  name(ada);
  await administrators.look();
  server.shown.set("eve", ada.entry);
  assert.equal(await believed(eve, ada.entry), undefined);
  server.shown.set("ada", eve.entry);
  const asFirst = opened();
  asFirst.server.named = [ada.userId];
  asFirst.server.shown.set("ada", eve.entry);
  await asFirst.administrators.look();
  assert.deepEqual(asFirst.pins.administrators(), []);
  const head = await statedHead(eve.entry);
  assert.equal(await administrators.devicesAt("ada", head), undefined);
});

test("accepted is who is shown, by the key that is shown; and it is kept", async () => {
  const [ada, eve, other] = await Promise.all([person("ada"), person("eve"), person("eve")]);
  const first = opened();
  first.name(ada);
  await first.administrators.look();
  first.name(ada, eve);
  await first.administrators.look();
  for (const head of [await statedHead(other.entry), randomBytes(32), new Uint8Array()])
    assert.throws(() => first.administrators.trust(eve.userId, head), { code: "directory.otherKey" });
  const adas = await statedHead(ada.entry);
  assert.throws(() => first.administrators.trust(ada.userId, adas), { code: "directory.otherKey" });
  first.administrators.trust(eve.userId, await statedHead(eve.entry));
  assert.deepEqual(first.administrators.unknown, []);
  assert.deepEqual(await first.believed(eve, eve.entry), [eve.device.deviceId]);
  const next = opened(first.pins);
  next.name(ada, eve);
  await next.administrators.look();
  assert.deepEqual(next.told, []);
  assert.deepEqual(await next.believed(eve, eve.entry), [eve.device.deviceId]);
  assert.deepEqual(await next.believed(ada, ada.entry), [ada.device.deviceId]);
});
