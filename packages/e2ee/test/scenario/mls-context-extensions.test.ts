import assert from "node:assert/strict";
import { test } from "node:test";

import { type Bytes, equalBytes, toBase64Url } from "@signet/protocol";
import { type Proposal } from "ts-mls";
import { initializeEpoch } from "ts-mls/keySchedule.js";

import { callListExtension } from "../../src/mls/call-list-extension.ts";
import { capabilities } from "../../src/mls/suite.ts";
import { addOf, contextIn, Mole, removeOf, setting } from "../mole.ts";
import { hasPath, randomCallId, SeededRandom } from "../mls-world.ts";

// Below the adapter, which has rules of its own for the one extension that it speaks: what the patched library does with a GroupContextExtensions proposal
// (RFC 9420 sections 12.1.7 and 12.4). As published it makes such Commits without a path, and with a Remove nobody opens them.

const extensionOf = callListExtension;
const speaking = capabilities;
const mute = { ...capabilities, extensions: [] };
const someValue = (random: SeededRandom): Bytes => new Uint8Array(32).map(() => random.below(256));

async function enter(
  committer: Mole,
  others: readonly Mole[],
  joiners: readonly Mole[],
  proposals: Proposal[],
) {
  const { commit, welcome } = await committer.commit([
    ...proposals,
    ...joiners.map(({ keyPackage }) => addOf(keyPackage)),
  ]);
  for (const other of others) await other.process(commit);
  for (const joiner of joiners) if (welcome !== undefined) await joiner.join(welcome);
  return commit;
}

/** All in one epoch, with one value, which is in the GroupInfo that the next one enters by. */
async function agree(moles: readonly Mole[], value: Uint8Array | undefined): Promise<void> {
  const [first] = moles;
  assert.ok(first);
  const extensions = value === undefined ? [] : [extensionOf(value)];
  for (const mole of moles) {
    assert.deepEqual(mole.state.groupContext.extensions, extensions, mole.userId);
    assert.deepEqual(contextIn(await mole.groupInfo()).extensions, extensions);
    const { epochAuthenticator } = mole.state.keySchedule;
    assert.deepEqual(epochAuthenticator, first.state.keySchedule.epochAuthenticator, mole.userId);
    assert.deepEqual(await mole.exported(), await first.exported());
  }
}

for (let i = 0; i < 6; i++) {
  const seed = Number(process.env["SIGNET_SEED"] ?? 80_000) + i;
  test(`members, joiners and those who enter by themselves see one value; who left derives nothing (seed ${seed})`, async () => {
    const random = new SeededRandom(seed);
    let users = 0;
    const newMole = () => Mole.make(`user${users++}`, speaking);
    const first = await newMole();
    let value: Bytes | undefined = someValue(random);
    await first.create(randomCallId(), [extensionOf(value)]);
    let moles = [first];
    let departed: Mole[] = [];
    for (let step = 0; step < 14; step++) {
      const committer = random.pick(moles);
      const before = committer.state.groupContext;
      let commit: Bytes;
      let entering: Mole[] = [];
      let leaving: Mole[] = [];
      if (random.next() < 0.25) {
        // External Commits take the value over, with the removal of a former leaf and without.
        const former = random.next() < 0.5 ? random.pick(moles) : undefined;
        const entrant = former === undefined ? await newMole() : await Mole.make(former.userId, speaking);
        commit = await entrant.joinExternally(await committer.groupInfo(), former?.leafKey());
        entering = [entrant];
        if (former !== undefined) leaving = [former];
        for (const mole of moles) if (mole !== former) await mole.process(commit);
      } else {
        const others = moles.filter((mole) => mole !== committer);
        while (others.length > 0 && random.next() < 0.5)
          leaving.push(...others.splice(random.below(others.length), 1));
        entering = await Promise.all(Array.from({ length: random.below(3) }, newMole));
        value = random.next() < 0.1 ? undefined : someValue(random);
        const proposals = [
          setting(...(value === undefined ? [] : [extensionOf(value)])),
          ...leaving.map(({ leaf }) => removeOf(leaf)),
        ];
        commit = await enter(committer, others, entering, proposals);
        assert.ok(hasPath(commit));
      }
      moles = [...moles.filter((mole) => !leaving.includes(mole)), ...entering];
      await agree(moles, value);
      departed = [...departed, ...leaving].slice(-4);
      const [someone] = moles;
      assert.ok(someone);
      const secret = await someone.exported();
      const after = someone.state.groupContext;
      for (const mole of departed)
        for (const made of await mole.derivable({ commit, before, after }))
          assert.ok(!equalBytes(made, secret), `${mole.userId} has left and goes on deriving`);
    }
  });
}

test("an extension alone is a Commit with a path", async () => {
  const mole = await Mole.make("ann", speaking);
  await mole.create(randomCallId());
  const { commit } = await mole.commit([setting(extensionOf(new Uint8Array(32)))]);
  assert.ok(hasPath(commit));
});

test("the epoch authenticator covers the value", async () => {
  const mole = await Mole.make("ann", speaking);
  await mole.create(randomCallId(), [extensionOf(new Uint8Array(32))]);
  const { suite } = mole.signing;
  const secret = new Uint8Array(32).fill(7);
  const context = mole.state.groupContext;
  const authenticators = [];
  for (const extensions of [context.extensions, [extensionOf(new Uint8Array(32).fill(1))], []]) {
    const made = await initializeEpoch(secret, secret, { ...context, extensions }, secret, suite.kdf);
    authenticators.push(toBase64Url(made.keySchedule.epochAuthenticator));
  }
  assert.equal(new Set(authenticators).size, 3);
});

test("a type twice, two proposals, and an extension that somebody who stays or comes does not speak are refused", async () => {
  const ann = await Mole.make("ann", speaking);
  const silent = await Mole.make("silent", mute);
  const ben = await Mole.make("ben", speaking);
  await ann.create(randomCallId(), []);
  await ann.add([silent.keyPackage, ben.keyPackage]);
  const extension = extensionOf(new Uint8Array(32));
  // They leave the state as it is.
  await assert.rejects(ann.commit([setting(extension)]), /support the new extensions/);
  const silentLeaf = removeOf(1);
  await assert.rejects(ann.commit([silentLeaf, setting(extension, extension)]), /twice/);
  await assert.rejects(ann.commit([silentLeaf, setting(extension), setting(extension)]), /multiple/);
  const other = await Mole.make("other", mute);
  await assert.rejects(
    ann.commit([silentLeaf, setting(extension), addOf(other.keyPackage)]),
    /support the new extensions/,
  );
  await ann.commit([silentLeaf, setting(extension)]);
});

test("what such a Commit holds is refused by those who receive it, not by its maker alone", async () => {
  const callId = randomCallId();
  const makers = await Promise.all(["ann", "ben"].map((userId) => Mole.make(userId, speaking)));
  const [ann, ben] = makers;
  assert.ok(ann && ben);
  await ann.create(callId);
  const { welcome } = await ann.add([ben.keyPackage]);
  await ben.join(welcome);
  const extension = extensionOf(new Uint8Array(32));
  // The maker's library would not make it, so it is the receiver that knows of other capabilities.
  const { commit } = await ann.commit([setting(extension)]);
  const state = ben.state;
  const silent = state.ratchetTree.map((node) =>
    node?.nodeType === "leaf"
      ? { ...node, leaf: { ...node.leaf, capabilities: { ...node.leaf.capabilities, extensions: [] } } }
      : node,
  );
  await assert.rejects(
    ben.processIn({ ...state, ratchetTree: silent }, commit),
    /support the new extensions/,
  );
  await ben.process(commit);
});
