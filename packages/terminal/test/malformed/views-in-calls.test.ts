/** Wherever a `call` or `join` proof counts for something, what its signer saw of the server's log has to fit what was seen here. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { verifyDeviceProof } from "@signet/device";
import { encodeSeenCheckpoint, parseEvidence, seenIn } from "@signet/directory";
import { codeOf, encodeProof } from "@signet/protocol";
import type { Bytes, CallId, ProofIn, UserId } from "@signet/protocol";

import { checkLeaf, verifyInvite } from "../../src/call/verify-call.ts";
import type { VerifiedCall } from "../../src/call/verify-call.ts";
import { Answered } from "../../src/incoming/answered-elsewhere.ts";
import type { AnsweredElsewhereOptions } from "../../src/incoming/answered-elsewhere.ts";
import type { Invitation } from "../../src/incoming/invitation.ts";
import { saysNothing } from "../../src/incoming/missed-calls.ts";
import { openedList } from "../support/call-lists.ts";
import { ann, ben, judged, logOf, opened } from "../support/logged-directory.ts";
import { randomBytes, randomId, serverOrigin } from "../support/people.ts";
import { ringBy } from "../support/rings.ts";
import type { TestLog } from "../support/test-log.ts";

const add = (log: TestLog, name: string): TestLog => log.append(name as UserId, randomBytes(32));
const seenOf = (log: TestLog): Bytes => encodeSeenCheckpoint(log.note(), log.key) ?? assert.fail();

/** A terminal of ben's that is shown one log, and a call by ann that names where it stood; `there` is shown to others. */
async function scene() {
  const at = opened({ log: logOf(ann, ben) });
  const { directory, server } = at;
  const there = add(server.log.fork(), "there");
  add(server.log, "here");
  const callId = randomId() as CallId;
  const common = (by: typeof ben) => ({
    serverOrigin,
    userId: by.userId,
    deviceId: by.device.deviceId,
    issuedAtMs: Date.now(),
    leafKey,
    head: by.head,
  });
  const leafKey = randomBytes(32);
  const ring = await ringBy(ann, [ben.userId], { callId, checkpoint: seenOf(server.log) });
  const initiator = await directory.accept(ann.entry);
  const expected = { purpose: "call", serverOrigin, person: initiator.person, time: "any" } as const;
  const verified = await verifyDeviceProof(ring.proof, expected);
  assert.ok(verified.ok);
  const { proof: callProof } = verified;
  const call: VerifiedCall = { serverOrigin, callProof, initiator, list: await openedList(callProof) };
  const join = (checkpoint: Bytes): Promise<ProofIn> =>
    ben.device.sign({
      purpose: "join",
      ...common(ben),
      callId,
      callProofDigest: callProof.digest,
      invitation: callProof.digest,
      checkpoint,
    });
  const crossing = (checkpoint: Bytes): Promise<ProofIn> =>
    ben.device.sign({
      purpose: "call",
      ...common(ben),
      callId: randomId(),
      memberUserIds: [ann.userId],
      checkpoint,
    });
  const leaf = async (proof: ProofIn): Promise<string> => {
    const nowMs = Date.now();
    const check = await checkLeaf(encodeProof(proof), leafKey, call, { directory, nowMs });
    return check.ok ? `ok ${check.userId}` : check.code;
  };
  return { ...at, call, callId, crossing, join, leaf, ring, there };
}

/** Told with the name, and kept with what they signed. */
async function assertFound(at: Awaited<ReturnType<typeof scene>>, by: typeof ben): Promise<void> {
  assert.deepEqual([...new Set(at.told)], [`${by.userId} log.otherView`]);
  assert.deepEqual(await judged(at), ["proven"]);
  const { proofs = [] } = parseEvidence(at.place.all()[0]!)!;
  assert.deepEqual(
    proofs.map((proof) => seenIn(proof)?.userId),
    [by.userId],
  );
}

