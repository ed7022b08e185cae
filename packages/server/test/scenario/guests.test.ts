/** Guests at the server: nothing of them where they are not wanted, and where they are, no more than what a device vouched for. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createGuestKey, guestIdOfKey } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { CallId, PairingId, toBase64Url } from "@signet/protocol";
import type { Bytes, ProofIn, Transcript, UserId } from "@signet/protocol";

import { isOver, longestWaitMs } from "../../src/registry/guests.ts";
import { mostOpenLinks } from "../../src/handlers/guest.ts";
import { callOfTwo, commitFor, inviting, people } from "../support/group.ts";
import { keyPackageFor } from "../support/key-package.ts";
import { helloOf } from "../support/hello.ts";
import { softwareDevice, startTestServer } from "../support/test-server.ts";
import type { TestServer } from "../support/test-server.ts";
import { TestTerminal, newCallId } from "../support/test-terminal.ts";
import { atTwoTerminals, resumed } from "../support/two-terminals.ts";
import { messageFor } from "../support/voice.ts";

const randomBytes = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));
const newPairingId = (): PairingId => PairingId.parse(toBase64Url(randomBytes(16)));

interface Guest {
  readonly device: SignatureDevice;
  readonly guestId: UserId;
}
async function newGuest(): Promise<Guest> {
  const device = await createGuestKey();
  return { device, guestId: await guestIdOfKey(device.publicKey) };
}

async function vouchFor(
  by: TestTerminal,
  callId: string,
  call: ProofIn,
  { device, guestId }: Guest,
  own: Partial<Transcript<"vouch">> = {},
): Promise<ProofIn> {
  const callProofDigest = new Uint8Array(await crypto.subtle.digest("SHA-256", call.transcript));
  const fields = {
    callId,
    callProofDigest,
    head: by.head,
    guestId,
    guestKey: device.publicKey,
    guestName: "Gus",
  };
  return by.device!.sign({ purpose: "vouch", ...by.common(), ...fields, ...own });
}
async function lettingIn(by: TestTerminal, callId: string, call: ProofIn, vouch: ProofIn): Promise<ProofIn> {
  const [callProofDigest, digest] = await Promise.all(
    [call, vouch].map(
      async ({ transcript }) => new Uint8Array(await crypto.subtle.digest("SHA-256", transcript)),
    ),
  );
  return by.key.sign({
    purpose: "let-in",
    ...by.common(),
    callId,
    callProofDigest: callProofDigest!,
    vouch: digest!,
  });
}
async function callIn(server: TestServer, host: string, member: string) {
  const [alice, bob] = await people(server, host, member);
  const callId = await callOfTwo(alice, bob);
  const { proof } = bob.events.find(({ type }) => type === "call.ring")!.body as { readonly proof: ProofIn };
  return { alice, bob, callId, proof };
}
/** Of before: it reads no guest's ID, also on its next connection. */
async function oldTerminal(server: TestServer): Promise<TestTerminal> {
  const old = await TestTerminal.open(server);
  const { terminalId, key } = old;
  const hello = helloOf({ terminalId, terminalKey: key.publicKey });
  const features = hello.features?.filter((feature) => feature !== "guests") ?? [];
  old.hello = async () => {
    const info = await old.request("session.hello", { ...hello, features });
    old.origin = info.serverOrigin;
    await old.prove();
    return info;
  };
  await old.hello();
  return old;
}

test("where no guests are wanted the page, the feature and the requests do not exist", async (t) => {
  const server = await startTestServer(t);
  const { bob, callId, proof } = await callIn(server, "alice", "bob");
  const info = await (await TestTerminal.open(server)).hello();
  assert.equal(info.features?.includes("guests"), false);
  assert.equal((await fetch(`${server.origin}/guest`)).status, 404);
  const guest = await newGuest();
  const vouch = await vouchFor(bob, callId, proof, guest);
  const unknown = "protocol.unknownType";
  assert.equal(await bob.refusal("guest.open", { callId, pairingId: newPairingId() }), unknown);
  assert.equal(await bob.refusal("call.vouch", { proof: vouch }), unknown);
  assert.equal(await bob.refusal("call.letIn", { proof: vouch }), unknown);
  const page = await TestTerminal.connect(server);
  assert.equal(
    await page.refusal("register.begin", { userId: guest.guestId, displayName: "Gus" }),
    "registration.badUserId",
  );
});

