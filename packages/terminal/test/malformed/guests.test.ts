/** A server that means to bring somebody in as a guest, or to put another one in a guest's place: every terminal looks for itself. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { createGuestKey, createSoftwareKey, guestIdOfKey, sha256 } from "@signet/device";
import type { CallList, DeviceProof } from "@signet/device";
import { altered } from "@signet/e2e/support/forgery.ts";
import type { GroupMember } from "@signet/e2ee";
import { encodeProof } from "@signet/protocol";
import type { CallStatementIn } from "@signet/protocol";

import { CallMemory } from "../../src/call/call-memory.ts";
import { guestMarkOf } from "../../src/call/call-view.ts";
import { GroupList } from "../../src/call/group-list.ts";
import { checkLeaf } from "../../src/call/verify-call.ts";
import type { Directory } from "../../src/people/directory.ts";
import { MemoryPinStore } from "../../src/index.ts";
import { callBy, leafBy, openedList, teller } from "../support/call-lists.ts";
import { offlineDirectory } from "../support/directory.ts";
import { withDevice, withoutDevice } from "../support/histories.ts";
import { known, person, serverOrigin } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";

let ann: TestPerson;
let ben: TestPerson;
let gus: TestPerson;
let guestKey: Awaited<ReturnType<typeof createGuestKey>>["publicKey"];
let call: DeviceProof<"call">;
let members: readonly GroupMember[];
let bens: Awaited<ReturnType<typeof teller>>;
let anns: Awaited<ReturnType<typeof teller>>;
const pins = new MemoryPinStore();
let directory: Directory;

before(async () => {
  const key = await createGuestKey();
  guestKey = key.publicKey;
  [ann, ben, gus] = await Promise.all([
    person("ann"),
    person("ben"),
    person(await guestIdOfKey(guestKey), key, "Gus"),
  ]);
  directory = offlineDirectory({ pins });
  for (const { entry } of [ann, ben]) await directory.accept(entry);
  call = await callBy(ann, ["ben"]);
  const first = { identity: encodeProof(call.raw), leafPublicKey: call.transcript.leafKey, proves: true };
  members = [{ leaf: 0, userId: ann.userId, ...first }, await leafBy(ben, call, 1)];
  [anns, bens] = await Promise.all([teller(ann), teller(ben)]);
});

const listAt = (held: CallList, at = directory): GroupList =>
  new GroupList(held, {
    serverOrigin,
    callProof: call,
    directory: at,
    memory: new CallMemory(),
    nowMs: () => Date.now(),
  });
async function codeOf(stated: readonly CallStatementIn[], at = directory): Promise<string> {
  const extended = await listAt(await openedList(call), at).extended(stated, members);
  return extended.ok ? "ok" : extended.code;
}
const guest = () => ({ guestId: gus.userId, guestKey });

test("a guest is vouched for by a device of somebody in the call, for this call, with the very key", async () => {
  const good = await bens.vouches(call, guest());
  assert.equal(await codeOf([good]), "ok");
  const { signature } = good.proof;
  assert.ok(signature.kind === "software");
  const bent = { ...good.proof, signature: { ...signature, signature: altered(signature.signature, 40) } };
  assert.equal(await codeOf([{ proof: bent }]), "proof.signature");
  // The server's own key under the guest's ID, and a guest's ID for a member's key.
  const { publicKey } = await createGuestKey();
  assert.equal(await codeOf([await bens.vouches(call, { ...guest(), guestKey: publicKey })]), "guest.word");
  const { publicKey: deviceKey } = ann.device;
  assert.equal(
    await codeOf([await bens.vouches(call, { guestId: "ann", guestKey: deviceKey })]),
    "guest.word",
  );
  const later = await callBy(ann, ["ben"]);
  assert.equal(await codeOf([await bens.vouches(later, guest())]), "proof.call", "for another call");
  const eve = await person("eve");
  const withEve = offlineDirectory();
  for (const { entry } of [ann, ben, eve]) await withEve.accept(entry);
  const eves = await (await teller(eve)).vouches(call, guest());
  assert.equal(await codeOf([eves], withEve), "callList.notMember");
  const early = { issuedAtMs: call.transcript.issuedAtMs - 121_000 };
  assert.equal(await codeOf([await bens.vouches(call, guest(), early)]), "proof.time");
  // A terminal's key does not vouch.
  const [stolen] = [await bens.letsIn(call, await sha256(good.proof.transcript))];
  assert.equal(
    await codeOf([{ ...good, proof: { ...good.proof, signature: stolen.proof.signature } }]),
    "proof.signer",
  );
});

test("a device that was revoked vouches for nobody", async () => {
  const spare = await createSoftwareKey({ algorithm: "EdDSA" });
  const two = await withDevice(ben.entry, ben.device, spare);
  const one = await withoutDevice(two, spare, ben.device);
  const at = offlineDirectory();
  await at.accept(ann.entry);
  await at.accept(one);
  const { refused } = await listAt(await openedList(call), at).taking(
    [await bens.vouches(call, guest())],
    members,
  );
  assert.deepEqual(
    refused.map(({ code }) => code),
    ["history.deviceRevoked"],
    "whoever commits brings it to nobody",
  );
});

test("a guest is let in by the host's terminal, which the host's device vouches for", async () => {
  const vouch = await bens.vouches(call, guest());
  const digest = await sha256(vouch.proof.transcript);
  const good = await anns.letsIn(call, digest);
  assert.equal(await codeOf([vouch, good]), "ok");
  assert.equal(await codeOf([good]), "callList.missing");
  assert.equal(await codeOf([vouch, { proof: good.proof }]), "proof.signer");
  assert.equal(await codeOf([vouch, { ...good, binding: bens.binding }]), "proof.user");
  assert.equal(await codeOf([vouch, await bens.letsIn(call, digest)]), "callList.notHost");
});

test("the leaf is the guest's alone, and is theirs only once they are let in", async () => {
  const vouch = await bens.vouches(call, guest());
  const digest = await sha256(vouch.proof.transcript);
  const waiting = await listAt(await openedList(call)).extended([vouch], members);
  const inside = await listAt(await openedList(call)).extended(
    [vouch, await anns.letsIn(call, digest)],
    members,
  );
  assert.ok(waiting.ok && inside.ok);
  const of = async (list: CallList) => ({
    serverOrigin,
    callProof: call,
    initiator: await known(ann.entry),
    list,
  });
  const { identity, leafPublicKey } = await leafBy(gus, call, 2, digest);
  const check = async (list: CallList, at: Directory) =>
    checkLeaf(identity, leafPublicKey, await of(list), { directory: at, nowMs: Date.now() });
  const knowing = () => offlineDirectory({ pins, lookUp: () => gus.entry });
  const outside = await check(waiting.list, knowing());
  assert.equal(outside.ok ? "ok" : outside.code, "guest.notLetIn");
  const at = knowing();
  const good = await check(inside.list, at);
  assert.ok(good.ok, good.ok ? "" : good.code);
  // They are in the group, and nobody keeps their key as somebody's.
  at.met(gus.userId, good.verification);
  assert.equal(pins.get(gus.userId), undefined);
  // By the vouch, whatever the entry says.
  assert.deepEqual(guestMarkOf(inside.list, gus.userId), { name: "Gus", invitedBy: "ben" });
  assert.equal(guestMarkOf(inside.list, ann.userId), undefined);

  // The server shows an entry of its own under the guest's ID, with which it answered itself.
  const false1 = await person(gus.userId, await createSoftwareKey({ algorithm: "EdDSA" }), "Gus");
  const forged = await leafBy(false1, call, 2, digest);
  const taken = await checkLeaf(forged.identity, forged.leafPublicKey, await of(inside.list), {
    directory: offlineDirectory({ lookUp: () => false1.entry }),
    nowMs: Date.now(),
  });
  assert.equal(taken.ok ? "ok" : taken.code, "directory.badEntry");
  // With the guest's answer and another leaf key.
  const swapped = await checkLeaf(identity, forged.leafPublicKey, await of(inside.list), {
    directory: knowing(),
    nowMs: Date.now(),
  });
  assert.equal(swapped.ok ? "ok" : swapped.code, "proof.leafKey");
});
