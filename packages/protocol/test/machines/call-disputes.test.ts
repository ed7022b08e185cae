/** Commits that members refuse: whose word decides, what is undone, who is put out. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { disputableMs, inviteFor, mostDisputable, mostDisputes } from "@signet/protocol";
import type { CallServerEffect, ErrorCode } from "@signet/protocol";

import { bytes, from, leaf, proof, reachable, userId } from "../fixtures.ts";
import { ServerWorld, startMs } from "./call-server-world.ts";

/** ada, who commits, and these in the group at epoch 1. */
function group(...names: readonly string[]): ServerWorld {
  const world = new ServerWorld([...names, "eve"].map((name) => reachable(name)));
  for (const name of names) world.join(name);
  return world.commit("ada", names);
}

const refuses = (
  world: ServerWorld,
  name: string,
  number = world.state.delivery.number,
  code: ErrorCode = "mls.refused",
): ServerWorld =>
  world.step({ type: "judge", ...from(name), body: { callId: world.state.callId, number, code } });
const follows = (world: ServerWorld, name: string, number = world.state.delivery.number): ServerWorld =>
  world.step({ type: "judge", ...from(name), body: { callId: world.state.callId, number } });
const reply = ({ effects }: { readonly effects: readonly CallServerEffect[] }): unknown =>
  effects.find((effect) => effect.type === "reply")?.body;
const rejoins = (world: ServerWorld, name: string, at: number): ServerWorld =>
  world.step({
    type: "rejoin",
    ...from(name),
    body: {
      callId: world.state.callId,
      epoch: world.state.delivery.epoch,
      proof: proof(`join ${name}`),
      commit: bytes(`external ${world.state.delivery.number} ${name}`),
      leaf: { userId: userId(name), leaf: leaf(at) },
    },
  });
const verdict = (world: ServerWorld) => world.sent("call.commitJudged")[0]?.body.holds;

test("the others are asked, and with the word of most of them the Commit is void and its sender put out", () => {
  const world = group("bob", "cyd", "dan").join("eve").commit("ada", ["eve"]);
  refuses(world, "bob");
  assert.deepEqual(world.to("call.commitDisputed"), ["cyd-1", "dan-1"], "not its sender, nor whom it admits");
  assert.equal(verdict(world), undefined);
  refuses(world, "cyd");
  assert.deepEqual(world.sent("call.commitJudged")[0]?.body, {
    callId: world.state.callId,
    epoch: 1,
    number: 2,
    through: 2,
    by: "ada",
    holds: false,
  });
  const ada = world.sent("call.member").filter(({ body }) => body.member.userId === "ada");
  assert.deepEqual(new Set(ada.map(({ to }) => to)).size, 5, "everybody hears who it was, ada too");
  assert.ok(ada.every(({ body }) => body.member.state === "left" && body.reason === "badCommit"));
  assert.equal(world.state.delivery.epoch, 1);
  // The next one removes ada, in the epoch before the Commit.
  const [task] = world.sent("call.commitNeeded");
  assert.equal(task?.to, "bob-1");
  assert.deepEqual([task?.body.epoch, task?.body.remove], [1, [{ ...from("ada"), leaf: 0 }]]);
  world.commit("bob", [], ["ada"]);
  assert.equal(world.state.delivery.number, 3, "a number is not used twice");
  assert.equal(world.join("ada").refusal(), "call.putOut");
  assert.equal(inviteFor(world.state, userId("ada")), undefined);
});

test("who followed it as most did is not disturbed by one who cannot", () => {
  for (const honest of [["cyd", "dan"], ["cyd"]]) {
    const world = group("bob", ...honest)
      .join("eve")
      .commit("ada", ["eve"]);
    refuses(world, "bob");
    for (const name of honest) follows(world, name);
    assert.equal(verdict(world), true, "also when as many follow it as refuse it");
    assert.deepEqual(world.to("call.commitJudged"), ["bob-1"]);
    assert.equal(world.memberState("ada"), "joined");
    assert.deepEqual(reply(refuses(world, "bob")), { holds: true }, "said again");
  }
});

test("of two, the one who has to process it decides", () => {
  const world = group("bob").join("eve").commit("ada", ["eve"]);
  assert.equal(verdict(refuses(world, "bob")), false);
  assert.deepEqual(world.to("call.commitNeeded"), ["bob-1"]);
});

