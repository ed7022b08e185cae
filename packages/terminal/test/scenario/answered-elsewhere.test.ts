/** With which of one's own devices a call was answered elsewhere, as far as a server can be believed: not at all. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createSoftwareKey, sha256, statedHead } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { VirtualTime } from "@signet/e2e/support/virtual-time.ts";
import type { CallId, ProofIn, Transcript, UserId } from "@signet/protocol";

import { Answered } from "../../src/incoming/answered-elsewhere.ts";
import type { AnsweredElsewhereOptions } from "../../src/incoming/answered-elsewhere.ts";
import type { Invitation } from "../../src/incoming/invitation.ts";
import { offlineDirectory } from "../support/directory.ts";
import { withDevice, withoutDevice } from "../support/histories.ts";
import { person, randomBytes, randomId, serverOrigin } from "../support/people.ts";

const callId = randomId() as CallId;
const callProof = randomBytes(80);
const bob = "bob" as UserId;

async function open() {
  const ada = await person("ada");
  const phone = await createSoftwareKey({ algorithm: "EdDSA" });
  const entry = await withDevice(ada.entry, ada.device, phone, "Phone");
  const known = await offlineDirectory().accept(entry);
  const time = new VirtualTime();
  let changes = 0;
  const session = { person: { known, binding: {} }, server: { serverOrigin } };
  const answered = new Answered({
    session: session as unknown as AnsweredElsewhereOptions["session"],
    directory: offlineDirectory(),
    environment: { after: time.after, nowMs: Date.now },
    onChange: () => (changes += 1),
  });
  const digest = await sha256(callProof);
  const invitation = {
    callProofDigest: digest,
    view: { callId, from: { userId: bob } },
  } as unknown as Invitation;
  const head = await statedHead(entry);
  const answer = (by: SignatureDevice, change: Partial<Transcript<"join">> = {}): Promise<ProofIn> =>
    by.sign({
      purpose: "join",
      serverOrigin,
      userId: "ada",
      deviceId: by.deviceId,
      issuedAtMs: Date.now(),
      callId,
      callProofDigest: digest,
      leafKey: randomBytes(32),
      head,
      checkpoint: new Uint8Array(),
      invitation: digest,
      ...change,
    });
  const ended = (proof?: ProofIn, reason: "answeredElsewhere" | "cancelled" = "answeredElsewhere") =>
    answered.ringEnded({ callId, reason, ...(proof === undefined ? {} : { proof }) }, invitation);
  return { ada, answer, answered, ended, entry, phone, session, time, changes: () => changes };
}

test("it is said by the signature of that device for this very call, for a minute", async () => {
  const { answer, answered, changes, ended, phone, time } = await open();
  await ended(await answer(phone));
  const { deviceId } = phone;
  assert.deepEqual(answered.view, {
    answeredElsewhere: { callId, from: bob, device: { deviceId, kind: "software", name: "Phone" } },
  });
  time.pass(59_000);
  assert.equal(changes(), 1);
  time.pass(2_000);
  assert.deepEqual([answered.view, changes()], [{}, 2]);
  await ended(await answer(phone));
  answered.clear();
  time.pass(61_000);
  assert.deepEqual([answered.view, changes()], [{}, 3], "whoever clears it tells by itself");
});

test("a server says nothing by itself: without a proof, with one of somebody else, another call, another history or another time", async () => {
  const { ada, answer, answered, changes, ended, entry, phone, session } = await open();
  const stranger = await createSoftwareKey({ algorithm: "EdDSA" });
  await ended();
  await ended(await answer(phone), "cancelled");
  await ended(await answer(stranger));
  await ended(await answer({ ...stranger, deviceId: phone.deviceId }));
  for (const change of [
    { callId: randomId() },
    { callProofDigest: randomBytes(32) },
    { head: randomBytes(32) },
    { issuedAtMs: Date.now() - 10 * 60_000 },
    { userId: "eve" },
    { serverOrigin: "https://elsewhere.example.org" },
  ])
    await ended(await answer(phone, change));
  const asLeave = await answer(phone, { purpose: "leave" as "join" }).catch(() => undefined);
  await ended(asLeave);
  // Revoked since: what it signs is nobody's.
  const known = await offlineDirectory().accept(await withoutDevice(entry, ada.device, phone));
  session.person = { ...session.person, known };
  await ended(await answer(phone));
  assert.deepEqual([answered.view, changes()], [{}, 0]);
});

test("whoever is signed in by then is told nothing of another person's call", async () => {
  const { answer, answered, ended, phone, session } = await open();
  const told = ended(await answer(phone));
  session.person = { ...session.person, binding: {} };
  await told;
  assert.deepEqual(answered.view, {});
});
