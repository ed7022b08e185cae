/** A server that shows somebody else, or another history, in the place of a person with whom one compared face to face; and an administrator who recovers them. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { comparisonCode, createSoftwareKey, statedHead } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { comparisonOfFragment, comparisonUrl, UserId } from "@signet/protocol";
import type { DirectoryEntryIn, ListedPerson } from "@signet/protocol";

import { MemoryPinStore } from "../../src/index.ts";
import { Administrators } from "../../src/people/administrators.ts";
import { Comparisons } from "../../src/people/comparisons.ts";
import { Directory } from "../../src/people/directory.ts";
import type { ServerRequests } from "../../src/server-requests.ts";
import { recovered, renamed, withDevice, withoutDevice } from "../support/histories.ts";
import { person, serverOrigin } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";
import { noLog } from "../support/no-log.ts";

let [ada, ann, pat]: TestPerson[] = [];
let second: SignatureDevice;
let fresh: SignatureDevice;

before(async () => {
  [ada, ann, pat] = await Promise.all([person("ada"), person("ann"), person("pat")]);
  [second, fresh] = await Promise.all([
    createSoftwareKey({ algorithm: "EdDSA" }),
    createSoftwareKey({ algorithm: "EdDSA" }),
  ]);
});

/** A terminal of ann's, and what it told. @param pins whom it met before */
async function open(pins = new MemoryPinStore()) {
  assert.ok(ada && ann && pat);
  const { entry, userId } = ada;
  let shown = pat.entry;
  const request = async (type: string) =>
    type === "directory.lookup"
      ? { people: [{ userId: pat!.userId, reachable: true, entry: shown }] }
      : { named: [userId], entry };
  const requests = { request, ask: request } as unknown as ServerRequests;
  const administrators = new Administrators(pins);
  administrators.connect({ requests, saysWho: () => true, log: () => noLog }, () => undefined);
  const told: string[] = [];
  const onRefused = (userId: string, code: string) => void told.push(`${userId} ${code}`);
  const comparisons = new Comparisons((userId) => onRefused(userId, "directory.comparedRecovered"));
  const directory = new Directory(
    requests,
    pins,
    onRefused,
    () => Date.now(),
    comparisons.listener,
    administrators,
  );
  directory.serverOrigin = serverOrigin;
  await administrators.look();
  const self = (await directory.verify(ann.entry)).person;
  return {
    comparisons,
    directory,
    told,
    show: (entry: DirectoryEntryIn) => void (shown = entry),
    compare: async (entry: DirectoryEntryIn, ownHead = ann!.head) =>
      comparisons.follow(listed({ atMs: 7, head: await statedHead(entry), ownHead })),
    status: () => comparisons.listed(self).map(({ status }) => status),
  };
}

const listed = (comparedHeads: ListedPerson["comparedHeads"]): ListedPerson[] => [
  { userId: UserId.parse("pat"), groupIds: [], ...(comparedHeads === undefined ? {} : { comparedHeads }) },
];

test("the code is the same for both, and another one for another head, person, server, or the two swapped", async () => {
  assert.ok(ann && pat);
  const [one, other] = [
    { userId: ann.userId, head: ann.head },
    { userId: pat.userId, head: pat.head },
  ];
  const code = await comparisonCode(serverOrigin, one, other);
  assert.match(code, /^([0-9A-Z]{4}-){7}[0-9A-Z]{4}$/);
  assert.equal(await comparisonCode(serverOrigin, other, one), code);
  const others = await Promise.all([
    comparisonCode(serverOrigin, { ...one, head: other.head }, other),
    comparisonCode(serverOrigin, one, { ...other, head: one.head }),
    comparisonCode(serverOrigin, { ...one, head: other.head }, { ...other, head: one.head }),
    comparisonCode(serverOrigin, { ...one, userId: UserId.parse("anna") }, other),
    comparisonCode(serverOrigin, one, { ...other, userId: UserId.parse("mallory") }),
    comparisonCode("https://other.example", one, other),
  ]);
  assert.equal(new Set([code, ...others]).size, others.length + 1);
  const url = comparisonUrl(serverOrigin, pat.userId, code);
  assert.deepEqual(comparisonOfFragment(new URL(url).hash), { userId: "pat", code });
  for (const hash of [
    "#compare=",
    "#compare=abc.pat",
    `#compare=${code}`,
    `#add=${code}.pat`,
    `#compare=${code}.P!`,
  ])
    assert.equal(comparisonOfFragment(hash), undefined, hash);
});

