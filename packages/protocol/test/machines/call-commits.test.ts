/** How large the Commits of one person may be, and how many a minute. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { largestCommit, mostCommitBytesPerMinute, mostCommitsPerMinute } from "@signet/protocol";
import type { CallServerState, RequestBody } from "@signet/protocol";

import { userId } from "../fixtures.ts";
import { ServerWorld } from "./call-server-world.ts";

/** ada and bob in the group; cyd and dan wait. */
const standing = (): ServerWorld => new ServerWorld().join("bob").commit("ada", ["bob"]).join("cyd");

type Member = CallServerState["members"] extends ReadonlyMap<unknown, infer M> ? M : never;

const memberOf = (world: ServerWorld, name: string): Member =>
  world.state.members.get(userId(name)) ?? assert.fail();

/** What is refused is neither stored nor passed on. */
function commit(world: ServerWorld, change: Partial<RequestBody<"call.commit">>): string | undefined {
  const { state } = world;
  const code = world.commit("ada", ["cyd"], [], change).refusal();
  if (code === undefined) assert.deepEqual(world.to("call.committed"), ["bob-1"]);
  else assert.deepEqual([world.state === state, world.effects.length], [true, 1]);
  return code;
}

test("a Commit and its Welcome have as many bytes as their task takes, and no more", () => {
  const world = standing();
  const [ada, bob, cyd] = ["ada", "bob", "cyd"].map((name) => memberOf(world, name));
  const { commitBytes, welcomeBytes } = largestCommit([cyd!], [ada!, bob!], ada!);
  const sized = (bytes: number): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);
  assert.equal(commit(standing(), { commit: sized(commitBytes + 1) }), "delivery.tooMuch");
  assert.equal(commit(standing(), { welcome: sized(welcomeBytes + 1) }), "delivery.tooMuch");
  const largest = { commit: sized(commitBytes), welcome: sized(welcomeBytes) };
  assert.equal(commit(world, largest), undefined);
  assert.equal(memberOf(world, "ada").committed?.at(-1)?.bytes, commitBytes + welcomeBytes);
  // Who has left is in the tree until they are removed, and a path goes to everybody else there.
  const leaving = standing().leave("bob");
  assert.equal(leaving.commit("ada", ["cyd"], ["bob"], largest).refusal(), undefined);
});

test("Commits of one person are counted by number and bytes, and those of the last minute only", () => {
  const own = { commit: new Uint8Array(600), welcome: new Uint8Array(400) };
  const after = (committed: NonNullable<Member["committed"]>): ServerWorld => {
    const world = standing();
    const members = new Map(world.state.members);
    members.set(userId("ada"), { ...memberOf(world, "ada"), committed });
    world.state = { ...world.state, members };
    return world;
  };
  const { nowMs } = standing();
  const many = (count: number, ageMs: number) =>
    Array.from({ length: count }, () => ({ atMs: nowMs - ageMs, bytes: 1 }));
  const large = (bytes: number, ageMs: number) => [{ atMs: nowMs - ageMs, bytes }];
  for (const [committed, code] of [
    [many(mostCommitsPerMinute - 1, 0), undefined],
    [many(mostCommitsPerMinute, 59_999), "delivery.tooMuch"],
    [many(mostCommitsPerMinute, 60_000), undefined],
    [large(mostCommitBytesPerMinute - 1_000, 0), undefined],
    [large(mostCommitBytesPerMinute - 999, 59_999), "delivery.tooMuch"],
    [large(mostCommitBytesPerMinute, 60_000), undefined],
  ] as const) {
    const world = after(committed);
    assert.equal(commit(world, own), code);
    if (code === undefined) continue;
    // The next member is asked in their place.
    world.step({ type: "tick" }, world.state.times.commitMs);
    assert.deepEqual(world.to("call.commitNeeded"), ["bob-1"]);
    assert.equal(world.commit("bob", ["cyd"], [], own).refusal(), undefined);
  }
});

test("what somebody has committed counts on when they left and came back", () => {
  const world = standing();
  commit(world, {});
  const before = memberOf(world, "ada").committed?.length;
  world.leave("ada").commit("bob", [], ["ada"]).join("ada").commit("bob", ["ada"]);
  assert.equal(memberOf(world, "ada").committed?.length, before);
});
