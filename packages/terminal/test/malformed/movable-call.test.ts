/** A call that goes on at another terminal of the person, as a server says: nothing is offered that does not verify, and nothing ends the terminal. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";

import type { CallInviteIn, ElsewhereIn, UserId } from "@signet/protocol";

import type { TerminalState } from "../../src/index.ts";
import { person, randomBytes } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";
import { atTerminal } from "../support/present.ts";
import { ringBy } from "../support/rings.ts";
import { connectedTerminal, signedIn } from "../support/scripted-server.ts";

const called = ["ada"] as UserId[];

async function callOf(caller: TestPerson): Promise<CallInviteIn> {
  const { expiresAtMs: _, ...invite } = await ringBy(caller, called);
  return invite;
}

async function open(t: TestContext) {
  const opened = await connectedTerminal(["bob", "cleo"]);
  const { server, terminal, ada, others } = opened;
  t.after(() => terminal.close());
  const [bob, cleo] = others;
  assert.ok(bob && cleo);
  const until = (isSo: (state: TerminalState) => boolean): Promise<void> =>
    new Promise((resolve) => {
      const stop = terminal.subscribe(check);
      function check(): void {
        if (!isSo(terminal.state)) return;
        stop();
        resolve();
      }
      check();
    });
  const signIn = async (): Promise<void> => {
    const done = terminal.signIn({ userId: ada.userId });
    await server.asked("sign-in.finish");
    server.say({ "sign-in.finish": signedIn(ada) });
    await done;
  };
  /** What the server says of a call, and whether it says so for the very call. */
  const say = (elsewhere: ElsewhereIn | undefined, callId = elsewhere?.call.callId): void => {
    assert.ok(callId !== undefined);
    server.say({
      type: "call.elsewhere",
      body: { callId, ...(elsewhere === undefined ? {} : { elsewhere }) },
    });
  };
  /** Until what was said before was looked at: what is said later takes as long, and comes after it. */
  const looked = async (): Promise<void> => {
    for (let count = 0; count < 3; count++) {
      const body = await ringBy(cleo, called);
      server.say({ type: "call.ring", body });
      await until(({ ringing }) => ringing.some(({ callId }) => callId === body.callId));
      server.say({ type: "call.ringEnded", body: { callId: body.callId, reason: "cancelled" } });
    }
  };
  const { binding } = await atTerminal(ada);
  const offered = () => terminal.state.elsewhere;
  return { ...opened, bob, binding, offered, until, signIn, say, looked };
}

test("said before anybody is signed in it is passed over; after that it is offered, with the device that is there", async (t) => {
  const { ada, bob, binding, offered, say, signIn, looked, until } = await open(t);
  const call = await callOf(bob);
  say({ call, binding });
  await signIn();
  await looked();
  assert.equal(offered(), undefined);
  say({ call, binding });
  await until(({ elsewhere }) => elsewhere?.callId === call.callId);
  assert.equal(offered()?.device?.deviceId, ada.device.deviceId);
  say(undefined, call.callId);
  assert.equal(offered(), undefined);
});

test("who is signed out while it is looked at is offered nothing, then or at the next sign-in", async (t) => {
  const { server, terminal, bob, binding, offered, say, signIn, looked } = await open(t);
  await signIn();
  say({ call: await callOf(bob), binding });
  server.say({ type: "binding.ended", body: { reason: "takenOver" } });
  assert.equal(terminal.state.session.status, "signedOut");
  await signIn();
  await looked();
  assert.equal(offered(), undefined);
});

test("what the server says of one call under the name of another, or takes back, is not offered", async (t) => {
  const { bob, binding, offered, say, signIn, looked } = await open(t);
  await signIn();
  const [one, other] = [await callOf(bob), await callOf(bob)];
  say({ call: one, binding }, other.callId);
  await looked();
  assert.equal(offered(), undefined);
  say({ call: one, binding });
  say(undefined, one.callId);
  await looked();
  assert.equal(offered(), undefined);
});

test("neither the call nor the binding may be anybody else's, altered, or over", async (t) => {
  const { ada, bob, binding, offered, say, signIn, looked, until } = await open(t);
  await signIn();
  const genuine = { call: await callOf(bob), binding };
  const call = await callOf(bob);
  const eve = await person("eve");
  const altered = { ...call.proof, transcript: call.proof.transcript.with(9, 0) };
  const lies: Record<string, ElsewhereIn> = {
    "a call that nobody signed": { call: { ...call, proof: altered }, binding },
    "a call of others": { call: { ...call, proof: (await ringBy(bob, ["cleo" as UserId])).proof }, binding },
    "a binding of somebody else": { call, binding: (await atTerminal(bob)).binding },
    "a binding in the name of the person": {
      call,
      binding: (await atTerminal({ ...eve, userId: ada.userId })).binding,
    },
    "a binding that is over": {
      call,
      binding: (await atTerminal(ada, { expiresAtMs: Date.now() - 1 })).binding,
    },
    "a binding of another history": {
      call,
      binding: (await atTerminal(ada, { head: randomBytes(32) })).binding,
    },
    "no binding, but another proof": { call, binding: call.proof },
  };
  for (const [lie, said] of Object.entries(lies)) {
    say(genuine);
    await until(({ elsewhere }) => elsewhere?.callId === genuine.call.callId);
    say(said);
    await looked();
    assert.equal(offered(), undefined, lie);
  }
});
