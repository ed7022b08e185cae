/** That a terminal holds its key: each field of the proof by itself, as a server checks it before anybody is bound. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createTerminalKey, openTerminalKey, terminalKeyRefusal } from "@signet/device";
import type { TerminalKeyExpectation } from "@signet/device";
import { TerminalId, toBase64Url } from "@signet/protocol";
import type { ErrorCode, ProofIn, Transcript } from "@signet/protocol";

import { nowMs, serverOrigin } from "../support/people.ts";

const [key, otherKey] = [await createTerminalKey(), await createTerminalKey()];
const expected: TerminalKeyExpectation = {
  serverOrigin,
  serverChallenge: new Uint8Array(32).fill(7),
  terminalId: key.terminalId,
  terminalKey: key.publicKey,
  nowMs,
};
const good: Transcript<"terminal"> = {
  purpose: "terminal",
  serverOrigin,
  issuedAtMs: nowMs,
  serverChallenge: expected.serverChallenge,
  terminalId: key.terminalId,
  terminalKey: key.publicKey,
};
const refusal = (proof: ProofIn, change: Partial<TerminalKeyExpectation> = {}) =>
  terminalKeyRefusal(proof, { ...expected, ...change });

test("who holds the key is not refused, two minutes either way", async () => {
  for (const offMs of [-120_000, 0, 120_000])
    assert.equal(await refusal(await key.sign({ ...good, issuedAtMs: nowMs + offMs })), undefined);
});

const otherId = TerminalId.parse(toBase64Url(new Uint8Array(16).fill(9)));
for (const [what, change, code] of [
  ["origin", { serverOrigin: "https://other.example" }, "proof.origin"],
  ["challenge", { serverChallenge: new Uint8Array(32) }, "proof.challenge"],
  ["terminal ID", { terminalId: otherId }, "proof.terminal"],
  ["terminal key", { terminalKey: otherKey.publicKey }, "proof.terminalKey"],
  ["time, before", { issuedAtMs: nowMs - 120_001 }, "proof.time"],
  ["time, after", { issuedAtMs: nowMs + 120_001 }, "proof.time"],
] as const satisfies readonly (readonly [string, Partial<Transcript<"terminal">>, ErrorCode])[])
  test(`another ${what}: ${code}`, async () =>
    assert.equal(await refusal(await key.sign({ ...good, ...change })), code));

test("an ID that is not the key's, another's signature, another signer, another purpose", async () => {
  const own = await key.sign(good);
  const named = { ...good, terminalId: otherId };
  assert.equal(await refusal(await key.sign(named), { terminalId: otherId }), "proof.terminal");
  assert.equal(await refusal(await otherKey.sign(good)), "proof.signature");
  const { signature } = own.signature;
  assert.equal(await refusal({ ...own, signature: { kind: "software", signature } }), "proof.signer");
  assert.equal(await refusal({ ...own, transcript: Uint8Array.of(1) }), "proof.malformed");
  const { serverChallenge, terminalId } = good;
  const common = { serverOrigin, userId: "alice", deviceId: otherId, issuedAtMs: nowMs };
  const resume = await key.sign({ purpose: "resume", ...common, serverChallenge, terminalId });
  assert.equal(await refusal(resume), "proof.purpose");
});

test("a key that was stored is opened with its own public key, and with no other; and one that can be read out is none", async () => {
  const opened = await openTerminalKey(structuredClone(key.privateKey), key.publicKey);
  assert.equal(opened?.terminalId, key.terminalId);
  assert.equal(await refusal(await opened.sign(good)), undefined);
  const pair = await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"]);
  const readable = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const none: readonly (readonly [unknown, Uint8Array<ArrayBuffer>])[] = [
    [key.privateKey, otherKey.publicKey],
    [key.privateKey, key.publicKey.subarray(1)],
    [pair.privateKey, readable],
    [pair.publicKey, readable],
    [{ type: "private", extractable: false }, key.publicKey],
    [undefined, key.publicKey],
  ];
  for (const [privateKey, publicKey] of none)
    assert.equal(await openTerminalKey(privateKey, publicKey), undefined);
});
