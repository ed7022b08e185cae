/** What others say of who may be in a call: each is verified here, and held against the list and the group of before. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { createSoftwareKey, sha256, statedHead } from "@signet/device";
import type { CallList, DeviceProof } from "@signet/device";
import { altered } from "@signet/e2e/support/forgery.ts";
import type { GroupMember } from "@signet/e2ee";
import { encodeProof, mayBeIn } from "@signet/protocol";
import type { Bytes, CallStatementIn } from "@signet/protocol";

import { CallMemory } from "../../src/call/call-memory.ts";
import { GroupList, longestFirst, removerOf, invitationOf } from "../../src/call/group-list.ts";
import { verifyStatements } from "../../src/call/said-statements.ts";
import type { Directory } from "../../src/people/directory.ts";
import { revocationSettlesMs } from "../../src/people/revocations.ts";
import { callBy, leafBy, openedList, teller } from "../support/call-lists.ts";
import { offlineDirectory } from "../support/directory.ts";
import { withDevice, withoutDevice } from "../support/histories.ts";
import { person, serverOrigin } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";

type Teller = Awaited<ReturnType<typeof teller>>;

let people: Record<"ann" | "ben" | "cleo" | "dan", TestPerson>;
let ann: Teller;
let ben: Teller;
let cleo: Teller;
let directory: Directory;
let call: DeviceProof<"call">;
/** ann's, then ben's, then cleo's leaf. */
let members: readonly GroupMember[];

before(async () => {
  const [first, second, third, fourth] = await Promise.all(
    ["ann", "ben", "cleo", "dan"].map((name) => person(name)),
  );
  people = { ann: first!, ben: second!, cleo: third!, dan: fourth! };
  [ann, ben, cleo] = await Promise.all([teller(people.ann), teller(people.ben), teller(people.cleo)]);
  directory = offlineDirectory();
  for (const { entry } of Object.values(people)) await directory.accept(entry);
  call = await callBy(people.ann, ["ben", "cleo"]);
  const { raw } = call;
  members = [
    {
      leaf: 0,
      userId: people.ann.userId,
      identity: encodeProof(raw),
      leafPublicKey: call.transcript.leafKey,
      proves: true,
    },
    await leafBy(people.ben, call, 1),
    await leafBy(people.cleo, call, 2),
  ];
});

function listAt(held: CallList, memory = new CallMemory()): GroupList {
  const nowMs = () => Date.now();
  return new GroupList(held, { serverOrigin, callProof: call, directory, memory, nowMs });
}
const opened = async () => listAt(await openedList(call));
/** What a Commit that brings these comes to. */
async function codeOf(
  stated: readonly CallStatementIn[],
  list?: GroupList,
  group = members,
): Promise<string> {
  const extended = await (list ?? (await opened())).extended(stated, group);
  return extended.ok ? "ok" : extended.code;
}
async function after(list: GroupList, ...stated: CallStatementIn[]): Promise<GroupList> {
  const extended = await list.extended(stated, members);
  assert.ok(extended.ok, extended.ok ? "" : extended.code);
  await list.with(extended.list, async () => undefined);
  return list;
}
const digestOf = ({ proof }: CallStatementIn): Promise<Bytes> => sha256(proof.transcript);

test("an invitation counts by a device of who is in the call, for this very call, and as it was signed", async () => {
  const good = await ben.invites(call, ["dan"]);
  assert.equal(await codeOf([good]), "ok");
  const dan = await teller(people.dan);
  assert.equal(await codeOf([await dan.invites(call, ["dan"])]), "callList.userIds");
  assert.equal(await codeOf([await dan.invites(call, ["eve"])]), "callList.notMember", "nobody invited dan");
  assert.equal(
    await codeOf([good], undefined, members.slice(0, 1)),
    "callList.notMember",
    "ben is not in it",
  );
  const { signature } = good.proof;
  assert.ok(signature.kind === "software");
  const bent = { ...good.proof, signature: { ...signature, signature: altered(signature.signature, 40) } };
  assert.equal(await codeOf([{ proof: bent }]), "proof.signature");
  const other = await callBy(people.ann, ["ben", "cleo"]);
  assert.equal(await codeOf([await ben.invites(other, ["dan"])]), "proof.call", "of another call");
  const sameId = { callProofDigest: other.digest };
  assert.equal(await codeOf([await ben.invites(call, ["dan"], sameId)]), "proof.call");
  const { issuedAtMs } = call.transcript;
  for (const [atMs, code] of [
    [issuedAtMs - 119_000, "ok"],
    [issuedAtMs - 121_000, "proof.time"],
  ] as const)
    assert.equal(await codeOf([await ben.invites(call, ["dan"], { issuedAtMs: atMs })]), code);
  assert.equal(await codeOf([{ proof: call.raw }]), "proof.purpose");
});

