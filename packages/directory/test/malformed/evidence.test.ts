/** What speaks against a log by itself, and what only looks like it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { PersonId, utf8 } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import {
  cosign,
  formatCheckpoint,
  formatEvidence,
  formatNote,
  formatVerifierKey,
  isWhole,
  judgeEvidence,
  parseEvidence,
  rootBefore,
  signNote,
  verifyConsistency,
} from "../../src/index.ts";
import type { Checkpoint, LogEvidence, NoteSigner } from "../../src/index.ts";
import { brokenHashes } from "../support/broken-hashes.ts";
import { entriesOf } from "../support/bytes.ts";
import { log, otherLog, signerOf, witness } from "../support/signers.ts";
import { StoredTree } from "../support/stored-tree.ts";

const mapRoot = new Uint8Array(32).fill(3);
const treeOf = (size: number, name = "entry"): StoredTree =>
  new StoredTree(Array.from({ length: size }, (_, i) => utf8(`${name} ${i}`)));

async function noteOf(
  tree: StoredTree,
  change: Partial<Checkpoint> = {},
  by: NoteSigner = log,
): Promise<string> {
  const of = { origin: log.key.name, size: tree.size, root: tree.root(), mapRoot };
  const text = formatCheckpoint({ ...of, ...change });
  return formatNote({ text, signatures: [await signNote(text, by)] });
}

async function evidenceOf(
  known: StoredTree,
  shown: StoredTree,
  consistencyProof: readonly Bytes[] = [],
): Promise<LogEvidence & { readonly shown: string }> {
  const notes = { known: await noteOf(known), shown: await noteOf(shown) };
  const logKey = formatVerifierKey(log.key);
  const by = { serverOrigin: "https://signet.example", logKey, foundAtMs: 1 };
  return { finding: "forked", ...by, ...notes, consistencyProof };
}

const judgementOf = async (...of: Parameters<typeof judgeEvidence>) => (await judgeEvidence(...of)).judgement;

/** What the server of a fork shows: that its own beginning goes on, and not the one that was signed before. */
function proofIn(later: StoredTree, size: number): readonly Bytes[] {
  const proof = later.consistency(size);
  if (!isWhole(size)) return proof;
  const root = rootBefore(size, later.size, later.consistency(size + 1));
  return root === undefined ? proof : [root, ...proof];
}

const sizes = Array.from({ length: 20 }, (_, i) => i + 1);

describe("two logs of one key", () => {
  test("of one size, or of which one has another map, are proven to be a lie", async () => {
    for (const size of sizes)
      assert.equal(await judgementOf(await evidenceOf(treeOf(size), treeOf(size, "other"))), "proven");
    const tree = treeOf(4);
    const of = { origin: log.key.name, size: 4, root: tree.root() };
    for (const other of [{ ...of, mapRoot: new Uint8Array(32) }, of]) {
      const text = formatCheckpoint(other);
      const shown = formatNote({ text, signatures: [await signNote(text, log)] });
      assert.equal(await judgementOf({ ...(await evidenceOf(tree, tree)), shown }), "proven");
    }
  });

  test("of two sizes are proven by the proof that the later one's server gives, in either order", async () => {
    for (const first of sizes)
      for (const second of sizes) {
        if (first >= second) continue;
        const [early, late] = [treeOf(first), treeOf(second, "other")];
        const proof = proofIn(late, first);
        // The root of one leaf, and one just before the end, is in no proof.
        const isShown = !isWhole(first) || (first > 1 && second > first + 1);
        const expected = isShown ? "proven" : "notProven";
        const why = `${first} ${second}`;
        assert.equal(await judgementOf(await evidenceOf(early, late, proof)), expected, why);
        assert.equal(await judgementOf(await evidenceOf(late, early, proof)), expected, why);
        if (isShown && isWhole(first)) {
          const [root, ...rest] = proof as [Bytes, ...Bytes[]];
          assert.ok(verifyConsistency({ size: first, root }, { size: second, root: late.root() }, rest), why);
        }
      }
  });
});

