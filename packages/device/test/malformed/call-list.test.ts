/** Statements about who may be in a call that do not hold: each is refused with its own code, and the list stays as it was. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { extendCallList, foldCallList } from "@signet/device";
import type { CallList, CallStatement, VerifiedProof } from "@signet/device";
import {
  mostCallListBytes,
  mostCallStatements,
  mostPeople,
  reservedCallListBytes,
  reservedCallStatements,
  toBase64Url,
  transcriptFields,
} from "@signet/protocol";
import type { ErrorCode, Transcript } from "@signet/protocol";

import { assertNotListed, extended, listOf, makeCaller, someCallId } from "../support/call-lists.ts";
import type { Caller } from "../support/call-lists.ts";

let alice: Caller;
let bob: Caller;
let carol: Caller;
let dan: Caller;
let mallory: Caller;
let call: VerifiedProof<"call">;
let list: CallList;
const roster = ["alice", "bob", "carol"];
const other = new Uint8Array(32).fill(99);

before(async () => {
  [alice, bob, carol, dan, mallory] = (await Promise.all([...roster, "dan", "mallory"].map(makeCaller))) as [
    Caller,
    Caller,
    Caller,
    Caller,
    Caller,
  ];
  call = await alice.call(["bob", "carol"], someCallId);
  list = await listOf(call);
});

const right = {
  invite: (): Partial<Transcript<"invite">> => ({ userIds: ["dan"] }),
  remove: (): Partial<Transcript<"remove">> => ({ userIds: ["bob"], voided: [call.digest] }),
  host: (): Partial<Transcript<"host">> => ({ previousHost: call.digest, nextHost: "bob" }),
};
type Purpose = keyof typeof right;
const purposes = Object.keys(right) as Purpose[];

for (const purpose of purposes)
  test(`${purpose} as it should be holds`, async () => {
    const result = await extendCallList(list, [await alice.says(purpose, call, right[purpose]())], roster);
    assert.ok(result.ok, result.ok ? "" : result.code);
  });

/** Each is signed as ever, by the host: only what it says is wrong. */
const lies: readonly [Purpose, string, () => Readonly<Record<string, unknown>>, ErrorCode][] = [
  ...purposes.flatMap((purpose): (typeof lies)[number][] => [
    [purpose, "another server", () => ({ serverOrigin: "http://localhost:8081" }), "callList.otherCall"],
    [purpose, "another call", () => ({ callId: toBase64Url(new Uint8Array(16)) }), "callList.otherCall"],
    [purpose, "another start of the call", () => ({ callProofDigest: other }), "callList.otherCall"],
  ]),
  ["invite", "nobody", () => ({ userIds: [] }), "callList.userIds"],
  ["invite", "somebody twice", () => ({ userIds: ["dan", "dan"] }), "callList.userIds"],
  ["invite", "what is no user ID", () => ({ userIds: ["Dan!"] }), "callList.userIds"],
  ["invite", "who invites", () => ({ userIds: ["dan", "alice"] }), "callList.userIds"],
  ["remove", "nobody", () => ({ userIds: [] }), "callList.userIds"],
  ["remove", "somebody twice", () => ({ userIds: ["bob", "bob"] }), "callList.userIds"],
  ["remove", "what is no user ID", () => ({ userIds: ["Bob!"] }), "callList.userIds"],
  ["remove", "the host", () => ({ userIds: ["alice"] }), "callList.removesHost"],
  ["remove", "somebody who was never invited", () => ({ userIds: ["dan"] }), "callList.voided"],
  [
    "remove",
    "one who was invited, and one who was not",
    () => ({ userIds: ["bob", "dan"] }),
    "callList.voided",
  ],
  ["remove", "no invitation", () => ({ voided: [] }), "callList.voided"],
  ["remove", "an invitation twice", () => ({ voided: [call.digest, call.digest] }), "callList.voided"],
  ["remove", "an invitation that is not there", () => ({ voided: [call.digest, other] }), "callList.missing"],
  ["remove", "a digest that is cut", () => ({ voided: [call.digest.slice(0, 31)] }), "callList.missing"],
  ["host", "a host before that is not there", () => ({ previousHost: other }), "callList.missing"],
  ["host", "no host before", () => ({ previousHost: new Uint8Array() }), "callList.missing"],
  ["host", "who is host", () => ({ nextHost: "alice" }), "callList.nextHost"],
  ["host", "somebody who was never invited", () => ({ nextHost: "mallory" }), "callList.nextHost"],
  ["host", "what is no user ID", () => ({ nextHost: "" }), "callList.nextHost"],
];

