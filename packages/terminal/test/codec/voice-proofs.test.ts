/** Whose voice is shown as what. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { ownFeatures } from "@signet/protocol";

import { unprovableAmong, withProof } from "../../src/call/voice-proofs.ts";

const member = (leaf: number, userId: string, proves: boolean) => ({
  leaf,
  userId,
  proves,
  identity: new Uint8Array(64),
  leafPublicKey: new Uint8Array(32).fill(leaf),
});

test("whose leaf says that it signs can be proven, where the server passes words on; where it does not nobody can", () => {
  const members = [member(0, "ann", true), member(1, "ben", false)];
  assert.deepEqual([...unprovableAmong(members, ownFeatures)], ["ben"]);
  const without = ownFeatures.filter((feature) => feature !== "spoke");
  assert.deepEqual([...unprovableAmong(members, without)], ["ann", "ben"]);
  assert.deepEqual([...unprovableAmong(members, undefined)], ["ann", "ben"]);
});

test("what was found of one voice says nothing of another, and is over when it is proven", () => {
  const forged = withProof(undefined, "ann", "forged");
  const both = withProof(forged, "ben", "unproven");
  assert.deepEqual(
    [...both],
    [
      ["ann", "forged"],
      ["ben", "unproven"],
    ],
  );
  assert.deepEqual([...withProof(both, "ann", "proven")], [["ben", "unproven"]]);
  assert.deepEqual([...forged], [["ann", "forged"]], "what is shown does not change under the view");
});
