/** Guests at the server: who may bring one in, how many there are, and that a call is not theirs. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { guestsIn, missedBy, mostGuests } from "@signet/protocol";
import type { InvitedPerson, UserId } from "@signet/protocol";

import { committersOf } from "../../src/machines/call-roster.ts";
import { from, leaf as leafOf, reachable } from "../fixtures.ts";
import { guestOf, saying, vouching } from "./call-list-inputs.ts";
import { answering, binding, bring, ofTwo, remove } from "./call-list-said.ts";
import { joinInput } from "./call-server-world.ts";
import type { ServerWorld } from "./call-server-world.ts";

function vouch(world: ServerWorld, by: string, n: number) {
  const statement = vouching(by, n);
  world.step({ type: "vouch", ...from(by), statement });
  return statement.digest;
}
function letIn(
  world: ServerWorld,
  by: string,
  n: number,
  digest: Uint8Array,
  guest: InvitedPerson = reachable(guestOf(n)),
): void {
  const statement = { ...saying("let-in", by, 0, { vouch: new Uint8Array(digest) }), binding };
  world.step({ type: "letIn", ...from(by), statement, guest });
}
/** bob's guest is in the group. */
function withGuest(): { readonly world: ServerWorld; readonly guest: UserId } {
  const world = ofTwo();
  const guest = guestOf(1);
  const digest = vouch(world, "bob", 1);
  bring(world, "ada");
  letIn(world, "ada", 1, digest);
  bring(world, "ada");
  world.step({ ...joinInput(guest), proof: answering(guest, digest) });
  bring(world, "ada", [guest]);
  return { world, guest };
}

test("a guest is rung when the host lets them in, and not before", () => {
  const world = ofTwo();
  const guest = guestOf(1);
  const digest = vouch(world, "bob", 1);
  assert.ok(world.replied());
  assert.deepEqual(world.to("call.ring"), []);
  world.step({ ...joinInput(guest), proof: answering(guest, digest) });
  assert.equal(world.refusal(), "call.notInvited");
  letIn(world, "bob", 1, digest);
  assert.equal(world.refusal(), "callList.notHost");
  letIn(world, "ada", 1, digest, { userId: guest, outcome: "offline" });
  assert.equal(world.refusal(), "guest.notHere");
  letIn(world, "ada", 1, digest);
  assert.equal(world.to("call.ring").length, 1);
  const { state } = world;
  letIn(world, "ada", 1, digest);
  assert.ok(world.replied());
  assert.equal(world.state, state, "said again it is answered, and nothing else");
  vouch(world, "bob", 1);
  assert.equal(world.state, state);
});

test("who is not in the group vouches for nobody, and lets nobody in", () => {
  const world = ofTwo();
  const digest = vouch(world, "cyd", 1);
  assert.equal(world.refusal(), "call.notMember");
  letIn(world, "cyd", 1, digest);
  assert.equal(world.refusal(), "call.notMember");
});

test("there is room for so many guests, those at the door among them; who was turned away or left takes none", () => {
  const world = ofTwo();
  const digests = Array.from({ length: mostGuests }, (_, n) => vouch(world, "bob", n));
  assert.ok(world.replied());
  assert.equal(guestsIn(world.state), mostGuests);
  vouch(world, "bob", mostGuests);
  assert.equal(world.refusal(), "guest.tooMany");
  remove(world, "ada", [guestOf(0)], [digests[0]!]);
  assert.ok(world.replied());
  assert.equal(guestsIn(world.state), mostGuests - 1);
  vouch(world, "bob", mostGuests);
  assert.ok(world.replied());
  assert.equal(guestsIn(world.state), mostGuests);
});

test("a guest comes once: whoever left does not come back by the same word", () => {
  const { world, guest } = withGuest();
  assert.equal(world.state.members.get(guest)?.state, "joined");
  assert.equal(guestsIn(world.state), 1);
  const digest = world.state.list.invitations.at(-1)!.digest;
  world.leave(guest);
  bring(world, "ada", [], [guest]);
  assert.equal(guestsIn(world.state), 0);
  world.step({ ...joinInput(guest), proof: answering(guest, digest) });
  assert.equal(world.refusal(), "guest.notAllowed");
});

test("guests change the group last, and are in no call alone: it is over when nobody else is in it", () => {
  const { world, guest } = withGuest();
  const order = committersOf(world.state.members, [], []).map(({ userId }) => userId);
  assert.deepEqual(order, ["ada", "bob", guest]);
  // Whatever leaf they have.
  const inGuestsPlace = new Map(world.state.members);
  for (const [userId, leaf] of [
    ["ada", world.state.members.get(guest)!.leaf!],
    [guest, leafOf(0)],
  ] as const)
    inGuestsPlace.set(userId as UserId, { ...inGuestsPlace.get(userId as UserId)!, leaf });
  assert.equal(committersOf(inGuestsPlace, [], []).at(-1)?.userId, guest);
  world.leave("ada");
  assert.equal(world.state.ended, undefined);
  world.leave("bob");
  assert.equal(world.state.ended, "lastLeft");
});

test("what a guest did not hear is missed by nobody", () => {
  const world = ofTwo();
  const digest = vouch(world, "ada", 1);
  const before = world.state;
  letIn(world, "ada", 1, digest);
  world.step({ type: "ringRefused", ...from(guestOf(1)) });
  assert.equal(world.state.members.get(guestOf(1))?.state, "failed");
  assert.deepEqual(missedBy(before, world.state).missed, []);
});
