/** What every store must do with calls that people missed. */
import assert from "node:assert/strict";

import { CallId, UserId } from "@signet/protocol";

import type { Store, StoredMissed } from "../../src/index.ts";
import { id, proof, registration } from "./store-fixtures.ts";
import type { Contract } from "./store-fixtures.ts";

/** @param callId base64url, 16 bytes */
export const missedCall = (userId: string, callerId: string, atMs = 1, callId = id()): StoredMissed => ({
  userId: UserId.parse(userId),
  callerId: UserId.parse(callerId),
  atMs,
  call: {
    callId: CallId.parse(callId),
    proof: proof(),
    binding: proof(),
    members: [{ userId: UserId.parse(userId), state: "offline" }],
    statements: [{ proof: proof() }],
  },
});

export function missedContract(contract: Contract): void {
  contract("missed calls come back in their order until they are deleted", async (store, under) => {
    const names = ["alice", "bob", "carol"].map((name) => registration(name));
    for (const made of names) await store.register(made);
    const [alice, bob] = names.map(({ entry }) => entry.userId);
    assert.ok(alice !== undefined && bob !== undefined);
    const bounds = { perPair: 9, perCaller: 9, perPerson: 9 };
    const [one, two, three] = [1, 2, 3].map((atMs) => missedCall("alice", "bob", atMs));
    assert.ok(one && two && three);
    assert.deepEqual(await store.missed.of(alice, 0, 0), []);
    await store.missed.keep([one, missedCall("bob", "carol"), two], bounds);
    await store.missed.keep([three], bounds);
    const kept = async (of: Store = store, sinceMs = 0, after = 0) =>
      (await of.missed.of(alice, sinceMs, after)).map(({ position: _position, ...missed }) => missed);
    assert.deepEqual(await kept(), [one, two, three]);
    assert.deepEqual(await kept(store, 1), [two, three], "those that came later");
    const [first] = await store.missed.of(alice, 0, 0);
    assert.deepEqual(await kept(store, 0, first?.position), [two, three], "those that were kept later");
    // The same call again takes the place of the earlier one, behind all others.
    const again = { ...one, atMs: 4 };
    // Whoever chose its ID again takes nobody's place.
    const twin = missedCall("alice", "carol", 5, one.call.callId);
    await store.missed.keep([again, twin], bounds);
    const other = await under.open();
    assert.deepEqual(await kept(other), [two, three, again, twin]);
    await other.close();
    await store.missed.known(bob, twin.call);
    await store.missed.known(alice, twin.call);
    assert.deepEqual(await kept(), [two, three, again], "nor is the other one known by that");
    await store.missed.keep([twin], bounds);
    const callIds = [two.call.callId, again.call.callId];
    assert.deepEqual(await store.missed.delete(bob, callIds), [], "another's are not theirs to delete");
    assert.deepEqual(await store.missed.delete(alice, callIds), callIds);
    assert.deepEqual(await store.missed.delete(alice, callIds), []);
    assert.deepEqual(await kept(), [three]);
    await store.missed.deleteBefore(2);
    assert.deepEqual(await kept(), [three]);
    assert.deepEqual(await store.missed.of(bob, 0, 0), []);
    await store.missed.deleteBefore(3);
    assert.deepEqual(await kept(), []);
  });

  contract(
    "missed calls are bounded for each caller and person, and nobody's go for another's many",
    async (store) => {
      const names = ["alice", "bob", "carol", "dave", "eve"];
      for (const name of names) await store.register(registration(name));
      const bounds = { perPair: 2, perCaller: 3, perPerson: 4 };
      let atMs = 0;
      const keep = (...pairs: readonly string[]) =>
        store.missed.keep(
          pairs.map((pair) => missedCall(pair.split("<")[0] ?? "", pair.split("<")[1] ?? "", ++atMs)),
          bounds,
        );
      const of = async (userId: string) =>
        (await store.missed.of(UserId.parse(userId), 0, 0)).map((one) => `${one.callerId} ${one.atMs}`);
      await keep("alice<bob", "alice<bob");
      assert.deepEqual(await of("alice"), ["bob 1", "bob 2"]);
      await keep("alice<bob");
      assert.deepEqual(await of("alice"), ["bob 2", "bob 3"], "of one caller for one person");
      await keep("carol<bob");
      assert.deepEqual(await of("alice"), ["bob 2", "bob 3"]);
      await keep("carol<bob");
      assert.deepEqual(
        [await of("alice"), await of("carol")],
        [["bob 3"], ["bob 4", "bob 5"]],
        "of one caller for all",
      );
      await keep("dave<bob", "dave<bob", "dave<carol", "dave<carol");
      assert.deepEqual(await of("dave"), ["bob 6", "bob 7", "carol 8", "carol 9"]);
      await keep("dave<eve");
      assert.deepEqual(await of("dave"), ["bob 7", "carol 8", "carol 9", "eve 10"], "for one person");
      await keep("dave<alice");
      assert.deepEqual(await of("dave"), ["bob 7", "carol 9", "eve 10", "alice 11"]);
    },
  );
}
