import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { type Bytes, fromBase64Url } from "@signet/protocol";
import {
  type ClientState,
  type CreateCommitOptions,
  createCommit,
  createGroup,
  decodeMlsMessage,
  encodeMlsMessage,
  type KeyPackage,
  type LeafNode,
  type Proposal,
  type ProposalOrRef,
  type PublicMessage,
  type Sender,
  type UpdatePath,
} from "ts-mls";
import { signKeyPackage } from "ts-mls/keyPackage.js";
import { signLeafNodeKeyPackage } from "ts-mls/leafNode.js";

import { CallGroup, createLeafKey } from "../../src/index.ts";
import { CredentialJudge } from "../../src/mls/credential.ts";
import { inspectCommit } from "../../src/mls/inspect-commit.ts";
import { checkKeyPackage, makeKeyPackage } from "../../src/mls/key-package.ts";
import { readRoster, type Roster } from "../../src/mls/roster.ts";
import { capabilities, type SigningSuite, signingSuite } from "../../src/mls/suite.ts";
import { exported, optionsFor, proofFor, publicMessageIn, randomCallId, trustingHook } from "../mls-world.ts";

// A member with a library of its own, keys in order, that does what the adapter never would.

const callId = randomCallId();
const judge = new CredentialJudge(trustingHook);
let signing: SigningSuite;
let mal: ClientState;
let roster: Roster;
let ben: CallGroup;
let update: PublicMessage;
let adding: PublicMessage;
let rejoining: PublicMessage;

function keyPackageIn(message: Bytes): KeyPackage {
  const decoded = decodeMlsMessage(message, 0)?.[0];
  if (decoded?.wireformat !== "mls_key_package") throw new Error("not a KeyPackage");
  return decoded.keyPackage;
}

/** Signet keeps none; whoever sends a PrivateMessage has one. */
const ratchet = { secret: new Uint8Array(32), generation: 0, unusedGenerations: {} };
const secretTree = [{ handshake: ratchet, application: ratchet }];

const commitWith = async (proposals: Proposal[], options: CreateCommitOptions = {}): Promise<Bytes> => {
  const made = await createCommit(
    {
      state: { ...mal, secretTree },
      cipherSuite: signing.suite,
      pskIndex: { findPsk: () => new Uint8Array(32) },
    },
    { wireAsPublicMessage: true, ratchetTreeExtension: true, extraProposals: proposals, ...options },
  );
  return new Uint8Array(encodeMlsMessage(made.commit));
};

const add = (keyPackage: KeyPackage): Proposal => ({ proposalType: "add", add: { keyPackage } });
const remove = (removed: number): Proposal => ({ proposalType: "remove", remove: { removed } });
const externalInit: Proposal = {
  proposalType: "external_init",
  externalInit: { kemOutput: new Uint8Array(32) },
};

before(async () => {
  const leafKey = await createLeafKey();
  signing = await signingSuite(leafKey);
  const own = await makeKeyPackage(proofFor("mal", leafKey), leafKey, signing, Date.now());
  const groupId = fromBase64Url(callId);
  assert.ok(groupId);
  const alone = await createGroup(groupId, own.publicPackage, own.privatePackage, [], signing.suite);
  const bensJoin = await CallGroup.prepareJoin(await optionsFor(callId, "ben"));
  const cleosJoin = await CallGroup.prepareJoin(await optionsFor(callId, "cleo"));
  const made = await createCommit(
    { state: alone, cipherSuite: signing.suite },
    {
      wireAsPublicMessage: true,
      ratchetTreeExtension: true,
      extraProposals: [add(keyPackageIn(bensJoin.keyPackage)), add(keyPackageIn(cleosJoin.keyPackage))],
    },
  );
  assert.ok(made.welcome);
  mal = made.newState;
  ben = await bensJoin.join(
    new Uint8Array(encodeMlsMessage({ version: "mls10", wireformat: "mls_welcome", welcome: made.welcome })),
  );
  const result = await readRoster(mal.ratchetTree, judge);
  assert.ok(result.ok);
  ({ roster } = result);
  update = publicMessageIn(await commitWith([]));
  const dov = await CallGroup.prepareJoin(await optionsFor(callId, "dov"));
  adding = publicMessageIn(await commitWith([add(keyPackageIn(dov.keyPackage))]));
  const options = await optionsFor(callId, "cleo");
  rejoining = publicMessageIn(
    (await CallGroup.rejoin({ ...options, groupInfo: await ben.groupInfo() })).commit,
  );
});

