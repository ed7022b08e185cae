/** Words between members: sealed under keys of the epoch, signed by the sender's leaf. Neither a server nor a member passes for somebody else. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { encodeFields, FieldReader, u64, utf8, type Bytes } from "@signet/protocol";

import {
  CallGroup,
  createLeafKey,
  exportWordEpoch,
  noWordSeen,
  openWord,
  wordHead,
  WordSealer,
  type LeafKey,
  type Word,
  type WordEpoch,
} from "../../src/index.ts";
import { commitToAll, makeGroup, mustCommit, optionsFor, randomCallId } from "../mls-world.ts";

const word: Word = {
  kind: "some.kind",
  contents: utf8("hello"),
  seen: { number: 3, digest: new Uint8Array(32) },
};

interface Member {
  readonly group: CallGroup;
  readonly epoch: WordEpoch;
  readonly leafKey: LeafKey;
}

async function two(): Promise<{ readonly callId: string; readonly ann: Member; readonly ben: Member }> {
  const callId = randomCallId();
  const [annKey, benKey] = await Promise.all([createLeafKey(), createLeafKey()]);
  const ann = await CallGroup.create(await optionsFor(callId, "ann", { leafKey: annKey }));
  const join = await CallGroup.prepareJoin(await optionsFor(callId, "ben", { leafKey: benKey }));
  const { welcome } = await commitToAll(ann, [], { add: [join.keyPackage] });
  const ben = await join.join(welcome!);
  return {
    callId,
    ann: { group: ann, epoch: await exportWordEpoch(ann, callId), leafKey: annKey },
    ben: { group: ben, epoch: await exportWordEpoch(ben, callId), leafKey: benKey },
  };
}

/** A word's own fields: epoch, leaf, counter, ciphertext. */
function fieldsOf(sealed: Bytes): Bytes[] {
  const reader = new FieldReader(sealed, 0);
  return Array.from({ length: 4 }, () => reader.field()!);
}

test("a word is read by the others of its epoch, with whose it is; every bit turned makes it unreadable", async () => {
  const { ann, ben } = await two();
  const sealed = await new WordSealer(ann.leafKey).seal(ann.epoch, 5, word);
  const opened = await openWord(ben.epoch, sealed);
  assert.ok(opened.ok);
  const { sender, ...read } = opened.word;
  assert.deepEqual(read, { ...word, epoch: 1, leaf: 0, counter: 5 });
  assert.equal(sender.userId, "ann");
  assert.deepEqual(wordHead(sealed), { epoch: 1, leaf: 0, counter: 5 });
  for (let bit = 0; bit < sealed.length * 8; bit += 7) {
    const turned = Uint8Array.from(sealed);
    turned[bit >> 3]! ^= 1 << (bit & 7);
    assert.deepEqual(await openWord(ben.epoch, turned), { ok: false, code: "word.unreadable" }, `bit ${bit}`);
  }
  assert.equal(wordHead(sealed.slice(0, -1)), undefined);
});

test("its length says nothing of an answer: whole steps", async () => {
  const { ann } = await two();
  const sealer = new WordSealer(ann.leafKey);
  const lengths = await Promise.all(
    ["approve", "reject", "x".repeat(100)].map(
      async (text, i) => (await sealer.seal(ann.epoch, i, { ...word, contents: utf8(text) })).length,
    ),
  );
  assert.equal(new Set(lengths).size, 1);
});

test("a member who seals under another's key cannot sign for them", async () => {
  const { ann, ben } = await two();
  // All that ben has is enough to seal as ann; her leaf key is not among it.
  const asAnn: WordEpoch = { ...ben.epoch, ownLeaf: ann.group.ownLeaf };
  const sealed = await new WordSealer(ben.leafKey).seal(asAnn, 0, word);
  assert.equal(wordHead(sealed)?.leaf, 0);
  assert.deepEqual(await openWord(ann.epoch, sealed), { ok: false, code: "word.notSigned" });
});

