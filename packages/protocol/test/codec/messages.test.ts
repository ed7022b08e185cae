import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";
import {
  decodeReply,
  decodeRequest,
  decodeServerMessage,
  encodeMessage,
  events,
  maxMessageBytes,
  mostMlsBytes,
  requests,
  toBase64Url,
} from "@signet/protocol";
import type { EventType, RequestType } from "@signet/protocol";

import { callId, proof, terminalId } from "../fixtures.ts";
import { eventBodies, replyBodies, requestBodies } from "../messages.ts";

/** fast-check also makes objects without prototype, which JSON does not tell apart. */
const plain = <T>(generated: T): T => structuredClone(generated);

const runs = { numRuns: 50 };
const requestId = fc.maxSafeNat();

for (const type of Object.keys(requests) as RequestType[]) {
  test(`${type}: request and reply come out as they went in`, () => {
    fc.assert(
      fc.property(requestId, requestBodies[type], (id, generated) => {
        const body = plain(generated);
        const decoded = decodeRequest(encodeMessage({ id, type, body }));
        assert.deepEqual(decoded, { ok: true, request: { id, type, body } });
      }),
      runs,
    );
    fc.assert(
      fc.property(requestId, replyBodies[type], (id, generated) => {
        const body = plain(generated);
        const message = decodeServerMessage(encodeMessage({ id, body }));
        assert.ok(message?.kind === "reply" && message.id === id);
        assert.deepEqual(decodeReply(type, message.body), body);
      }),
      runs,
    );
  });
}

for (const type of Object.keys(events) as EventType[]) {
  test(`${type}: the event comes out as it went in`, () => {
    fc.assert(
      fc.property(eventBodies[type], (generated) => {
        const body = plain(generated);
        const message = decodeServerMessage(encodeMessage({ type, body }));
        assert.deepEqual(message, { kind: "event", event: { type, body } });
      }),
      runs,
    );
  });
}

test("an error names the request and a code of the table; a code of a newer server is internal", () => {
  const known = decodeServerMessage(
    '{"id":7,"error":{"code":"call.notFound","message":"This call is over."}}',
  );
  assert.deepEqual(known, { kind: "error", id: 7, code: "call.notFound" });
  const newer = decodeServerMessage('{"error":{"code":"call.later","message":"?"}}');
  assert.deepEqual(newer, { kind: "error", id: undefined, code: "server.internal" });
});

test("the largest Commit fits into a message", () => {
  assert.ok(toBase64Url(new Uint8Array(mostMlsBytes)).length < maxMessageBytes);
});

// Limits

const accepted = (type: RequestType, body: unknown): boolean =>
  decodeRequest(encodeMessage({ id: 0, type, body })).ok;
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `u${i}`);
const features = (count: number, length: number): string[] =>
  Array.from({ length: count }, () => "f".repeat(length));
const hello = { version: 1, terminalId: terminalId("t"), terminalKey: toBase64Url(new Uint8Array(32)) };
const begin = (userId: string, displayName = "Ada"): unknown => ({ userId, displayName });