for (const [purpose, what, lie, code] of lies)
  test(`${purpose} that names ${what}: ${code}`, async () => {
    const statement = await alice.says(purpose, call, { ...right[purpose](), ...lie() });
    assertNotListed(await extendCallList(list, [statement], roster), code);
    assertNotListed(await foldCallList(call, [statement]), code);
  });

test("every field of every statement has a lie above, but for signer, device, time and head, which its verification looks at", () => {
  for (const purpose of purposes) {
    const told = new Set(
      lies.filter(([lied]) => lied === purpose).flatMap(([, , lie]) => Object.keys(lie())),
    );
    const fields = transcriptFields[purpose].map(([name]) => name);
    assert.deepEqual(
      fields.filter((name) => !told.has(name)),
      ["userId", "deviceId", "issuedAtMs", ...(purpose === "invite" ? ["head"] : [])],
    );
  }
});

test("who is not in the group invites nobody: callList.notMember", async () => {
  const mallorys = await mallory.says("invite", call, right.invite());
  assertNotListed(await extendCallList(list, [mallorys], [...roster, "mallory"]), "callList.notMember");
  const bobs = await bob.says("invite", call, right.invite());
  assertNotListed(await extendCallList(list, [bobs], ["alice", "carol"]), "callList.notMember");
  const dans = await dan.says("invite", call, { userIds: ["eve"] });
  assertNotListed(await extendCallList(list, [bobs, dans], roster), "callList.notMember");
});

test("two strangers do not invite each other in: callList.notMember", async () => {
  const statements = [
    await dan.says("invite", call, { userIds: ["mallory"] }),
    await mallory.says("invite", call, { userIds: ["dan"] }),
  ];
  assertNotListed(await foldCallList(call, statements), "callList.notMember");
});

test("who was removed invites nobody, not even while their leaf is there: callList.notMember", async () => {
  const without = await extended(list, [await alice.says("remove", call, right.remove())], roster);
  const bobs = await bob.says("invite", call, right.invite());
  assertNotListed(await extendCallList(without, [bobs], roster), "callList.notMember");
});

for (const purpose of ["remove", "host"] as const) {
  test(`${purpose} by a member who is no host: callList.notHost`, async () => {
    const own: object = purpose === "remove" ? { userIds: ["carol"], voided: [call.digest] } : right.host();
    const bobs = await bob.says(purpose, call, own);
    assertNotListed(await extendCallList(list, [bobs], roster), "callList.notHost");
    const isAway = await extendCallList(
      list,
      [await carol.says(purpose, call, right[purpose]())],
      ["carol", "bob"],
    );
    assert.ok(isAway.ok, "who is in it longest, while the host is away, may");
    assertNotListed(await extendCallList(list, [bobs], ["carol", "bob"]), "callList.notHost");
  });

  test(`${purpose} by somebody who was never invited: callList.notMember`, async () => {
    const mallorys = await mallory.says(purpose, call, right[purpose]());
    assertNotListed(await foldCallList(call, [mallorys]), "callList.notMember");
    assertNotListed(await extendCallList(list, [mallorys], ["mallory"]), "callList.notMember");
  });

  test(`${purpose} by who was host, after the role was handed on: callList.notHost`, async () => {
    const handedOn = await alice.says("host", call, { previousHost: call.digest, nextHost: "bob" });
    const later = await extended(list, [handedOn], roster);
    const own =
      purpose === "remove"
        ? { userIds: ["carol"], voided: [call.digest] }
        : { previousHost: handedOn.digest, nextHost: "carol" };
    const alices = await alice.says(purpose, call, own as object);
    assertNotListed(await extendCallList(later, [alices], roster), "callList.notHost");
    const bobs = await bob.says(purpose, call, own as object);
    assertNotListed(await extendCallList(list, [handedOn, bobs], roster), "callList.notHost");
  });
}

