/** Answers that a Commit brings into the group: what those who follow it differ in does not decide, and whoever commits looks at what is fresh. */
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { createSoftwareKey, statedHead } from "@signet/device";
import type { DeviceProof, SignatureDevice } from "@signet/device";
import { Authority } from "@signet/e2e/support/authority.ts";
import { encodeProof } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { checkLeaf } from "../../src/call/verify-call.ts";
import type { VerifiedCall } from "../../src/call/verify-call.ts";
import type { Directory } from "../../src/people/directory.ts";
import { MemoryPinStore } from "../../src/index.ts";
import { revocationSettlesMs } from "../../src/people/revocations.ts";
import { callBy, openedList } from "../support/call-lists.ts";
import { offlineDirectory } from "../support/directory.ts";
import { withDevice, withoutDevice } from "../support/histories.ts";
import { person, randomBytes, serverOrigin } from "../support/people.ts";
import type { TestPerson } from "../support/people.ts";

const minuteMs = 60_000;
const nowMs = Date.now();
const leafKey = randomBytes(32);

let ben: TestPerson;
let callProof: DeviceProof<"call">;
let call: VerifiedCall;
let directory: Directory;

before(async () => {
  const [ann, second] = await Promise.all([person("ann"), person("ben")]);
  ben = second;
  directory = offlineDirectory();
  const initiator = await directory.accept(ann.entry);
  await directory.accept(ben.entry);
  callProof = await callBy(ann, ["ben"]);
  call = { serverOrigin, callProof, initiator, list: await openedList(callProof) };
});

/** With who commits, and with who follows. */
async function verdictsOn(device: SignatureDevice, issuedAtMs: number, head: Bytes, at: Directory) {
  const join = await device.sign({
    purpose: "join",
    serverOrigin,
    userId: ben.userId,
    deviceId: device.deviceId,
    issuedAtMs,
    callId: callProof.transcript.callId,
    callProofDigest: callProof.digest,
    leafKey,
    head,
    checkpoint: new Uint8Array(),
    invitation: callProof.digest,
  });
  return async (): Promise<readonly string[]> => {
    const checks = [true, false].map((fresh) =>
      checkLeaf(encodeProof(join), leafKey, call, { directory: at, nowMs, fresh }),
    );
    return (await Promise.all(checks)).map((check) => (check.ok ? `ok ${check.userId}` : check.code));
  };
}

test("an answer may be ahead of the committer's clock by so much, and of the clock of whoever follows by twice as much", async () => {
  const codes = async (aheadMs: number) =>
    (await verdictsOn(ben.device, nowMs + aheadMs, ben.head, directory))();
  const limitMs = 2 * minuteMs;
  assert.deepEqual(await codes(limitMs), ["ok ben", "ok ben"]);
  assert.deepEqual(await codes(limitMs + 1), ["proof.time", "ok ben"]);
  assert.deepEqual(await codes(2 * limitMs), ["proof.time", "ok ben"]);
  assert.deepEqual(await codes(2 * limitMs + 1), ["proof.time", "proof.time"]);
});

test("who came in with a device that was revoked a moment ago is followed into the group, and let in by nobody", async () => {
  let atMs = nowMs;
  const authority = await Authority.create();
  const { certificate } = await authority.issue(ben.device, "ben");
  const second = await createSoftwareKey({ algorithm: "EdDSA" });
  const both = await withDevice(ben.entry, ben.device, second);
  const certified = { ...both, certificates: [certificate] };
  for (const [entry, device, other, followed] of [
    [both, ben.device, second, "ok ben"],
    [certified, ben.device, second, "ok ben"],
    // Met with a certificate, and recognised by no device that has none.
    [certified, second, ben.device, "history.deviceRevoked"],
  ] as const) {
    const here = offlineDirectory({ nowMs: () => atMs });
    here.trust = { trust: { anchors: [authority.certificate], userIdFrom: "email" }, anchoredBy: "server" };
    const { certificates } = await here.accept(entry);
    const verdict = certificates.get(ben.device.deviceId);
    const badge = verdict?.ok === true ? { certificate: verdict.certificate } : {};
    here.met(ben.userId, { deviceId: ben.device.deviceId, ...badge });
    const verdicts = await verdictsOn(device, nowMs, await statedHead(both), here);
    if (followed === "ok ben") assert.deepEqual(await verdicts(), ["ok ben", "ok ben"]);
    await here.changed(await withoutDevice(entry, other, device));
    assert.ok(here.isRevoked(ben.userId, device.deviceId));
    assert.deepEqual(await verdicts(), ["history.deviceRevoked", followed]);
    atMs += revocationSettlesMs;
    assert.deepEqual(await verdicts(), ["history.deviceRevoked", "history.deviceRevoked"]);
    atMs = nowMs;
  }
});

test("who came in with a device that nobody else had heard of, and revoked it at once, is followed into the group as well", async () => {
  const third = await createSoftwareKey({ algorithm: "EdDSA" });
  const more = await withDevice(ben.entry, ben.device, third);
  const away = await withoutDevice(more, ben.device, third);
  const head = await statedHead(more);
  const longestMs = revocationSettlesMs + 4 * minuteMs;
  for (const [known, lateMs, followed] of [
    [[ben.entry], 0, "ok ben"],
    [[], 0, "ok ben"],
    [[], longestMs - minuteMs, "ok ben"],
    [[], longestMs + minuteMs, "history.deviceRevoked"],
    [[ben.entry], longestMs + minuteMs, "history.deviceRevoked"],
  ] as const) {
    let atMs = nowMs + lateMs;
    const here = offlineDirectory({ nowMs: () => atMs, lookUp: () => away });
    for (const entry of known) await here.accept(entry);
    const verdicts = await verdictsOn(third, nowMs, head, here);
    assert.deepEqual((await verdicts())[1], followed, `${known.length} known, ${lateMs} ms later`);
    assert.deepEqual((await verdicts())[0], "history.deviceRevoked");
    assert.ok(here.isRevoked(ben.userId, third.deviceId));
    atMs += revocationSettlesMs;
    assert.deepEqual((await verdicts())[1], "history.deviceRevoked");
  }
});

test("but not where the revocation was heard before, or the person is recognised by no device without a certificate", async () => {
  const authority = await Authority.create();
  const { certificate } = await authority.issue(ben.device, "ben");
  const third = await createSoftwareKey({ algorithm: "EdDSA" });
  const certified = { ...ben.entry, certificates: [certificate] };
  const more = await withDevice(certified, ben.device, third);
  const away = await withoutDevice(more, ben.device, third);
  const head = await statedHead(more);
  const trust = {
    trust: { anchors: [authority.certificate], userIdFrom: "email" },
    anchoredBy: "server",
  } as const;
  for (const [met, isCertified] of [
    [away, false],
    [certified, true],
  ] as const) {
    const pins = new MemoryPinStore();
    const before = offlineDirectory({ pins });
    before.trust = trust;
    const { certificates } = await before.accept(met);
    const verdict = certificates.get(ben.device.deviceId);
    const badge = isCertified && verdict?.ok === true ? { certificate: verdict.certificate } : {};
    before.met(ben.userId, { deviceId: ben.device.deviceId, ...badge });
    // Loaded again.
    const here = offlineDirectory({ pins, lookUp: () => away });
    here.trust = trust;
    assert.equal((await (await verdictsOn(third, nowMs, head, here))())[1], "history.deviceRevoked");
  }
});
