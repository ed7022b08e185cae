/** Guests of a call list: what a vouch and a let-in have to be, and that nothing else brings a guest in, or lets one do anything. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import {
  createGuestKey,
  createSoftwareKey,
  createTerminalKey,
  extendCallList,
  foldCallList,
  guestIdOfKey,
  isFitForGuest,
  namesItsKey,
} from "@signet/device";
import type { CallList, VerifiedProof } from "@signet/device";
import {
  guestsOf,
  hostOf,
  invitationRefusal,
  mayBeIn,
  namedIn,
  toBase64Url,
  transcriptFields,
} from "@signet/protocol";
import type { ErrorCode, Transcript } from "@signet/protocol";

import { assertNotListed, extended, listOf, makeCaller, someCallId } from "../support/call-lists.ts";
import type { Caller } from "../support/call-lists.ts";
import { makeEntry, nowMs } from "../support/people.ts";

let alice: Caller;
let bob: Caller;
let mallory: Caller;
let call: VerifiedProof<"call">;
let list: CallList;
let guestKey: Transcript<"vouch">["guestKey"];
let guestId: string;
/** bob's. */
let vouch: VerifiedProof<"vouch">;
const roster = ["alice", "bob"];
const other = new Uint8Array(32).fill(99);

before(async () => {
  [alice, bob, mallory] = await Promise.all([makeCaller("alice"), makeCaller("bob"), makeCaller("mallory")]);
  call = await alice.call(["bob"], someCallId);
  list = await listOf(call);
  guestKey = (await createGuestKey()).publicKey;
  guestId = await guestIdOfKey(guestKey);
  vouch = await bob.says("vouch", call, right());
});

const right = (): Partial<Transcript<"vouch">> => ({ guestId, guestKey, guestName: "Gus" });

test("a guest waits, is let in by the host, and is put out by the host", async () => {
  const waiting = await extended(list, [vouch], roster);
  assert.equal(mayBeIn(waiting, guestId), false);
  assert.equal(invitationRefusal(waiting, guestId, vouch.digest), "guest.notLetIn");
  assert.deepEqual(namedIn(waiting), ["alice", "bob"], "nobody is shown who is not let in");
  assert.deepEqual(
    guestsOf(waiting).map(({ name, invitedBy, isLetIn, isRemoved }) => [name, invitedBy, isLetIn, isRemoved]),
    [["Gus", "bob", false, false]],
  );
  const letIn = await alice.says("let-in", call, { vouch: vouch.digest });
  const inside = await extended(waiting, [letIn], roster);
  assert.ok(mayBeIn(inside, guestId));
  assert.equal(invitationRefusal(inside, guestId, vouch.digest), undefined);
  assert.equal(invitationRefusal(inside, guestId, call.digest), "call.notInvited");
  const removal = await alice.says("remove", call, { userIds: [guestId], voided: [vouch.digest] });
  const out = await extended(inside, [removal], [...roster, guestId]);
  assert.equal(mayBeIn(out, guestId), false);
  assert.equal(invitationRefusal(out, guestId, vouch.digest), "callList.removed");
  // Turned away at the door as well.
  const turnedAway = await extended(waiting, [removal], roster);
  assert.equal(invitationRefusal(turnedAway, guestId, vouch.digest), "callList.removed");
  // In whatever order it came.
  const at = await listOf(call, [removal, letIn, vouch]);
  assert.deepEqual(at.digest, out.digest);
  assert.equal(mayBeIn(at, guestId), false);
});

/** Each is signed as ever, and only what it says is wrong. */
const lies: readonly [string, () => Partial<Transcript<"vouch">>, ErrorCode][] = [
  ["another server", () => ({ serverOrigin: "http://localhost:8081" }), "callList.otherCall"],
  ["another call", () => ({ callId: toBase64Url(new Uint8Array(16)) }), "callList.otherCall"],
  ["another start of the call", () => ({ callProofDigest: other }), "callList.otherCall"],
  ["somebody who is registered", () => ({ guestId: "dan" }), "guest.word"],
  ["somebody who is in the call", () => ({ guestId: "alice" }), "guest.word"],
  ["what is no guest's ID", () => ({ guestId: "~dan" }), "guest.word"],
  ["a name with a tick", () => ({ guestName: "Anna ✓" }), "guest.word"],
  ["a name that turns round", () => ({ guestName: "anna\u202E" }), "guest.word"],
  ["no name", () => ({ guestName: "" }), "guest.word"],
  ["a name that is too long", () => ({ guestName: "x".repeat(33) }), "guest.word"],
];
for (const [what, lie, code] of lies)
  test(`vouch for ${what}: ${code}`, async () => {
    const statement = await bob.says("vouch", call, { ...right(), ...lie() });
    assertNotListed(await extendCallList(list, [statement], roster), code);
    assertNotListed(await foldCallList(call, [statement]), code);
  });