describe("an honest log", () => {
  test("is never proven to lie, whatever comes along: its own proofs, whole or broken, and those of another", async () => {
    for (const first of sizes.slice(0, 9))
      for (const second of sizes.slice(0, 9)) {
        if (first > second) continue;
        const whole = treeOf(second);
        const early = treeOf(first);
        const proof = whole.consistency(first);
        const other = treeOf(second, "other").consistency(first);
        const tries = [proof, [early.root(), ...proof], other, [early.root(), ...other], []];
        for (const hashes of tries)
          assert.equal(await judgementOf(await evidenceOf(early, whole, hashes)), "notProven");
      }
    const [early, late] = [treeOf(3), treeOf(7)];
    for (const hashes of brokenHashes(late.consistency(3)).filter((_, i) => i % 16 === 0))
      assert.equal(await judgementOf(await evidenceOf(early, late, hashes)), "notProven");
  });

  test("is not proven to lie by hashes that can be read in two ways", async () => {
    const [early, late] = [treeOf(3), treeOf(7)];
    const [first, second, ...rest] = late.consistency(3) as [Bytes, Bytes, ...Bytes[]];
    const shifted = [first.slice(1), Uint8Array.of(...second, first[0] ?? 0), ...rest];
    assert.equal(await judgementOf(await evidenceOf(early, late, shifted)), "notProven");
    const moved = [Uint8Array.of(...first, second[0] ?? 0), second.slice(1), ...rest];
    assert.equal(await judgementOf(await evidenceOf(early, late, moved)), "notProven");
  });

  test("is not proven to lie by what it did not sign, or what is of an empty log", async () => {
    const [one, other] = [treeOf(5), treeOf(5, "other")];
    const evidence = await evidenceOf(one, other);
    const isProven = (change: Partial<LogEvidence>) => judgementOf({ ...evidence, ...change });
    assert.equal(await isProven({}), "proven");
    const forged = { ...log, key: { ...otherLog.key, name: log.key.name }, sign: otherLog.sign };
    for (const shown of [
      await noteOf(other, {}, forged),
      await noteOf(other, { origin: otherLog.key.name }),
      await noteOf(other, { origin: otherLog.key.name }, otherLog),
      evidence.shown.replace("5\n", "6\n"),
      "",
    ]) {
      assert.equal(await isProven({ shown }), "notProven");
      assert.equal(await isProven({ known: shown }), "notProven");
    }
    assert.equal(await isProven({ logKey: formatVerifierKey(otherLog.key) }), "notProven");
    assert.equal(await isProven({ logKey: formatVerifierKey(witness.key) }), "notProven");
    assert.equal(await isProven({ logKey: "none" }), "notProven");
    assert.equal(await judgementOf(evidence, otherLog.key), "notProven", "whose key it is, others know");
    assert.equal(await judgementOf(evidence, log.key), "proven");
    const empty = await noteOf(new StoredTree());
    const single = treeOf(1);
    const goesOn = { known: empty, shown: await noteOf(single), consistencyProof: [single.root()] };
    assert.equal(await isProven(goesOn), "notProven", "of an empty log, with which everything fits");
  });

  test("is not proven to lie by a witness that cosigned two logs, under the name of the log", async () => {
    const liar = signerOf(log.key.name, "cosignature", new Uint8Array(32).fill(9));
    const cosigned = async (tree: StoredTree): Promise<string> => {
      const text = formatCheckpoint({ origin: log.key.name, size: tree.size, root: tree.root(), mapRoot });
      return formatNote({ text, signatures: [await cosign(text, 1, liar)] });
    };
    const [known, shown] = [await cosigned(treeOf(5)), await cosigned(treeOf(5, "other"))];
    const evidence = { ...(await evidenceOf(treeOf(5), treeOf(5))), known, shown };
    assert.equal(await judgementOf(evidence, liar.key), "notProven");
    assert.equal(await judgementOf({ ...evidence, logKey: formatVerifierKey(liar.key) }), "notProven");
  });
});