test("two hosts after the same one, at once or one after the other: callList.hostFork", async () => {
  const [one, two] = [
    await alice.says("host", call, { previousHost: call.digest, nextHost: "bob" }),
    await alice.says("host", call, { previousHost: call.digest, nextHost: "carol" }),
  ];
  for (const both of [
    [one, two],
    [two, one],
  ])
    assertNotListed(await extendCallList(list, both, roster), "callList.hostFork");
  const first = await extended(list, [one], roster);
  assertNotListed(await extendCallList(first, [two], ["alice", "carol"]), "callList.hostFork");
});

test("a host who hands the role on twice in one Commit: callList.hostFork", async () => {
  const one = await alice.says("host", call, { previousHost: call.digest, nextHost: "bob" });
  const two = await alice.says("host", call, { previousHost: one.digest, nextHost: "carol" });
  assertNotListed(await extendCallList(list, [one, two], roster), "callList.hostFork");
});

test("the next host is in the group, and not being removed: callList.nextHost", async () => {
  const handedOn = await alice.says("host", call, right.host());
  assertNotListed(await extendCallList(list, [handedOn], ["alice", "carol"]), "callList.nextHost");
  const removal = await alice.says("remove", call, right.remove());
  assertNotListed(await extendCallList(list, [handedOn, removal], roster), "callList.nextHost");
});

test("whom the last `host` names is not removed while they are away: callList.removesHost", async () => {
  const removal = await bob.says("remove", call, { userIds: ["alice"], voided: [call.digest] });
  assertNotListed(await extendCallList(list, [removal], ["bob", "carol"]), "callList.removesHost");
});

test("a statement without the one that it builds on: callList.missing", async () => {
  const invite = await bob.says("invite", call, right.invite());
  const removal = await alice.says("remove", call, { userIds: ["dan"], voided: [invite.digest] });
  assertNotListed(await extendCallList(list, [removal], roster), "callList.missing");
  assert.ok((await extendCallList(list, [removal, invite], roster)).ok);
});

test("a removal names no invitation of others alone: callList.voided", async () => {
  const invite = await bob.says("invite", call, right.invite());
  const removal = await alice.says("remove", call, {
    userIds: ["carol"],
    voided: [call.digest, invite.digest],
  });
  assertNotListed(await extendCallList(list, [invite, removal], roster), "callList.voided");
});

test("a statement under two signatures is one", async () => {
  const invite = await bob.says("invite", call, right.invite());
  const twin: CallStatement = { ...invite, raw: { ...invite.raw, signature: { ...invite.raw.signature } } };
  assert.equal((await extended(list, [invite, twin], roster)).statements.length, 1);
  const once = await extended(list, [invite], roster);
  assert.deepEqual(await extendCallList(once, [twin], roster), { ok: true, list: once });
});

test("another call of the same people has another list, whatever is the same in it", async () => {
  const again = await alice.call(["bob", "carol"], toBase64Url(new Uint8Array(16).fill(4)));
  assert.notDeepEqual((await listOf(again)).digest, list.digest);
  const invite = await bob.says("invite", again, right.invite());
  assertNotListed(await extendCallList(list, [invite], roster), "callList.otherCall");
});

test(`${mostPeople} people may be in a call: callList.tooManyPeople`, async () => {
  const userIds = Array.from({ length: mostPeople - roster.length + 1 }, (_, i) => `user${i}`);
  const most = await bob.says("invite", call, { userIds: userIds.slice(1) });
  const full = await extended(list, [most], roster);
  assert.equal(full.people.length, mostPeople);
  const one = await bob.says("invite", call, { userIds: userIds.slice(0, 1) });
  assertNotListed(await extendCallList(full, [one], roster), "callList.tooManyPeople");
  // Who was removed makes room.
  const removal = await alice.says("remove", call, { userIds: ["user1"], voided: [most.digest] });
  assert.ok((await extendCallList(full, [one, removal], roster)).ok);
});

