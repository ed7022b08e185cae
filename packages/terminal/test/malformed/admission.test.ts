/** Whom a committer does not let in: one joiner for each check, with the code that only this check gives. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { createSoftwareKey } from "@signet/device";
import { altered, tenMinutesAgo, twinOf } from "@signet/e2e/support/forgery.ts";
import type { Joiner } from "@signet/e2e/support/forgery.ts";
import { createLeafKey } from "@signet/e2ee";
import type { CallGroup } from "@signet/e2ee";
import { decodeProof, decodeTranscript } from "@signet/protocol";

import { MemoryPinStore } from "../../src/index.ts";
import { Committer, assertDropped } from "../support/committer.ts";
import { person, randomBytes } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";

const invited = ["ben", "cleo", "dov"];

let committer: Committer;
let cleo: TestPerson;
let dov: TestPerson;
let bens: Joiner;
let cleos: Joiner;
let dovs: Joiner;

before(async () => {
  committer = await Committer.of(invited);
  const ben = await person("ben");
  [cleo, dov] = await Promise.all([person("cleo"), person("dov")]);
  bens = await committer.joiner(ben);
  cleos = await committer.joiner(cleo);
  dovs = await committer.joiner(dov);
  const { admitted, refused } = await committer.prepare([bens, cleos, dovs]);
  assert.deepEqual([admitted, refused], [invited, []]);
});

/** Between two who get in, so that it shows which of them was meant. */
async function refusalOf(joiner: Joiner): Promise<string> {
  const { admitted, refused } = await committer.prepare([joiner, bens]);
  assert.equal(refused.length, 1, `admitted: ${admitted.join()}`);
  assert.deepEqual(admitted, ["ben"], "one bad joiner does not keep the others waiting");
  const [userId, code = ""] = (refused[0] ?? "").split(" ");
  assert.equal(userId, joiner.userId);
  return code;
}

test("what is no `join` proof lets nobody in", async () => {
  const unreadable = { ...cleos.proof, transcript: randomBytes(40) };
  assert.equal(await refusalOf({ ...cleos, proof: unreadable }), "proof.purpose");
  const { userId, entry } = committer.initiator;
  const proof = committer.call.callProof.raw;
  assert.equal(await refusalOf({ ...cleos, userId, entry, proof }), "proof.leafKey", "of another leaf");
});

test("who is announced, whose entry comes along and whose proof it is are one person", async () => {
  assert.equal(await refusalOf({ ...cleos, userId: dov.userId, entry: dov.entry }), "proof.user");
  assert.equal(await refusalOf({ ...cleos, entry: dov.entry }), "proof.user");
});

test("an entry of another key is refused, though the proof is by the person who is known", async () => {
  const { entry } = await person("cleo");
  assert.equal(await refusalOf({ ...cleos, entry }), "directory.keyChanged");
});

test("an entry that cannot be held against the pins is refused, also of somebody who is known", async () => {
  const pins = new MemoryPinStore();
  const broken = await Committer.of(["ben", "cleo"], { pins });
  const both = await Promise.all([cleo, await person("ben")].map((one) => broken.joiner(one)));
  assert.deepEqual((await broken.prepare(both)).refused, []);
  pins.isCertified = (userId) => {
    if (userId === "cleo") throw new TypeError("no file");
    return false;
  };
  const { admitted, refused } = await broken.prepare(both);
  assert.deepEqual([admitted, refused], [["ben"], ["cleo directory.badEntry"]]);
});

test("nobody comes in uninvited, by another's device, or late with a proof of before", async () => {
  const eve = await person("eve");
  assert.equal(await refusalOf(await committer.joiner(eve)), "call.notInvited");
  const asking = await Committer.of(invited, {
    lookUp: (userId) => (userId === "cleo" ? cleo.entry : undefined),
  });
  const { refused } = await asking.prepare([await asking.joiner(cleo, { device: dov.device })]);
  assert.deepEqual(refused, ["cleo history.deviceUnknown"]);
  const stale = await committer.joiner(cleo, { issuedAtMs: tenMinutesAgo() });
  assert.equal(await refusalOf(stale), "proof.time", "for the others it would still stand");
});

test("the KeyPackage holds the very proof that was checked; a Commit with another in it is dropped", async () => {
  const stale = await committer.joiner(cleo, { issuedAtMs: tenMinutesAgo() });
  for (const { keyPackage } of [dovs, stale]) {
    committer.commits.length = 0;
    assert.equal(await refusalOf({ ...cleos, keyPackage }), "proof.leafKey");
    assert.equal(committer.commits.length, 2);
    await assertDropped(committer.commits.slice(0, 1));
  }
  const swapped = [
    { ...cleos, keyPackage: dovs.keyPackage },
    bens,
    { ...dovs, keyPackage: cleos.keyPackage },
  ];
  const { admitted, refused } = await committer.prepare(swapped);
  assert.deepEqual([admitted, refused], [["ben"], ["cleo proof.leafKey", "dov proof.leafKey"]]);
});

test("who is announced with the other signature under the same statement gets in", async () => {
  const ben = await person("ben", await createSoftwareKey({ algorithm: "ES256", passphrase: "test" }));
  const fresh = await Committer.of(invited);
  const joiner = await fresh.joiner(ben);
  const { admitted, refused, pending } = await fresh.prepare([{ ...joiner, proof: twinOf(joiner.proof) }]);
  assert.deepEqual([admitted, refused], [["ben"], []]);
  pending?.drop();
});

test("nobody is admitted under a name that the group does not give them", async () => {
  const misnaming = await Committer.of(["ben", "cleo"], {
    hook: (identity) => {
      const transcript = decodeTranscript(decodeProof(identity)?.transcript ?? identity);
      const userId = transcript !== undefined && "userId" in transcript ? transcript.userId : undefined;
      return Promise.resolve({ ok: true, userId: userId === "cleo" ? "ben" : (userId ?? "") });
    },
  });
  const { pending, refused } = await misnaming.prepare([await misnaming.joiner(cleo)]);
  assert.deepEqual([pending, refused], [undefined, ["cleo proof.leafKey"]]);
});

test("a KeyPackage that the group does not take is refused; when it takes none, who left is removed all the same", async () => {
  const packageKey = await createLeafKey();
  assert.equal(await refusalOf(await committer.joiner(cleo, { packageKey })), "proof.leafKey");
  const bad = { ...cleos, keyPackage: altered(cleos.keyPackage) };
  assert.equal(await refusalOf(bad), "mls.refused");
  const { pending, refused } = await committer.prepare([bad]);
  assert.deepEqual([pending, refused], [undefined, ["cleo mls.refused"]]);
  const outcome = await committer.prepare([bad], { remove: ["eve"] });
  assert.deepEqual([outcome.admitted, outcome.removed, outcome.refused], [[], ["eve"], ["cleo mls.refused"]]);
});

test("a group that neither takes nor refuses somebody is not asked for ever", async () => {
  const silent = await Committer.of(invited);
  let asked = 0;
  const commit: CallGroup["commit"] = async () => {
    assert.ok(asked++ < 10, "asked for ever");
    return { type: "nothing", refused: [] };
  };
  silent.group.commit = commit;
  await assert.rejects(silent.prepare([await silent.joiner(cleo)]), { code: "mls.failed" });
  await assert.rejects(silent.prepare([], { remove: ["eve"] }), { code: "mls.failed" });
});