const limits: readonly [string, RequestType, unknown, boolean][] = [
  ["user ID of 1 character", "sign-in.begin", { userId: "a" }, false],
  ["user ID of 2 characters", "sign-in.begin", { userId: "ab" }, true],
  ["user ID of 32 characters", "sign-in.begin", { userId: "a".repeat(32) }, true],
  ["user ID of 33 characters", "sign-in.begin", { userId: "a".repeat(33) }, false],
  ["user ID with each kind of character", "sign-in.begin", { userId: "a-0._z" }, true],
  ["user ID in upper case", "sign-in.begin", { userId: "Ada" }, false],
  ["user ID with a line break behind it", "sign-in.begin", { userId: "ada\n" }, false],
  ["user ID with a look-alike letter", "sign-in.begin", { userId: "\u0430da" }, false],
  ["display name of 1 character", "register.begin", begin("ada", "A"), true],
  ["display name of 64 characters", "register.begin", begin("ada", "A".repeat(64)), true],
  ["display name of 65 characters", "register.begin", begin("ada", "A".repeat(65)), false],
  ["empty display name", "register.begin", begin("ada", ""), false],
  ["display name with white space at the end", "register.begin", begin("ada", "Ada "), false],
  ["display name with a control character", "register.begin", begin("ada", "A\u0007da"), false],
  ["display name that turns the direction of text", "register.begin", begin("ada", "A\u202Eda"), false],
  ["display name with a line separator", "register.begin", begin("ada", "A\u2028da"), false],
  [
    "invite code of 64 characters",
    "register.begin",
    { userId: "ada", displayName: "Ada", inviteCode: "c".repeat(64) },
    true,
  ],
  [
    "invite code of 65 characters",
    "register.begin",
    { userId: "ada", displayName: "Ada", inviteCode: "c".repeat(65) },
    false,
  ],
  ["no user ID", "directory.lookup", { userIds: [] }, true],
  ["256 user IDs", "directory.lookup", { userIds: names(256) }, true],
  ["257 user IDs", "directory.lookup", { userIds: names(257) }, false],
  ["version 1", "session.hello", hello, true],
  ["version 2", "session.hello", { ...hello, version: 2 }, false],
  ["64 features of 64 characters", "session.hello", { ...hello, features: features(64, 64) }, true],
  ["65 features", "session.hello", { ...hello, features: features(65, 1) }, false],
  ["a feature of 65 characters", "session.hello", { ...hello, features: features(1, 65) }, false],
  ["a feature that is no text", "session.hello", { ...hello, features: [1] }, false],
  ["nonce of 32 bytes", "call.askPresent", { callId: callId(), nonce: new Uint8Array(32) }, true],
  ["nonce of 31 bytes", "call.askPresent", { callId: callId(), nonce: new Uint8Array(31) }, false],
  ["nonce of 33 bytes", "call.askPresent", { callId: callId(), nonce: new Uint8Array(33) }, false],
  [
    "terminal ID of 15 bytes",
    "session.hello",
    { ...hello, terminalId: toBase64Url(new Uint8Array(15)) },
    false,
  ],
  [
    "terminal key of 31 bytes",
    "session.hello",
    { ...hello, terminalKey: toBase64Url(new Uint8Array(31)) },
    false,
  ],
  [
    "terminal key of 33 bytes",
    "session.hello",
    { ...hello, terminalKey: toBase64Url(new Uint8Array(33)) },
    false,
  ],
  ["padded base64url", "session.hello", { ...hello, terminalKey: `${hello.terminalKey}=` }, false],
  ["an additional field", "session.hello", { ...hello, admin: true }, false],
  ["a missing field", "session.hello", { version: 1, terminalId: hello.terminalId }, false],
  ["epoch 0", "call.sync", { callId: callId(), epoch: 0, number: 0 }, true],
  ["the last epoch", "call.sync", { callId: callId(), epoch: 0xffff_ffff, number: 0 }, true],
  ["an epoch beyond the last", "call.sync", { callId: callId(), epoch: 0x1_0000_0000, number: 0 }, false],
  ["a negative epoch", "call.sync", { callId: callId(), epoch: -1, number: 0 }, false],
  ["the last number of a Commit", "call.sync", { callId: callId(), epoch: 0, number: 0xffff_ffff }, true],
  ["a number beyond the last", "call.sync", { callId: callId(), epoch: 0, number: 0x1_0000_0000 }, false],
  ["half an epoch", "call.sync", { callId: callId(), epoch: 0.5, number: 0 }, false],
  ["KeyPackage of 16384 bytes", "call.join", { proof: proof("j"), keyPackage: new Uint8Array(16_384) }, true],
  [
    "KeyPackage of 16385 bytes",
    "call.join",
    { proof: proof("j"), keyPackage: new Uint8Array(16_385) },
    false,
  ],
  ["empty KeyPackage", "call.join", { proof: proof("j"), keyPackage: new Uint8Array(0) }, false],
  // The right length is for the verification to judge, with a code of its own; here it is only bounded.
  [
    "software signature of 0 bytes",
    "call.leave",
    { proof: { transcript: "AA", signature: { kind: "software", signature: new Uint8Array(0) } } },
    false,
  ],
  [
    "software signature of 1 bytes",
    "call.leave",
    { proof: { transcript: "AA", signature: { kind: "software", signature: new Uint8Array(1) } } },
    true,
  ],
  [
    "software signature of 1024 bytes",
    "call.leave",
    { proof: { transcript: "AA", signature: { kind: "software", signature: new Uint8Array(1024) } } },
    true,
  ],
  [
    "software signature of 1025 bytes",
    "call.leave",
    { proof: { transcript: "AA", signature: { kind: "software", signature: new Uint8Array(1025) } } },
    false,
  ],
  [
    "signature of an unknown kind",
    "call.leave",
    { proof: { transcript: "AA", signature: { kind: "hardware", signature: new Uint8Array(64) } } },
    false,
  ],
  [
    "session description of 65536 characters",
    "media.offer",
    { callId: callId(), sdp: "v".repeat(65_536) },
    true,
  ],
  [
    "session description of 65537 characters",
    "media.offer",
    { callId: callId(), sdp: "v".repeat(65_537) },
    false,
  ],
  ["empty session description", "media.offer", { callId: callId(), sdp: "" }, false],
];

for (const [name, type, body, ok] of limits) {
  test(`${type}: ${name} is ${ok ? "accepted" : "refused"}`, () => assert.equal(accepted(type, body), ok));
}

test("bytes at their limit are accepted whatever their length modulo 3, one more is not", () => {
  for (const [most, make] of [
    [1023, (bytes: Uint8Array) => ({ credentialId: bytes, attestationObject: "AA", clientDataJson: "AA" })],
    [32_768, (bytes: Uint8Array) => ({ credentialId: "AA", attestationObject: bytes, clientDataJson: "AA" })],
    [2048, (bytes: Uint8Array) => ({ credentialId: "AA", attestationObject: "AA", clientDataJson: bytes })],
  ] as const) {
    const device = { kind: "webauthn", algorithm: "ES256", publicKey: new Uint8Array(91) };
    const finish = (size: number): unknown => ({
      proof: proof("r"),
      device,
      webauthn: make(new Uint8Array(size)),
    });
    assert.ok(accepted("register.finish", finish(most)));
    assert.ok(!accepted("register.finish", finish(most + 1)));
  }
});