test("after 3 s and 40 ms for each who has to process it, it stands unless more than half of all refused it", () => {
  const afterMs = 3_000 + 3 * 40;
  const silent = group("bob", "cyd", "dan").join("eve").commit("ada", ["eve"]);
  refuses(silent, "bob");
  assert.equal(verdict(silent.step({ type: "tick" }, afterMs - 1)), undefined);
  assert.equal(verdict(silent.step({ type: "tick" }, 1)), true, "one of three");

  const split = group("bob", "cyd", "dan").join("eve").commit("ada", ["eve"]);
  follows(refuses(split, "bob"), "cyd");
  assert.equal(verdict(split.step({ type: "tick" }, afterMs)), true);

  const most = group("bob", "cyd", "dan").join("eve").commit("ada", ["eve"]);
  refuses(refuses(most, "bob"), "cyd");
  assert.equal(verdict(most), false, "two of three");
});

test("a few decide nothing while the others are away, who are asked when they are back", () => {
  const world = group("bob", "cyd", "dan", "mal").join("eve").commit("ada", ["eve"]);
  for (const name of ["bob", "cyd", "dan"]) world.step({ type: "disconnected", ...from(name) });
  refuses(world, "mal");
  assert.equal(verdict(world), undefined);
  world.step({ type: "connected", ...from("bob") });
  assert.deepEqual(world.to("call.commitDisputed"), ["bob-1"]);
  follows(world, "bob");
  world.step({ type: "connected", ...from("bob") });
  assert.deepEqual(world.to("call.commitDisputed"), [], "said already");
  world.step({ type: "connected", ...from("ada") });
  assert.deepEqual(world.to("call.commitDisputed"), [], "its sender");
  world.step({ type: "tick" }, 3_000 + 4 * 40);
  assert.equal(verdict(world), true);
  assert.equal(world.memberState("ada"), "joined");
});

test("who is in the group, who has to leave it and who waits are as before the Commit", () => {
  const world = group("bob", "cyd", "dan").leave("dan").join("eve").commit("ada", ["eve"], ["dan"]);
  assert.equal(world.state.removals.length, 0);
  rejoins(world, "cyd", 7);
  refuses(world, "bob", 2);
  refuses(world, "cyd", 2);
  assert.equal(verdict(world), false);
  assert.equal(world.sent("call.commitJudged")[0]?.body.through, 3, "what came on top is void as well");
  const { members, removals } = world.state;
  assert.deepEqual(
    ["bob", "cyd", "eve"].map((name) => members.get(userId(name))?.leaf),
    [1, 2, undefined],
  );
  assert.deepEqual(removals.map(({ userId: id, leaf: at }) => `${id} ${at}`).toSorted(), ["ada 0", "dan 3"]);
  // Eve is in the call and holds a group that never was: an external Commit leads into the real one.
  assert.equal(world.memberState("eve"), "joining");
  world.commit("bob", [], ["ada", "dan"]);
  assert.deepEqual(world.to("call.committed"), ["cyd-1"]);
  rejoins(world, "eve", 4);
  assert.equal(world.memberState("eve"), "joined");
  assert.equal(world.leave("eve").state.removals[0]?.leaf, 4);
});

test("who left and came back meanwhile is in by the later stay only", () => {
  const world = group("bob", "cyd").leave("cyd").join("cyd").commit("ada", ["cyd"], ["cyd"]);
  refuses(world, "bob");
  assert.equal(verdict(world), false, "cyd's former stay has no word");
  assert.deepEqual(world.state.removals.map(({ userId: id, leaf: at }) => `${id} ${at}`).toSorted(), [
    "ada 0",
    "cyd 2",
  ]);
  // Cyd's external Commit takes the place of the former leaf, which nobody has to remove then.
  rejoins(world, "cyd", 2);
  assert.deepEqual(
    world.state.removals.map(({ userId: id }) => id),
    ["ada"],
  );
});

test("a false external Commit puts out who sent it", () => {
  const world = group("bob", "cyd");
  rejoins(world, "cyd", 2);
  refuses(world, "ada");
  refuses(world, "bob");
  assert.equal(verdict(world), false);
  assert.equal(world.memberState("cyd"), "left");
  assert.deepEqual(world.sent("call.commitNeeded")[0]?.body.remove, [{ ...from("cyd"), leaf: 2 }]);
});

test("who lets in somebody whom most who refuse it know by another key stays in the call; who came in so answers for their own Commit", () => {
  const knowsAnother = (world: ServerWorld, name: string): ServerWorld =>
    refuses(world, name, undefined, "directory.keyChanged");
  const world = group("bob", "cyd", "dan").join("eve").commit("ada", ["eve"]);
  knowsAnother(world, "bob");
  refuses(world, "cyd", undefined, "directory.otherThanCompared");
  assert.equal(verdict(world), false);
  assert.deepEqual([world.state.delivery.epoch, world.memberState("ada")], [1, "joined"]);
  assert.ok(
    world.sent("call.commitJudged").some(({ to }) => to === "ada-1"),
    "who has to come back, too",
  );
  rejoins(world, "eve", 4);
  assert.equal(world.refusal(), undefined);
  knowsAnother(world, "bob");
  knowsAnother(world, "cyd");
  knowsAnother(world, "dan");
  assert.equal(world.memberState("eve"), "left");

  const mixed = group("bob", "cyd", "dan").join("eve").commit("ada", ["eve"]);
  knowsAnother(mixed, "bob");
  refuses(mixed, "cyd");
  assert.equal(mixed.memberState("ada"), "left", "what half of them know is not what most of them say");
});

