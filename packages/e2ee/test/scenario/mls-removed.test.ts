import assert from "node:assert/strict";
import { test } from "node:test";

import { equalBytes, utf8 } from "@signet/protocol";
import {
  acceptAll,
  type ClientState,
  createCommit,
  createGroup,
  emptyPskIndex,
  joinGroup,
  type KeyPackage,
  type PrivateKeyPackage,
  processPublicMessage,
  type Proposal,
} from "ts-mls";
import { encode } from "ts-mls/codec/tlsEncoder.js";
import { decryptWithLabel } from "ts-mls/crypto/hpke.js";
import { groupContextEncoder } from "ts-mls/groupContext.js";

import { makeKeyPackage } from "../../src/mls/key-package.ts";
import { createLeafKey, type SigningSuite, signingSuite } from "../../src/mls/suite.ts";

// Below the adapter, where the removed member's private keys can be seen: with all of them it opens no path secret.

interface Party {
  readonly signing: SigningSuite;
  readonly publicPackage: KeyPackage;
  readonly privatePackage: PrivateKeyPackage;
}

async function party(name: string): Promise<Party> {
  const leafKey = await createLeafKey();
  const signing = await signingSuite(leafKey);
  return { signing, ...(await makeKeyPackage(utf8(name), leafKey, signing, Date.now())) };
}

async function commit(state: ClientState, { signing }: Party, extraProposals: Proposal[]) {
  const made = await createCommit(
    { state, cipherSuite: signing.suite },
    { wireAsPublicMessage: true, ratchetTreeExtension: true, extraProposals },
  );
  if (made.commit.wireformat !== "mls_public_message") throw new Error("not public");
  return { ...made, message: made.commit.publicMessage };
}

test("no private key of a removed member opens a path secret of the Commit that removes it; each other member's does", async () => {
  const parties = await Promise.all(["p0", "p1", "p2", "p3", "p4", "p5"].map(party));
  const [first, ...rest] = parties;
  assert.ok(first);
  const alone = await createGroup(
    new Uint8Array(16),
    first.publicPackage,
    first.privatePackage,
    [],
    first.signing.suite,
  );
  const adding = await commit(
    alone,
    first,
    rest.map(({ publicPackage }) => ({ proposalType: "add", add: { keyPackage: publicPackage } })),
  );
  const { welcome } = adding;
  assert.ok(welcome);
  let states = [
    adding.newState,
    ...(await Promise.all(
      rest.map((p) => joinGroup(welcome, p.publicPackage, p.privatePackage, emptyPskIndex, p.signing.suite)),
    )),
  ];
  // Everybody renews its path once, so that all know keys of inner nodes.
  for (const [committer, committing] of parties.entries()) {
    const state = states[committer];
    assert.ok(state);
    const update = await commit(state, committing, []);
    states = await Promise.all(
      states.map(async (other, leaf) =>
        leaf === committer
          ? update.newState
          : (
              await processPublicMessage(
                other,
                update.message,
                emptyPskIndex,
                committing.signing.suite,
                acceptAll,
              )
            ).newState,
      ),
    );
  }
  const removed = 3;
  const [committerState] = states;
  assert.ok(committerState);
  const removing = await commit(committerState, first, [{ proposalType: "remove", remove: { removed } }]);
  const { content } = removing.message;
  assert.ok(content.contentType === "commit" && content.commit.path);
  const { nodes } = content.commit.path;
  assert.ok(nodes.length > 0);
  const provisional = {
    ...committerState.groupContext,
    epoch: committerState.groupContext.epoch + 1n,
    treeHash: removing.newState.groupContext.treeHash,
  };
  const info = encode(groupContextEncoder)(provisional);
  const { hpke } = first.signing.suite;

  const opened = async (state: ClientState): Promise<number> => {
    let count = 0;
    for (const bytes of Object.values(state.privatePath.privateKeys)) {
      const key = await hpke.importPrivateKey(bytes);
      for (const { kemOutput, ciphertext } of nodes.flatMap((node) => node.encryptedPathSecret))
        await decryptWithLabel(key, "UpdatePathNode", info, kemOutput, ciphertext, hpke).then(
          () => count++,
          () => undefined,
        );
    }
    return count;
  };
  for (const [leaf, state] of states.entries())
    if (leaf !== 0) assert.equal(await opened(state), leaf === removed ? 0 : 1, `leaf ${leaf}`);
  assert.ok(
    !equalBytes(removing.newState.keySchedule.exporterSecret, committerState.keySchedule.exporterSecret),
  );
});
