import assert from "node:assert/strict";
import { test } from "node:test";

import { type Bytes, equalBytes, isErrorCode, SignetError } from "@signet/protocol";

import { CallGroup } from "../../src/index.ts";
import {
  disagreement,
  exported,
  makeGroup,
  mustCommit,
  optionsFor,
  randomCallId,
  SeededRandom,
} from "../mls-world.ts";

const seed = Number(process.env["SIGNET_SEED"] ?? 77);

/** One of: bytes changed, bits flipped, cut, extended, a piece repeated, a piece removed, a length blown up. Never the original. */
function mutate(message: Bytes, random: SeededRandom): Bytes {
  for (;;) {
    const mutated = mutateOnce(message, random);
    if (!equalBytes(mutated, message)) return mutated;
  }
}

function mutateOnce(message: Bytes, random: SeededRandom): Bytes {
  const at = random.below(message.length);
  const length = 1 + random.below(40);
  switch (random.below(7)) {
    case 0: {
      const copy = new Uint8Array(message);
      for (let i = 0; i < length; i++) copy[random.below(copy.length)] = random.below(256);
      return copy;
    }
    case 1: {
      const copy = new Uint8Array(message);
      copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
      return copy;
    }
    case 2:
      return message.slice(0, at);
    case 3:
      return Uint8Array.from([...message, ...Array.from({ length }, () => random.below(256))]);
    case 4:
      return Uint8Array.from([
        ...message.subarray(0, at),
        ...message.subarray(Math.max(0, at - length), at),
        ...message.subarray(at),
      ]);
    case 5:
      return Uint8Array.from([...message.subarray(0, at), ...message.subarray(at + length)]);
    default: {
      const copy = new Uint8Array(message);
      copy.fill(random.next() < 0.5 ? 0xbf : 0xff, at, at + 4);
      return copy;
    }
  }
}

function garbage(random: SeededRandom): Bytes {
  const bytes = Uint8Array.from({ length: random.below(400) }, () => random.below(256));
  // Half of them begin as MLSMessages do: version 1 and a wire format (RFC 9420 section 6).
  if (random.next() < 0.5) bytes.set([0, 1, 0, 1 + random.below(5)].slice(0, bytes.length));
  return bytes;
}

/** A typed refusal, and nothing but it. */
async function mustRefuse(attempt: Promise<unknown>, what: string): Promise<void> {
  await assert.rejects(attempt, (error) => error instanceof SignetError && isErrorCode(error.code), what);
}

test("altered Commits are refused, and the group stays as it was", async () => {
  const random = new SeededRandom(seed);
  const callId = randomCallId();
  const [ann, ben, cleo] = await makeGroup(callId, ["ann", "ben", "cleo"]);
  assert.ok(ann && ben && cleo);
  const before = await exported(ben);
  const dov = await CallGroup.prepareJoin(await optionsFor(callId, "dov"));
  const commits = [
    await mustCommit(ann, { add: [dov.keyPackage] }),
    await mustCommit(ann, { update: true }),
    await mustCommit(ann, { remove: [cleo.ownLeaf] }),
    await mustCommit(ann, { remove: [ben.ownLeaf] }),
  ].map(({ commit }) => commit);
  commits.push(
    (await CallGroup.rejoin({ ...(await optionsFor(callId, "eve")), groupInfo: await ann.groupInfo() }))
      .commit,
  );
  for (let round = 0; round < 3000; round++) {
    const message = mutate(random.pick(commits), random);
    const result = await ben.process(message);
    assert.equal(
      result.type,
      "refused",
      `seed ${seed}, round ${round}: ${Buffer.from(message).toString("hex")}`,
    );
    assert.ok(result.type === "refused" && isErrorCode(result.code));
  }
  assert.equal(ben.epoch, 1);
  assert.ok(equalBytes(await exported(ben), before));
  assert.deepEqual(
    ben.members().map((member) => member.userId),
    ["ann", "ben", "cleo"],
  );
  // And it goes on with the next true one.
  const update = await mustCommit(cleo, { update: true });
  await update.accept();
  for (const group of [ann, ben]) assert.equal((await group.process(update.commit)).type, "advanced");
  assert.equal(await disagreement([ann, ben, cleo]), undefined);
});

test("garbage and messages of another kind are refused as Commits", async () => {
  const random = new SeededRandom(seed + 1);
  const callId = randomCallId();
  const [ann, ben] = await makeGroup(callId, ["ann", "ben"]);
  assert.ok(ann && ben);
  const dov = await CallGroup.prepareJoin(await optionsFor(callId, "dov"));
  const pending = await mustCommit(ann, { add: [dov.keyPackage] });
  assert.ok(pending.welcome);
  for (const message of [
    pending.welcome,
    await ann.groupInfo(),
    dov.keyPackage,
    new Uint8Array(0),
    new Uint8Array(3 * 1024 * 1024),
  ])
    assert.deepEqual(await ben.process(message), { type: "refused", code: "mls.badMessage" });
  for (let round = 0; round < 2000; round++)
    assert.equal((await ben.process(garbage(random))).type, "refused", `seed ${seed}, round ${round}`);
  assert.equal((await ben.process(pending.commit)).type, "advanced");
});

test("altered Welcomes are refused, and the true one still serves", async () => {
  const random = new SeededRandom(seed + 2);
  const callId = randomCallId();
  const [ann] = await makeGroup(callId, ["ann", "ben"]);
  assert.ok(ann);
  const dov = await CallGroup.prepareJoin(await optionsFor(callId, "dov"));
  const pending = await mustCommit(ann, { add: [dov.keyPackage] });
  assert.ok(pending.welcome);
  for (let round = 0; round < 1000; round++) {
    const message = random.next() < 0.2 ? garbage(random) : mutate(pending.welcome, random);
    await mustRefuse(
      dov.join(message),
      `seed ${seed}, round ${round}: ${Buffer.from(message).toString("hex")}`,
    );
  }
  await pending.accept();
  assert.equal(await disagreement([ann, await dov.join(pending.welcome)]), undefined);
});

test("altered GroupInfos are refused", async () => {
  const random = new SeededRandom(seed + 3);
  const callId = randomCallId();
  const [ann] = await makeGroup(callId, ["ann", "ben", "cleo"]);
  assert.ok(ann);
  const groupInfo = await ann.groupInfo();
  const options = await optionsFor(callId, "dov");
  for (let round = 0; round < 1000; round++) {
    const message = random.next() < 0.2 ? garbage(random) : mutate(groupInfo, random);
    await mustRefuse(
      CallGroup.rejoin({ ...options, groupInfo: message }),
      `seed ${seed}, round ${round}: ${Buffer.from(message).toString("hex")}`,
    );
  }
});

test("altered KeyPackages are refused one by one, without keeping a true one out", async () => {
  const random = new SeededRandom(seed + 4);
  const callId = randomCallId();
  const ann = await CallGroup.create(await optionsFor(callId, "ann"));
  const { keyPackage } = await CallGroup.prepareJoin(await optionsFor(callId, "ben"));
  const altered = Array.from({ length: 1000 }, () =>
    random.next() < 0.2 ? garbage(random) : mutate(keyPackage, random),
  );
  const result = await ann.commit({ add: [...altered, keyPackage], remove: [] });
  assert.equal(result.type, "pending");
  assert.deepEqual(
    result.refused.map(({ index }) => index),
    altered.map((_, index) => index),
    `seed ${seed}`,
  );
});
