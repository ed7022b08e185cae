/**
 * A voice message as the server keeps it (docs/decisions, "Voice messages"):
 *
 *   scope   = field(server origin) field(caller) field(whom it is for) field(call ID) field(digest of the `call` proof)
 *   sealed  = nonce, then AES-256-GCM of the padded sound, with field("signet/voice-message/v1") scope as what is authenticated
 *   wrapped = field("signet/voice-message-key/v1") scope field(device ID) field(mailbox's public key) field(HPKE's encapsulated key) field(ciphertext)
 *
 * The key is drawn for each message and wrapped for each mailbox by HPKE (RFC 9180, base mode: X25519, HKDF-SHA256, AES-256-GCM), bound to all before
 * the ciphertext. It proves nobody's word: the caller's terminal signs for it. Padded to whole steps: how long somebody spoke shows only roughly.
 */
import {
  concatBytes,
  encodeFields,
  equalBytes,
  FieldReader,
  fromUtf8,
  messageStepBytes,
  messageStepMs,
  mostMessageSteps,
  sealedSoundBytes,
  SignetError,
  utf8,
  type Bytes,
  type CallId,
  type DeviceId,
  type UserId,
} from "@signet/protocol";

import type { DocumentKeyPair } from "../document/wrapped-key.ts";
import { encapsulatedBytes, openWith, sealTo } from "../hpke.ts";
import { gcmAead } from "../sframe/aead.ts";

export interface MessageScope {
  readonly serverOrigin: string;
  readonly callerId: UserId;
  readonly toUserId: UserId;
  readonly callId: CallId;
  /** 32 bytes. */
  readonly callProofDigest: Bytes;
}

/** Whom a message is sealed to: one place of one of the person's devices. */
export interface Mailbox {
  readonly deviceId: DeviceId;
  /** X25519, 32 bytes. */
  readonly publicKey: Bytes;
}

export interface SealedMessage {
  readonly sealed: Bytes;
  readonly keys: readonly Bytes[];
}

const soundLabel = "signet/voice-message/v1";
const keyLabel = "signet/voice-message-key/v1";
const nonceBytes = 12;
const secretBytes = 32;
const lengthBytes = 4;

/**
 * @param lengthMs of the sound
 * @param mailboxes of the person's devices that count: whoever they belong to hears it
 * @throws SignetError `message.tooLong`; `message.noMailbox` where nothing can be sealed to one of them
 */
export async function sealMessage(
  scope: MessageScope,
  sound: Bytes,
  lengthMs: number,
  mailboxes: readonly Mailbox[],
): Promise<SealedMessage> {
  const steps = stepsOf(sound.length, lengthMs);
  if (steps > mostMessageSteps) throw new SignetError("message.tooLong");
  if (mailboxes.length === 0) throw new SignetError("message.noMailbox");
  const padded = new Uint8Array(steps * messageStepBytes);
  new DataView(padded.buffer).setUint32(0, sound.length);
  padded.set(sound, lengthBytes);
  const secret = crypto.getRandomValues(new Uint8Array(secretBytes));
  const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes));
  const ciphertext = await gcmAead(await importSecret(secret, "encrypt")).seal(nonce, headOf(scope), padded);
  const keys = await Promise.all(mailboxes.map((mailbox) => wrap(scope, mailbox, secret)));
  secret.fill(0);
  return { sealed: concatBytes(nonce, ciphertext), keys };
}

/**
 * @param pair of the mailbox at hand
 * @param lengthOf of the sound (ms): what cannot be played throws
 * @returns undefined where it was sealed to others only
 * @throws SignetError `message.badSound` when it is not what was sealed for this scope, or not padded as it has to be; and what `lengthOf` throws
 */
export async function openMessage(
  scope: MessageScope,
  { sealed, keys }: SealedMessage,
  mailbox: DocumentKeyPair,
  lengthOf: (sound: Bytes) => number,
): Promise<Bytes | undefined> {
  const steps = (sealed.length - sealedSoundBytes(0)) / messageStepBytes;
  if (!Number.isSafeInteger(steps) || steps < 1 || steps > mostMessageSteps) return bad();
  const found = keys.map(readWrapped).find(({ publicKey }) => equalBytes(publicKey, mailbox.publicKey));
  if (found === undefined) return undefined;
  const secret = await unwrap(scope, found, mailbox);
  const aead = gcmAead(await importSecret(secret, "decrypt"));
  secret.fill(0);
  const padded = await aead.open(sealed.slice(0, nonceBytes), headOf(scope), sealed.slice(nonceBytes));
  if (padded === undefined) return bad();
  const bytes = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  const sound = padded.slice(lengthBytes, lengthBytes + bytes);
  const isPadded = padded.subarray(lengthBytes + bytes).every((byte) => byte === 0);
  // Another length than this would say something to the server, by whoever made it.
  return isPadded && stepsOf(bytes, lengthOf(sound)) === steps ? sound : bad();
}

/** As many as its length has, or its bytes need. */
const stepsOf = (bytes: number, lengthMs: number): number =>
  Math.max(1, Math.ceil(lengthMs / messageStepMs), Math.ceil((bytes + lengthBytes) / messageStepBytes));

const scopeFields = ({
  callId,
  callProofDigest,
  callerId,
  serverOrigin,
  toUserId,
}: MessageScope): Bytes[] => [
  utf8(serverOrigin),
  utf8(callerId),
  utf8(toUserId),
  utf8(callId),
  callProofDigest,
];

const headOf = (scope: MessageScope): Bytes => encodeFields([utf8(soundLabel), ...scopeFields(scope)]);

const keyFields = (scope: MessageScope, deviceId: string, publicKey: Bytes): Bytes[] => [
  utf8(keyLabel),
  ...scopeFields(scope),
  utf8(deviceId),
  publicKey,
];

async function wrap(scope: MessageScope, { deviceId, publicKey }: Mailbox, secret: Bytes): Promise<Bytes> {
  const head = keyFields(scope, deviceId, publicKey);
  try {
    return await sealTo(publicKey, head, secret);
  } catch (cause) {
    throw new SignetError("message.noMailbox", cause);
  }
}

interface WrappedIn {
  readonly head: readonly Bytes[];
  readonly publicKey: Bytes;
  readonly deviceId: string;
  readonly given: Bytes;
  readonly ciphertext: Bytes;
}

function readWrapped(wrapped: Bytes): WrappedIn {
  const reader = new FieldReader(wrapped, 0);
  const next = (): Bytes => reader.field() ?? bad();
  const head = Array.from({ length: 8 }, next);
  const [given, ciphertext] = [next(), next()];
  const deviceId = fromUtf8(head[6] ?? bad()) ?? bad();
  if (!reader.atEnd || given.length !== encapsulatedBytes) return bad();
  return { head, publicKey: head[7] ?? bad(), deviceId, given, ciphertext };
}

async function unwrap(
  scope: MessageScope,
  { ciphertext, deviceId, given, head, publicKey }: WrappedIn,
  { pair }: DocumentKeyPair,
): Promise<Bytes> {
  if (!equalBytes(encodeFields(keyFields(scope, deviceId, publicKey)), encodeFields(head))) return bad();
  try {
    const secret = await openWith(pair, head, given, ciphertext);
    return secret.length === secretBytes ? secret : bad();
  } catch (cause) {
    throw new SignetError("message.badSound", cause);
  }
}

const importSecret = (secret: Bytes, use: "encrypt" | "decrypt"): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", secret, "AES-GCM", false, [use]);

function bad(): never {
  throw new SignetError("message.badSound");
}