test("a word that ann signed is not taken under another counter, epoch or leaf, though a member can seal it anew", async () => {
  const { ann, ben, callId } = await two();
  const sealed = await new WordSealer(ann.leafKey).seal(ann.epoch, 0, word);
  const [, , , ciphertext] = fieldsOf(sealed) as [Bytes, Bytes, Bytes, Bytes];
  const head = (counter: number, epoch = 1, leaf = 0) =>
    encodeFields([utf8("signet/word/v1"), utf8(callId), u64(epoch), u64(leaf), u64(counter)]);
  const nonce = (counter: number) => Uint8Array.from([0, 0, 0, 0, ...u64(counter)]);
  const inside = await (await ben.epoch.aeadOf(0, "open")!).open(nonce(0), head(0), ciphertext);
  assert.ok(inside !== undefined);
  const again = await (await ben.epoch.aeadOf(0, "seal")!).seal(nonce(1), head(1), inside);
  const forged = encodeFields([u64(1), u64(0), u64(1), again]);
  assert.deepEqual(await openWord(ben.epoch, forged), { ok: false, code: "word.notSigned" });
  const asBen = await (await ben.epoch.aeadOf(1, "seal")!).seal(nonce(0), head(0, 1, 1), inside);
  assert.deepEqual(await openWord(ann.epoch, encodeFields([u64(1), u64(1), u64(0), asBen])), {
    ok: false,
    code: "word.notSigned",
  });
  const beside = Uint8Array.from(inside);
  beside[beside.length - 5] = 1;
  const padded = await (await ben.epoch.aeadOf(0, "seal")!).seal(nonce(0), head(0), beside);
  assert.deepEqual(await openWord(ben.epoch, encodeFields([u64(1), u64(0), u64(0), padded])), {
    ok: false,
    code: "word.unreadable",
  });
});

test("the keys are of one epoch: what is said later is not for who was removed, nor of before for who comes", async () => {
  const { ann, ben, callId } = await two();
  const before = await new WordSealer(ann.leafKey).seal(ann.epoch, 0, word);
  const removing = await mustCommit(ann.group, { remove: [1] });
  await removing.accept();
  const later = await exportWordEpoch(ann.group, callId);
  const sealed = await new WordSealer(ann.leafKey).seal(later, 1, word);
  assert.equal((await openWord({ ...ben.epoch, epoch: 2 }, sealed)).ok, false);
  assert.equal((await openWord({ ...later, epoch: 1 }, before)).ok, false);
  assert.equal((await openWord(later, sealed)).ok, true);
});

test("no nonce is used twice: a counter goes up within an epoch, and no former epoch comes back", async () => {
  const { ann, callId } = await two();
  const sealer = new WordSealer(ann.leafKey);
  await sealer.seal(ann.epoch, 3, word);
  for (const counter of [3, 2, 0])
    await assert.rejects(sealer.seal(ann.epoch, counter, word), { code: "word.counter" });
  await sealer.seal(ann.epoch, 4, word);
  const { epoch } = ann;
  await (await mustCommit(ann.group, { update: true })).accept();
  const next = await exportWordEpoch(ann.group, callId);
  // Another key: what was not taken in the epoch before is said again under the same counter.
  await sealer.seal(next, 4, word);
  await assert.rejects(sealer.seal(epoch, 5, word), { code: "word.counter" });
  const both = await Promise.allSettled([sealer.seal(next, 5, word), sealer.seal(next, 5, word)]);
  assert.deepEqual(
    both.map(({ status }) => status),
    ["fulfilled", "rejected"],
    "at the same time neither",
  );
});

test("members of different calls read nothing of each other", async () => {
  const [one, other] = await Promise.all([two(), two()]);
  const sealed = await new WordSealer(one.ann.leafKey).seal(one.ann.epoch, 0, { ...word, seen: noWordSeen });
  assert.equal((await openWord(other.ben.epoch, sealed)).ok, false);
  const [group] = await makeGroup(one.callId, ["eva"]);
  assert.equal(
    (await openWord({ ...(await exportWordEpoch(group!, one.callId)), epoch: 1 }, sealed)).ok,
    false,
  );
});
