import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { type Bytes } from "@signet/protocol";
import { type CiphersuiteImpl, type KeyPackage } from "ts-mls";
import { signKeyPackage } from "ts-mls/keyPackage.js";
import { signLeafNodeKeyPackage } from "ts-mls/leafNode.js";

import { CallGroup, createLeafKey } from "../../src/index.ts";
import { CredentialJudge } from "../../src/mls/credential.ts";
import { checkKeyPackage, makeKeyPackage } from "../../src/mls/key-package.ts";
import { readRoster } from "../../src/mls/roster.ts";
import { capabilities, signingSuite } from "../../src/mls/suite.ts";
import { decodeKeyPackage } from "../../src/mls/wire.ts";
import { Mole } from "../mole.ts";
import { optionsFor, proofFor, randomCallId, trustingHook } from "../mls-world.ts";

const callId = randomCallId();
const judge = new CredentialJudge(trustingHook);
let suite: CiphersuiteImpl;

before(async () => {
  ({ suite } = await signingSuite(await createLeafKey()));
});

function mustDecode(message: Bytes): KeyPackage {
  const keyPackage = decodeKeyPackage(message);
  assert.ok(keyPackage);
  return keyPackage;
}

describe("a KeyPackage is held against the rules", () => {
  const make = async (change: (k: KeyPackage) => KeyPackage = (k) => k): Promise<KeyPackage> =>
    change(mustDecode((await CallGroup.prepareJoin(await optionsFor(callId, "eve"))).keyPackage));
  const check = async (keyPackage: KeyPackage) => {
    const verdict = await checkKeyPackage(keyPackage, judge, suite, Date.now());
    return verdict.ok ? "ok" : verdict.code;
  };
  const nowSeconds = BigInt(Math.floor(Date.now() / 1000));

  test("a true one passes", async () => assert.equal(await check(await make()), "ok"));

  const cases: [string, (k: KeyPackage) => KeyPackage, string][] = [
    [
      "another suite",
      (k) => ({ ...k, cipherSuite: "MLS_128_DHKEMP256_AES128GCM_SHA256_P256" }),
      "mls.refused",
    ],
    [
      "an extension",
      (k) => ({ ...k, extensions: [{ extensionType: 0xf001, extensionData: new Uint8Array(0) }] }),
      "mls.refused",
    ],
    [
      "no word of the call list among its capabilities",
      (k) => ({ ...k, leafNode: { ...k.leafNode, capabilities: { ...capabilities, extensions: [] } } }),
      "mls.refused",
    ],
    ["one key for two purposes", (k) => ({ ...k, initKey: k.leafNode.hpkePublicKey }), "mls.refused"],
    ["an altered init key", (k) => ({ ...k, initKey: new Uint8Array(32).fill(9) }), "mls.refused"],
    [
      "an altered leaf",
      (k) => ({ ...k, leafNode: { ...k.leafNode, capabilities: { ...capabilities, proposals: [1] } } }),
      "mls.refused",
    ],
    [
      "no end of its time",
      (k) => ({ ...k, leafNode: { ...k.leafNode, lifetime: { notBefore: 0n, notAfter: 2n ** 63n - 1n } } }),
      "mls.lifetime",
    ],
    [
      "an end before its beginning",
      (k) => ({
        ...k,
        leafNode: { ...k.leafNode, lifetime: { notBefore: nowSeconds + 60n, notAfter: nowSeconds - 60n } },
      }),
      "mls.lifetime",
    ],
    [
      "a span of a second more than a day",
      (k) => ({
        ...k,
        leafNode: { ...k.leafNode, lifetime: { notBefore: nowSeconds - 86_400n, notAfter: nowSeconds + 1n } },
      }),
      "mls.lifetime",
    ],
  ];
  for (const [what, change, code] of cases)
    test(`refused: ${what}`, async () => assert.equal(await check(await make(change)), code));

  test("refused: a leaf with a false signature in a KeyPackage that is signed as it is", async () => {
    const leafKey = await createLeafKey();
    const signing = await signingSuite(leafKey);
    const { handle } = signing;
    const own = await makeKeyPackage(proofFor("eve", leafKey), leafKey, signing, Date.now());
    const { leafNode, ...rest } = own.publicPackage;
    const resigned = (leaf: typeof leafNode): Promise<KeyPackage> =>
      signKeyPackage({ ...rest, leafNode: leaf }, handle, signing.suite.signature);
    assert.equal(await check(await resigned(leafNode)), "ok");
    const signature = leafNode.signature.with(0, (leafNode.signature[0] ?? 0) ^ 1);
    assert.equal(await check(await resigned({ ...leafNode, signature })), "mls.refused");
  });

  const smallOrder = Buffer.from("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800", "hex");
  const unusable: [string, Uint8Array][] = [
    ["zero", new Uint8Array(32)],
    ["of small order", smallOrder],
    ["of small order, with the highest bit", smallOrder.with(31, 0x80)],
    ["too short", new Uint8Array(31).fill(9)],
  ];
  for (const [what, key] of unusable)
    test(`refused: well signed keys for encryption that are ${what}, which would keep others from joining or being removed`, async () => {
      const leafKey = await createLeafKey();
      const signing = await signingSuite(leafKey);
      const { handle } = signing;
      const own = await makeKeyPackage(proofFor("eve", leafKey), leafKey, signing, Date.now());
      const { leafNode } = own.publicPackage;
      const { signature } = signing.suite;
      const init = await signKeyPackage({ ...own.publicPackage, initKey: key }, handle, signature);
      assert.equal(await check(init), "mls.refused");
      const leaf = await signLeafNodeKeyPackage({ ...leafNode, hpkePublicKey: key }, handle, signature);
      const leafed = await signKeyPackage({ ...own.publicPackage, leafNode: leaf }, handle, signature);
      assert.equal(await check(leafed), "mls.refused");
    });

  test("refused: a tree with such a key at an inner node", async () => {
    const mole = await Mole.make("mole");
    await mole.create(callId);
    await mole.add([(await Mole.make("ben")).keyPackage]);
    const tree = mole.state.ratchetTree;
    assert.ok((await readRoster(tree, judge)).ok);
    const inner = (key: Uint8Array) =>
      tree.with(1, {
        nodeType: "parent",
        parent: { hpkePublicKey: key, parentHash: new Uint8Array(0), unmergedLeaves: [] },
      });
    assert.ok((await readRoster(inner(new Uint8Array(32).fill(9)), judge)).ok);
    for (const [, key] of unusable)
      assert.deepEqual(await readRoster(inner(key), judge), { ok: false, code: "mls.refused" });
  });
});