describe("well signed Commits with proposals that Signet does not speak are refused whole", () => {
  const psk: Proposal = {
    proposalType: "psk",
    psk: {
      preSharedKeyId: { psktype: "external", pskId: new Uint8Array([1]), pskNonce: new Uint8Array(32) },
    },
  };
  const cases: [string, () => Promise<Bytes>, string][] = [
    [
      "GroupContextExtensions",
      () =>
        commitWith([
          { proposalType: "group_context_extensions", groupContextExtensions: { extensions: [] } },
        ]),
      "mls.refused",
    ],
    [
      "GroupContextExtensions beside Remove",
      () =>
        commitWith([
          remove(2),
          { proposalType: "group_context_extensions", groupContextExtensions: { extensions: [] } },
        ]),
      "mls.refused",
    ],
    ["PreSharedKey", () => commitWith([psk]), "mls.refused"],
    [
      "ReInit",
      () =>
        commitWith([
          {
            proposalType: "reinit",
            reinit: {
              groupId: new Uint8Array(16),
              version: "mls10",
              cipherSuite: signing.suite.name,
              extensions: [],
            },
          },
        ]),
      "mls.refused",
    ],
    [
      "a proposal of an unknown type",
      () => commitWith([{ proposalType: 0xf123, proposalData: new Uint8Array(3) }]),
      "mls.refused",
    ],
    ["authenticated data", () => commitWith([], { authenticatedData: new Uint8Array(1) }), "mls.refused"],
    ["a PrivateMessage around it", () => commitWith([], { wireAsPublicMessage: false }), "mls.badMessage"],
  ];
  for (const [what, make, code] of cases)
    test(what, async () => {
      const secret = Buffer.from(await exported(ben)).toString("hex");
      assert.deepEqual(await ben.process(await make()), { type: "refused", code });
      assert.equal(ben.epoch, 1);
      assert.equal(Buffer.from(await exported(ben)).toString("hex"), secret);
    });
});