test("a device's word is for this call, by somebody in it, and about the very key", async (t) => {
  const server = await startTestServer(t, { guests: true });
  const { alice, bob, callId, proof } = await callIn(server, "alice", "bob");
  assert.equal((await fetch(`${server.origin}/guest`)).status, 200);
  const guest = await newGuest();
  const refusal = async (own: Partial<Transcript<"vouch">>, by = bob) =>
    by.refusal("call.vouch", { proof: await vouchFor(by, callId, proof, guest, own) });
  // The server puts another key in the place of the guest's, or a member's ID in that of theirs.
  assert.equal(await refusal({ guestKey: (await newGuest()).device.publicKey }), "guest.word");
  assert.equal(await refusal({ guestId: "alice" }), "guest.word");
  assert.equal(await refusal({ guestName: "Anna ✓" }), "guest.word");
  assert.equal(await refusal({ callProofDigest: new Uint8Array(32) }), "callList.otherCall");
  assert.equal(await refusal({ issuedAtMs: Date.now() - 125_000 }), "proof.time");
  assert.equal(await refusal({ userId: "alice" }), "proof.user");
  const [eve] = await people(server, "eve");
  assert.equal(await refusal({}, eve), "call.notMember");
  // As alice's, with bob's device.
  const forged = await vouchFor(bob, callId, proof, guest, {
    userId: "alice",
    deviceId: alice.device!.deviceId,
    head: alice.head,
  });
  assert.equal(await alice.refusal("call.vouch", { proof: forged }), "proof.signature");

  // For another call of theirs it is worth nothing.
  const vouch = await vouchFor(bob, callId, proof, guest);
  await bob.request("call.vouch", { proof: vouch });
  assert.equal(
    await alice.refusal("call.letIn", { proof: await lettingIn(alice, callId, proof, vouch) }),
    "guest.notHere",
  );
  const later = await callIn(server, "carol", "dave");
  assert.equal(await later.alice.refusal("call.vouch", { proof: vouch }), "proof.user");
  const again = await vouchFor(later.bob, later.callId, later.proof, guest);
  assert.equal(
    await later.bob.refusal("call.vouch", { proof: again }),
    "guest.word",
    "a key is for one call",
  );

  // Whoever registers has to have that key and that name.
  const page = await TestTerminal.connect(server);
  const other = await newGuest();
  assert.equal(
    await page.refusal("register.begin", { userId: other.guestId, displayName: "Gus" }),
    "guest.notLetIn",
  );
  assert.equal(
    await page.refusal("register.begin", { userId: guest.guestId, displayName: "Anna" }),
    "guest.word",
  );
  const challenge = await page.begin(guest.guestId, other.device, "Gus");
  const body = await page.finishBody(challenge, { displayName: "Gus" });
  assert.equal(await page.refusal("register.finish", body), "guest.word");
  const own = await page.begin(guest.guestId, guest.device, "Gus");
  await page.request("register.finish", await page.finishBody(own, { displayName: "Gus" }));

  // All that a guest may do is in the call.
  assert.equal(await page.refusal("missed.get", { after: 0 }), "guest.notAllowed");
  assert.equal(await page.refusal("presence.watch", { userIds: [alice.userId!] }), "guest.notAllowed");
  assert.equal(await page.refusal("pairing.open", { pairingId: newPairingId() }), "guest.notAllowed");
  assert.equal(await page.refusal("guest.open", { callId, pairingId: newPairingId() }), "guest.notAllowed");
  const found = async (from: TestTerminal, userId: UserId) =>
    (await from.request("directory.lookup", { userIds: [userId] })).people[0]?.entry !== undefined;
  assert.equal(await found(page, alice.userId!), false, "not before they are let in");
  assert.equal(await found(alice, guest.guestId), false);
  const ofAlice = { userIds: [alice.userId!], from: 0 };
  assert.equal(await page.refusal("directory.prove", ofAlice), "guest.notAllowed");
  const bobs = await lettingIn(bob, callId, proof, vouch);
  assert.equal(await bob.refusal("call.letIn", { proof: bobs }), "callList.notHost");
  await alice.request("call.letIn", { proof: await lettingIn(alice, callId, proof, vouch) });
  const ring = await page.event("call.ring");
  assert.equal(ring.statements?.length, 2);
  assert.equal((await page.request("directory.prove", ofAlice)).people.length, 1);
  assert.deepEqual(
    ring.members.map(({ userId }) => userId),
    [alice.userId, bob.userId, guest.guestId],
  );
  assert.deepEqual(
    [await found(page, alice.userId!), await found(page, eve.userId!), await found(alice, guest.guestId)],
    [true, false, true],
  );
  assert.equal(await found(eve, guest.guestId), false);
  // With the call they are nobody here any more, and there is nothing to come back with.
  await alice.request("call.end", { proof: await alice.statement("end", callId, "ended") });
  await page.event("binding.ended");
  assert.equal(
    await page.refusal("register.begin", { userId: guest.guestId, displayName: "Gus" }),
    "guest.notLetIn",
  );
  assert.match(server.log(), /"guest":true/);
});

