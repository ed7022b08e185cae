/** Counters of authenticators: one that does not grow is told to the person and in the log, and nothing is refused for it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createAuthenticator } from "../support/authenticator.ts";
import type { TestAuthenticator } from "../support/authenticator.ts";
import { people } from "../support/group.ts";
import { addition, historyStatement } from "../support/own-history.ts";
import { startTestServer } from "../support/test-server.ts";
import { TestTerminal, newCallId } from "../support/test-terminal.ts";

/** Signs with the counts as they are set. */
function counting(authenticator: TestAuthenticator): { device: TestAuthenticator; count: { next: number } } {
  const count = { next: 0 };
  const device: TestAuthenticator = {
    ...authenticator,
    sign: (transcript) => authenticator.distorted({ signCount: count.next }).sign(transcript),
  };
  return { device, count };
}

test("a counter that does not grow is told wherever the person is signed in, and in the log; nothing is refused", async (t) => {
  const server = await startTestServer(t);
  const { device, count } = counting(await createAuthenticator(server.origin));
  const alice = await TestTerminal.connect(server);
  count.next = 7;
  await alice.register("alice", device);
  const told = (): number => alice.countOf("device.counterBack");
  for (const [next, tells] of [
    [8, 0],
    [200, 0],
    [200, 1],
    [8, 2],
    [199, 3],
    [201, 3],
    // Whoever has a copy can say that it does not count.
    [0, 4],
    [202, 4],
  ] as const) {
    count.next = next;
    await alice.signIn("alice", device);
    // What is told is on its way before the answer to what is asked later.
    await alice.request("presence.watch", { userIds: [] });
    assert.equal(told(), tells, `after ${next}`);
  }
  assert.deepEqual(await alice.event("device.counterBack"), { deviceId: device.deviceId });
  const logged = server.log().match(/a signature counter went back/g);
  assert.equal(logged?.length, 4);
});

test("what is sent again is no copy; a call and an answer with a lower count are told, a device without a counter never", async (t) => {
  const server = await startTestServer(t);
  const [bob] = await people(server, "bob");
  const { device, count } = counting(await createAuthenticator(server.origin));
  const alice = await TestTerminal.connect(server);
  count.next = 5;
  await alice.register("alice", device);
  count.next = 6;
  const proof = await alice.callProof(newCallId(), ["bob"]);
  const { callId } = await alice.request("call.request", { proof });
  await alice.request("call.request", { proof });
  await alice.request("presence.watch", { userIds: [] });
  assert.equal(alice.countOf("device.counterBack"), 0);
  await alice.request("call.end", { proof: await alice.statement("end", callId, "ended") });
  count.next = 4;
  await alice.call(["bob"]);
  await alice.event("device.counterBack");
  assert.equal(bob.countOf("device.counterBack"), 0);
});

test("a statement of a key history counts as well, by who vouches and by who comes", async (t) => {
  const server = await startTestServer(t);
  const { device, count } = counting(await createAuthenticator(server.origin));
  const second = counting(await createAuthenticator(server.origin));
  const alice = await TestTerminal.connect(server);
  count.next = 5;
  await alice.register("alice", device);
  const told = async (): Promise<number> => {
    await alice.request("presence.watch", { userIds: [] });
    return alice.countOf("device.counterBack");
  };
  [count.next, second.count.next] = [6, 9];
  const own = addition(second.device);
  await alice.request(
    "history.append",
    await historyStatement(alice, "add-device", { own, second: second.device }),
  );
  assert.equal(await told(), 0);
  const name = { own: { renamedDeviceId: "", name: "Alice" } };
  await alice.request("history.append", await historyStatement(alice, "rename", name));
  await alice.event("device.counterBack");
  second.count.next = 9;
  const phone = await TestTerminal.connect(server);
  await phone.signIn("alice", second.device);
  await phone.event("device.counterBack");
  assert.equal(await told(), 2);
});
