/** How far a terminal counted before another one of its person took its place: passed on to the others in the group, and from nobody else. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { LeafIndex, utf8 } from "@signet/protocol";
import type { CallId } from "@signet/protocol";

import { commitFor } from "../support/group.ts";
import { startTestServer } from "../support/test-server.ts";
import { atTwoTerminals, resumed } from "../support/two-terminals.ts";

const frame = new Uint8Array(33).fill(7);

test("the terminal that gave way says it, the others in the group hear it, and it is nobody else's to say", async (t) => {
  const nowMs = Date.now();
  const { dataDir, port, trios } = await atTwoTerminals(t, 1);
  await startTestServer(t, { dataDir, port, clock: () => nowMs });
  const [{ alice, bob, carol, desk, phone }] = trios as [(typeof trios)[0]];
  for (const terminal of [alice, carol, desk, phone]) await resumed(terminal);
  const { callId } = await alice.call([bob, carol.userId!]);
  const ring = await desk.event("call.ring");
  await desk.join(ring);
  await alice.request("call.commit", commitFor(await alice.event("call.commitNeeded"), 1));
  await desk.event("call.welcome");
  const said = { callId, frame };
  assert.equal(await desk.refusal("call.lastFrame", said), "call.notMember", "it is where the person is");

  const proof = await phone.joinProof(ring);
  await phone.request("call.move", { proof });
  assert.equal(await phone.refusal("call.lastFrame", said), "call.notMember", "nor before the Commit");
  const leaf = { userId: bob, leaf: LeafIndex.parse(1) };
  await phone.request("call.rejoin", { callId, epoch: 1, proof, commit: utf8("external"), leaf });
  for (const other of [phone, alice, carol])
    assert.equal(await other.refusal("call.lastFrame", said), "call.notMember");
  assert.equal(
    await desk.refusal("call.lastFrame", { callId: "A".repeat(22) as CallId, frame }),
    "call.notFound",
  );
  assert.equal(alice.countOf("call.memberLastFrame"), 0);
  await desk.request("call.lastFrame", said);
  assert.deepEqual(await alice.event("call.memberLastFrame"), { callId, userId: bob, frame });
  // Whoever is asked after that has been told of nothing.
  for (const other of [phone, carol]) {
    await other.request("session.ping", {});
    assert.equal(other.countOf("call.memberLastFrame"), 0);
  }
  for (let i = 5; i < 120; i++) await desk.request("call.lastFrame", said);
  assert.equal(await desk.refusal("call.lastFrame", said), "call.tooManyWords");
});
