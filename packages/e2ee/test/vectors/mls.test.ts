import assert from "node:assert/strict";
import { before, describe, test } from "node:test";

import { publishedVectors } from "@signet/e2e/support/published-vectors.ts";
import {
  acceptAll,
  type CiphersuiteImpl,
  decodeMlsMessage,
  defaultAuthenticationService,
  defaultLifetimeConfig,
  getCiphersuiteFromName,
  getCiphersuiteImpl,
  type GroupContext,
  joinGroup,
  makePskIndex,
  mlsExporter,
  type MLSMessage,
  processMessage,
  type RatchetTree,
} from "ts-mls";
import { decodeAuthenticatedContent } from "ts-mls/authenticatedContent.js";
import { validateRatchetTree } from "ts-mls/clientState.js";
import { type Decoder } from "ts-mls/codec/tlsDecoder.js";
import { encode } from "ts-mls/codec/tlsEncoder.js";
import { applyUpdatePathSecret } from "ts-mls/createCommit.js";
import { verifyConfirmationTag } from "ts-mls/framedContent.js";
import { groupContextEncoder } from "ts-mls/groupContext.js";
import { verifyGroupInfoConfirmationTag, verifyGroupInfoSignature } from "ts-mls/groupInfo.js";
import { makeKeyPackageRef } from "ts-mls/keyPackage.js";
import { initializeEpoch } from "ts-mls/keySchedule.js";
import { getCommitSecret, pathToRoot } from "ts-mls/pathSecrets.js";
import { mergePrivateKeyPaths, type PrivateKeyPath, toPrivateKeyPath } from "ts-mls/privateKeyPath.js";
import { decodeProposal } from "ts-mls/proposal.js";
import { accumulatePskSecret } from "ts-mls/pskIndex.js";
import {
  addLeafNode,
  decodeRatchetTree,
  encodeRatchetTree,
  removeLeafNode,
  resolution,
  updateLeafNode,
} from "ts-mls/ratchetTree.js";
import { createConfirmedHash, createInterimHash } from "ts-mls/transcriptHash.js";
import { treeHash, treeHashRoot } from "ts-mls/treeHash.js";
import { toLeafIndex, toNodeIndex } from "ts-mls/treemath.js";
import { applyUpdatePath, createUpdatePath, decodeUpdatePath } from "ts-mls/updatePath.js";
import { decryptGroupInfo, decryptGroupSecrets } from "ts-mls/welcome.js";

import { createLeafKey, signingSuite, suiteName } from "../../src/mls/suite.ts";
import { fromHex, toHex } from "../bytes.ts";
import { keptVectors } from "./kept-vectors.ts";
import {
  type KeyScheduleVector,
  type MlsVectors,
  type PassiveClientVector,
  type TranscriptHashesVector,
  type TreeKemVector,
  type TreeOperationVector,
  type TreeValidationVector,
  type WelcomeVector,
} from "./mls-vectors.ts";

// The library as it is patched, held against the vectors of the MLS working group (mlswg/mls-implementations) for suite 1. Left
// out are those of the secret tree and of PrivateMessages, which the patch takes away. Of each kind a few stand in mls.json.

let suite: CiphersuiteImpl;
before(async () => {
  suite = await getCiphersuiteImpl(getCiphersuiteFromName(suiteName));
});

function decoded<T>(decoder: Decoder<T>, hex: string): T {
  const bytes = fromHex(hex);
  const result = decoder(bytes, 0);
  if (result === undefined || result[1] !== bytes.length) throw new Error("does not decode as a whole");
  return result[0];
}

function messageOf<W extends MLSMessage["wireformat"]>(hex: string, wireformat: W) {
  const message = decoded(decodeMlsMessage, hex);
  if (message.wireformat !== wireformat) throw new Error(`not ${wireformat}`);
  return message as Extract<MLSMessage, { wireformat: W }>;
}

