/** Who may be in a call, as the statements about it say. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { before, test } from "node:test";

import type { VerifiedProof } from "@signet/device";
import { hostOf, invitationRefusal, invitationsOf, mayBeIn } from "@signet/protocol";

import { extended, listOf, makeCaller, someCallId, text } from "../support/call-lists.ts";
import type { Caller } from "../support/call-lists.ts";

let alice: Caller;
let bob: Caller;
let carol: Caller;
let call: VerifiedProof<"call">;
const roster = ["alice", "bob", "carol"];

before(async () => {
  [alice, bob, carol] = (await Promise.all(roster.map(makeCaller))) as [Caller, Caller, Caller];
  call = await alice.call(["bob", "carol"], someCallId);
});

test("the call itself says who may be in it, and the initiator is host", async () => {
  const list = await listOf(call);
  assert.deepEqual(list.people, roster);
  assert.ok(mayBeIn(list, "alice") && !mayBeIn(list, "dan"));
  assert.equal(hostOf(list, roster), "alice");
  assert.equal(list.digest.length, 32);
  assert.deepEqual(invitationsOf(list, "bob"), [call.digest]);
  assert.equal(invitationRefusal(list, "bob", call.digest), undefined);
  assert.equal(invitationRefusal(list, "dan"), "call.notInvited");
});

test("the digest is that of a label and the sorted digests, each with its length", async () => {
  // Of so many the call is hardly ever the first one by its digest.
  const invites = await Promise.all(
    Array.from({ length: 9 }, (_, i) => bob.says("invite", call, { userIds: ["dan"], issuedAtMs: i })),
  );
  const hash = createHash("sha256");
  const digests = [call, ...invites].map(({ digest }) => Buffer.from(digest).toString("hex")).toSorted();
  const label = Buffer.from("signet/call-list/v1");
  for (const field of [label, ...digests.map((hex) => Buffer.from(hex, "hex"))]) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.length);
    hash.update(length).update(field);
  }
  const { digest } = await extended(await listOf(call), invites, roster);
  assert.deepEqual(digest, new Uint8Array(hash.digest()));
});

test("anybody in the group brings somebody in; two invitations at once both count, and the digest says which there are", async () => {
  const list = await listOf(call);
  const bobs = await bob.says("invite", call, { userIds: ["dan"] });
  const carols = await carol.says("invite", call, { userIds: ["dan", "eve"] });
  const both = await extended(list, [bobs, carols], roster);
  assert.deepEqual(
    invitationsOf(both, "dan").map(text).toSorted(),
    [bobs, carols].map((one) => text(one.digest)).toSorted(),
  );
  assert.ok(mayBeIn(both, "eve"));
  const inTurn = await extended(await extended(list, [carols], roster), [bobs], roster);
  assert.deepEqual(inTurn, both);
  const one = await extended(list, [bobs], roster);
  assert.equal(new Set([list, one, both].map(({ digest }) => text(digest))).size, 3);
  assert.equal(invitationRefusal(one, "eve", carols.digest), "call.notInvited");
});

test("who was removed is out by the invitations that are voided, and comes back by another one alone", async () => {
  const list = await listOf(call);
  const removal = await alice.says("remove", call, { userIds: ["bob"], voided: [call.digest] });
  const without = await extended(list, [removal], roster);
  assert.deepEqual(without.people, ["alice", "carol"]);
  assert.equal(invitationRefusal(without, "bob", call.digest), "callList.removed");
  assert.equal(invitationRefusal(without, "carol", call.digest), undefined);
  const again = await carol.says("invite", call, { userIds: ["bob"] });
  const back = await extended(without, [again], ["alice", "carol"]);
  assert.ok(mayBeIn(back, "bob"));
  assert.equal(invitationRefusal(back, "bob", call.digest), "callList.removed", "the voided one stays so");
  assert.equal(invitationRefusal(back, "bob", again.digest), undefined);
  // The same removal once more takes nothing that it did not name.
  assert.deepEqual(await extended(back, [removal], ["alice", "carol", "bob"]), back);
  const putOut = await alice.says("remove", call, { userIds: ["bob"], voided: [again.digest] });
  const out = await extended(back, [putOut], roster);
  assert.ok(!mayBeIn(out, "bob"));
  // The invitation that was voided, shown again, is the one that is voided.
  assert.deepEqual(await extended(out, [again], ["alice", "carol"]), out);
  assert.deepEqual(await extended(without, [again, putOut], ["alice", "carol"]), out);
});

test("an invitation that crosses a removal counts, since the removal does not name it", async () => {
  const list = await listOf(call);
  const removal = await alice.says("remove", call, { userIds: ["bob"], voided: [call.digest] });
  const invite = await carol.says("invite", call, { userIds: ["bob"] });
  assert.ok(mayBeIn(await extended(list, [removal, invite], roster), "bob"));
});

test("of an invitation of several one is removed and the others stay; what a removed person signed stays, too", async () => {
  const invite = await bob.says("invite", call, { userIds: ["dan", "eve"] });
  const list = await extended(await listOf(call), [invite], roster);
  const removal = await alice.says("remove", call, {
    userIds: ["bob", "dan"],
    voided: [call.digest, invite.digest],
  });
  assert.deepEqual((await extended(list, [removal], roster)).people, ["alice", "carol", "eve"]);
});

test("the host hands the role on; who comes after signs what the host signs, and the former host does not", async () => {
  const handedOn = await alice.says("host", call, { previousHost: call.digest, nextHost: "bob" });
  const list = await extended(await listOf(call), [handedOn], roster);
  assert.equal(hostOf(list, roster), "bob");
  const removal = await bob.says("remove", call, { userIds: ["alice"], voided: [call.digest] });
  assert.deepEqual((await extended(list, [removal], roster)).people, ["bob", "carol"], "the initiator, too");
  const back = await bob.says("host", call, { previousHost: handedOn.digest, nextHost: "alice" });
  assert.equal(hostOf(await extended(list, [back], roster), roster), "alice");
});

test("while the host is away, whoever is in the group longest is host, without a statement, of those who may be in it", async () => {
  const list = await listOf(call);
  assert.equal(hostOf(list, ["carol", "bob"]), "carol");
  assert.equal(hostOf(list, ["carol", "bob", "alice"]), "alice");
  assert.equal(hostOf(list, []), undefined);
  assert.equal(hostOf(list, ["mallory", "bob"]), "bob");
  const removal = await carol.says("remove", call, { userIds: ["bob"], voided: [call.digest] });
  const without = await extended(list, [removal], ["carol", "bob"]);
  assert.ok(!mayBeIn(without, "bob"));
  assert.equal(hostOf(without, ["bob", "carol"]), "carol");
  // Who wants to keep the role says so; then the former host can be removed.
  const kept = await carol.says("host", call, { previousHost: call.digest, nextHost: "carol" });
  const list2 = await extended(list, [kept], ["carol", "bob"]);
  assert.equal(hostOf(list2, ["alice", "carol"]), "carol");
  const former = await carol.says("remove", call, { userIds: ["alice"], voided: [call.digest] });
  assert.deepEqual((await extended(list2, [former], roster)).people, ["bob", "carol"]);
});
