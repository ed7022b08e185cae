import assert from "node:assert/strict";
import { test } from "node:test";

import { type Bytes, fromUtf8, toBase64Url, utf8 } from "@signet/protocol";

import { CallGroup, createLeafKey, type CredentialHook, type CredentialVerdict } from "../../src/index.ts";
import { CredentialJudge } from "../../src/mls/credential.ts";
import { clockToleranceMs, maxLifetimeMs } from "../../src/mls/lifetime.ts";
import {
  commitToAll,
  disagreement,
  exported,
  makeGroup,
  mustCommit,
  optionsFor,
  proofFor,
  randomCallId,
  trustingHook,
} from "../mls-world.ts";

/** Trusts all but the user `stranger`, whom it answers with `verdict`. */
const hookAgainst =
  (stranger: string, verdict: () => Promise<CredentialVerdict>): CredentialHook =>
  async (identity, key) => {
    const trusting = await trustingHook(identity, key);
    return trusting.userId === stranger ? verdict() : trusting;
  };

const refusals: [string, () => Promise<CredentialVerdict>, string][] = [
  ["says no with a code", async () => ({ ok: false, code: "call.notInvited" }), "call.notInvited"],
  ["says no without a code", async () => ({ ok: false }), "mls.credential"],
  ["says yes without naming the user", async () => ({ ok: true }), "mls.credential"],
  [
    "throws",
    async () => {
      throw new Error("the directory is away");
    },
    "mls.credential",
  ],
];

for (const [what, verdict, code] of refusals) {
  const hook = hookAgainst("mal", verdict);

  test(`a committer whose hook ${what} does not add the joiner, and adds the others`, async () => {
    const callId = randomCallId();
    const ann = await CallGroup.create(await optionsFor(callId, "ann", { hook }));
    const mal = await CallGroup.prepareJoin(await optionsFor(callId, "mal"));
    assert.deepEqual(await ann.commit({ add: [mal.keyPackage], remove: [] }), {
      type: "nothing",
      refused: [{ index: 0, code }],
    });
    const ben = await CallGroup.prepareJoin(await optionsFor(callId, "ben"));
    const pending = await mustCommit(ann, { add: [mal.keyPackage, ben.keyPackage] });
    assert.deepEqual(pending.refused, [{ index: 0, code }]);
    assert.deepEqual(
      pending.added.map((member) => member.leaf),
      [1],
    );
  });

  test(`a member whose hook ${what} refuses the Commit and stays as it was`, async () => {
    const callId = randomCallId();
    const ann = await CallGroup.create(await optionsFor(callId, "ann"));
    const join = await CallGroup.prepareJoin(await optionsFor(callId, "ben", { hook }));
    const { welcome } = await commitToAll(ann, [], { add: [join.keyPackage] });
    assert.ok(welcome);
    const ben = await join.join(welcome);
    const before = toBase64Url(await exported(ben));
    const mal = await CallGroup.prepareJoin(await optionsFor(callId, "mal"));
    const added = await mustCommit(ann, { add: [mal.keyPackage] });
    assert.deepEqual(await ben.process(added.commit), { type: "refused", code });
    const external = await CallGroup.rejoin({
      ...(await optionsFor(callId, "mal")),
      groupInfo: await ann.groupInfo(),
    });
    assert.deepEqual(await ben.process(external.commit), { type: "refused", code });
    assert.equal(ben.epoch, 1);
    assert.equal(toBase64Url(await exported(ben)), before);
    assert.deepEqual(
      ben.members().map((member) => member.userId),
      ["ann", "ben"],
    );
  });

  test(`a joiner whose hook ${what} does not enter, by Welcome or by Commit`, async () => {
    const callId = randomCallId();
    const [ann] = await makeGroup(callId, ["ann", "mal"]);
    assert.ok(ann);
    const join = await CallGroup.prepareJoin(await optionsFor(callId, "ben", { hook }));
    const { welcome } = await commitToAll(ann, [], { add: [join.keyPackage] });
    const groupInfo = await ann.groupInfo();
    assert.ok(welcome);
    await assert.rejects(join.join(welcome), { code });
    await assert.rejects(CallGroup.rejoin({ ...(await optionsFor(callId, "cleo", { hook })), groupInfo }), {
      code,
    });
  });

  test(`nobody starts with a credential of which the own hook ${what}`, async () => {
    const options = await optionsFor(randomCallId(), "mal", { hook });
    await assert.rejects(CallGroup.create(options), { code });
    await assert.rejects(CallGroup.prepareJoin(options), { code });
  });
}

