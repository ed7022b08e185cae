/** A server that has the keys of who administered once, to a terminal that knew them. */
import assert from "node:assert/strict";
import { before, beforeEach, test } from "node:test";

import { createSoftwareKey, statedHead } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import type { DirectoryEntryIn, UserId } from "@signet/protocol";

import { MemoryPinStore } from "../../src/index.ts";
import { Administrators } from "../../src/people/administrators.ts";
import { appointed, recovered, withDevice, withoutDevice } from "../support/histories.ts";
import { person, serverOrigin } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";

const software = (): Promise<SignatureDevice> => createSoftwareKey({ algorithm: "EdDSA" });

let ada: TestPerson;
let ben: TestPerson;
let cleo: TestPerson;
let spare: SignatureDevice;
/** What the server shows, and whom it names. */
let shown: Record<string, DirectoryEntryIn>;
let named: readonly UserId[];
let pins: MemoryPinStore;

before(async () => {
  [ada, ben, cleo] = await Promise.all([person("ada"), person("ben"), person("cleo")]);
  spare = await software();
});
beforeEach(() => {
  shown = { ada: ada.entry, ben: ben.entry, cleo: cleo.entry };
  named = [ada.userId, ben.userId];
  pins = new MemoryPinStore();
});

/** A terminal of those pins, which has asked who administers. */
async function started() {
  const refusals: string[] = [];
  const administrators = new Administrators(pins);
  administrators.serverOrigin = serverOrigin;
  const request = async (_type: string, { userId = "" }: { readonly userId?: string }) => ({
    named,
    ...(shown[userId] === undefined ? {} : { entry: shown[userId] }),
  });
  const requests = { request } as unknown as Parameters<Administrators["connect"]>[0]["requests"];
  administrators.connect({ requests, saysWho: () => true }, (userId, code) =>
    refusals.push(`${userId} ${code}`),
  );
  await administrators.look();
  const isTaken = async (entry: DirectoryEntryIn): Promise<boolean> =>
    (await administrators.devicesAt(entry.userId, await statedHead(entry))) !== undefined;
  return { administrators, isTaken, refusals };
}

/** Who is shown with this history from now on. */
const show = (entry: DirectoryEntryIn): DirectoryEntryIn => (shown[entry.userId] = entry);

test("whoever one appointed who was dismissed since, or by a device that was revoked since, is asked about; and who was believed before is not", async () => {
  const two = await withDevice(ben.entry, ben.device, spare);
  for (const later of [
    await appointed(two, "dismiss", ada),
    // By themselves.
    await withoutDevice(two, ben.device, spare),
  ]) {
    const early = await appointed(cleo.entry, "appoint", { entry: two, device: spare });
    for (const isBelievedBefore of [true, false]) {
      pins = new MemoryPinStore();
      shown = { ada: ada.entry, ben: two, cleo: early };
      if (isBelievedBefore) assert.ok(await (await started()).isTaken(early));
      else await started();
      show(later);
      await started();
      const { administrators, isTaken, refusals } = await started();
      assert.equal(await isTaken(early), isBelievedBefore);
      assert.deepEqual(refusals, isBelievedBefore ? [] : ["cleo admin.unknown"]);
      // It cannot be hidden again.
      show(two);
      const hidden = await started();
      assert.equal(await hidden.isTaken(early), false);
      assert.ok(hidden.refusals.includes("ben history.shortened"), String(hidden.refusals));
      show(later);
      if (isBelievedBefore) continue;
      assert.deepEqual(administrators.unknown, [{ userId: "cleo", deviceId: cleo.device.deviceId }]);
      administrators.trust(cleo.userId, cleo.device.deviceId);
      assert.ok(await isTaken(early));
      // As what they are by the appointment, and not before it.
      assert.equal(await isTaken(cleo.entry), false);
      assert.ok(await (await started()).isTaken(early));
    }
  }
});

test("an administrator who is known, recovered by one who was dismissed since, is asked about; and so is whom they appoint then", async () => {
  show(await appointed(ben.entry, "dismiss", ada));
  await started();
  const brought = show(await recovered(ada.entry, ben, spare));
  const by = { entry: brought, device: spare };
  const last = show(await appointed(cleo.entry, "appoint", by));
  const { administrators, isTaken, refusals } = await started();
  assert.equal(await isTaken(brought), false);
  assert.equal(await isTaken(last), false);
  assert.deepEqual(refusals, ["ada admin.unknown", "cleo admin.unknown"]);
  assert.ok(await isTaken(ada.entry), "what ada signed before holds");
  administrators.trust(ada.userId, ada.device.deviceId);
  assert.ok(await isTaken(brought));
  assert.ok(await isTaken(last));
});

test("administrators who rest on each other are found to, and asked about; by who administers they are appointed anew", async () => {
  named = [ada.userId];
  const early = show(await appointed(ben.entry, "appoint", ada));
  await started();
  const by = { entry: early, device: ben.device };
  const adas = show(await recovered(ada.entry, by, spare));
  // By a device of ada's that the recovery revoked.
  const asked = await started();
  for (const entry of [adas, early]) assert.equal(await asked.isTaken(entry), false);
  assert.ok(["ada", "ben"].every((userId) => asked.refusals.includes(`${userId} admin.unknown`)));
  asked.administrators.trust(ada.userId, ada.device.deviceId);
  assert.ok(await asked.isTaken(adas));
  const now = { entry: adas, device: spare };
  const anew = show(await appointed(await appointed(early, "dismiss", now), "appoint", now));
  const { isTaken, refusals } = await started();
  assert.ok(await isTaken(anew));
  assert.deepEqual(refusals, []);
});

test("a server that names others again and again has some of them remembered to be asked about, the latest", async () => {
  const { administrators } = await started();
  const others = await Promise.all(Array.from({ length: 66 }, (_, i) => person(`other${i}`, spare)));
  for (const { entry } of others) show(entry);
  for (const some of [others.slice(0, 33), others.slice(33)]) {
    named = some.map(({ userId }) => userId);
    await administrators.look();
  }
  assert.deepEqual(
    administrators.unknown.map(({ userId }) => userId),
    others.slice(2).map(({ userId }) => userId),
  );
});
