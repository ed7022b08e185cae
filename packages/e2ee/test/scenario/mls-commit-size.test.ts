/** What the server takes of a Commit is reckoned without reading it: real groups, as they grow and shrink, stay well below. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { concatBytes, fromUtf8, largestCommit, utf8 } from "@signet/protocol";

import { CallGroup, createLeafKey } from "../../src/index.ts";
import type { CredentialHook } from "../../src/index.ts";
import { someList } from "../mls-world.ts";

const hook: CredentialHook = async (identity) => ({
  ok: true,
  userId: fromUtf8(identity.subarray(0, 8)) ?? "",
});

/** A proof of a software key, of WebAuthn with a long client data, and the largest that a KeyPackage holds. */
for (const proofBytes of [300, 2_500, 14_000])
  test(`growth of a call and leaving, by credentials of ${proofBytes} bytes`, async () => {
    const optionsFor = async (index: number) => ({
      callId: "QEFCQ0RFRkdISUpLTE1OTw",
      leafKey: await createLeafKey(),
      identity: concatBytes(utf8(`u${String(index).padStart(7, "0")}`), new Uint8Array(proofBytes - 8)),
      hook,
      callListDigest: () => someList,
      nowMs: () => Date.now(),
    });
    const group = await CallGroup.create(await optionsFor(0));
    let next = 1;
    /** The server's view: what came in KeyPackages, in the order of the leaves; of its starter the proof. */
    let inTree = [{ leaf: 0, leafBytes: proofBytes + 512 }];
    const step = async (joiners: number, remove: readonly number[] = []): Promise<void> => {
      const joins = await Promise.all(
        Array.from({ length: joiners }, async () => CallGroup.prepareJoin(await optionsFor(next++))),
      );
      const add = joins.map(({ keyPackage }) => keyPackage);
      const pending = await group.commit({ add, remove: [...remove], update: remove.length > 0 });
      assert.ok(pending.type === "pending");
      const admitted = add.map(({ length }) => ({ leafBytes: length }));
      const { commitBytes, welcomeBytes } = largestCommit(admitted, inTree, inTree[0]!);
      assert.ok(pending.commit.length < commitBytes, `${pending.commit.length} of ${commitBytes}`);
      const { length } = pending.welcome ?? [];
      assert.ok(length < welcomeBytes, `${length} of ${welcomeBytes}`);
      await pending.accept();
      inTree = group
        .members()
        .map(({ leaf }) => ({ leaf, leafBytes: add[0]?.length ?? inTree[1]!.leafBytes }));
    };
    const isLarge = proofBytes > 3_000;
    await step(1);
    await step(isLarge ? 8 : 9);
    await step(isLarge ? 6 : 39);
    for (const leaf of [5, 2, 9]) await step(0, [leaf]);
    await step(2, [7]);
    for (let i = 0; i < 3; i++) await step(1);
    group.close();
  });
