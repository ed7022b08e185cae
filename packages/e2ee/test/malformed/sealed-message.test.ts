/** A voice message that is not what was sealed for this person, after this call, by this caller, or not as it has to be, does not open. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import {
  concatBytes,
  encodeFields,
  FieldReader,
  messageStepBytes,
  messageStepMs,
  mostMessageMs,
  sealedSoundBytes,
  SignetError,
} from "@signet/protocol";
import type { Bytes, CallId, DeviceId, ErrorCode, UserId } from "@signet/protocol";

import { createDocumentKeyPair, openMessage, sealMessage } from "../../src/index.ts";
import type { MessageScope } from "../../src/index.ts";

const scope: MessageScope = {
  serverOrigin: "https://calls.example.org",
  callerId: "ann" as UserId,
  toUserId: "ben" as UserId,
  callId: "QEFCQ0RFRkdISUpLTE1OTw" as CallId,
  callProofDigest: new Uint8Array(32).fill(7),
};
const deviceId = "AAECAwQFBgcICQoLDA0ODw" as DeviceId;
const sound = (bytes: number): Bytes => new Uint8Array(bytes).fill(5);
/** So that a test need not make sound: as long as its bytes say. */
const lengthOf = (): number => 1_000;

async function sealed(bytes = 2_000, lengthMs = 1_000) {
  const own = await createDocumentKeyPair();
  const other = await createDocumentKeyPair();
  const mailboxes = [other, own].map(({ publicKey }) => ({ deviceId, publicKey }));
  return { own, other, message: await sealMessage(scope, sound(bytes), lengthMs, mailboxes) };
}

async function refuses(code: ErrorCode, open: () => Promise<unknown>): Promise<void> {
  await assert.rejects(open, (error) => error instanceof SignetError && error.code === code);
}

test("each of the places that it was sealed to opens it, and no other", async () => {
  const { message, other, own } = await sealed();
  for (const pair of [own, other])
    assert.deepEqual(await openMessage(scope, message, pair, lengthOf), sound(2_000));
  const stranger = await createDocumentKeyPair();
  assert.equal(await openMessage(scope, message, stranger, lengthOf), undefined);
  // Somebody else's private key with this place's public one.
  await refuses("message.badSound", () =>
    openMessage(scope, message, { publicKey: own.publicKey, pair: stranger.pair }, lengthOf),
  );
});

test("what is sealed has the length of whole steps, whatever is said in them", async () => {
  const lengths = [
    [10, 1, 1],
    [10, messageStepMs, 1],
    [10, messageStepMs + 1, 2],
    [messageStepBytes - 4, 1, 1],
    [messageStepBytes - 3, 1, 2],
    [10, mostMessageMs, 8],
  ] as const;
  for (const [bytes, ms, steps] of lengths)
    assert.equal((await sealed(bytes, ms)).message.sealed.length, sealedSoundBytes(steps));
  for (const [bytes, ms] of [
    [10, mostMessageMs + 1],
    [8 * messageStepBytes - 3, 1],
  ] as const)
    await refuses("message.tooLong", () => sealed(bytes, ms));
  await refuses("message.noMailbox", () => sealMessage(scope, sound(10), 1, []));
  const smallOrder = { deviceId, publicKey: new Uint8Array(32) };
  await refuses("message.noMailbox", () => sealMessage(scope, sound(10), 1, [smallOrder]));
});

test("for another server, caller, person or call it does not open", async () => {
  const { message, own } = await sealed();
  const others: readonly Partial<MessageScope>[] = [
    { serverOrigin: "https://other.example.org" },
    { callerId: "eve" as UserId },
    { toUserId: "eve" as UserId },
    { callId: "AAECAwQFBgcICQoLDA0ODw" as CallId },
    { callProofDigest: new Uint8Array(32) },
  ];
  for (const change of others)
    await refuses("message.badSound", () => openMessage({ ...scope, ...change }, message, own, lengthOf));
});

