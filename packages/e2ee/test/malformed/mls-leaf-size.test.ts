import assert from "node:assert/strict";
import { test } from "node:test";

import { type LeafNode } from "ts-mls";

import { createLeafKey } from "../../src/index.ts";
import { callListExtensionType } from "../../src/mls/call-list-extension.ts";
import { CredentialJudge } from "../../src/mls/credential.ts";
import { makeKeyPackage } from "../../src/mls/key-package.ts";
import { nameLeaf } from "../../src/mls/roster.ts";
import { capabilities, signingSuite } from "../../src/mls/suite.ts";

test("a leaf of a size that a proof and a few capabilities take, and none beyond", async () => {
  const everybody = new CredentialJudge(async () => ({ ok: true, userId: "eve" }));
  const leafKey = await createLeafKey();
  const suite = await signingSuite(leafKey);
  const own = await makeKeyPackage(new Uint8Array(1), leafKey, suite, Date.now());
  const { leafNode } = own.publicPackage;
  const code = async (change: Partial<LeafNode>) => {
    const named = await nameLeaf({ ...leafNode, ...change } as LeafNode, everybody);
    return named.ok ? "ok" : named.code;
  };
  const identity = (length: number): Partial<LeafNode> => ({
    credential: { credentialType: "basic", identity: new Uint8Array(length) },
  });
  assert.equal(await code(identity(16_384)), "ok");
  assert.equal(await code(identity(16_385)), "mls.refused");
  // Beside the version, the suite and the credential type.
  const extensions = (length: number): Partial<LeafNode> => ({
    capabilities: { ...capabilities, extensions: Array.from({ length }, () => callListExtensionType) },
  });
  assert.equal(await code(extensions(61)), "ok");
  assert.equal(await code(extensions(62)), "mls.refused");
});