test("the hook gets each leaf's identity with that leaf's key, once", async () => {
  const callId = randomCallId();
  const asked: string[] = [];
  const hook: CredentialHook = async (identity, key) => {
    asked.push(`${toBase64Url(identity)} ${toBase64Url(key)}`);
    return trustingHook(identity, key);
  };
  const names = (over: { identity: Uint8Array; leafKey: { publicKey: Bytes } }) =>
    `${toBase64Url(over.identity)} ${toBase64Url(over.leafKey.publicKey)}`;
  const ann = await optionsFor(callId, "ann");
  const ben = await optionsFor(callId, "ben", { hook });
  const cleo = await optionsFor(callId, "cleo");
  const annsGroup = await CallGroup.create(ann);
  const bensJoin = await CallGroup.prepareJoin(ben);
  const { welcome } = await commitToAll(annsGroup, [], { add: [bensJoin.keyPackage] });
  assert.ok(welcome);
  const bensGroup = await bensJoin.join(welcome);
  const cleosJoin = await CallGroup.prepareJoin(cleo);
  await commitToAll(annsGroup, [bensGroup], { add: [cleosJoin.keyPackage] });
  await commitToAll(bensGroup, [annsGroup], { update: true });
  assert.deepEqual(asked.toSorted(), [names(ann), names(ben), names(cleo)].toSorted());
});

test("a refusal is asked again, for the directory may be back", async () => {
  const callId = randomCallId();
  let away = true;
  const hook = hookAgainst("ben", async () =>
    away ? Promise.reject(new Error("away")) : { ok: true, userId: "ben" },
  );
  const ann = await CallGroup.create(await optionsFor(callId, "ann", { hook }));
  const ben = await CallGroup.prepareJoin(await optionsFor(callId, "ben"));
  assert.equal((await ann.commit({ add: [ben.keyPackage], remove: [] })).type, "nothing");
  away = false;
  assert.equal((await ann.commit({ add: [ben.keyPackage], remove: [] })).type, "pending");
});

test("a KeyPackage with another key than the proven one is refused", async () => {
  const callId = randomCallId();
  const ann = await CallGroup.create(await optionsFor(callId, "ann"));
  const identity = proofFor("ben", await createLeafKey());
  // Ben's own terminal would not even make it; a dishonest one trusts itself.
  const mal = await CallGroup.prepareJoin(
    await optionsFor(callId, "ben", { identity, hook: async () => ({ ok: true, userId: "ben" }) }),
  );
  assert.deepEqual(await ann.commit({ add: [mal.keyPackage], remove: [] }), {
    type: "nothing",
    refused: [{ index: 0, code: "proof.leafKey" }],
  });
});

test("the leaf key cannot be exported, and signs nothing for another group's handle", async () => {
  const leafKey = await createLeafKey();
  assert.equal(leafKey.privateKey.extractable, false);
  assert.deepEqual(leafKey.privateKey.usages, ["sign"]);
  await assert.rejects(crypto.subtle.exportKey("pkcs8", leafKey.privateKey), { name: "InvalidAccessError" });
});