test("altered, cut, or with another message's sound or keys it does not open", async () => {
  const { message, own } = await sealed();
  const again = await sealMessage(scope, sound(2_000), 1_000, [{ deviceId, publicKey: own.publicKey }]);
  const altered = (bytes: Bytes, at: number): Bytes => {
    const changed = bytes.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    return changed;
  };
  const { keys } = message;
  const ofOwn = keys[1]!;
  const cases = [
    { ...message, sealed: again.sealed },
    { ...message, keys: again.keys },
    { ...message, sealed: altered(message.sealed, 0) },
    { ...message, sealed: altered(message.sealed, message.sealed.length - 1) },
    { ...message, sealed: message.sealed.slice(0, -1) },
    { ...message, sealed: message.sealed.slice(0, sealedSoundBytes(0)) },
    { ...message, sealed: concatBytes(message.sealed, new Uint8Array(messageStepBytes)) },
    { ...message, sealed: new Uint8Array(sealedSoundBytes(9)) },
    { ...message, keys: [altered(ofOwn, ofOwn.length - 1)] },
    { ...message, keys: [ofOwn.slice(0, -1)] },
    { ...message, keys: [concatBytes(ofOwn, new Uint8Array(1))] },
    { ...message, keys: [altered(ofOwn, 5)] },
    { ...message, keys: [new Uint8Array(3), ofOwn] },
  ];
  for (const one of cases) await refuses("message.badSound", () => openMessage(scope, one, own, lengthOf));
});

test("padded otherwise than it has to be it is refused, also by whoever sealed it", async () => {
  const { message, own } = await sealed();
  const { secret, head } = await secretOf(message.keys[1]!, own);
  const key = await crypto.subtle.importKey("raw", secret, "AES-GCM", false, ["encrypt"]);
  const additionalData = encodeFields([new TextEncoder().encode("signet/voice-message/v1"), ...head]);
  const seal = async (padded: Bytes) => {
    const nonce = new Uint8Array(12);
    const ciphertext = await crypto.subtle.encrypt(
      { name: "AES-GCM", iv: nonce, additionalData },
      key,
      padded,
    );
    return { ...message, sealed: concatBytes(nonce, new Uint8Array(ciphertext)) };
  };
  const padded = (steps: number, bytes: number, last = 0): Bytes => {
    const whole = new Uint8Array(steps * messageStepBytes);
    new DataView(whole.buffer).setUint32(0, bytes);
    whole[whole.length - 1] = last;
    return whole;
  };
  const open = async (of: Bytes, lengthMs = 1_000) => openMessage(scope, await seal(of), own, () => lengthMs);
  assert.deepEqual(await open(padded(1, 10)), new Uint8Array(10));
  await refuses("message.badSound", () => open(padded(2, 10)));
  await refuses("message.badSound", () => open(padded(1, 10, 1)));
  await refuses("message.badSound", () => open(padded(1, messageStepBytes - 3)));
  await refuses("message.badSound", () => open(padded(1, 0xffff_ffff)));
  await refuses("message.badSound", () => open(padded(1, 10), messageStepMs + 1));
  // More than any message has, though its bytes need it.
  await refuses("message.badSound", () => open(padded(9, 8 * messageStepBytes)));
  assert.equal((await open(padded(1, messageStepBytes - 4)))?.length, messageStepBytes - 4);
});

/** As whoever has the place's key gets it. */
async function secretOf(wrapped: Bytes, { pair }: Awaited<ReturnType<typeof createDocumentKeyPair>>) {
  const reader = new FieldReader(wrapped, 0);
  const fields = Array.from({ length: 10 }, () => reader.field() ?? assert.fail());
  const suite = new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });
  const info = encodeFields(fields.slice(0, 8));
  const recipient = await suite.createRecipientContext({ recipientKey: pair, enc: fields[8]!, info });
  return { secret: new Uint8Array(await recipient.open(fields[9]!)), head: fields.slice(1, 6) };
}