describe("its form", () => {
  const hash = (byte: number): Bytes => new Uint8Array(32).fill(byte);
  const evidence: LogEvidence = {
    finding: "forked",
    serverOrigin: "https://signet.example",
    logKey: formatVerifierKey(log.key),
    foundAtMs: 1_780_000_000_000,
    known: "one",
    shown: "another",
    consistencyProof: [hash(1), hash(2)],
  };

  test("is read as it was written, and stays as it is", () => {
    assert.deepEqual(parseEvidence(formatEvidence(evidence)), evidence);
    assert.deepEqual(Object.keys(JSON.parse(formatEvidence(evidence)) as object), [
      "format",
      "version",
      "finding",
      "serverOrigin",
      "logKey",
      "foundAtMs",
      "known",
      "shown",
      "consistencyProof",
    ]);
    assert.deepEqual(parseEvidence(`${formatEvidence({ ...evidence, consistencyProof: [] })}\n`), {
      ...evidence,
      consistencyProof: [],
    });
    const all: LogEvidence = {
      ...evidence,
      shownLogKey: "key",
      userId: "ann",
      sequence: 1,
      position: 2,
      code: "proof.signature",
      entries: [
        { position: 1, inclusionProof: [hash(3)], entry: utf8("entry") },
        { position: 2, entry: utf8("entry") },
        { position: 3, inclusionProof: [], leafHash: hash(4) },
      ],
      heads: [
        { userId: PersonId.parse("ann"), siblings: [hash(5)], leaf: { key: hash(6), value: hash(7) } },
        { userId: PersonId.parse("ben"), siblings: [], leaf: undefined },
      ],
      mapRoot: hash(8),
    };
    assert.deepEqual(parseEvidence(formatEvidence(all)), all);
    const later = formatEvidence(all).replace("proof.signature", "proof.ofLater");
    const { code: _code, ...passedOver } = all;
    assert.deepEqual(parseEvidence(later), passedOver);
  });

  test("is none where anything is missing, or of another kind", () => {
    const whole = JSON.parse(formatEvidence(evidence)) as Record<string, unknown>;
    const none = (change: Record<string, unknown>) =>
      assert.equal(parseEvidence(JSON.stringify({ ...whole, ...change })), undefined, JSON.stringify(change));
    for (const name of ["format", "version", "finding", "serverOrigin", "logKey", "foundAtMs"])
      none({ [name]: undefined });
    none({ format: "signet-record" });
    for (const version of [0, 2, "1"]) none({ version });
    none({ finding: "nothing" });
    for (const name of ["serverOrigin", "logKey", "known", "shown", "shownLogKey", "userId"])
      none({ [name]: 1 });
    for (const name of ["sequence", "position"]) none({ [name]: -1 });
    none({ mapRoot: "AAAA" });
    for (const foundAtMs of ["1", -1, 1.5, 2 ** 53]) none({ foundAtMs });
    none({ consistencyProof: "none" });
    none({ consistencyProof: [1] });
    none({ consistencyProof: ["AAAA"] });
    none({ consistencyProof: Array.from({ length: 66 }, () => "A".repeat(43)) });
    const entry = { position: 1, entry: "AAAA", inclusionProof: ["A".repeat(43)] };
    for (const bad of [
      { entry: undefined },
      { entry: "!" },
      { entry: undefined, leafHash: "AAAA" },
      { position: undefined },
      { inclusionProof: ["AAAA"] },
      { inclusionProof: 1 },
    ])
      none({ entries: [entry, { ...entry, ...bad }] });
    const head = { userId: "ann", siblings: [], leaf: { key: "A".repeat(43), value: "A".repeat(43) } };
    for (const bad of [{ userId: "" }, { siblings: undefined }, { leaf: {} }, { leaf: 1 }])
      none({ heads: [head, { ...head, ...bad }] });
    none({ heads: [{ ...head, siblings: Array.from({ length: 257 }, () => "A".repeat(43)) }] });
    for (const text of ["", "{", "null", "1", "[]", " ".repeat(8_388_609)])
      assert.equal(parseEvidence(text), undefined);
    assert.equal(parseEvidence(JSON.stringify({ ...whole, known: "k".repeat(131_073) })), undefined);
  });
});

test("whoever wants the root of a number of entries that is none, or of too few, is given none", () => {
  const tree = new StoredTree(entriesOf(9));
  for (const size of [1, 3, 5, 6, 7])
    assert.equal(rootBefore(size, 9, tree.consistency(size + 1)), undefined);
  assert.equal(rootBefore(8, 9, []), undefined);
  assert.deepEqual(rootBefore(4, 9, tree.consistency(5)), treeOf(4).root());
  assert.equal(rootBefore(4, 9, []), undefined);
});