test("a removal counts by the host's terminal alone, which their device vouches for", async () => {
  const good = await ann.removes(call, ["cleo"], [call.digest]);
  assert.equal(await codeOf([good]), "ok");
  assert.equal(await codeOf([await ben.removes(call, ["cleo"], [call.digest])]), "callList.notHost");
  assert.equal(await codeOf([{ proof: good.proof }]), "proof.signer", "nothing vouches for the key");
  assert.equal(await codeOf([{ ...good, binding: ben.binding }]), "proof.user", "ben's sign-in does not");
  const { proof } = await ben.removes(call, ["cleo"], [call.digest], { userId: "ann" });
  assert.equal(await codeOf([{ proof, binding: ann.binding }]), "proof.device", "ben signs as ann");
  // While the host is not in the group, who is longest in it is host.
  const without = members.slice(1);
  assert.deepEqual(longestFirst(without.toReversed()), ["ben", "cleo"]);
  assert.equal(await codeOf([await ben.removes(call, ["cleo"], [call.digest])], undefined, without), "ok");
  assert.equal(
    await codeOf([await cleo.removes(call, ["ben"], [call.digest])], undefined, without),
    "callList.notHost",
  );
});

test("who has the role by a statement of the same Commit has it from the next one on", async () => {
  const handed = await ann.makesHost(call, "ben");
  const removal = await ben.removes(call, ["cleo"], [call.digest]);
  assert.equal(await codeOf([handed, removal]), "callList.notHost");
  assert.equal(await codeOf([removal], await after(await opened(), handed)), "ok");
});

test("a leaf stays for as long as the invitation that it answers holds, and an old one shown again brings nobody back", async () => {
  const list = await opened();
  const first = await ben.invites(call, ["dan"]);
  await after(list, first);
  const dans = await leafBy(people.dan, call, 3, await digestOf(first));
  assert.equal(list.refusal(dans), undefined);
  const removal = await ann.removes(call, ["dan"], [await digestOf(first)]);
  await after(list, removal);
  assert.equal(list.refusal(dans), "callList.removed");
  await after(list, first);
  assert.equal(list.refusal(dans), "callList.removed", "it is in the list already");
  const again = await cleo.invites(call, ["dan"]);
  await after(list, again);
  assert.equal(mayBeIn(list.held, "dan"), true);
  assert.equal(list.refusal(dans), "callList.removed", "that answer was to the one that is voided");
  assert.equal(list.refusal(await leafBy(people.dan, call, 4, await digestOf(again))), undefined);
  // Who put them out is said of the invitation that they answered: an old removal, shown again, is not why they are out.
  const [anew, at] = [await leafBy(people.dan, call, 4, await digestOf(again)), list.held];
  assert.equal(removerOf(at, "dan", invitationOf(at, dans.identity)), "ann");
  assert.equal(removerOf(at, "dan", invitationOf(at, anew.identity)), undefined);
  // Of another person, of another call, and of nothing.
  assert.equal(list.refusal(await leafBy(people.dan, call, 5)), "call.notInvited");
  assert.equal(list.refusal({ ...dans, identity: new Uint8Array(8) }), "call.notInvited");
});

test("of two who removed somebody the last one is named, in whatever order what they said comes", async () => {
  const first = await ben.invites(call, ["dan"]);
  const list = await after(await opened(), first);
  await after(
    list,
    await ann.removes(call, ["dan"], [await digestOf(first)], { issuedAtMs: Date.now() - 5 }),
  );
  const second = await cleo.invites(call, ["dan"]);
  await after(list, await ann.makesHost(call, "ben"), second);
  await after(list, await ben.removes(call, ["dan"], [await digestOf(second)]));
  const { statements } = list.held;
  for (const some of [statements, statements.toReversed()])
    assert.equal(removerOf({ statements: some }, "dan"), "ben");
  assert.equal(removerOf({ statements }, "cleo"), undefined);
});

test("whoever commits takes what holds, and says of the rest why it does not", async () => {
  const list = await opened();
  const good = await ben.invites(call, ["dan"]);
  const bad = await cleo.removes(call, ["ben"], [call.digest]);
  const { list: taken, refused } = await list.taking([bad, good], members);
  assert.deepEqual(refused, [{ digest: await digestOf(bad), code: "callList.notHost" }]);
  assert.equal(mayBeIn(taken, "dan"), true);
  assert.equal(mayBeIn(list.held, "dan"), false, "before the server took the Commit");
});

/** What becomes of this with who is to bring it, and with who follows a Commit that brings it. */
async function judged(one: CallStatementIn, list?: GroupList): Promise<readonly string[]> {
  const at = list ?? (await opened());
  const followed = await codeOf([one], at);
  return [(await at.taking([one], members)).refused[0]?.code ?? "ok", followed];
}

test("whoever follows a Commit may be behind of the clock of whoever signed by twice as much as who brings it", async () => {
  const late = await teller(people.ann, Date.now() + 200_000);
  for (const [aheadMs, codes] of [
    [119_000, ["ok", "ok"]],
    [125_000, ["proof.time", "ok"]],
    [239_000, ["proof.time", "ok"]],
    [245_000, ["proof.time", "proof.time"]],
  ] as const) {
    const issuedAtMs = Date.now() + aheadMs;
    assert.deepEqual(await judged(await ben.invites(call, ["dan"], { issuedAtMs })), codes, String(aheadMs));
    const removal = await late.removes(call, ["cleo"], [call.digest], { issuedAtMs });
    assert.equal(await codeOf([removal]), codes[1], "by who just signed in");
  }
});