test("every field of a vouch has a lie above, but for the key, which is held against the ID, and what its verification looks at", () => {
  const told = new Set(lies.flatMap(([, lie]) => Object.keys(lie())));
  const fields = transcriptFields["vouch"].map(([name]) => name);
  assert.deepEqual(
    fields.filter((name) => !told.has(name)),
    ["userId", "deviceId", "issuedAtMs", "head", "guestKey"],
  );
});

test("one vouch is for one guest, and one guest has one: guest.word", async () => {
  const again = await alice.says("vouch", call, { ...right(), guestName: "Anna" });
  assertNotListed(await foldCallList(call, [vouch, again]), "guest.word");
  const key = (await createGuestKey()).publicKey;
  assert.equal(await namesItsKey(vouch.transcript), true);
  assert.equal(
    await namesItsKey({ ...vouch.transcript, guestKey: key }),
    false,
    "another key has another ID",
  );
  assert.equal(await namesItsKey({ ...vouch.transcript, guestKey: new Uint8Array() }), false);
});

test("who is not in the call, or not in the group, vouches for nobody: callList.notMember", async () => {
  const mallorys = await mallory.says("vouch", call, right());
  assertNotListed(await foldCallList(call, [mallorys]), "callList.notMember");
  assertNotListed(await extendCallList(list, [mallorys], [...roster, "mallory"]), "callList.notMember");
  assertNotListed(await extendCallList(list, [vouch], ["alice"]), "callList.notMember");
  const without = await extended(
    list,
    [await alice.says("remove", call, { userIds: ["bob"], voided: [call.digest] })],
    roster,
  );
  assertNotListed(await extendCallList(without, [vouch], roster), "callList.notMember");
});

test("only the host lets in, and nobody who was not vouched for", async () => {
  const waiting = await extended(list, [vouch], roster);
  const bobs = await bob.says("let-in", call, { vouch: vouch.digest });
  assertNotListed(await extendCallList(waiting, [bobs], roster), "callList.notHost");
  assertNotListed(
    await extendCallList(list, [await alice.says("let-in", call, { vouch: other })], roster),
    "callList.missing",
  );
  const mallorys = await mallory.says("let-in", call, { vouch: vouch.digest });
  assertNotListed(await foldCallList(call, [vouch, mallorys]), "callList.notMember");
  // By whom it came to be, a call that was started with a guest in it is none.
  const withGuest = await alice.call(["bob", guestId], someCallId);
  assertNotListed(await foldCallList(withGuest, []), "callList.userIds");
  const invite = await alice.says("invite", call, { userIds: [guestId] });
  assertNotListed(await extendCallList(list, [invite], roster), "callList.userIds");
});

test("a guest in the call does nothing about who is in it", async () => {
  const letIn = await alice.says("let-in", call, { vouch: vouch.digest });
  const inside = await extended(list, [vouch, letIn], roster);
  const there = [guestId, ...roster];
  const gus = await makeCaller(guestId);
  const key = (await createGuestKey()).publicKey;
  const theirs = { guestKey: key, guestId: await guestIdOfKey(key), guestName: "Gil" };
  for (const [statement, code] of [
    [await gus.says("invite", call, { userIds: ["dan"] }), "callList.notMember"],
    [await gus.says("vouch", call, theirs), "callList.notMember"],
    [await gus.says("remove", call, { userIds: ["bob"], voided: [call.digest] }), "callList.notMember"],
    [await gus.says("host", call, { previousHost: call.digest, nextHost: "bob" }), "callList.notMember"],
    [await gus.says("let-in", call, { vouch: vouch.digest }), "callList.notMember"],
    [await alice.says("host", call, { previousHost: call.digest, nextHost: guestId }), "callList.nextHost"],
  ] as const)
    assertNotListed(await extendCallList(inside, [statement], there), code);
  assert.equal(hostOf(inside, [guestId]), undefined, "nor are they host where nobody else is there");
  assert.equal(hostOf(inside, [guestId, "bob"]), "bob");
});

test("an entry under a guest's ID is of that key, and of nothing more", async () => {
  const [gus, otherDevice, terminal] = await Promise.all([
    createGuestKey(),
    createSoftwareKey({ algorithm: "EdDSA" }),
    createTerminalKey(),
  ]);
  const userId = await guestIdOfKey(gus.publicKey);
  const entry = { ...(await makeEntry(gus, terminal, false)), userId };
  assert.equal(await isFitForGuest(entry), true);
  assert.equal(await isFitForGuest({ ...entry, publicKey: otherDevice.publicKey }), false);
  assert.equal(await isFitForGuest({ ...entry, kind: "webauthn" }), false);
  assert.equal(await isFitForGuest({ ...entry, certificates: [new Uint8Array(9)] }), false);
  const { proof } = entry;
  assert.equal(
    await isFitForGuest({ ...entry, statements: [{ proof, publishedAtMs: nowMs } as never] }),
    false,
  );
  assert.equal(
    await isFitForGuest({ ...entry, userId: "anna" as never, kind: "webauthn" }),
    true,
    "of others it says nothing",
  );
});