test(`of ${mostCallStatements} statements ${reservedCallStatements} are for the host: callList.full`, async () => {
  const room = mostCallStatements - reservedCallStatements;
  const invites = await Promise.all(
    Array.from({ length: room }, (_, i) => bob.says("invite", call, { ...right.invite(), issuedAtMs: i })),
  );
  const full = await extended(list, invites, roster);
  const more = await carol.says("invite", call, right.invite());
  assertNotListed(await extendCallList(full, [more], roster), "callList.full");
  const removes = await Promise.all(
    Array.from({ length: reservedCallStatements }, (_, i) =>
      alice.says("remove", call, { ...right.remove(), issuedAtMs: i }),
    ),
  );
  const last = await extended(full, removes, roster);
  assert.equal(last.statements.length, mostCallStatements);
  const handedOn = await alice.says("host", call, { previousHost: call.digest, nextHost: "carol" });
  assertNotListed(await extendCallList(last, [handedOn], roster), "callList.full");
});

/** User IDs that take so many bytes as a list, without its count. */
function userIdsOf(bytes: number): string[] {
  const lengths: number[] = [];
  let left = bytes;
  for (; left > 72; left -= 36) lengths.push(32);
  lengths.push(
    ...(left > 36 ? [Math.floor(left / 2), Math.ceil(left / 2)] : [left]).map((length) => length - 4),
  );
  return lengths.map((length, i) => `u${i}`.padEnd(length, "x"));
}

let atMs = 0;
const invites = (bytes: number) =>
  bob.says("invite", call, { userIds: userIdsOf(bytes), issuedAtMs: atMs++ });
const removes = (bytes: number, { digest }: CallStatement) =>
  alice.says("remove", call, { userIds: userIdsOf(bytes), voided: [digest], issuedAtMs: atMs++ });
const bytesOf = (statements: readonly CallStatement[]) =>
  statements.reduce((sum, { raw }) => sum + raw.transcript.length, 0);

test("the transcripts of invitations are bounded together, to the byte: callList.full", async () => {
  const most = mostCallListBytes - reservedCallListBytes;
  const statements: CallStatement[] = [];
  while (bytesOf(statements) < most - 10_000) statements.push(await invites(8_000));
  const bare = (await invites(100)).raw.transcript.length - 100;
  const left = most - bytesOf(statements) - bare;
  assert.ok((await extendCallList(list, [...statements, await invites(left)], roster)).ok);
  assertNotListed(
    await extendCallList(list, [...statements, await invites(left + 1)], roster),
    "callList.full",
  );
});

test("all transcripts are bounded together, to the byte: callList.full", async () => {
  const many = await invites(8_000);
  const statements: CallStatement[] = [many];
  while (bytesOf(statements) < mostCallListBytes - 10_000) statements.push(await removes(8_000, many));
  const bare = (await removes(100, many)).raw.transcript.length - 100 + many.raw.transcript.length - 8_000;
  // An invitation, and a removal of the same people.
  const left = mostCallListBytes - bytesOf(statements) - bare;
  const handedOn = await alice.says("host", call, { previousHost: call.digest, nextHost: "bob" });
  const last = async (bytes: number) => {
    const invite = await invites(bytes);
    return [...statements, invite, await removes(bytes, invite)];
  };
  const fitting = await last(Math.floor(left / 2));
  assert.ok(mostCallListBytes - bytesOf(fitting) <= 1);
  assert.ok((await extendCallList(list, fitting, roster)).ok);
  assertNotListed(await extendCallList(list, await last(Math.floor(left / 2) + 1), roster), "callList.full");
  assertNotListed(await extendCallList(list, [...fitting, handedOn], roster), "callList.full");
});
