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