/** Everybody comes into the call of the first one. */
async function callOf(all: readonly TestTerminal[]) {
  const [first, ...others] = all as [TestTerminal, ...TestTerminal[]];
  const { callId } = await first.call(others.map(({ userId }) => userId!));
  for (const [n, other] of others.entries()) {
    await other.join(await other.event("call.ring"));
    const needed = await first.event("call.commitNeeded", ({ admit }) =>
      admit.some(({ userId }) => userId === other.userId),
    );
    await first.request("call.commit", commitFor(needed, n + 1));
    await other.event("call.welcome");
  }
  return callId;
}

test("there are so many links for one call at a time, and none for who is not in it", async (t) => {
  const server = await startTestServer(t, { guests: true, limits: { pairingsPerMinute: 20 } });
  const names = Array.from({ length: mostOpenLinks + 1 }, (_, n) => `member${n}`);
  const members = await people(server, ...names, "eve");
  const eve = members.pop()!;
  const callId = await callOf(members);
  const open = (by: TestTerminal) => by.ask("guest.open", { callId, pairingId: newPairingId() });
  const last = members.pop()!;
  for (const by of members) assert.equal((await open(by)).kind, "reply");
  for (const by of members) assert.equal((await open(by)).kind, "reply", "in the place of the one before");
  const pairingId = newPairingId();
  assert.equal(await last.refusal("guest.open", { callId, pairingId }), "guest.tooMany");
  await members[0].request("guest.open", { callId, pairingId });
  await members[0].request("pairing.close", { pairingId });
  assert.equal((await open(last)).kind, "reply", "one was closed");
  assert.equal(await eve.refusal("guest.open", { callId, pairingId: newPairingId() }), "call.notMember");
  const noCall = CallId.parse(toBase64Url(randomBytes(16)));
  assert.equal(
    await eve.refusal("guest.open", { callId: noCall, pairingId: newPairingId() }),
    "call.notFound",
  );
  // With the call the link is over.
  const [first] = members;
  await first.request("call.end", { proof: await first.statement("end", callId, "ended") });
  await last.event("pairing.closed");
});

