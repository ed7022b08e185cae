import { before, test } from "node:test";

import { createSoftwareKey, createTerminalKey, verifyBinding, verifyTerminalProof } from "@signet/device";
import type { ExpectedFields, SignatureDevice, TerminalPurpose } from "@signet/device";
import { toBase64Url } from "@signet/protocol";
import type { ErrorCode, ProofIn, Transcript } from "@signet/protocol";

import { assertRefused, hourMs, makePerson, nowMs, serverOrigin, transcriptsOf } from "../support/people.ts";
import type { TestPerson, Transcripts } from "../support/people.ts";

let device: SignatureDevice;
let alice: TestPerson;
let transcripts: Transcripts;

before(async () => {
  device = await createSoftwareKey({ algorithm: "ES256" });
  alice = await makePerson(device, false);
  transcripts = transcriptsOf(device, alice.terminal, alice.person);
});

async function verify<P extends TerminalPurpose>(purpose: P, proof: ProofIn, fields: ExpectedFields<P> = {}) {
  return verifyTerminalProof(proof, {
    purpose,
    serverOrigin,
    binding: alice.binding,
    time: { nowMs },
    fields,
  });
}

function wrongField<P extends TerminalPurpose>(
  purpose: P,
  change: Partial<Transcript<P>>,
  code: ErrorCode,
  fields?: ExpectedFields<P>,
): void {
  test(`${purpose} with another ${Object.keys(change).join(", ")}: ${code}`, async () => {
    const good: Transcript = transcripts[purpose];
    const proof = await alice.terminal.sign({ ...good, ...change });
    assertRefused(await verify(purpose, proof, fields ?? (good as unknown as ExpectedFields<P>)), code);
  });
}

const otherId = toBase64Url(new Uint8Array(16).fill(99));
wrongField("leave", { serverOrigin: "https://localhost:8080" }, "proof.origin", {});
wrongField("leave", { userId: "mallory" }, "proof.user", {});
wrongField("leave", { deviceId: otherId }, "proof.device", {});
wrongField("resume", { serverChallenge: new Uint8Array(32) }, "proof.challenge");
wrongField("resume", { terminalId: otherId }, "proof.terminal", {});
wrongField("release", { terminalId: otherId }, "proof.terminal", {});
wrongField("decline", { callId: otherId }, "proof.call");
wrongField("end", { reason: "other" }, "proof.call");
wrongField("present", { callId: otherId }, "proof.call");
wrongField("microphone", { callId: otherId }, "proof.call");
wrongField("microphone", { state: "on" }, "proof.call");
wrongField("present", { nonce: new Uint8Array(32) }, "proof.challenge");
for (const purpose of ["remove", "host", "message"] as const) {
  wrongField(purpose, { callId: otherId }, "proof.call");
  wrongField(purpose, { callProofDigest: new Uint8Array(32) }, "proof.call");
}
wrongField("remove", { userIds: ["carol"] }, "proof.call");
wrongField("remove", { voided: [new Uint8Array(32)] }, "proof.call");
wrongField("remove", { voided: [] }, "proof.call");
wrongField("host", { previousHost: new Uint8Array(32) }, "proof.call");
wrongField("host", { nextHost: "carol" }, "proof.call");
wrongField("message", { toUserId: "carol" }, "proof.call");
wrongField("message", { sealedDigest: new Uint8Array(32) }, "proof.call");
wrongField("message", { keysDigest: new Uint8Array(32) }, "proof.call");
wrongField("leave", { issuedAtMs: nowMs + 600_000 }, "proof.time", {});
wrongField("leave", { issuedAtMs: nowMs - 120_001 }, "proof.time", {});
wrongField("leave", { issuedAtMs: nowMs + 120_001 }, "proof.time", {});

const purposes = [
  "resume",
  "release",
  "decline",
  "leave",
  "end",
  "present",
  "microphone",
  "remove",
  "host",
  "message",
] as const;

test("a proof for another purpose: proof.purpose", async () => {
  for (const made of purposes) {
    for (const wanted of purposes) {
      if (made === wanted) continue;
      assertRefused(await verify(wanted, await alice.terminal.sign(transcripts[made])), "proof.purpose");
    }
  }
});

test("the key of another terminal: proof.signature", async () => {
  const stranger = await createTerminalKey();
  assertRefused(await verify("leave", await stranger.sign(transcripts.leave)), "proof.signature");
});

test("a device where the terminal key must sign: proof.signer", async () => {
  for (const purpose of ["leave", "remove", "host"] as const)
    assertRefused(await verify(purpose, await device.sign(transcripts[purpose])), "proof.signer");
});

test("a proof issued at the binding's end: proof.expired", async () => {
  const issuedAtMs = nowMs + 12 * hourMs;
  const proof = await alice.terminal.sign({ ...transcripts.leave, issuedAtMs });
  const expected = { purpose: "leave", serverOrigin, binding: alice.binding } as const;
  assertRefused(
    await verifyTerminalProof(proof, { ...expected, time: { nowMs: issuedAtMs } }),
    "proof.expired",
  );
  assertRefused(await verifyTerminalProof(proof, { ...expected, time: "any" }), "proof.expired");
});

test("every altered bit and every cut of the signature is refused", async () => {
  const proof = await alice.terminal.sign(transcripts.leave);
  const good = proof.signature.signature;
  for (let bit = 0; bit < 512; bit++) {
    const signature = good.slice();
    signature[bit >> 3] = (signature[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const altered: ProofIn = { ...proof, signature: { kind: "terminal", signature } };
    assertRefused(await verify("leave", altered), "proof.signature");
  }
  for (let length = 0; length < 64; length++) {
    const cut: ProofIn = { ...proof, signature: { kind: "terminal", signature: good.slice(0, length) } };
    assertRefused(await verify("leave", cut), "proof.encoding");
  }
});

const bindingCases: readonly [string, Partial<Transcript<"sign-in">>, number, ErrorCode][] = [
  ["after its end", {}, nowMs + 12 * hourMs, "proof.expired"],
  ["issued in the future", {}, nowMs - 120_001, "proof.time"],
  ["for longer than 12 hours", { expiresAtMs: nowMs + 12 * hourMs + 1 }, nowMs, "proof.lifetime"],
  ["with a terminal ID that is none", { terminalId: "terminal" }, nowMs, "proof.terminal"],
  ["with a terminal key of 31 bytes", { terminalKey: new Uint8Array(31) }, nowMs, "proof.terminalKey"],
  ["with a terminal key of small order", { terminalKey: new Uint8Array(32) }, nowMs, "proof.terminalKey"],
  ["of another user", { userId: "mallory" }, nowMs, "proof.user"],
  ["for another server", { serverOrigin: "https://evil.example" }, nowMs, "proof.origin"],
];

for (const [name, change, atMs, code] of bindingCases) {
  test(`a binding ${name}: ${code}`, async () => {
    const proof = await device.sign({ ...transcripts["sign-in"], ...change });
    assertRefused(await verifyBinding(proof, { serverOrigin, person: alice.person, nowMs: atMs }), code);
  });
}

test("a binding from a proof for another purpose: proof.purpose", async () => {
  const proof = await device.sign(transcripts.call);
  assertRefused(await verifyBinding(proof, { serverOrigin, person: alice.person, nowMs }), "proof.purpose");
});

test("a binding that the terminal key signed for itself: proof.signer", async () => {
  const proof = await alice.terminal.sign(transcripts["sign-in"]);
  assertRefused(await verifyBinding(proof, { serverOrigin, person: alice.person, nowMs }), "proof.signer");
});
