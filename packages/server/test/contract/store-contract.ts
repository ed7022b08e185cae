/** What every store must do. An implementation's test file calls this with a way to open it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { CallId, UserId } from "@signet/protocol";
import type { StatementIn } from "@signet/protocol";

import type { StoredBinding } from "../../src/index.ts";

import { logContract } from "./log-contract.ts";
import { missedContract } from "./missed-contract.ts";
import { bindingOf, bytes, id, registration, stated, statement } from "./store-fixtures.ts";
import type { Contract, StoreUnderTest } from "./store-fixtures.ts";

export function storeContract(name: string, create: (test: TestContext) => StoreUnderTest): void {
  const contract: Contract = (title, run) => {
    test(`${name}: ${title}`, async (t) => {
      const under = create(t);
      const store = await under.open();
      try {
        await run(store, under);
      } finally {
        await store.close();
      }
    });
  };

  contract("the origin may change until somebody is registered, and never after", async (store, under) => {
    assert.equal(await store.claimOrigin("http://localhost:1"), "http://localhost:1");
    assert.equal(await store.claimOrigin("http://localhost:2"), "http://localhost:2");
    await store.register(registration("alice"));
    assert.equal(await store.claimOrigin("http://localhost:3"), "http://localhost:2");
    const again = await under.open();
    assert.equal(await again.claimOrigin("http://localhost:3"), "http://localhost:2");
    await again.close();
  });

  contract("a registration is an entry and a binding, byte for byte", async (store) => {
    const made = registration("alice");
    assert.equal(await store.register(made), "registered");
    assert.deepEqual(await store.entryOf(made.entry.userId), stated(made.entry));
    assert.deepEqual(await store.bindings(), [made.binding]);
    assert.equal(await store.entryOf(UserId.parse("nobody")), undefined);
  });

  contract(
    "who is not registered is not signed in, and has no messages; writes of others in the same turn are made",
    async (store) => {
      const guest = UserId.parse("~a4dqobyha4dqobyha4dqobyha4");
      const alice = UserId.parse("alice");
      await store.register(registration("alice"));
      const message = {
        userId: guest,
        callerId: alice,
        atMs: 1,
        callId: CallId.parse(id()),
        proof: bindingOf("alice", "device").proof,
        binding: bindingOf("alice", "device").proof,
        keys: [],
        sealed: bytes(4),
      };
      const bounds = { perPair: 1, perCaller: 1, perPerson: 1 };
      const code = bytes(32);
      const results = await Promise.all([
        store.bind(bindingOf(guest, "device")),
        store.messages.leave(message, bounds, 0),
        store.addInvites([code], 1),
      ]);
      assert.deepEqual(results, ["noEntry", false, undefined]);
      assert.equal(await store.inviteOpen(code), true);
    },
  );

  contract("a user ID and a device are registered once; what is refused leaves nothing", async (store) => {
    const first = registration("alice");
    await store.register(first);
    assert.equal(await store.register(registration("alice")), "userTaken");
    const sameDevice = registration("bob", { deviceId: first.entry.deviceId });
    assert.equal(await store.register(sameDevice), "deviceTaken");
    assert.equal(await store.entryOf(UserId.parse("bob")), undefined);
    assert.deepEqual(await store.entryOf(first.entry.userId), stated(first.entry));
    assert.deepEqual(await store.bindings(), [first.binding]);
  });

  contract("of two registrations of one user ID at the same time exactly one wins", async (store) => {
    const results = await Promise.all(Array.from({ length: 8 }, () => store.register(registration("alice"))));
    assert.equal(results.filter((result) => result === "registered").length, 1);
    assert.equal(results.filter((result) => result === "userTaken").length, 7);
  });

  contract(
    "the highest count of a device's signatures is kept, and what does not exceed it is told",
    async (store) => {
      const [one, two] = [bytes(32), bytes(32)] as const;
      assert.equal(await store.raiseSignatureCount("device", 5, one), undefined);
      assert.equal(await store.raiseSignatureCount("device", 5, one), undefined, "the same signature again");
      assert.equal(await store.raiseSignatureCount("device", 5, two), 5);
      assert.equal(await store.raiseSignatureCount("device", 4, two), 5);
      assert.equal(await store.raiseSignatureCount("device", 6, two), undefined);
      assert.equal(await store.raiseSignatureCount("device", 0, one), 6, "it has counted before");
      assert.equal(await store.raiseSignatureCount("other", 0, one), undefined);
      assert.equal(await store.raiseSignatureCount("other", 0, two), undefined, "it does not count");
      assert.equal(await store.raiseSignatureCount("other", 1, two), undefined);
    },
  );

  contract("the push key is the one that was made first, also after a restart", async (store, under) => {
    assert.deepEqual(await Promise.all(["one", "two"].map((made) => store.pushes.claimKey(made))), [
      "one",
      "one",
    ]);
    const again = await under.open();
    assert.equal(await again.pushes.claimKey("three"), "one");
    await again.close();
  });

  contract(
    "browsers to be woken: byte for byte, once for each person and address, and the newest of each",
    async (store) => {
      const [alice, bob] = [registration("alice"), registration("bob")];
      for (const made of [alice, bob]) await store.register(made);
      const pushFor = ({ binding }: ReturnType<typeof registration>, endpoint: string, atMs: number) => {
        const { deviceId, terminalId, userId } = binding;
        return { userId, deviceId, terminalId, endpoint, p256dh: bytes(65), auth: bytes(16), atMs };
      };
      const [first, second, third] = [1, 2, 3].map((i) => pushFor(alice, `https://push.example/${i}`, i));
      const ofBob = pushFor(bob, "https://push.example/1", 4);
      assert.ok(first && second && third);
      for (const push of [first, second, ofBob]) await store.pushes.put(push, 2);
      assert.deepEqual(await store.pushes.all(), [first, second, ofBob]);
      // Said again, it is the newest.
      const renewed = pushFor(alice, first.endpoint, 5);
      await store.pushes.put(renewed, 2);
      assert.deepEqual(await store.pushes.all(), [second, ofBob, renewed]);
      await store.pushes.put(third, 2);
      assert.deepEqual(await store.pushes.all(), [ofBob, renewed, third]);
      await store.pushes.delete(ofBob.userId, renewed.endpoint);
      await store.pushes.delete(ofBob.userId, "https://push.example/none");
      assert.deepEqual(await store.pushes.all(), [renewed, third]);
    },
  );

  contract("an invite is used once, and not used up by a registration that fails", async (store) => {
    const codes = [bytes(32), bytes(32)] as const;
    await store.addInvites(codes, 1);
    await store.register(registration("taken"));
    assert.equal(await store.register(registration("taken", { inviteHash: codes[0] })), "userTaken");
    assert.equal(await store.inviteOpen(codes[0]), true);
    assert.equal(await store.register(registration("alice", { inviteHash: codes[0] })), "registered");
    assert.equal(await store.inviteOpen(codes[0]), false);
    assert.equal(await store.register(registration("bob", { inviteHash: codes[0] })), "inviteInvalid");
    assert.equal(await store.register(registration("bob", { inviteHash: bytes(32) })), "inviteInvalid");
    assert.equal(await store.entryOf(UserId.parse("bob")), undefined);
    assert.equal(await store.inviteOpen(codes[1]), true);
  });

  contract(
    "a binding is a device's: it replaces the one before, and stands beside those of others",
    async (store) => {
      const made = registration("alice");
      const { deviceId } = made.binding;
      await store.register(made);
      const second = bindingOf("alice", deviceId);
      await store.bind(second);
      assert.deepEqual(await store.bindings(), [second]);
      const other = bindingOf("alice");
      await store.bind(other);
      const both = async () => new Set(await store.bindings());
      assert.deepEqual(await both(), new Set([second, other]));
      // Unbinding names the terminal.
      await store.unbind(second.userId, made.binding.terminalId);
      assert.deepEqual(await both(), new Set([second, other]));
      // A terminal has one: with another device it is that one's.
      const { terminalId, terminalKey } = other;
      const instead = { ...bindingOf("alice", deviceId), terminalId, terminalKey };
      await store.bind(instead);
      assert.deepEqual(await store.bindings(), [instead]);
      await store.unbind(instead.userId, instead.terminalId);
      assert.deepEqual(await store.bindings(), []);
      // By what each device signed in last stays, and is nobody else's.
      const last = new Set([instead.proof, other.proof]);
      assert.deepEqual(new Set(await store.signInsOf(made.entry.userId)), last);
      assert.deepEqual(await store.signInsOf(registration("bob").entry.userId), []);
    },
  );

  contract(
    "a statement that comes with a sign-in is durable with its binding, and without it where it is not appended",
    async (store, under) => {
      const made = registration("alice");
      const other = registration("bob");
      await store.register(made);
      await store.register(other);
      const { deviceId, userId } = made.entry;
      const [one, two] = [statement(), statement()];
      const append = (sequence: number, added: StatementIn, binding: StoredBinding) =>
        store.appendStatement({ userId, sequence, statement: added, endedDeviceIds: [], binding });
      const binding = bindingOf("alice", made.binding.deviceId);
      assert.equal(await append(1, one, binding), "appended");
      assert.deepEqual(await store.bindings(), [binding, other.binding]);
      assert.deepEqual(await store.signInsOf(userId), [binding.proof]);
      const again = await under.open();
      assert.deepEqual(await again.entryOf(userId), stated(made.entry, one));
      assert.deepEqual(await again.bindings(), [binding, other.binding]);
      await again.close();
      // Another one was faster.
      assert.equal(await append(1, two, bindingOf("alice", made.binding.deviceId)), "outrun");
      assert.deepEqual(await store.bindings(), [binding, other.binding]);
      const ended = { userId, sequence: 2, statement: statement(), endedDeviceIds: [deviceId] };
      assert.equal(await store.appendStatement(ended), "appended");
      const stood = await store.bindings();
      assert.equal(await append(3, two, bindingOf("alice", deviceId)), "deviceEnded");
      assert.equal((await store.statementsOf(userId)).length, 2, "what is refused leaves nothing");
      assert.deepEqual(await store.bindings(), stood);
    },
  );

  contract("a history's statements come back in their order, each place taken once", async (store, under) => {
    const alice = registration("alice");
    const bob = registration("bob");
    await store.register(alice);
    await store.register(bob);
    const { userId } = alice.entry;
    const [one, two, other] = [statement(), statement(), statement()];
    const append = (sequence: number, added: StatementIn, who = userId) =>
      store.appendStatement({ userId: who, sequence, statement: added, endedDeviceIds: [] });
    assert.deepEqual(await store.statementsOf(userId), []);
    for (const sequence of [-1, 0, 2]) assert.equal(await append(sequence, other), "outrun");
    assert.deepEqual(await Promise.all([append(1, one), append(1, other)]), ["appended", "outrun"]);
    assert.equal(await append(1, one), "outrun", "the same again");
    assert.equal(await append(3, other), "outrun");
    assert.equal(await append(2, two), "appended");
    assert.equal(await append(1, other, bob.entry.userId), "appended", "each has a history of their own");
    assert.equal(await append(1, other, UserId.parse("nobody")), "outrun");
    const again = await under.open();
    assert.deepEqual(await again.statementsOf(userId), [one, two]);
    assert.deepEqual(await again.entryOf(userId), stated(alice.entry, one, two));
    assert.deepEqual(await again.statementsOf(bob.entry.userId), [other]);
    assert.deepEqual(await again.statementsOf(UserId.parse("nobody")), []);
    await again.close();
  });

  contract("a device that is or was somebody's is nobody's a second time", async (store) => {
    const alice = registration("alice");
    const bob = registration("bob");
    await store.register(alice);
    await store.register(bob);
    const { userId } = alice.entry;
    const added = id();
    const append = (sequence: number, newDeviceId?: string, endedDeviceIds: readonly string[] = []) =>
      store.appendStatement({
        userId,
        sequence,
        statement: statement(),
        ...(newDeviceId === undefined ? {} : { newDeviceId }),
        endedDeviceIds,
      });
    for (const taken of [bob.entry.deviceId, alice.entry.deviceId])
      assert.equal(await append(1, taken), "deviceTaken");
    assert.deepEqual(await store.statementsOf(userId), [], "what is refused leaves nothing");
    assert.equal(await append(1, added), "appended");
    assert.equal(await append(2, added), "deviceTaken");
    assert.equal(await store.register(registration("carol", { deviceId: added })), "deviceTaken");
    assert.equal(await append(2, undefined, [added]), "appended");
    assert.equal(await append(3, added), "deviceTaken", "also when it was revoked");
    assert.equal(await store.register(registration("carol", { deviceId: added })), "deviceTaken");
    const both = await Promise.all([
      store.register(registration("carol", { deviceId: "of-both" })),
      append(3, "of-both"),
    ]);
    assert.deepEqual(both, ["registered", "deviceTaken"]);
  });

  contract(
    "a statement ends the bindings of the devices that it ends, and none is made later",
    async (store) => {
      const alice = registration("alice");
      const bob = registration("bob");
      for (const made of [alice, bob]) {
        await store.register(made);
        await store.bind({ ...made.binding, deviceId: made.entry.deviceId });
      }
      const { userId } = alice.entry;
      const ended = { userId, statement: statement() };
      const bound = async () => (await store.bindings()).map((binding) => binding.userId).toSorted();
      // Another's device is not theirs to end, and one that is none is passed over.
      const others = [bob.entry.deviceId, "nobody's"];
      assert.equal(
        await store.appendStatement({ ...ended, sequence: 2, endedDeviceIds: [alice.entry.deviceId] }),
        "outrun",
      );
      assert.equal(
        await store.appendStatement({ ...ended, sequence: 1, endedDeviceIds: others }),
        "appended",
      );
      assert.deepEqual(await bound(), ["alice", "bob"]);
      const second = { ...bindingOf("alice"), deviceId: id() };
      const late = { ...bindingOf("alice"), deviceId: alice.entry.deviceId };
      const results = await Promise.all([
        store.appendStatement({
          ...ended,
          sequence: 2,
          newDeviceId: second.deviceId,
          endedDeviceIds: [alice.entry.deviceId],
        }),
        // Its proof was checked before.
        store.bind(late),
      ]);
      assert.deepEqual(results, ["appended", "deviceEnded"]);
      assert.deepEqual(await bound(), ["bob"]);
      assert.equal(await store.bind(second), "bound");
      assert.deepEqual(await bound(), ["alice", "bob"]);
    },
  );

  contract(
    "a sealed document takes the place of the one that it names, and of no other",
    async (store, under) => {
      const [alice, bob] = [registration("alice"), registration("bob")];
      await Promise.all([store.register(alice), store.register(bob)]);
      const { userId } = alice.entry;
      const document = (version: number) => ({
        version,
        sealed: bytes(300),
        wrappedKeys: [bytes(10), bytes(20)],
      });
      assert.equal(await store.documentOf(userId), undefined);
      const [first, second, late] = [document(1), document(5), document(6)];
      assert.equal(await store.putDocument(userId, first, 1), "outrun");
      assert.equal(await store.putDocument(userId, first, 0), "kept");
      assert.equal(await store.putDocument(userId, late, 0), "outrun");
      assert.deepEqual(await store.documentOf(userId), first);
      const both = [store.putDocument(userId, second, 1), store.putDocument(userId, late, 1)];
      assert.deepEqual(await Promise.all(both), ["kept", "outrun"]);
      assert.equal(await store.documentOf(bob.entry.userId), undefined);
      const other = await under.open();
      assert.deepEqual(await other.documentOf(userId), second);
      await other.close();
    },
  );

  missedContract(contract);
  logContract(contract);

  contract("the inputs of calls come back in their order until they are deleted", async (store) => {
    const [one, two] = [CallId.parse(id()), CallId.parse(id())];
    const inputs = Array.from({ length: 5 }, (_, i) => ({
      atMs: 1_780_000_000_000 + i,
      input: `{"n":${i}}`,
    }));
    await Promise.all(inputs.map((input) => store.appendCallInputs(one, [input])));
    await store.appendCallInputs(two, inputs.slice(0, 2));
    const byId = new Map((await store.callInputs()).map((call) => [call.callId, call.inputs]));
    assert.deepEqual(byId.get(one), inputs);
    assert.deepEqual(byId.get(two), inputs.slice(0, 2));
    await store.deleteCallInputs(one);
    assert.deepEqual(
      (await store.callInputs()).map(({ callId }) => callId),
      [two],
    );
  });

  contract("what was acknowledged is there for whoever opens the data anew", async (store, under) => {
    const made = registration("alice");
    await store.register(made);
    const other = await under.open();
    assert.deepEqual(await other.entryOf(made.entry.userId), stated(made.entry));
    assert.equal(other.instanceId, store.instanceId);
    await other.addInvites([new Uint8Array(32)], 1);
    await other.close();
    assert.equal(await store.inviteOpen(new Uint8Array(32)), true);
  });

  contract("closing finishes the writes that wait", async (store, under) => {
    const made = registration("alice");
    const [result] = await Promise.all([store.register(made), store.close()]);
    assert.equal(result, "registered");
    const again = await under.open();
    assert.deepEqual(await again.entryOf(made.entry.userId), stated(made.entry));
    await again.close();
    // The suite closes the store once more: that does no harm.
  });
}