test("no guest where a terminal in the call knows none, or is away; and no such terminal where a guest was vouched for", async (t) => {
  const server = await startTestServer(t, { guests: true });
  const [alice, carol] = await people(server, "alice", "carol");
  const old = await oldTerminal(server);
  await old.register("bob", await softwareDevice());
  const callId = await callOfTwo(alice, carol, ["bob"]);
  const open = () => alice.ask("guest.open", { callId, pairingId: newPairingId() });
  assert.equal((await open()).kind, "reply");
  const ring = await old.event("call.ring");
  const guest = await newGuest();
  const { proof } = carol.events.find(({ type }) => type === "call.ring")!.body as {
    readonly proof: ProofIn;
  };
  await carol.close();
  const refused = await open();
  assert.equal(refused.kind === "error" ? refused.code : "", "guest.otherVersions", "carol is away");
  await carol.reconnect();
  await carol.resume();
  await alice.request("call.vouch", { proof: await vouchFor(alice, callId, proof, guest) });
  const join = await old.joinProof(ring);
  const body = { proof: join, keyPackage: keyPackageFor(join) };
  assert.equal(await old.refusal("call.join", body), "protocol.version");
});

test("no guest where a terminal in the call knows none", async (t) => {
  const server = await startTestServer(t, { guests: true });
  const [alice] = await people(server, "alice");
  const old = await oldTerminal(server);
  await old.register("bob", await softwareDevice());
  const callId = await callOfTwo(alice, old);
  const code = "guest.otherVersions";
  assert.equal(await alice.refusal("guest.open", { callId, pairingId: newPairingId() }), code);
  const { proof } = old.events.find(({ type }) => type === "call.ring")!.body as { readonly proof: ProofIn };
  const vouch = await vouchFor(alice, callId, proof, await newGuest());
  assert.equal(await alice.refusal("call.vouch", { proof: vouch }), code);
});

test("a terminal of before is told of no call that names a guest, and whoever has it signs in all the same", async (t) => {
  const server = await startTestServer(t, { guests: true });
  const [alice, carol] = await people(server, "alice", "carol");
  const [old, away] = await Promise.all([oldTerminal(server), oldTerminal(server)]);
  await old.register("bob", await softwareDevice());
  await away.register("dave", await softwareDevice());
  const callId = await callOfTwo(alice, carol, ["bob"]);
  const { proof } = await old.event("call.ring");
  await old.request("call.decline", { proof: await old.statement("decline", callId, "declined") });
  assert.equal((await resumed(old)).calls.length, 1, "as long as no guest is in it");
  const guest = await newGuest();
  const vouch = await vouchFor(carol, callId, proof, guest);
  await carol.request("call.vouch", { proof: vouch });
  assert.deepEqual((await resumed(old)).calls, [], "what was said of a guest alone");
  const page = await TestTerminal.connect(server);
  const own = await page.begin(guest.guestId, guest.device, "Gus");
  await page.request("register.finish", await page.finishBody(own, { displayName: "Gus" }));
  await alice.request("call.letIn", { proof: await lettingIn(alice, callId, proof, vouch) });
  assert.deepEqual((await resumed(old)).calls, []);
  assert.deepEqual((await old.signIn("bob", old.device!)).calls, []);

  // It would ring there, and nobody could hear it.
  const body = { proof: await inviting(alice, callId, proof, ["dave"]) };
  const { members } = await alice.request("call.invite", body);
  assert.deepEqual(
    members.map(({ userId, state }) => [userId, state]),
    [["dave", "offline"]],
  );
  await resumed(away);
  assert.equal(away.countOf("call.ring"), 0);
  // What was missed so waits for a terminal that can read it, and so does what was left with it.
  await alice.request("message.leave", await messageFor(alice, "dave", { callId }));
  await alice.request("call.end", { proof: await alice.statement("end", callId, "ended") });
  const missed = async (by: TestTerminal) =>
    (await by.request("missed.get", { after: 0 })).calls.map((call) => call.callId);
  const [{ position } = { position: 0 }] = (await away.request("message.list", {})).messages;
  assert.deepEqual([await missed(away), await away.request("message.get", { position })], [[], {}]);
  await away.request("binding.release", { proof: await away.releaseProof() });
  const later = await TestTerminal.connect(server);
  await later.signIn("dave", away.device!);
  assert.deepEqual(await missed(later), [callId]);
  const { message } = await later.request("message.get", { position });
  assert.equal(message?.call.callId, callId);
});

