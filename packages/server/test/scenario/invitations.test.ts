/** People are brought into a running call: who may be, and how many; the server rings nobody for a word that does not hold. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { ProofIn, Transcript } from "@signet/protocol";

import { callOfTwo, inviting, people } from "../support/group.ts";
import { startTestServer } from "../support/test-server.ts";

async function callWith(
  limits: { readonly callMembers?: number; readonly invitationBurst?: number },
  t: Parameters<typeof startTestServer>[0],
  options: Parameters<typeof startTestServer>[1] = {},
) {
  const server = await startTestServer(t, { limits, ...options });
  const [alice, bob, carol, dave] = await people(server, "alice", "bob", "carol", "dave");
  const callId = await callOfTwo(alice, bob);
  const { proof } = bob.events.find(({ type }) => type === "call.ring")!.body as { readonly proof: ProofIn };
  const invite = (userIds: readonly string[], own?: Partial<Transcript<"invite">>) =>
    inviting(bob, callId, proof, userIds, own);
  return { alice, bob, carol, dave, callId, proof, invite };
}

test("an invitation by a member rings, with all that was said, and says what became of each", async (t) => {
  const { bob, carol, dave, callId, proof, invite } = await callWith({}, t);
  const invitation = await invite(["carol", "dave", "nobody"]);
  await dave.close();
  const body = { proof: invitation };
  const { members } = await bob.request("call.invite", body);
  assert.deepEqual(
    members.map(({ userId, state }) => `${userId} ${state}`).filter((said) => !said.startsWith("dave")),
    ["carol ringing", "nobody unknown"],
  );
  const ring = await carol.event("call.ring");
  assert.deepEqual([ring.callId, ring.statements?.length], [callId, 1]);
  assert.deepEqual(await bob.request("call.invite", body), { members }, "sent again");
  assert.equal(
    await carol.refusal("call.invite", { proof: await inviting(carol, callId, proof, ["dave"]) }),
    "call.notMember",
  );
});

test("what is not of this call, or not signed by who sends it, is refused", async (t) => {
  const { alice, bob, invite } = await callWith({}, t);
  const codes = [];
  for (const own of [
    { callProofDigest: new Uint8Array(32) },
    { userIds: [] },
    { userIds: ["bob"] },
    { callId: "AAAA" },
    { issuedAtMs: Date.now() - 125_000 },
  ])
    codes.push(await bob.refusal("call.invite", { proof: await invite(["carol"], own) }));
  assert.deepEqual(codes, [
    "callList.otherCall",
    "callList.userIds",
    "callList.userIds",
    "proof.malformed",
    "proof.time",
  ]);
  assert.equal(await alice.refusal("call.invite", { proof: await invite(["carol"]) }), "proof.user");
});

test("as many may be in a call as the server says, the initiator besides; and one person brings in so many at once", async (t) => {
  const { bob, invite } = await callWith({ callMembers: 2 }, t);
  assert.equal(
    await bob.refusal("call.invite", { proof: await invite(["carol", "dave"]) }),
    "call.tooManyMembers",
  );
  await bob.request("call.invite", { proof: await invite(["carol"]) });
  assert.equal(await bob.refusal("call.invite", { proof: await invite(["dave"]) }), "call.tooManyMembers");
});

test("nobody rings everybody: an invitation spends of a person's share, sent again it does not", async (t) => {
  const { bob, invite } = await callWith({ invitationBurst: 2 }, t);
  const proof = await invite(["carol"]);
  for (let i = 0; i < 3; i++) await bob.request("call.invite", { proof });
  await bob.request("call.invite", { proof: await invite(["dave", "nobody"]) });
  assert.equal(
    await bob.refusal("call.invite", { proof: await invite(["no-one"]) }),
    "call.tooManyInvitations",
  );
});

test("a share fills again by twenty a minute, and what went over is owed", async (t) => {
  let nowMs = Date.now();
  const { bob, invite } = await callWith({ invitationBurst: 1 }, t, { clock: () => nowMs });
  const tryWith = async (userId: string) => bob.refusal("call.invite", { proof: await invite([userId]) });
  await bob.request("call.invite", { proof: await invite(["carol", "dave"]) });
  // One is owed, and one is wanted.
  nowMs += 2 * 3_000 - 10;
  assert.equal(await tryWith("nobody"), "call.tooManyInvitations");
  nowMs += 20;
  await bob.request("call.invite", { proof: await invite(["nobody"]) });
  nowMs += 3_000 - 10;
  assert.equal(await tryWith("no-one"), "call.tooManyInvitations");
  nowMs += 20;
  await bob.request("call.invite", { proof: await invite(["no-one"]) });
});