describe("before the library sees it, a Commit is held against the rules", () => {
  const inspect = (message: PublicMessage) =>
    inspectCommit(message, {
      // As ben sees it, whose leaf is 1.
      state: { ...mal, privatePath: { ...mal.privatePath, leafIndex: 1 } },
      roster,
      judge,
      suite: signing.suite,
      nowMs: Date.now(),
    });

  function altered(
    message: PublicMessage,
    change: { proposals?: ProposalOrRef[]; path?: UpdatePath | undefined; sender?: Sender; epoch?: bigint },
  ): PublicMessage {
    const { content } = message;
    if (content.contentType !== "commit") throw new Error("not a Commit");
    const { proposals = content.commit.proposals, sender = content.sender, epoch = content.epoch } = change;
    const path = "path" in change ? change.path : content.commit.path;
    return { ...message, content: { ...content, sender, epoch, commit: { proposals, path } } };
  }

  const byValue = (...proposals: Proposal[]): ProposalOrRef[] =>
    proposals.map((proposal) => ({ proposalOrRefType: "proposal", proposal }));
  const pathOf = (message: PublicMessage, leaf: Partial<LeafNode> = {}): UpdatePath => {
    const path = message.content.contentType === "commit" ? message.content.commit.path : undefined;
    if (path === undefined) throw new Error("no path");
    return { ...path, leafNode: { ...path.leafNode, ...leaf } as UpdatePath["leafNode"] };
  };
  const member = (leafIndex: number): Sender => ({ senderType: "member", leafIndex });
  const cleosIdentity = () => roster.members[2]?.identity ?? new Uint8Array(0);

  test("true ones pass", async () => {
    for (const message of [update, adding, rejoining, altered(update, { proposals: byValue(remove(2)) })])
      assert.equal(await inspect(message), undefined);
  });

  const cases: [string, () => PublicMessage, string][] = [
    ["an empty one without path", () => altered(update, { path: undefined }), "mls.refused"],
    [
      "a Remove without path",
      () => altered(update, { proposals: byValue(remove(2)), path: undefined }),
      "mls.refused",
    ],
    ["a Remove of the committer", () => altered(update, { proposals: byValue(remove(0)) }), "mls.refused"],
    ["a Remove of a blank leaf", () => altered(update, { proposals: byValue(remove(3)) }), "mls.refused"],
    [
      "a Remove outside of the tree",
      () => altered(update, { proposals: byValue(remove(2 ** 32 - 1)) }),
      "mls.refused",
    ],
    ["ExternalInit by a member", () => altered(update, { proposals: byValue(externalInit) }), "mls.refused"],
    [
      "a proposal by reference",
      () =>
        altered(update, { proposals: [{ proposalOrRefType: "reference", reference: new Uint8Array(32) }] }),
      "mls.refused",
    ],
    ["a committer at a blank leaf", () => altered(update, { sender: member(3) }), "mls.refused"],
    ["a committer outside of the tree", () => altered(update, { sender: member(2 ** 31) }), "mls.refused"],
    ["one's own", () => altered(update, { sender: member(1) }), "mls.refused"],
    [
      "an external sender",
      () => altered(update, { sender: { senderType: "external", senderIndex: 0 } }),
      "mls.refused",
    ],
    [
      "another credential in the path",
      () =>
        altered(update, {
          path: pathOf(update, { credential: { credentialType: "basic", identity: cleosIdentity() } }),
        }),
      "mls.credential",
    ],
    [
      "another signature key in the path",
      () => altered(update, { path: pathOf(update, { signaturePublicKey: new Uint8Array(32) }) }),
      "mls.credential",
    ],
    [
      "a certificate in the path",
      () =>
        altered(update, {
          path: pathOf(update, { credential: { credentialType: "x509", certificates: [] } }),
        }),
      "mls.credential",
    ],
    ["an earlier epoch", () => altered(update, { epoch: 0n }), "mls.staleEpoch"],
    ["a later epoch", () => altered(update, { epoch: 2n }), "mls.futureEpoch"],
    ["a rejoin without path", () => altered(rejoining, { path: undefined }), "mls.refused"],
    [
      "a rejoin without ExternalInit",
      () => altered(rejoining, { proposals: byValue(remove(2)) }),
      "mls.refused",
    ],
    [
      "a rejoin with two ExternalInits",
      () => altered(rejoining, { proposals: byValue(remove(2), externalInit, externalInit) }),
      "mls.refused",
    ],
    [
      "a rejoin that removes somebody else",
      () => altered(rejoining, { proposals: byValue(remove(1), externalInit) }),
      "mls.refused",
    ],
    [
      "a rejoin that leaves the former leaf",
      () => altered(rejoining, { proposals: byValue(externalInit) }),
      "mls.duplicateUser",
    ],
    [
      "a rejoin with a leaf that the hook refuses",
      () => altered(rejoining, { path: pathOf(rejoining, { signaturePublicKey: new Uint8Array(32) }) }),
      "proof.leafKey",
    ],
  ];
  for (const [what, make, code] of cases)
    test(`refused: ${what}`, async () => assert.equal(await inspect(make()), code));
});

describe("a KeyPackage is held against the rules", () => {
  const make = async (change: (k: KeyPackage) => KeyPackage = (k) => k): Promise<KeyPackage> =>
    change(keyPackageIn((await CallGroup.prepareJoin(await optionsFor(callId, "eve"))).keyPackage));
  const check = async (keyPackage: KeyPackage) => {
    const verdict = await checkKeyPackage(keyPackage, judge, signing.suite, Date.now());
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
    const { suite, handle } = await signingSuite(leafKey);
    const own = await makeKeyPackage(proofFor("eve", leafKey), leafKey, { suite, handle }, Date.now());
    const { leafNode, ...rest } = own.publicPackage;
    const resigned = (leaf: typeof leafNode): Promise<KeyPackage> =>
      signKeyPackage({ ...rest, leafNode: leaf }, handle, suite.signature);
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
      const { suite, handle } = await signingSuite(leafKey);
      const own = await makeKeyPackage(proofFor("eve", leafKey), leafKey, { suite, handle }, Date.now());
      const { leafNode } = own.publicPackage;
      const { signature } = suite;
      const init = await signKeyPackage({ ...own.publicPackage, initKey: key }, handle, signature);
      assert.equal(await check(init), "mls.refused");
      const leaf = await signLeafNodeKeyPackage({ ...leafNode, hpkePublicKey: key }, handle, signature);
      const leafed = await signKeyPackage({ ...own.publicPackage, leafNode: leaf }, handle, signature);
      assert.equal(await check(leafed), "mls.refused");
    });

  test("refused: a tree with such a key at an inner node", async () => {
    const tree = mal.ratchetTree;
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