test("a call with a guest is offered, and rings on, at no terminal of before", async (t) => {
  const { dataDir, port, trios } = await atTwoTerminals(t, 1);
  const { alice, bob, carol, desk, phone } = trios[0]!;
  await startTestServer(t, { dataDir, port, guests: true });
  for (const one of [alice, carol, desk]) await resumed(one);
  const callId = await callOfTwo(alice, carol, [bob]);
  const ring = await desk.event("call.ring");
  const vouch = await vouchFor(carol, callId, ring.proof, await newGuest());
  await carol.request("call.vouch", { proof: vouch });
  const features = helloOf({}).features.filter((feature) => feature !== "guests");
  phone.hello = async () => {
    const named = { terminalId: phone.terminalId, terminalKey: phone.key.publicKey };
    const info = await phone.request("session.hello", { ...helloOf(named), features });
    await phone.prove();
    return info;
  };
  await resumed(phone);
  assert.equal(phone.countOf("call.ring"), 0);
  await desk.join(ring);
  const needed = await alice.event("call.commitNeeded", ({ admit }) => admit.length > 0);
  await alice.request("call.commit", commitFor(needed, 2));
  await desk.event("call.welcome");
  const { calls, elsewhere } = await resumed(phone);
  assert.deepEqual([calls, elsewhere], [[], undefined]);
});

test("nobody signs in as a guest, calls one, or leaves them a message; and no write of others is lost", async (t) => {
  const server = await startTestServer(t, { guests: true });
  const { alice, bob, callId, proof } = await callIn(server, "alice", "bob");
  const guest = await newGuest();
  const { guestId } = guest;
  const vouch = await vouchFor(bob, callId, proof, guest);
  await bob.request("call.vouch", { proof: vouch });
  const page = await TestTerminal.connect(server);
  const own = await page.begin(guestId, guest.device, "Gus");
  await page.request("register.finish", await page.finishBody(own, { displayName: "Gus" }));
  assert.equal(await page.refusal("sign-in.begin", { userId: guestId }), "guest.notAllowed");
  const left = await messageFor(alice, guestId, { callId });
  assert.equal(await alice.refusal("message.leave", left), "user.unknown");
  const [eve] = await people(server, "eve");
  const called = await eve.callProof(newCallId(), ["bob", guestId]);
  assert.equal(await eve.refusal("call.request", { proof: called }), "user.unknown");
  const invited = await inviting(alice, callId, proof, [guestId]);
  assert.equal(await alice.refusal("call.invite", { proof: invited }), "callList.userIds");
});

test("who waited too long, left, or was put out is over, and so is everybody with the call", () => {
  const guest = { guestId: "~a4dqobyha4dqobyha4dqobyha4" as UserId, atMs: 1_000 };
  const call = (
    state: string | undefined,
    more: { stay?: number; isRemoved?: boolean; isListed?: boolean } = {},
  ) =>
    ({
      said: {
        invitations:
          more.isListed === false
            ? []
            : [
                {
                  userIds: [guest.guestId],
                  guest: {},
                  ...(more.isRemoved === true ? { isVoided: true } : {}),
                },
              ],
      },
      members: new Map(state === undefined ? [] : [[guest.guestId, { state, stay: more.stay ?? 0 }]]),
    }) as unknown as NonNullable<Parameters<typeof isOver>[1]>;
  assert.equal(isOver(guest, undefined, 0), true);
  assert.equal(isOver(guest, { ...call("joined"), ended: "ended" }, 0), true);
  assert.equal(isOver(guest, call(undefined), 1_000 + longestWaitMs - 1), false);
  assert.equal(isOver(guest, call(undefined), 1_000 + longestWaitMs), true);
  assert.equal(isOver(guest, call("ringing"), 1_000 + longestWaitMs), false);
  assert.equal(isOver(guest, call("joined", { stay: 1 }), 1e12), false);
  assert.equal(isOver(guest, call("left", { stay: 1 }), 0), true);
  assert.equal(isOver(guest, call("declined"), 0), true);
  assert.equal(isOver(guest, call("joined", { stay: 1, isRemoved: true }), 0), true);
  assert.equal(isOver(guest, call(undefined, { isListed: false }), 0), true);
});
