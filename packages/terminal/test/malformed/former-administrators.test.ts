/** A server that has the keys of who administered once, to a terminal that knew them. */
import assert from "node:assert/strict";
import { before, beforeEach, test } from "node:test";

import { createSoftwareKey, foldHistory, statedHead } from "@signet/device";
import type { FoldOptions, SignatureDevice } from "@signet/device";
import { fromBase64Url } from "@signet/protocol";
import type { DirectoryEntryIn, UserId } from "@signet/protocol";

import { MemoryPinStore, deviceAtHand } from "../../src/index.ts";
import { Administrators } from "../../src/people/administrators.ts";
import { appointed, recovered, withDevice, withoutDevice } from "../support/histories.ts";
import { person, randomBytes, serverOrigin } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";
import { connectedTerminal, signedIn } from "../support/scripted-server.ts";
import { noLog } from "../support/no-log.ts";

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
  administrators.connect({ requests, saysWho: () => true, log: () => noLog }, (userId, code) =>
    refusals.push(`${userId} ${code}`),
  );
  await administrators.look();
  const isTaken = async (entry: DirectoryEntryIn): Promise<boolean> =>
    (await administrators.devicesAt(entry.userId, await statedHead(entry))) !== undefined;
  return { administrators, isTaken, refusals };
}

/** Whose devices would come to count. */
const counting = ({ unknown }: Administrators) =>
  Object.fromEntries(
    unknown.map(({ devices, userId }) => [
      userId,
      devices.filter(({ revoked }) => revoked === undefined).map(({ deviceId }) => deviceId),
    ]),
  );

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
      assert.deepEqual(refusals, isBelievedBefore ? [] : ["cleo admin.lapsed"]);
      // It cannot be hidden again.
      show(two);
      const hidden = await started();
      assert.equal(await hidden.isTaken(early), false);
      assert.ok(hidden.refusals.includes("ben history.shortened"), String(hidden.refusals));
      show(later);
      if (isBelievedBefore) continue;
      assert.deepEqual(counting(administrators), { cleo: [cleo.device.deviceId] });
      administrators.trust(cleo.userId, await statedHead(early));
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
  assert.deepEqual(refusals, ["ada admin.lapsed", "cleo admin.lapsed"]);
  assert.ok(await isTaken(ada.entry), "what ada signed before holds");
  // By what would come to count, with who brought it in; the key that ada would confirm is not among it.
  assert.deepEqual(counting(administrators)["ada"], [spare.deviceId]);
  const [asked] = administrators.unknown;
  const [, evil] = asked?.devices ?? [];
  assert.equal(evil?.addedBy?.userId, "ben");
  assert.ok(Math.abs((evil?.addedAtMs ?? 0) - Date.now()) < 60_000);
  for (const other of [await statedHead(ada.entry), fromBase64Url(ada.device.deviceId)])
    assert.throws(() => administrators.trust(ada.userId, other ?? new Uint8Array()), {
      code: "directory.otherKey",
    });
  administrators.trust(ada.userId, await statedHead(brought));
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
  assert.ok(["ada", "ben"].every((userId) => asked.refusals.includes(`${userId} admin.lapsed`)));
  asked.administrators.trust(ada.userId, await statedHead(adas));
  assert.ok(await asked.isTaken(adas));
  const now = { entry: adas, device: spare };
  const anew = show(await appointed(await appointed(early, "dismiss", now), "appoint", now));
  const { isTaken, refusals } = await started();
  assert.ok(await isTaken(anew));
  assert.deepEqual(refusals, []);
});

