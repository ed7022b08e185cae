import assert from "node:assert/strict";
import { before, test } from "node:test";

import { createSoftwareKey, createTerminalKey, verifyDeviceProof } from "@signet/device";
import type { DevicePurpose, ExpectedFields, SignatureDevice } from "@signet/device";
import { concatBytes, toBase64Url, utf8 } from "@signet/protocol";
import type { Bytes, ErrorCode, ProofIn, Transcript } from "@signet/protocol";

import { createAuthenticator } from "../support/authenticator.ts";
import { assertRefused, hourMs, makePerson, nowMs, serverOrigin, transcriptsOf } from "../support/people.ts";
import type { TestPerson, Transcripts } from "../support/people.ts";

/** Everything about the transcript is the same for all kinds of device; a software key is enough to show it. */
let device: SignatureDevice;
let alice: TestPerson;
let transcripts: Transcripts;

before(async () => {
  device = await createSoftwareKey({ algorithm: "EdDSA" });
  alice = await makePerson(device, false);
  transcripts = transcriptsOf(device, alice.terminal, alice.person);
});

async function verify<P extends DevicePurpose>(purpose: P, proof: ProofIn, fields: ExpectedFields<P> = {}) {
  return verifyDeviceProof(proof, { purpose, serverOrigin, person: alice.person, time: { nowMs }, fields });
}

const other = (length: number): Bytes => new Uint8Array(length).fill(99);

/** A validly signed proof that differs in one field from what is expected. */
function wrongField<P extends DevicePurpose>(
  purpose: P,
  change: Partial<Transcript<P>>,
  code: ErrorCode,
  fields?: ExpectedFields<P>,
): void {
  test(`${purpose} with another ${Object.keys(change).join(", ")}: ${code}`, async () => {
    const good: Transcript = transcripts[purpose];
    const expected = fields ?? (good as unknown as ExpectedFields<P>);
    assert.ok(
      (await verify(purpose, await device.sign(good), expected)).ok,
      "the unchanged proof is accepted",
    );
    assertRefused(await verify(purpose, await device.sign({ ...good, ...change }), expected), code);
  });
}

wrongField("call", { serverOrigin: "http://localhost:8081" }, "proof.origin", {});
wrongField("call", { userId: "mallory" }, "proof.user", {});
wrongField("call", { deviceId: toBase64Url(other(16)) }, "history.deviceUnknown", {});
wrongField("register", { displayName: "Alicia" }, "proof.user");
wrongField("register", { devicePublicKey: other(44) }, "proof.device");
wrongField("sign-in", { serverChallenge: other(32) }, "proof.challenge");
wrongField("sign-in", { terminalId: toBase64Url(other(16)) }, "proof.terminal");
wrongField("sign-in", { terminalKey: other(32) }, "proof.terminalKey");
wrongField("release", { serverChallenge: other(32) }, "proof.challenge");
wrongField("release", { terminalId: toBase64Url(other(16)) }, "proof.terminal");
wrongField("call", { callId: toBase64Url(other(16)) }, "proof.call");
wrongField("call", { memberUserIds: ["carol", "bob"] }, "proof.call");
wrongField("call", { memberUserIds: ["bob"] }, "proof.call");
wrongField("call", { leafKey: other(32) }, "proof.leafKey");
wrongField("join", { callId: toBase64Url(other(16)) }, "proof.call");
wrongField("join", { callProofDigest: other(32) }, "proof.call");
wrongField("join", { leafKey: other(32) }, "proof.leafKey");
wrongField("invite", { callId: toBase64Url(other(16)) }, "proof.call");
wrongField("invite", { callProofDigest: other(32) }, "proof.call");
wrongField("invite", { userIds: ["eve"] }, "proof.call");
wrongField("invite", { head: other(32) }, "history.head");
for (const minutes of [-10, 10]) {
  wrongField("call", { issuedAtMs: nowMs + minutes * 60_000 }, "proof.time", {});
}
wrongField("call", { issuedAtMs: nowMs - 120_001 }, "proof.time", {});
wrongField("call", { issuedAtMs: nowMs + 120_001 }, "proof.time", {});
for (const purpose of ["sign-in", "register"] as const) {
  wrongField(purpose, { expiresAtMs: nowMs + 12 * hourMs + 1 }, "proof.lifetime", {});
  wrongField(purpose, { expiresAtMs: nowMs }, "proof.lifetime", {});
}

test("a proof for another purpose: proof.purpose", async () => {
  for (const made of ["register", "sign-in", "release", "call", "join", "resume", "end"] as const) {
    for (const wanted of ["register", "sign-in", "release", "call", "join", "invite"] as const) {
      if (made === wanted) continue;
      assertRefused(await verify(wanted, await device.sign(transcripts[made])), "proof.purpose");
    }
  }
});

test("a transcript that does not decode: proof.malformed", async () => {
  const { transcript, signature } = await device.sign(transcripts.call);
  const wrong = [
    new Uint8Array(),
    transcript.slice(0, -1),
    concatBytes(transcript, Uint8Array.of(0)),
    utf8("signet/call/v4"),
    concatBytes(utf8("signet/call/v4"), transcript.slice(14)),
  ];
  for (const bytes of wrong)
    assertRefused(await verify("call", { transcript: bytes, signature }), "proof.malformed");
});

test("a transcript changed after it was signed: proof.signature", async () => {
  const { signature } = await device.sign(transcripts.call);
  const { transcript } = await device.sign({ ...transcripts.call, memberUserIds: ["mallory"] });
  assertRefused(await verify("call", { transcript, signature }), "proof.signature");
});

test("a foreign device that names itself: history.deviceUnknown", async () => {
  const foreign = await createSoftwareKey({ algorithm: "EdDSA" });
  const proof = await foreign.sign({ ...transcripts.call, deviceId: foreign.deviceId });
  assertRefused(await verify("call", proof), "history.deviceUnknown");
});

test("a foreign device that names the registered one: proof.signature", async () => {
  const foreign = await createSoftwareKey({ algorithm: "EdDSA" });
  assertRefused(await verify("call", await foreign.sign(transcripts.call)), "proof.signature");
});

test("a terminal key where the device must sign: proof.signer", async () => {
  for (const purpose of ["register", "sign-in", "release", "call", "join", "invite"] as const) {
    assertRefused(await verify(purpose, await alice.terminal.sign(transcripts[purpose])), "proof.signer");
  }
});

test("another kind of device than the registered one: proof.signer", async () => {
  const { transcript, signature } = await device.sign(transcripts.call);
  const key = await createAuthenticator("ES256", serverOrigin);
  assertRefused(await verify("call", await key.sign(transcripts.call)), "proof.signer");
  const bob = await makePerson(key, true);
  const proof = await key.sign(transcriptsOf(key, bob.terminal, bob.person).call);
  const downgraded: ProofIn = { transcript: proof.transcript, signature };
  assertRefused(
    await verifyDeviceProof(downgraded, { purpose: "call", serverOrigin, person: bob.person, time: "any" }),
    "proof.signer",
  );
  assert.ok((await verify("call", { transcript, signature })).ok);
});

test("a terminal key cannot stand in for a device even under the device's label: proof.signature", async () => {
  const terminal = await createTerminalKey();
  const { transcript, signature } = await terminal.sign(transcripts.call);
  const proof: ProofIn = { transcript, signature: { kind: "software", signature: signature.signature } };
  assertRefused(await verify("call", proof), "proof.signature");
});