test("what was followed is not brought by who followed it, where it does not hold for who commits", async () => {
  const list = await opened();
  const ahead = await ben.invites(call, ["dan"], { issuedAtMs: Date.now() + 200_000 });
  assert.equal(await codeOf([ahead], list), "ok");
  assert.deepEqual(await judged(ahead, list), ["proof.time", "ok"]);
});

test("what a Commit brings is followed for a minute after the device was revoked that said it, and brought by nobody", async () => {
  let atMs = Date.now();
  const nowMs = () => atMs;
  const [phone, desk] = [await createSoftwareKey({ algorithm: "EdDSA" }), people.ben.device];
  const both = await withDevice(people.ben.entry, desk, phone);
  const away = await withoutDevice(both, phone, desk);
  const recent = offlineDirectory({ nowMs, lookUp: (userId) => (userId === "ben" ? away : undefined) });
  for (const { entry } of [people.ann, people.cleo, people.dan]) await recent.accept(entry);
  await recent.accept(both);
  const options = { serverOrigin, callProof: call, directory: recent, nowMs };
  const at = async () => new GroupList(await openedList(call), { ...options, memory: new CallMemory() });
  const invitation = await ben.invites(call, ["dan"]);
  const handing = await ben.makesHost(call, "cleo");
  const alone = members.slice(1);
  const codes = async (): Promise<readonly string[]> => [
    ...(await judged(invitation, await at())),
    await codeOf([handing], await at(), alone),
  ];
  assert.deepEqual(await codes(), ["ok", "ok", "ok"]);
  await recent.changed(away);
  assert.deepEqual(await codes(), ["history.deviceRevoked", "ok", "ok"]);
  // Signed with a history that has the revocation.
  const head = await statedHead(away);
  assert.deepEqual(await judged(await ben.invites(call, ["dan"], { head }), await at()), [
    "history.deviceRevoked",
    "history.head",
  ]);
  atMs += revocationSettlesMs - 1;
  assert.deepEqual(await codes(), ["history.deviceRevoked", "ok", "ok"]);
  atMs += 1;
  const over = "history.deviceRevoked";
  assert.deepEqual(await codes(), [over, over, over]);
  atMs -= 2 * revocationSettlesMs;
  assert.deepEqual(await codes(), [over, over, over], "a clock that was put back gives no more time");
  // Who knows them by nothing of before hears of the device and of its end at once, and lately; or long after.
  for (const [laterMs, expected] of [
    [0, "ok"],
    [10 * 60_000, over],
  ] as const) {
    const stranger = offlineDirectory({ nowMs: () => Date.now() + laterMs });
    for (const { entry } of [people.ann, people.cleo, people.dan]) await stranger.accept(entry);
    await stranger.accept(away);
    const memory = new CallMemory();
    const unmet = new GroupList(await openedList(call), { ...options, directory: stranger, memory });
    assert.equal(await codeOf([invitation], unmet), expected);
  }
});

test("what the group held when this terminal was in it is not hidden from it when it comes back", async () => {
  const memory = new CallMemory();
  const list = listAt(await openedList(call), memory);
  const invitation = await ben.invites(call, ["dan"]);
  const removal = await ann.removes(call, ["dan"], [await digestOf(invitation)]);
  await after(list, invitation, removal);
  await assert.rejects(list.folded([invitation]), { code: "callList.hidden" });
  await assert.rejects(listAt(await openedList(call), memory).folded([]), { code: "callList.hidden" });
  const later = await cleo.invites(call, ["dan"]);
  assert.equal(mayBeIn(await list.folded([later, removal, invitation]), "dan"), true);
  // Somebody who was never in it is told what there is, and holds its digest against the group's.
  assert.deepEqual((await (await opened()).folded([])).digest, (await openedList(call)).digest);
});

test("who followed a Commit that is void comes back, though an invitation that it brought was dropped since; what took away has to be there", async () => {
  const memory = new CallMemory();
  const removal = await ann.removes(call, ["cleo"], [call.digest]);
  await after(listAt(await openedList(call), memory), await ben.invites(call, ["dan"]), removal);
  const list = listAt(await openedList(call), memory);
  await assert.rejects(list.folded([]), { code: "callList.hidden" });
  const back = await list.folded([removal]);
  assert.deepEqual([mayBeIn(back, "dan"), mayBeIn(back, "cleo")], [false, false]);
});

test("statements that were verified once are not verified again, however they are signed", async () => {
  const memory = new CallMemory();
  const context = { serverOrigin, callProof: call, directory, nowMs: Date.now() };
  const stated = await ben.invites(call, ["dan"]);
  const [first, second] = [
    await verifyStatements([stated], context, memory.said),
    await verifyStatements([stated], { ...context, directory: offlineDirectory() }, memory.said),
  ];
  assert.ok(first.ok && second.ok);
  assert.equal(first.said[0], second.said[0]);
});
