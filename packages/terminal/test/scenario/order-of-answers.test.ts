/**
 * What the server says after an answer is heard when the answer was acted on, however it is handed over. Each of these fails when
 * one `await` comes between the answer and what follows from it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import type { CallId, UserId } from "@signet/protocol";

import type { SignetTerminal } from "../../src/index.ts";
import { connectedTerminal, signedIn, signedInTerminal } from "../support/scripted-server.ts";

const bob = "bob" as UserId;

const closedAfter = <T extends { terminal: SignetTerminal }>(t: TestContext, opened: T): T => {
  t.after(() => opened.terminal.close());
  return opened;
};

const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a binding that ends right behind the answer to its sign-in is over", async (t) => {
  const { server, terminal, ada } = closedAfter(t, await connectedTerminal());
  const done = terminal.signIn({ userId: ada.userId });
  await server.asked("sign-in.finish");
  server.say({ "sign-in.finish": signedIn(ada) }, { type: "binding.ended", body: { reason: "takenOver" } });
  await done;
  assert.deepEqual(terminal.state.session, { status: "signedOut", reason: "takenOver" });
});

test("a binding that ends right behind the answer to its resumption is over", async (t) => {
  const { server, terminal, ada } = closedAfter(t, await signedInTerminal());
  server.hangUp();
  await quiet();
  terminal.retryNow();
  await server.asked("session.resume");
  server.say({ "session.resume": signedIn(ada) }, { type: "binding.ended", body: { reason: "takenOver" } });
  assert.deepEqual(terminal.state.session, { status: "signedOut", reason: "takenOver" });
});

test("who was called in vain is known when the call ends right behind the answer", async (t) => {
  const { server, terminal } = closedAfter(t, await signedInTerminal(["bob"]));
  await terminal.call([bob]);
  await server.asked("call.request");
  const callId = terminal.state.call?.callId as CallId;
  server.say(
    { "call.request": { callId, members: [{ userId: bob, state: "offline" }] } },
    { type: "call.ended", body: { callId, reason: "noAnswer" } },
  );
  await quiet();
  const { call } = terminal.state;
  assert.deepEqual(call?.end, { type: "ended", reason: "noAnswer", signed: false });
  assert.equal(call.participants.find(({ userId }) => userId === bob)?.state, "offline");
});

test("what changes right behind the answer that tells who is reachable stands", async (t) => {
  const { server, terminal } = closedAfter(t, await signedInTerminal(["bob"]));
  delete server.script["presence.watch"];
  let seen: string | undefined;
  terminal.watchPresence([bob], (people) => {
    seen = people.get(bob);
  });
  await server.asked("presence.watch");
  server.say(
    { "presence.watch": { people: [{ userId: bob, reachable: false }] } },
    { type: "presence.changed", body: { userId: bob, reachable: true } },
  );
  await quiet();
  assert.equal(seen, "reachable");
});