test("nobody is in the group twice", async () => {
  const callId = randomCallId();
  const [ann, ben] = await makeGroup(callId, ["ann", "ben"]);
  assert.ok(ann && ben);
  const again = async () => (await CallGroup.prepareJoin(await optionsFor(callId, "ben"))).keyPackage;
  const duplicate = { index: 0, code: "mls.duplicateUser" };
  assert.deepEqual(await ann.commit({ add: [await again()], remove: [] }), {
    type: "nothing",
    refused: [duplicate],
  });
  const cleo = async () => (await CallGroup.prepareJoin(await optionsFor(callId, "cleo"))).keyPackage;
  const pending = await mustCommit(ann, { add: [await cleo(), await cleo()] });
  assert.deepEqual(pending.refused, [{ ...duplicate, index: 1 }]);
  // In place of the former leaf is fine.
  assert.deepEqual((await mustCommit(ann, { add: [await again()], remove: [ben.ownLeaf] })).refused, []);
});

test("a dishonest committer does not get anybody in twice either", async () => {
  const callId = randomCallId();
  // Its hook sees different users where there is one.
  const blind: CredentialHook = async (identity, key) => ({
    ok: true,
    userId: `${toBase64Url(identity)}${toBase64Url(key)}`,
  });
  const mal = await CallGroup.create(await optionsFor(callId, "mal", { hook: blind }));
  const benJoin = await CallGroup.prepareJoin(await optionsFor(callId, "ben"));
  const { welcome } = await commitToAll(mal, [], { add: [benJoin.keyPackage] });
  assert.ok(welcome);
  const ben = await benJoin.join(welcome);
  const twin = await CallGroup.prepareJoin(await optionsFor(callId, "ben"));
  const pending = await mustCommit(mal, { add: [twin.keyPackage] });
  assert.deepEqual(await ben.process(pending.commit), { type: "refused", code: "mls.duplicateUser" });
  assert.equal(ben.epoch, 1);
  assert.ok(pending.welcome);
  await assert.rejects(twin.join(pending.welcome), { code: "mls.duplicateUser" });
});

test("a KeyPackage serves from two minutes before its time to two minutes after it", async () => {
  const callId = randomCallId();
  const madeAtMs = Math.floor(Date.now() / 1000) * 1000;
  const join = await CallGroup.prepareJoin(await optionsFor(callId, "ben", { nowMs: () => madeAtMs }));
  const fromMs = madeAtMs - clockToleranceMs;
  const toMs = fromMs + maxLifetimeMs;
  const commitAt = async (nowMs: number) => {
    const ann = await CallGroup.create(await optionsFor(callId, "ann", { nowMs: () => nowMs }));
    const result = await ann.commit({ add: [join.keyPackage], remove: [] });
    return result.refused[0]?.code ?? result.type;
  };
  assert.equal(await commitAt(fromMs - clockToleranceMs - 1), "mls.lifetime");
  assert.equal(await commitAt(fromMs - clockToleranceMs), "pending");
  assert.equal(await commitAt(toMs + clockToleranceMs), "pending");
  assert.equal(await commitAt(toMs + clockToleranceMs + 1), "mls.lifetime");
});

test("members and joiners hold lifetimes against their own clock", async () => {
  const callId = randomCallId();
  let benNowMs = Date.now();
  const ann = await CallGroup.create(await optionsFor(callId, "ann"));
  const benJoin = await CallGroup.prepareJoin(await optionsFor(callId, "ben", { nowMs: () => benNowMs }));
  const first = await commitToAll(ann, [], { add: [benJoin.keyPackage] });
  assert.ok(first.welcome);
  benNowMs = Date.now() + maxLifetimeMs + 1000;
  await assert.rejects(benJoin.join(first.welcome), { code: "mls.lifetime" });
  benNowMs = Date.now();
  const ben = await benJoin.join(first.welcome);
  const cleoJoin = await CallGroup.prepareJoin(await optionsFor(callId, "cleo"));
  const second = await mustCommit(ann, { add: [cleoJoin.keyPackage] });
  benNowMs = Date.now() + maxLifetimeMs + 1000;
  assert.deepEqual(await ben.process(second.commit), { type: "refused", code: "mls.lifetime" });
  benNowMs = Date.now();
  assert.equal((await ben.process(second.commit)).type, "advanced");
});

