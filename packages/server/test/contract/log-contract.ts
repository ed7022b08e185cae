/** What every store's log must do, held against a tree and a map that are made anew from its entries each time. */
import assert from "node:assert/strict";

import {
  buildMap,
  decodeLogEntry,
  decodeMapRootEntry,
  emptyMapHash,
  emptyTreeRoot,
  leafHash,
  mapKey,
  nodeHash,
  openCheckpoint,
  planConsistency,
  planInclusion,
  proofOf,
  proveInMap,
  statementDigestOf,
  verifyConsistency,
  verifyInclusion,
  verifyMapProof,
  verifyMapRoot,
} from "@signet/directory";
import type { Checkpoint } from "@signet/directory";
import { UserId, equalBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import type { Store } from "../../src/index.ts";
import { testLogKey, testLogSigner } from "../support/logged-store.ts";
import { id, registration } from "./store-fixtures.ts";
import type { Contract } from "./store-fixtures.ts";
import { loggedStatement } from "./log-fixtures.ts";

const [alice, bob] = [UserId.parse("alice"), UserId.parse("bob")];

function rootOf(leaves: readonly Bytes[]): Bytes {
  const [first] = leaves;
  if (first === undefined) return emptyTreeRoot;
  if (leaves.length === 1) return first;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeHash(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

/** All that the log says fits: entries, tree, map, signature, and the proofs of each of them. */
async function whole(
  store: Store,
): Promise<{ readonly checkpoint: Checkpoint; readonly entries: readonly Bytes[] }> {
  const opened = await openCheckpoint(await store.log.checkpoint(), testLogKey);
  assert.ok(opened.ok);
  const { checkpoint } = opened;
  const { mapRoot, root, size } = checkpoint;
  const entries = await store.log.entries(0, Number.MAX_SAFE_INTEGER);
  assert.equal(entries.length, size);
  const leaves = entries.map((entry) => leafHash(entry));
  assert.deepEqual(root, rootOf(leaves));
  assert.deepEqual(await store.log.hashes(0, 0, size), leaves);
  const heads = new Map<UserId, Bytes>();
  for (const entry of entries) {
    const statement = decodeLogEntry(entry);
    if (statement !== undefined) heads.set(statement.userId, statementDigestOf(statement.proofs));
    else {
      const made = buildMap(Array.from(heads, ([userId, head]) => [mapKey(userId), head]));
      assert.deepEqual(decodeMapRootEntry(entry), made);
    }
  }
  assert.deepEqual(mapRoot, buildMap(Array.from(heads, ([userId, head]) => [mapKey(userId), head])));
  await store.log.look(({ hashAt, map, size: seen, checkpoint: note }) => {
    assert.deepEqual([seen, note], [size, opened.text + note.slice(opened.text.length)]);
    for (const [index, leaf] of leaves.entries())
      assert.ok(verifyInclusion({ leaf, index, size, root }, proofOf(planInclusion(index, size), hashAt)));
    for (let first = 1; first <= size; first++) {
      const before = { size: first, root: rootOf(leaves.slice(0, first)) };
      assert.ok(verifyConsistency(before, checkpoint, proofOf(planConsistency(first, size), hashAt)));
    }
    for (const [userId, head] of heads)
      assert.deepEqual(
        verifyMapProof(mapRoot ?? emptyMapHash, mapKey(userId), proveInMap(map, mapKey(userId))),
        {
          ok: true,
          value: head,
        },
      );
    if (size > 0) assert.ok(verifyMapRoot(checkpoint, proofOf(planInclusion(size - 1, size), hashAt)));
  });
  return { checkpoint, entries };
}

export function logContract(contract: Contract): void {
  contract("an empty log is signed, too, and has neither entries nor people", async (store) => {
    const { checkpoint } = await whole(store);
    assert.deepEqual(checkpoint, {
      origin: testLogSigner.origin,
      size: 0,
      root: emptyTreeRoot,
      mapRoot: emptyMapHash,
    });
  });

  contract(
    "what was acknowledged is in log and map, and its checkpoint goes on from the one before",
    async (store) => {
      await store.register(registration("alice"));
      const one = await whole(store);
      assert.deepEqual([one.checkpoint.size, decodeLogEntry(one.entries[0] as Bytes)?.userId], [2, alice]);
      const appended = { userId: alice, endedDeviceIds: [] };
      await store.appendStatement({ ...appended, sequence: 1, statement: loggedStatement(alice, 1) });
      const two = await whole(store);
      assert.deepEqual([two.checkpoint.size, decodeLogEntry(two.entries[2] as Bytes)?.sequence], [4, 1]);
      assert.deepEqual(two.entries.slice(0, 2), one.entries);
      assert.ok(!equalBytes(one.checkpoint.mapRoot as Bytes, two.checkpoint.mapRoot as Bytes));
    },
  );

  contract(
    "what is written in one turn has one root of the map, and what was refused leaves nothing",
    async (store) => {
      const twice = registration("bob");
      const results = await Promise.all([
        store.register(registration("alice")),
        store.register(twice),
        store.register(registration("bob")),
        store.register(registration("carol", { deviceId: twice.entry.deviceId })),
        store.appendStatement({
          userId: bob,
          sequence: 2,
          statement: loggedStatement(bob, 2),
          endedDeviceIds: [],
        }),
      ]);
      assert.deepEqual(results, ["registered", "registered", "userTaken", "deviceTaken", "outrun"]);
      assert.equal((await whole(store)).checkpoint.size, 3);
      // Nothing came of it, so that there is nothing to be signed.
      assert.equal(await store.register(registration("alice")), "userTaken");
      await store.claimOrigin("https://other.example");
      assert.equal((await whole(store)).checkpoint.size, 3);
    },
  );

  contract("it goes on after the data were opened again, with the same key", async (store, under) => {
    assert.equal(await store.log.claimKey("made first"), "made first");
    for (const name of ["alice", "bob", "carol"]) await store.register(registration(name));
    const before = await whole(store);
    const again = await under.open();
    assert.equal(await again.log.claimKey("made later"), "made first");
    assert.deepEqual(await whole(again), before);
    await again.register(registration("dora"));
    assert.equal((await whole(again)).checkpoint.size, before.checkpoint.size + 2);
    await again.close();
  });

  contract("parts are read as far as there are any", async (store) => {
    for (const name of ["alice", "bob", "carol"]) await store.register(registration(name));
    const { entries } = await whole(store);
    assert.deepEqual(await store.log.entries(2, 4), entries.slice(2, 4));
    assert.deepEqual(await store.log.entries(5, 9), entries.slice(5));
    assert.deepEqual(await store.log.entries(6, 9), []);
    assert.equal((await store.log.hashes(1, 0, 9)).length, 3);
    assert.equal((await store.log.hashes(2, 1, 9)).length, 0);
    assert.deepEqual(await store.log.hashes(9, 0, 9), []);
  });

  contract("what witnesses cosigned is kept, in the place of what was", async (store) => {
    assert.deepEqual(await store.log.cosignedNotes(), []);
    await store.log.keepCosigned(["one", "two"]);
    assert.deepEqual(await store.log.cosignedNotes(), ["one", "two"]);
    await store.log.keepCosigned(["three"]);
    assert.deepEqual(await store.log.cosignedNotes(), ["three"]);
  });

  contract("signatures beside the log's own are kept while nothing new was signed", async (store) => {
    await store.register(registration("alice"));
    const note = await store.log.checkpoint();
    const more = `${note}— witness.test ${Buffer.from(`${id()}${id()}`).toString("base64")}\n`;
    assert.equal(await store.log.cosigned(more), true);
    assert.equal(await store.log.checkpoint(), more);
    await store.register(registration("bob"));
    const later = await store.log.checkpoint();
    assert.equal(await store.log.cosigned(more), false);
    assert.equal(await store.log.checkpoint(), later);
  });
}