test("two who rest on each other alone are asked about, though each administers by the other's word: one who was dismissed began it", async () => {
  named = [ada.userId, cleo.userId];
  await started();
  show(await appointed(cleo.entry, "dismiss", ada));
  const { isTaken, refusals } = await started();
  const dan = await person("dan");
  const early = await appointed(ben.entry, "appoint", cleo);
  const dans = show(await appointed(dan.entry, "appoint", { entry: early, device: ben.device }));
  const by = { entry: dans, device: dan.device };
  // Whoever is appointed anew is so by who appoints them last.
  const anew = show(await appointed(await appointed(early, "dismiss", by), "appoint", by));
  for (const entry of [anew, dans]) assert.equal(await isTaken(entry), false, entry.userId);
  assert.ok(["ben", "dan"].every((userId) => refusals.includes(`${userId} admin.lapsed`)));
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

test("whom an administrator recovered is recognised at a new terminal when that one rests on who still administers, and by themselves in any case", async () => {
  const pat = await person("pat");
  named = [ada.userId];
  const deputy = await appointed(ben.entry, "appoint", ada);
  const brought = await recovered(pat.entry, { entry: deputy, device: ben.device }, await software());
  /** At a terminal that was never there before. */
  const isRecognised = async () => {
    pins = new MemoryPinStore();
    const { administrators, refusals } = await started();
    const foldBy = async (administratorDevices: FoldOptions["administratorDevices"]) =>
      (await foldHistory(brought, { serverOrigin, administratorDevices })).ok;
    assert.ok(await foldBy(administrators.ownDevicesAt), "pat signs in there");
    return { isTaken: await foldBy(administrators.devicesAt), refusals };
  };
  show(deputy);
  assert.deepEqual(await isRecognised(), { isTaken: true, refusals: [] });
  // The device that appointed was lost.
  const two = await withDevice(ada.entry, ada.device, spare);
  show(await withoutDevice(two, spare, ada.device));
  const isAsked = { isTaken: false, refusals: ["ben admin.lapsed"] };
  assert.deepEqual(await isRecognised(), isAsked);
  const now = { entry: shown["ada"]!, device: spare };
  show(await appointed(await appointed(deputy, "dismiss", now), "appoint", now));
  assert.deepEqual(await isRecognised(), { isTaken: true, refusals: [] });
  // What is known may be of before that.
  pins = new MemoryPinStore();
  const { administrators } = await started();
  administrators.know([deputy]);
  assert.ok(
    (await foldHistory(brought, { serverOrigin, administratorDevices: administrators.devicesAt })).ok,
  );
  // The deputy left.
  show(ada.entry);
  show(await appointed(deputy, "dismiss", ada));
  assert.deepEqual(await isRecognised(), { isTaken: true, refusals: [] });
  // The first one left, and the deputy alone is there: the operator names them.
  show(deputy);
  show(await appointed(ada.entry, "dismiss", { entry: deputy, device: ben.device }));
  assert.deepEqual(await isRecognised(), isAsked);
  named = [ada.userId, ben.userId];
  assert.deepEqual(await isRecognised(), { isTaken: true, refusals: [] });
});

test("what holds for an administrator's history does not hold for another one under their user ID", async () => {
  named = [ada.userId, cleo.userId];
  await started();
  show(await appointed(cleo.entry, "dismiss", ada));
  const deputy = show(await appointed(ben.entry, "appoint", ada));
  const other = await person("ben");
  const forged = await appointed(other.entry, "appoint", cleo);
  const { administrators, isTaken } = await started();
  administrators.know([forged]);
  assert.equal(await isTaken(forged), false);
  assert.ok(await isTaken(deputy));
  assert.equal(await isTaken(forged), false);
});

test("an administrator who goes on, brought back by one who was dismissed, is believed for what was before that alone", async () => {
  const former = { entry: cleo.entry, device: cleo.device };
  named = [ada.userId, cleo.userId];
  const deputy = show(await appointed(ben.entry, "appoint", ada));
  await started();
  show(await appointed(cleo.entry, "dismiss", ada));
  const { isTaken } = await started();
  const brought = show(await recovered(deputy, former, spare));
  assert.equal(await isTaken(brought), false);
  assert.ok(await isTaken(deputy));
  // A head by the device that was brought in does not count through what came before.
  const later = show(await withDevice(brought, spare, await software()));
  assert.equal(await isTaken(later), false);
  assert.equal(await isTaken(brought), false);
});

test("who was brought in by somebody that nobody knows is not decided about before them", async () => {
  const eve = await person("eve");
  await started();
  const dan = await person("dan");
  show(await recovered(dan.entry, { entry: eve.entry, device: eve.device }, spare));
  show(eve.entry);
  named = [ada.userId, ben.userId, dan.userId, eve.userId];
  const { administrators, refusals } = await started();
  assert.deepEqual(refusals.toSorted(), ["dan admin.unknown", "eve admin.unknown"]);
  assert.deepEqual(Object.keys(counting(administrators)), ["eve"]);
  administrators.trust(eve.userId, await statedHead(eve.entry));
  const next = await started();
  assert.deepEqual(next.refusals, ["dan admin.unknown"]);
  assert.deepEqual(counting(next.administrators), { dan: [spare.deviceId] });
});

test("whoever was recovered signs in at a new terminal, whoever is believed there", async () => {
  const fresh = await software();
  const { ada: first, server, terminal } = await connectedTerminal([], { devices: deviceAtHand(fresh) });
  const root = await person("root");
  const deputy = await appointed(ben.entry, "appoint", root);
  const left = await appointed(root.entry, "dismiss", { entry: deputy, device: ben.device });
  const entry = await recovered(first.entry, { entry: deputy, device: ben.device }, fresh);
  server.script["directory.administrators"] = ({ userId }) => {
    const asked = [left, deputy].find((one) => one.userId === userId);
    return { named: [root.userId], ...(asked === undefined ? {} : { entry: asked }) };
  };
  server.script["sign-in.begin"] = () => ({
    challenge: randomBytes(32),
    expiresAtMs: Date.now() + 60_000,
    entries: [entry],
    certified: [],
  });
  server.script["sign-in.finish"] = () => signedIn({ ...first, entry });
  await terminal.signIn({ userId: first.userId });
  const { session } = terminal.state;
  assert.equal(session.status === "signedIn" && session.device.deviceId, fresh.deviceId);
  terminal.close();
});