const contextOf = (over: Partial<GroupContext>): GroupContext => ({
  version: "mls10",
  cipherSuite: suiteName,
  groupId: new Uint8Array(0),
  epoch: 0n,
  treeHash: new Uint8Array(0),
  confirmedTranscriptHash: new Uint8Array(0),
  extensions: [],
  ...over,
});

async function checkKeySchedule(vector: KeyScheduleVector): Promise<void> {
  let initSecret: Uint8Array = fromHex(vector.initial_init_secret);
  for (const [index, epoch] of vector.epochs.entries()) {
    const context = contextOf({
      groupId: fromHex(vector.group_id),
      epoch: BigInt(index),
      treeHash: fromHex(epoch.tree_hash),
      confirmedTranscriptHash: fromHex(epoch.confirmed_transcript_hash),
    });
    assert.equal(toHex(encode(groupContextEncoder)(context)), epoch.group_context);
    const made = await initializeEpoch(
      initSecret,
      fromHex(epoch.commit_secret),
      context,
      fromHex(epoch.psk_secret),
      suite.kdf,
    );
    const { keySchedule } = made;
    assert.equal(toHex(made.joinerSecret), epoch.joiner_secret);
    assert.equal(toHex(made.welcomeSecret), epoch.welcome_secret);
    assert.equal(toHex(made.encryptionSecret), epoch.encryption_secret);
    assert.equal(toHex(keySchedule.initSecret), epoch.init_secret);
    assert.equal(toHex(keySchedule.senderDataSecret), epoch.sender_data_secret);
    assert.equal(toHex(keySchedule.exporterSecret), epoch.exporter_secret);
    assert.equal(toHex(keySchedule.epochAuthenticator), epoch.epoch_authenticator);
    assert.equal(toHex(keySchedule.externalSecret), epoch.external_secret);
    assert.equal(toHex(keySchedule.confirmationKey), epoch.confirmation_key);
    assert.equal(toHex(keySchedule.membershipKey), epoch.membership_key);
    assert.equal(toHex(keySchedule.resumptionPsk), epoch.resumption_psk);
    const external = await suite.hpke.deriveKeyPair(keySchedule.externalSecret);
    assert.equal(toHex(await suite.hpke.exportPublicKey(external.publicKey)), epoch.external_pub);
    const { label, context: exporterContext, length, secret } = epoch.exporter;
    const exported = await mlsExporter(
      keySchedule.exporterSecret,
      label,
      fromHex(exporterContext),
      length,
      suite,
    );
    assert.equal(toHex(exported), secret);
    ({ initSecret } = keySchedule);
  }
}

async function checkTranscriptHashes(vector: TranscriptHashesVector): Promise<void> {
  const { wireformat, content, auth } = decoded(decodeAuthenticatedContent, vector.authenticated_content);
  assert.ok(content.contentType === "commit" && auth.contentType === "commit");
  const input = { wireformat, content, signature: auth.signature };
  const confirmed = await createConfirmedHash(
    fromHex(vector.interim_transcript_hash_before),
    input,
    suite.hash,
  );
  assert.equal(toHex(confirmed), vector.confirmed_transcript_hash_after);
  const interim = await createInterimHash(confirmed, auth.confirmationTag, suite.hash);
  assert.equal(toHex(interim), vector.interim_transcript_hash_after);
  const key = fromHex(vector.confirmation_key);
  assert.ok(await verifyConfirmationTag(key, auth.confirmationTag, confirmed, suite.hash));
}

async function checkWelcome(vector: WelcomeVector): Promise<void> {
  const { keyPackage } = messageOf(vector.key_package, "mls_key_package");
  const { welcome } = messageOf(vector.welcome, "mls_welcome");
  const key = await suite.hpke.importPrivateKey(fromHex(vector.init_priv));
  const reference = await makeKeyPackageRef(keyPackage, suite.hash);
  const secrets = await decryptGroupSecrets(key, reference, welcome, suite.hpke);
  assert.ok(secrets);
  const zeroes = new Uint8Array(suite.kdf.size);
  const [psk] = await accumulatePskSecret(secrets.psks, makePskIndex(undefined, {}), suite, zeroes);
  const info = await decryptGroupInfo(welcome, secrets.joinerSecret, psk, suite);
  assert.ok(info);
  assert.ok(await verifyGroupInfoSignature(info, fromHex(vector.signer_pub), suite.signature));
  assert.ok(await verifyGroupInfoConfirmationTag(info, secrets.joinerSecret, psk, suite));
}

