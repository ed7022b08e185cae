/** Who is asked to commit, and for how long. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { from } from "../fixtures.ts";
import { ServerWorld } from "./call-server-world.ts";

test("who comes and goes takes no task out of the hands of another who was asked", () => {
  const world = new ServerWorld().join("bob").commit("ada", ["bob"]).join("cyd");
  assert.deepEqual(world.to("call.commitNeeded"), ["ada-1"]);
  world.step({ type: "disconnected", ...from("ada") }, 2_900);
  assert.deepEqual(world.to("call.commitNeeded"), ["bob-1"]);
  world.step({ type: "connected", ...from("ada") }, 50);
  assert.equal(world.commit("bob", ["cyd"]).refusal(), undefined);
  assert.equal(world.memberState("cyd"), "joined");
  // What comes up next is ada's again; and so is what bob does not do in his time.
  assert.deepEqual(world.leave("cyd").to("call.commitNeeded"), ["ada-1"]);
  world.step({ type: "disconnected", ...from("ada") });
  world.step({ type: "connected", ...from("ada") });
  world.step({ type: "tick" }, world.state.times.commitMs);
  assert.deepEqual(world.to("call.commitNeeded"), ["ada-1"]);
});

test("where every committer takes longer than its time, the first that is done is taken", () => {
  for (const done of ["ada", "bob"]) {
    const world = new ServerWorld().join("bob").commit("ada", ["bob"]).join("cyd");
    const { tasks, times } = world.state;
    // Ada's time is over, then Bob's; ada is asked anew while she still works on the first task.
    for (const asked of ["bob-1", "ada-1"])
      assert.deepEqual(world.step({ type: "tick" }, times.commitMs).to("call.commitNeeded"), [asked]);
    const task = done === "ada" ? tasks : tasks + 1;
    assert.equal(world.commit(done, ["cyd"], [], { task }).refusal(), undefined, done);
    assert.equal(world.memberState("cyd"), "joined");
    const other = done === "ada" ? "bob" : "ada";
    assert.equal(world.commit(other, ["cyd"], [], { epoch: 1, task }).refusal(), "delivery.epochTaken");
    // In the next epoch nobody's time is over.
    assert.deepEqual(world.leave("cyd").to("call.commitNeeded"), ["ada-1"]);
    assert.equal(world.commit("bob", [], ["cyd"]).refusal(), "delivery.notCommitter");
  }
});

test("whom a committer did not accept after its time, another one looks at", () => {
  const world = new ServerWorld().join("bob").commit("ada", ["bob"]).join("cyd");
  world.step({ type: "tick" }, world.state.times.commitMs);
  const joiners = [{ ...from("cyd"), code: "proof.signature" as const }];
  for (const by of ["ada", "bob"]) {
    assert.equal(world.memberState("cyd"), "joining");
    world.step({ type: "refuse", ...from(by), body: { callId: world.state.callId, joiners } });
    assert.equal(world.refusal(), undefined, by);
  }
  assert.equal(world.memberState("cyd"), "refused");
});