test("who comes back after an absence is told when its epoch is one that was voided", () => {
  const world = group("bob").join("eve").commit("ada", ["eve"]);
  const strayed = (epoch: number, number: number): unknown => {
    const body = reply(world.ask({ type: "sync", ...from("eve"), epoch, number }));
    return (body as { strayed: boolean }).strayed;
  };
  assert.equal(strayed(2, 2), false);
  refuses(world, "bob");
  assert.equal(strayed(2, 2), true);
  assert.equal(strayed(1, 1), false);
  world.commit("bob", [], ["ada"]);
  assert.equal(strayed(2, 2), true, "another Commit ended that epoch");
  assert.equal(strayed(2, 3), false);
});

test("three disputes that the others do not share, for each person; those they share do not count", () => {
  const world = group("bob", "cyd", "dan");
  const change = (): void => {
    world.join("eve").commit(
      "ada",
      ["eve"],
      world.state.removals.map(({ userId: id }) => id),
    );
    world.leave("eve");
  };
  for (let i = 0; i < mostDisputes; i++) {
    change();
    refuses(world, "bob");
    assert.deepEqual(world.to("call.commitDisputed"), ["cyd-1", "dan-1"]);
    follows(follows(world, "cyd"), "dan");
  }
  change();
  assert.deepEqual(reply(refuses(world, "bob")), { holds: true });
  assert.deepEqual(world.to("call.commitDisputed"), []);
  assert.deepEqual(reply(refuses(world, "cyd")), {}, "another's is heard");
  refuses(world, "dan");
  assert.equal(world.memberState("ada"), "left");
});

test("a Commit of a minute ago stands, and nobody opens a dispute by following a Commit", () => {
  const world = group("bob", "cyd").join("eve").commit("ada", ["eve"]);
  world.nowMs = startMs + disputableMs - 1;
  follows(world, "cyd");
  assert.deepEqual(world.to("call.commitDisputed"), []);
  world.leave("eve").commit("ada", [], ["eve"]);
  refuses(world, "bob", 2);
  assert.deepEqual(world.to("call.commitDisputed"), ["cyd-1"]);

  const late = group("bob", "cyd").join("eve").commit("ada", ["eve"]);
  late.nowMs = startMs + disputableMs;
  late.leave("eve").commit("ada", [], ["eve"]);
  assert.deepEqual(reply(refuses(late, "bob", 2)), { holds: true });
});

test("who does not have to process it has no word", () => {
  const world = group("bob", "cyd").join("eve").commit("ada", ["eve"]);
  assert.deepEqual(reply(refuses(world, "eve")), { holds: true });
  assert.deepEqual(reply(refuses(world, "ada")), { holds: true }, "its sender");
  assert.equal(refuses(world, "mal").refusal(), "call.notMember");
  assert.deepEqual(reply(refuses(world, "bob", 99)), { holds: false }, "no such Commit stands");
  assert.equal(world.state.recent.at(-1)?.verdicts.size, 0);
});

test("a word counts once, and nothing is kept of what the same person says after it", () => {
  const world = group("bob", "cyd", "dan").join("eve").commit("ada", ["eve"]);
  refuses(world, "bob");
  const before = world.state;
  assert.deepEqual(reply(refuses(world, "bob")), {});
  assert.deepEqual(reply(follows(world, "bob")), {});
  assert.equal(world.state, before);
  assert.equal(verdict(follows(follows(world, "cyd"), "dan")), true, "one refused it");
});

test("who is in a group is remembered for so many Commits, and not for more", () => {
  const names = Array.from({ length: mostDisputable + 2 }, (_, i) => `p${i}`);
  const world = new ServerWorld(names.map((name) => reachable(name)));
  for (const name of names.slice(0, mostDisputable)) world.join(name).commit("ada", [name]);
  assert.equal(world.state.recent.length, mostDisputable);
  for (const name of names.slice(mostDisputable)) world.join(name).commit("ada", [name]);
  assert.equal(world.state.recent.length, mostDisputable);
  assert.deepEqual(reply(refuses(world, "p0", 2)), { holds: true }, "it is too long ago");
  assert.deepEqual(reply(refuses(world, "p0", 3)), {});
});
