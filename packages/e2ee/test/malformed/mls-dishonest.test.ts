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

import { CallGroup, createLeafKey } from "../../src/index.ts";
import { callListExtension } from "../../src/mls/call-list-extension.ts";
import { CredentialJudge } from "../../src/mls/credential.ts";
import { inspectCommit } from "../../src/mls/inspect-commit.ts";
import { makeKeyPackage } from "../../src/mls/key-package.ts";
import { readRoster, type Roster } from "../../src/mls/roster.ts";
import { type SigningSuite, signingSuite } from "../../src/mls/suite.ts";
import { listOf, setting } from "../mole.ts";
import {
  exported,
  optionsFor,
  proofFor,
  publicMessageIn,
  randomCallId,
  someList,
  trustingHook,
} from "../mls-world.ts";

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
  const { publicPackage, privatePackage } = own;
  const extensions = [callListExtension(someList)];
  const alone = await createGroup(groupId, publicPackage, privatePackage, extensions, signing.suite);
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
  const inspect = (message: PublicMessage, callListDigest = someList) =>
    inspectCommit(message, {
      // As ben sees it, whose leaf is 1.
      state: { ...mal, privatePath: { ...mal.privatePath, leafIndex: 1 } },
      roster,
      judge,
      suite: signing.suite,
      nowMs: Date.now(),
      callListDigest,
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

  const otherList = new Uint8Array(32).fill(8);
  const withList = (message: PublicMessage, ...lists: Proposal[]) => {
    const { content } = message;
    if (content.contentType !== "commit") throw new Error("not a Commit");
    return altered(message, { proposals: [...byValue(...lists), ...content.commit.proposals] });
  };

  test("another call list passes where it is one's own by then, alone and beside Add and Remove", async () => {
    const changed = withList(update, listOf(otherList));
    assert.equal(await inspect(changed, otherList), undefined);
    const path = pathOf(update);
    const beside = altered(adding, { path, proposals: byValue(listOf(otherList), remove(2)) });
    assert.equal(await inspect(beside, otherList), undefined);
    assert.equal(await inspect(changed), "mls.otherList", "and not where it is not");
    for (const message of [update, adding, rejoining])
      assert.equal(await inspect(message, otherList), "mls.otherList", "nor is one left out that is due");
  });

  const cut = callListExtension(otherList.slice(1));
  const longer = callListExtension(new Uint8Array(33));
  const other = { extensionType: 0xf0a2, extensionData: otherList };
  const list = callListExtension(otherList);
  const required = { extensionType: "required_capabilities", extensionData: new Uint8Array(3) } as const;
  const listCases: [string, () => PublicMessage, string][] = [
    ["two lists", () => withList(update, listOf(otherList), listOf(otherList)), "mls.refused"],
    ["the list twice in one", () => withList(update, setting(list, list)), "mls.refused"],
    ["no list any more", () => withList(update, setting()), "mls.refused"],
    ["another extension in its place", () => withList(update, setting(other)), "mls.refused"],
    ["another extension before it", () => withList(update, setting(other, list)), "mls.refused"],
    ["another extension after it", () => withList(update, setting(list, other)), "mls.refused"],
    ["required capabilities beside it", () => withList(update, setting(list, required)), "mls.refused"],
    ["a digest of 31 bytes", () => withList(update, setting(cut)), "mls.refused"],
    ["a digest of 33 bytes", () => withList(update, setting(longer)), "mls.refused"],
    [
      "a list without path",
      () => altered(update, { proposals: byValue(listOf(otherList)), path: undefined }),
      "mls.refused",
    ],
    [
      "a list and an Add without path",
      () => altered(withList(adding, listOf(otherList)), { path: undefined }),
      "mls.refused",
    ],
    [
      "a list by reference",
      () =>
        altered(update, { proposals: [{ proposalOrRefType: "reference", reference: new Uint8Array(32) }] }),
      "mls.refused",
    ],
    ["a list in a rejoin", () => withList(rejoining, listOf(otherList)), "mls.otherList"],
  ];
  for (const [what, make, code] of listCases)
    test(`refused: ${what}`, async () => assert.equal(await inspect(make(), otherList), code));

  test("refused: the list that the group holds already, and by a rejoin any", async () => {
    assert.equal(await inspect(withList(update, listOf(someList))), "mls.refused");
    assert.equal(await inspect(withList(rejoining, listOf(someList))), "mls.refused");
    assert.equal(await inspect(withList(rejoining, listOf(otherList))), "mls.refused");
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
