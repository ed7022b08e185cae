import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";

import { createTerminalKey } from "@signet/device";
import { encodeMessage } from "@signet/protocol";

import { people } from "../support/group.ts";
import { softwareDevice, startTestServer } from "../support/test-server.ts";
import { TestTerminal, user } from "../support/test-terminal.ts";

test("a registered device signs in on another terminal and takes the binding over", async (t) => {
  const server = await startTestServer(t);
  const device = await softwareDevice();
  const first = await TestTerminal.connect(server);
  const registered = await first.register("alice", device);
  assert.equal(registered.entry.userId, "alice");
  assert.equal(registered.entry.kind, "software");

  const second = await TestTerminal.connect(server);
  const signedIn = await second.signIn("alice", device);
  assert.deepEqual(signedIn.entry, registered.entry);
  assert.deepEqual(await first.event("binding.ended"), { reason: "takenOver" });
  assert.equal(await first.refusal("directory.lookup", { userIds: [] }), "auth.signInRequired");
  const { people } = await second.request("directory.lookup", { userIds: [user("alice"), user("bob")] });
  assert.deepEqual(
    people.map(({ userId, reachable, entry }) => ({ userId, reachable, isKnown: entry !== undefined })),
    [
      { userId: "alice", reachable: true, isKnown: true },
      { userId: "bob", reachable: false, isKnown: false },
    ],
  );
});

test("a terminal that lost its connection resumes without a touch, and displaces what is left of the old one", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob] = await people(server, "alice", "bob");
  await bob.request("presence.watch", { userIds: [user("alice")] });
  const oldSocket = alice.socket;
  const oldClosed = alice.closed();
  await alice.connectAgain();
  assert.equal(await alice.refusal("directory.lookup", { userIds: [] }), "auth.signInRequired");
  const { entry } = await alice.resume();
  assert.equal(entry.userId, "alice");
  assert.equal(await oldClosed, 1000);
  assert.notEqual(alice.socket, oldSocket);
  await alice.request("directory.lookup", { userIds: [] });
  // She was there all the time, as far as others are concerned.
  assert.equal(bob.countOf("presence.changed"), 0);
});

test("release by the terminal key or by the device ends the binding; the person is not reachable any more", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob] = await people(server, "alice", "bob");
  const watched = await bob.request("presence.watch", { userIds: [user("alice"), user("nobody")] });
  assert.deepEqual(watched.people, [
    { userId: "alice", reachable: true },
    { userId: "nobody", reachable: false },
  ]);
  await alice.request("binding.release", { proof: await alice.releaseProof() });
  assert.deepEqual(await alice.event("binding.ended"), { reason: "released" });
  assert.deepEqual(await bob.event("presence.changed"), { userId: "alice", reachable: false });
  assert.equal(
    await alice.refusal("session.resume", { proof: await alice.resumeProof() }),
    "auth.bindingGone",
  );
  const { members } = await bob.call(["alice"]);
  assert.equal(members[1]?.state, "offline");

  const device = alice.device ?? assert.fail();
  await alice.signIn("alice", device);
  assert.deepEqual(await bob.event("presence.changed"), { userId: "alice", reachable: true });
  await alice.request("binding.release", { proof: await alice.releaseProof(device) });
  assert.equal(await alice.refusal("directory.lookup", { userIds: [] }), "auth.signInRequired");
});

test("a binding ends with its time", async (t) => {
  const server = await startTestServer(t);
  const [alice] = await people(server, "alice");
  server.setClock(11 * 3_600_000 + 60_000);
  assert.deepEqual(await alice.event("binding.ended"), { reason: "expired" });
  assert.equal(await alice.refusal("directory.lookup", { userIds: [] }), "auth.signInRequired");
});

test("of two people who sign in at one terminal at the same moment, one gets in", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob] = await people(server, "alice", "bob");
  const key = await createTerminalKey();
  const ready = await Promise.all(
    [alice, bob].map(async ({ userId, device }) => {
      const terminal = await TestTerminal.open(server, key);
      await terminal.hello();
      terminal.userId = userId;
      terminal.device = device;
      return { terminal, proof: await terminal.signInProof() };
    }),
  );
  const answers = await Promise.all(
    ready.map(({ terminal, proof }) => terminal.ask("sign-in.finish", { proof })),
  );
  assert.deepEqual(answers.map((answer) => (answer.kind === "error" ? answer.code : "in")).toSorted(), [
    "auth.terminalInUse",
    "in",
  ]);
  // Whoever was refused is still signed in where they were.
  const loser = answers[0]?.kind === "error" ? alice : bob;
  await loser.request("directory.lookup", { userIds: [] });
});

async function connectionsOf({ port }: { readonly port: number }): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^signet_connections (\d+)$/m.exec(text)?.[1] ?? assert.fail("no such metric"));
}

test("a connection that closes while its proof is checked leaves nobody reachable who is gone", async (t) => {
  const server = await startTestServer(t);
  const [alice, bob] = await people(server, "alice", "bob");
  await bob.request("presence.watch", { userIds: [user("alice")] });
  const device = alice.device ?? assert.fail();
  const first = alice.socket;
  for (const type of ["session.resume", "sign-in.finish"] as const) {
    await alice.connectAgain();
    const proof =
      type === "session.resume" ? await alice.resumeProof() : await alice.signInProof(undefined, device);
    alice.socket.send(encodeMessage({ id: 1_000, type, body: { proof } }));
    alice.socket.terminate();
    await alice.closed();
  }
  first.terminate();
  const gone = await bob.event("presence.changed", ({ reachable }) => !reachable);
  assert.equal(gone.userId, "alice");
  // Of her connections the last may have been let in after that, for as long as the server had not seen it close.
  while ((await connectionsOf(server)) > 1) await setImmediate();
  const { people: found } = await bob.request("directory.lookup", { userIds: [user("alice")] });
  assert.equal(found[0]?.reachable, false);
});