async function checkTreeOperation(vector: TreeOperationVector): Promise<void> {
  const tree = decoded(decodeRatchetTree, vector.tree_before);
  const proposal = decoded(decodeProposal, vector.proposal);
  assert.equal(toHex(await treeHashRoot(tree, suite.hash)), vector.tree_hash_before);
  let changed: RatchetTree;
  if (proposal.proposalType === "add") [changed] = addLeafNode(tree, proposal.add.keyPackage.leafNode);
  else if (proposal.proposalType === "update")
    changed = updateLeafNode(tree, proposal.update.leafNode, toLeafIndex(vector.proposal_sender));
  else if (proposal.proposalType === "remove")
    changed = removeLeafNode(tree, toLeafIndex(proposal.remove.removed));
  else throw new Error(`no proposal that changes a tree: ${proposal.proposalType}`);
  assert.equal(toHex(encodeRatchetTree(changed)), vector.tree_after);
  assert.equal(toHex(await treeHashRoot(changed, suite.hash)), vector.tree_hash_after);
}

async function checkTreeValidation(vector: TreeValidationVector): Promise<void> {
  const tree = decoded(decodeRatchetTree, vector.tree);
  for (const [node, resolved] of vector.resolutions.entries())
    assert.deepEqual(resolution(tree, toNodeIndex(node)), resolved);
  for (const [node, hash] of vector.tree_hashes.entries())
    assert.equal(toHex(await treeHash(tree, toNodeIndex(node), suite.hash)), hash);
  const rootHash = await treeHashRoot(tree, suite.hash);
  const error = await validateRatchetTree(
    tree,
    contextOf({ groupId: fromHex(vector.group_id), treeHash: rootHash }),
    defaultLifetimeConfig,
    defaultAuthenticationService,
    rootHash,
    suite,
  );
  assert.equal(error, undefined);
}

async function checkTreeKem(vector: TreeKemVector): Promise<void> {
  const tree = decoded(decodeRatchetTree, vector.ratchet_tree);
  const context = contextOf({
    groupId: fromHex(vector.group_id),
    epoch: BigInt(vector.epoch),
    confirmedTranscriptHash: fromHex(vector.confirmed_transcript_hash),
  });
  const paths = new Map<number, PrivateKeyPath>();
  for (const { index, encryption_priv, path_secrets } of vector.leaves_private) {
    const secrets = Object.fromEntries(path_secrets.map((s) => [s.node, fromHex(s.path_secret)]));
    const own = { leafIndex: index, privateKeys: { [index * 2]: fromHex(encryption_priv) } };
    // The keys of the inner nodes are those in the tree.
    paths.set(index, mergePrivateKeyPaths(await toPrivateKeyPath(secrets, index, suite, tree), own));
  }
  for (const update of vector.update_paths) {
    const sender = toLeafIndex(update.sender);
    const path = decoded(decodeUpdatePath, update.update_path);
    const after = await applyUpdatePath(tree, sender, path, suite.hash);
    assert.equal(toHex(await treeHashRoot(after, suite.hash)), update.tree_hash_after);
    const provisional = { ...context, treeHash: fromHex(update.tree_hash_after) };
    for (const [index, own] of paths) {
      if (index === update.sender) continue;
      const opened = await applyUpdatePathSecret(after, own, sender, provisional, path, [], suite);
      assert.equal(toHex(opened.pathSecret), update.path_secrets[index]);
      const secret = await getCommitSecret(after, opened.nodeIndex, opened.pathSecret, suite.kdf);
      assert.equal(toHex(secret), update.commit_secret);
      const climbed = await pathToRoot(after, opened.nodeIndex, opened.pathSecret, suite.kdf);
      await toPrivateKeyPath(climbed, index, suite, after);
    }
    await checkOwnPath(tree, update.sender, context, paths);
  }
}

