import assert from "node:assert/strict";
import { test } from "node:test";

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
