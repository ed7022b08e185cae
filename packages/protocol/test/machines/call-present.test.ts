/** Who may ask whether somebody is in a call, who is asked, and who may say so: read from the server's state of the call. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { askPresentRefusal, isPresent, presentTerminals } from "@signet/protocol";
import type { CallServerState } from "@signet/protocol";

import { from, reachable, terminalId, userId } from "../fixtures.ts";
import { ServerWorld } from "./call-server-world.ts";

const open = (): ServerWorld =>
  new ServerWorld([reachable("bob"), reachable("cyd"), { userId: userId("dan"), outcome: "unknown" }]);

/** The same with one member changed. */
function changed({ state }: ServerWorld, name: string, change: object): CallServerState {
  const member = state.members.get(userId(name));
  assert.ok(member);
  return { ...state, members: new Map(state.members).set(userId(name), { ...member, ...change }) };
}

test("who is on the list may ask, whatever became of them; nobody else, and nobody whom the call put out", () => {
  const world = open().join("bob").commit("ada", ["bob"]).leave("bob");
  for (const name of ["ada", "bob", "cyd"])
    assert.equal(askPresentRefusal(world.state, userId(name)), undefined, name);
  assert.equal(askPresentRefusal(world.state, userId("dan")), "call.notInvited", "had no user ID then");
  assert.equal(askPresentRefusal(world.state, userId("eve")), "call.notInvited");
  assert.equal(askPresentRefusal(changed(world, "bob", { barred: true }), userId("bob")), "call.putOut");
  assert.equal(askPresentRefusal({ ...world.state, ended: "ended" }, userId("bob")), "call.notFound");
});

test("asked are those in the group who are connected, but for who asks", () => {
  const world = open();
  const asked = (exceptName: string) => presentTerminals(world.state, userId(exceptName));
  assert.deepEqual(asked("cyd"), [terminalId("ada-1")], "who only rings is not in it");
  world.join("bob");
  assert.deepEqual(asked("cyd"), [terminalId("ada-1")], "nor who waits for admission");
  world.commit("ada", ["bob"]);
  assert.deepEqual(asked("cyd"), [terminalId("ada-1"), terminalId("bob-1")]);
  assert.deepEqual(asked("bob"), [terminalId("ada-1")]);
  world.step({ type: "disconnected", ...from("ada", "ada-1") });
  assert.deepEqual(asked("cyd"), [terminalId("bob-1")]);
  world.step({ type: "connected", ...from("ada", "ada-1") });
  world.leave("bob");
  assert.deepEqual(asked("cyd"), [terminalId("ada-1")]);
});

test("only with the terminal that is in the group somebody is in it", () => {
  const world = open();
  const is = (name: string, terminal = `${name}-1`) => isPresent(world.state, from(name, terminal));
  assert.deepEqual([is("ada"), is("ada", "ada-2"), is("bob"), is("eve")], [true, false, false, false]);
  world.join("bob");
  assert.equal(is("bob"), false);
  world.commit("ada", ["bob"]);
  assert.deepEqual([is("bob"), is("bob", "bob-2")], [true, false]);
  assert.equal(isPresent({ ...world.state, ended: "ended" }, from("bob")), false);
  world.leave("bob");
  assert.equal(is("bob"), false);
});