test("in a leaf: by a `join` proof, and by the `call` proof of a call that crossed", async () => {
  for (const kind of ["join", "crossing"] as const) {
    const at = await scene();
    assert.equal(await at.leaf(await at[kind](seenOf(at.server.log))), "ok ben");
    assert.equal(await at.leaf(await at[kind](seenOf(add(at.server.log, "new")))), "ok ben");
    assert.deepEqual([at.told, at.place.all()], [[], []]);
    const proof = await at[kind](seenOf(at.there));
    for (let times = 0; times < 2; times++) assert.equal(await at.leaf(proof), "log.otherView");
    await assertFound(at, ben);
  }
});

test("in a call that rings, goes on, was missed, or is answered", async () => {
  for (const [ringing, isKept] of [
    [true, false],
    [false, false],
    [false, true],
  ]) {
    const at = await scene();
    const { directory, server } = at;
    const verdict = async (checkpoint: Bytes): Promise<string> => {
      const ring = await ringBy(ann, [ben.userId], { checkpoint });
      const context = { serverOrigin, directory, ownUserId: ben.userId, nowMs: Date.now(), ringing, isKept };
      return verifyInvite(ring, context as Parameters<typeof verifyInvite>[1]).then(() => "ok", codeOf);
    };
    assert.equal(await verdict(seenOf(server.log)), "ok");
    assert.equal(await verdict(seenOf(at.there)), "log.otherView");
    await assertFound(at, ann);
  }
});

test("nobody is accused by what they did not sign", async () => {
  const at = await scene();
  const proof = await at.join(seenOf(at.there));
  const signature = { kind: "software", signature: randomBytes(64) } as const;
  assert.equal(await at.leaf({ ...proof, signature }), "proof.signature");
  const ring = await ringBy(ann, [ben.userId], { checkpoint: seenOf(at.there), signer: ben.device });
  const context = { serverOrigin, directory: at.directory, ownUserId: ben.userId, nowMs: Date.now() };
  await assert.rejects(verifyInvite(ring, { ...context, ringing: true }), { code: "proof.signature" });
  assert.deepEqual([at.told, at.place.all()], [[], []]);
});

test("what they made up is told of them, and nothing is kept against the server", async () => {
  const at = await scene();
  const elsewhere = logOf(ann, ben);
  const made = seenOf(elsewhere);
  made[0] = 1;
  assert.equal(await at.leaf(await at.join(made)), "log.unsignedView");
  assert.equal(await at.leaf(await at.join(new Uint8Array())), "log.unsignedView");
  assert.deepEqual(
    [at.told.length > 0, new Set(at.told), at.place.all()],
    [true, new Set(["ben log.unsignedView"]), []],
  );
  // They are in as soon as it is what the log signed.
  assert.equal(await at.leaf(await at.join(seenOf(at.server.log))), "ok ben");
});

test("in an answer at another terminal of one's own, which is told beside it", async () => {
  const at = await scene();
  const known = await at.directory.accept(ben.entry);
  const session = { person: { known, binding: {} }, server: { serverOrigin } };
  const answered = new Answered({
    session: session as unknown as AnsweredElsewhereOptions["session"],
    directory: at.directory,
    environment: { after: () => () => undefined, nowMs: Date.now },
    onChange: () => undefined,
  });
  const { callId } = at;
  const callProofDigest = at.call.callProof.digest;
  const invitation = { callProofDigest, view: { callId, from: { userId: ann.userId } } };
  const proof = await at.join(seenOf(at.there));
  await answered.ringEnded(
    { callId, reason: "answeredElsewhere", proof },
    invitation as unknown as Invitation,
  );
  assert.equal(answered.view.answeredElsewhere?.callId, callId);
  // One after the other: this one comes to its end after that.
  await assert.rejects(at.directory.log.holdSeen(seenOf(at.there), proof), { code: "log.otherView" });
  await assertFound(at, ben);
});

test("a missed call is lost for what its caller signed, and not for what is wrong with the log as a whole", () => {
  for (const code of [
    "log.rolledBack",
    "log.inconsistent",
    "log.missing",
    "log.otherKey",
    "log.badCheckpoint",
  ] as const)
    assert.equal(saysNothing(code), true, code);
  for (const code of ["log.otherView", "log.unsignedView"] as const)
    assert.equal(saysNothing(code), false, code);
});