test("a message of another call is refused", async () => {
  const callId = randomCallId();
  const [ann, ben] = await makeGroup(callId, ["ann", "ben"]);
  assert.ok(ann && ben);
  const elsewhere = await CallGroup.create(await optionsFor(randomCallId(), "ann"));
  const cleo = await CallGroup.prepareJoin(await optionsFor(callId, "cleo"));
  const pending = await mustCommit(elsewhere, { add: [cleo.keyPackage] });
  assert.deepEqual(await ben.process(pending.commit), { type: "refused", code: "mls.otherGroup" });
  assert.ok(pending.welcome);
  await assert.rejects(cleo.join(pending.welcome), { code: "mls.otherGroup" });
  const options = await optionsFor(callId, "dov");
  await assert.rejects(CallGroup.rejoin({ ...options, groupInfo: await elsewhere.groupInfo() }), {
    code: "mls.otherGroup",
  });
  await assert.rejects(CallGroup.create(await optionsFor("not base64url!", "ann")), {
    code: "mls.otherGroup",
  });
  await assert.rejects(CallGroup.create({ ...options, identity: utf8("dov") }), { code: "proof.leafKey" });
  assert.equal(await disagreement([ann, ben]), undefined);
});

test("what was found of a credential stands for this very identity under this very key", async () => {
  const asked: string[] = [];
  const judge = new CredentialJudge(async (identity, key) => {
    const verdict = await trustingHook(identity, key);
    asked.push(verdict.userId ?? "nobody");
    return verdict;
  });
  const [key, other] = [await createLeafKey(), await createLeafKey()];
  const who = async (identity: Bytes): Promise<string> => {
    const judgement = await judge.judge(identity, key.publicKey);
    return judgement.ok ? judgement.userId : judgement.code;
  };
  const [ann, ben, foreign] = [proofFor("ann", key), proofFor("ben", key), proofFor("ann", other)];
  assert.deepEqual(await Promise.all([who(ann), who(ben), who(foreign), who(ann)]), [
    "ann",
    "ben",
    "proof.leafKey",
    "ann",
  ]);
  assert.equal(await who(ann), "ann");
  assert.equal(await who(foreign), "proof.leafKey");
  assert.equal(await who(ben), "ben");
  // The latest answer is kept, and none that was a refusal.
  asked.length = 0;
  await who(ben);
  await who(foreign);
  await who(foreign);
  assert.deepEqual(asked, ["nobody", "nobody"]);
});

test("an identity that is changed after it was checked is checked again", async () => {
  const judge = new CredentialJudge(trustingHook);
  const key = await createLeafKey();
  const identity = proofFor("ann", key);
  assert.ok((await judge.judge(identity, key.publicKey)).ok);
  identity[identity.length - 1] = 0x21;
  assert.ok(!(await judge.judge(identity, key.publicKey)).ok);
});

test("what was found of who did not come in is forgotten, also of another proof for the key of somebody who did", async () => {
  const asked: string[] = [];
  const judge = new CredentialJudge(async (identity, key) => {
    asked.push(fromUtf8(identity) ?? "");
    return trustingHook(identity, key);
  });
  const [key, other] = [await createLeafKey(), await createLeafKey()];
  const leaf = (userId: string, { publicKey }: typeof key) => ({
    identity: utf8(`${userId} ${toBase64Url(publicKey)}`),
    leafPublicKey: publicKey,
  });
  const [ann, twin, ben] = [leaf("ann", key), leaf("twin", key), leaf("ben", other)];
  const judgeAll = async (...leaves: (typeof ann)[]) => {
    asked.length = 0;
    for (const { identity, leafPublicKey } of leaves) await judge.judge(identity, leafPublicKey);
    return asked.map((identity) => identity.split(" ")[0]);
  };
  assert.deepEqual(await judgeAll(ann, ben), ["ann", "ben"]);
  judge.forgetAllBut([ann]);
  assert.deepEqual(await judgeAll(ann, ben), ["ben"]);
  await judgeAll(twin);
  judge.forgetAllBut([ann, ben]);
  assert.deepEqual(await judgeAll(ben, twin), ["twin"]);
});