/** A path that the library makes is opened by all others in the tree of the vector, to the commit secret that it has itself. */
async function checkOwnPath(
  tree: RatchetTree,
  senderIndex: number,
  context: GroupContext,
  paths: ReadonlyMap<number, PrivateKeyPath>,
): Promise<void> {
  const signing = await signingSuite(await createLeafKey());
  const sender = toLeafIndex(senderIndex);
  const [after, path, , , commitSecret] = await createUpdatePath(
    tree,
    sender,
    context,
    signing.handle,
    signing.suite,
  );
  const provisional = {
    ...context,
    epoch: context.epoch + 1n,
    treeHash: await treeHashRoot(after, suite.hash),
  };
  for (const [index, own] of paths) {
    if (index === senderIndex) continue;
    const opened = await applyUpdatePathSecret(after, own, sender, provisional, path, [], suite);
    const secret = await getCommitSecret(after, opened.nodeIndex, opened.pathSecret, suite.kdf);
    assert.equal(toHex(secret), toHex(commitSecret));
  }
}

async function checkPassiveClient(vector: PassiveClientVector): Promise<void> {
  const { keyPackage } = messageOf(vector.key_package, "mls_key_package");
  const { welcome } = messageOf(vector.welcome, "mls_welcome");
  const psks = Object.fromEntries(
    vector.external_psks.map(({ psk_id, psk }) => [
      Buffer.from(psk_id, "hex").toString("base64"),
      fromHex(psk),
    ]),
  );
  const privatePackage = {
    initPrivateKey: fromHex(vector.init_priv),
    hpkePrivateKey: fromHex(vector.encryption_priv),
    signaturePrivateKey: fromHex(vector.signature_priv),
  };
  const tree = vector.ratchet_tree === null ? undefined : decoded(decodeRatchetTree, vector.ratchet_tree);
  let state = await joinGroup(
    welcome,
    keyPackage,
    privatePackage,
    makePskIndex(undefined, psks),
    suite,
    tree,
  );
  assert.equal(toHex(state.keySchedule.epochAuthenticator), vector.initial_epoch_authenticator);
  for (const epoch of vector.epochs) {
    for (const hex of [...epoch.proposals, epoch.commit]) {
      const message = messageOf(hex, "mls_public_message");
      const result = await processMessage(message, state, makePskIndex(state, psks), acceptAll, suite);
      assert.ok(result.kind === "newState");
      state = result.newState;
    }
    assert.equal(toHex(state.keySchedule.epochAuthenticator), epoch.epoch_authenticator);
  }
}

const checks: { [K in keyof MlsVectors]: (vector: MlsVectors[K][number]) => Promise<void> } = {
  "key-schedule": checkKeySchedule,
  "transcript-hashes": checkTranscriptHashes,
  welcome: checkWelcome,
  "tree-operations": checkTreeOperation,
  "tree-validation": checkTreeValidation,
  treekem: checkTreeKem,
  "passive-client-welcome": checkPassiveClient,
  "passive-client-handling-commit": checkPassiveClient,
};

const kept = JSON.parse(keptVectors("mls.json")) as MlsVectors;

function run<K extends keyof MlsVectors>(kind: K, vectors: MlsVectors[K]): void {
  for (const [index, vector] of vectors.entries())
    test(`${kind}, ${index + 1} of ${vectors.length}`, () => checks[kind](vector));
}

describe("vectors of the MLS working group that are kept here", () => {
  for (const kind of Object.keys(kept) as (keyof MlsVectors)[]) run(kind, kept[kind]);
});

describe("all published vectors for suite 1, where they are at hand", () => {
  for (const kind of Object.keys(checks) as (keyof MlsVectors)[]) {
    const published = publishedVectors(`mls/${kind}.json`);
    if (published !== undefined) run(kind, JSON.parse(published) as MlsVectors[typeof kind]);
  }
});