test("what the person's own devices sign keeps it; a device that was revoked, too", async () => {
  assert.ok(pat);
  const { comparisons, compare, directory, show, status, told } = await open();
  assert.deepEqual(await compare(pat.entry), ["pat"]);
  assert.deepEqual(status(), ["unknown"]);
  assert.equal((await directory.accept(pat.entry)).firstSeen, false, "they were met face to face");
  const two = await withDevice(pat.entry, pat.device, second);
  const without = await withoutDevice(await renamed(two, second, "Pat P."), second, pat.device);
  for (const entry of [two, without]) {
    show(entry);
    await directory.accept(entry);
    assert.deepEqual(status(), ["holds"]);
  }
  assert.deepEqual(await compare(pat.entry), [], "it was looked at");
  assert.deepEqual(comparisons.follow(listed(null)), []);
  assert.deepEqual(status(), []);
  assert.deepEqual(told, []);
});

test("an administrator who recovers them undoes it, at terminals that met them and at others; a history of before does not bring it back", async () => {
  assert.ok(ada && pat);
  const gone = await recovered(pat.entry, { entry: ada.entry, device: ada.device }, fresh);
  for (const isMet of [true, false]) {
    const { comparisons, compare, directory, show, status, told } = await open();
    await compare(pat.entry);
    if (isMet) {
      await directory.accept(pat.entry);
      directory.met(pat.userId, { deviceId: pat.device.deviceId });
    }
    show(gone);
    await directory.lookup([pat.userId]);
    assert.deepEqual(
      told,
      isMet
        ? ["pat directory.comparedRecovered", "pat directory.keyChanged"]
        : ["pat directory.comparedRecovered"],
    );
    assert.deepEqual(status(), ["recovered"]);
    const [{ recovered: by } = {}] = comparisons.listed(undefined);
    assert.equal(by?.by, "ada");
    show(pat.entry);
    await directory.lookup([pat.userId]);
    await directory.person(pat.userId).catch(() => undefined);
    assert.deepEqual(status(), ["recovered"]);
    assert.equal(told.filter((one) => one.endsWith("comparedRecovered")).length, 1);
    // Compared anew, over the history as it is now.
    await compare(gone);
    show(gone);
    await directory.lookup([pat.userId]);
    assert.deepEqual(status(), ["holds"]);
  }
});

test("another history than the one that was compared is refused, also by a terminal that never met them, and until the comparison is taken back", async () => {
  assert.ok(ann && pat);
  const mallory = await person("pat");
  for (const entry of [mallory.entry, pat.entry]) {
    const { comparisons, compare, directory, show, status, told } = await open();
    show(entry);
    // Known already before it was known here that they were compared.
    await directory.accept(entry);
    await compare(await renamed(pat.entry, pat.device, "Pat P."));
    const [found] = await directory.lookup([pat.userId]);
    assert.equal(found?.refused, "directory.otherThanCompared");
    await assert.rejects(directory.person(pat.userId), { code: "directory.otherThanCompared" });
    await assert.rejects(directory.requireSameKeys([pat.userId]), { code: "directory.otherThanCompared" });
    // It is for the person to decide: what rests on it is neither theirs nor a lie of who shows it.
    assert.deepEqual(await directory.newest(pat.userId), { code: "directory.otherThanCompared" });
    assert.deepEqual(status(), ["other"]);
    assert.deepEqual(new Set(told), new Set(["pat directory.otherThanCompared"]));
    comparisons.follow(listed(null));
    assert.equal((await directory.person(pat.userId)).person.userId, "pat");
  }
});

test("what was compared when one's own history was another one does not count", async () => {
  assert.ok(pat);
  const { compare, directory, status } = await open();
  await compare(pat.entry, new Uint8Array(32));
  await directory.accept(pat.entry);
  assert.deepEqual(status(), ["ownOther"]);
});
