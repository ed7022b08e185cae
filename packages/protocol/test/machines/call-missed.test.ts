/** Whom a call leaves with a call that they missed, and who knows of it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { missedBy, missedInvite } from "@signet/protocol";
import type { CallServerInput } from "@signet/protocol";

import { entry, from, proof, reachable, userId } from "../fixtures.ts";
import { saying } from "./call-list-inputs.ts";
import { head, invite, ofTwo, remove } from "./call-list-said.ts";
import { ServerWorld } from "./call-server-world.ts";

const bound = { proof: proof("p"), binding: proof("b") };
const away = (name: string, outcome: "offline" | "busy" | "unknown") => ({
  userId: userId(name),
  outcome,
  ...(outcome === "unknown" ? {} : { entry: entry(name) }),
});

/** @returns who missed it by this input: caller, and where it rang at last */
function after(world: ServerWorld, input: CallServerInput, laterMs = 0) {
  const before = world.state;
  world.step(input, laterMs);
  return said(before, world);
}
function said(before: ServerWorld["state"] | undefined, { state }: ServerWorld) {
  const { known, missed } = missedBy(before, state);
  return {
    missed: missed.map((one) => `${one.userId} by ${one.callerId} at ${one.rangAt.length}`),
    known,
  };
}
const nobody = { missed: [], known: [] };

test("who is not there, or called too often, has missed it from the beginning; who does not exist has not", () => {
  const people = [reachable("bob"), away("cyd", "offline"), away("dan", "busy"), away("eve", "unknown")];
  assert.deepEqual(said(undefined, new ServerWorld(people)), {
    missed: ["cyd by ada at 0", "dan by ada at 0"],
    known: [],
  });
});

test("a ring that nobody answers is missed where it rang, and one that ends without a terminal anywhere", () => {
  const world = new ServerWorld([reachable("bob", "bob-1", "bob-2"), reachable("cyd"), reachable("dan")]);
  assert.deepEqual(after(world, { type: "unbound", ...from("bob", "bob-1"), reason: "released" }), nobody);
  assert.deepEqual(after(world, { type: "unbound", ...from("cyd"), reason: "expired" }).missed, [
    "cyd by ada at 0",
  ]);
  assert.deepEqual(after(world, { type: "ringRefused", ...from("dan"), code: "proof.time" }).missed, [
    "dan by ada at 0",
  ]);
  assert.deepEqual(after(world, { type: "tick" }, 44_999), nobody);
  assert.deepEqual(after(world, { type: "tick" }, 1).missed, ["bob by ada at 1"]);
  assert.deepEqual(after(world, { type: "tick" }, 1), nobody, "once");
});

test("a caller who gives up is missed by whom it rings for, and by nobody who declined or answered", () => {
  const world = new ServerWorld([reachable("bob"), reachable("cyd"), reachable("dan")]);
  const declined = after(world, { type: "decline", ...from("cyd"), reason: "declined", ...bound });
  assert.deepEqual(declined, { missed: [], known: ["cyd"] });
  const before = world.state;
  world.join("dan");
  assert.deepEqual(said(before, world), { missed: [], known: ["dan"] });
  assert.deepEqual(after(world, { type: "end", ...from("ada"), ...bound }).missed, ["bob by ada at 1"]);
});

test("who comes into it later knows of it, and who is put out while it rings has not missed it", () => {
  const world = new ServerWorld([reachable("bob"), away("cyd", "offline")])
    .join("bob")
    .commit("ada", ["bob"]);
  const before = world.state;
  world.join("cyd");
  assert.deepEqual(said(before, world), { missed: [], known: ["cyd"] });
  const ringing = ofTwo();
  const rung = ringing.state;
  remove(ringing, "ada", ["cyd"], [rung.said.call.digest]);
  assert.equal(ringing.memberState("cyd"), "removed");
  assert.deepEqual(said(rung, ringing), nobody);
});

test("it is theirs who brought somebody in, with what they said, and without anybody's entry", () => {
  const world = ofTwo();
  const statement = saying("invite", "bob", 5, { head, userIds: ["dan"] });
  const input = { type: "invite", ...from("bob"), statement, people: [away("dan", "offline")] } as const;
  assert.deepEqual(after(world, input).missed, ["dan by bob at 0"]);
  const kept = missedInvite(world.state);
  assert.deepEqual(
    kept.members.map((member) => [member.userId, member.entry]),
    ["ada", "bob", "cyd", "dan"].map((name) => [name, undefined]),
  );
  assert.deepEqual(
    kept.statements?.map((one) => one.proof),
    [statement.raw],
  );
  assert.deepEqual(Object.keys(kept).toSorted(), ["binding", "callId", "members", "proof", "statements"]);
  // Called anew: the later word counts.
  invite(world, "ada", ["cyd"], 4);
  invite(world, "bob", ["cyd"], 9);
  invite(world, "ada", ["cyd"], 6);
  assert.deepEqual(after(world, { type: "tick" }, 45_000).missed, ["cyd by bob at 1"]);
});
