/**
 * A profile key, wrapped for one holder, as the server keeps it (docs/decisions, "The personal document"):
 *
 *   wrapped = field("signet/document/wrapped-key/v1") field(server origin) field(user ID) field(kind) field(holder) field(key ID)
 *             field(HPKE's encapsulated key) field(ciphertext)
 *
 *   prf         holder: the device ID; the key pair comes from a WebAuthn credential's PRF output
 *   phrase      holder: nothing; the key pair comes from the recovery phrase
 *   terminal    holder: the public key of a pair that a terminal holds and nobody can take out
 *
 * All by HPKE (RFC 9180, base mode: X25519, HKDF-SHA256, AES-256-GCM), so that a new profile key is wrapped for devices and phrases that are not at
 * hand. All before the ciphertext is bound to it. It proves nobody's word: who made the key stands in the document.
 */
import { DeviceId, equalBytes, FieldReader, fromUtf8, SignetError, utf8, type Bytes } from "@signet/protocol";

import { encapsulatedBytes, hpke, openWith, sealTo } from "../hpke.ts";
import { purpose, type DocumentOwner } from "./owner.ts";
import { derivedBytes, keyIdBytes, profileKeyId, profileSecretBytes } from "./profile-key.ts";
import { recoverySecret } from "./recovery-phrase.ts";

const prfOutputBytes = 32;
const publicKeyBytes = 32;

/** Who can open it. */
export type KeyHolder =
  | { readonly kind: "prf"; readonly deviceId: DeviceId }
  | { readonly kind: "phrase" }
  /** X25519, 32 bytes. */
  | { readonly kind: "terminal"; readonly publicKey: Bytes };

/** To have the profile key wrapped to it. */
export interface DocumentKeyPair {
  /** Raw, 32 bytes. */
  readonly publicKey: Bytes;
  /** X25519. */
  readonly pair: CryptoKeyPair;
}

/** Of a terminal; the private key is not extractable. */
export async function createDocumentKeyPair(): Promise<DocumentKeyPair> {
  const pair = await crypto.subtle.generateKey("X25519", false, ["deriveBits"]);
  return { publicKey: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)), pair };
}

/** What a credential's PRF (WebAuthn level 3, section 10.1.4) is evaluated at: known before the touch that signs in. 32 bytes. */
export async function prfInput(owner: DocumentOwner): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", purpose("prf-input/v1", owner)));
}

/**
 * Of a device. Whoever has the PRF output has the private key: neither is kept.
 * @param prfOutput 32 bytes; nothing else that a device gives, and no signature, has this length
 */
export async function prfKeyPair(
  owner: DocumentOwner,
  deviceId: DeviceId,
  prfOutput: Bytes,
): Promise<DocumentKeyPair> {
  if (prfOutput.length !== prfOutputBytes) throw new RangeError("not the output of a PRF");
  return derivedPair(prfOutput, purpose("prf-key/v1", owner, utf8(deviceId)));
}

/** @throws SignetError `document.badPhrase` */
export async function phraseKeyPair(owner: DocumentOwner, typed: string): Promise<DocumentKeyPair> {
  return derivedPair(await recoverySecret(typed), purpose("phrase-key/v1", owner));
}

/** RFC 9180, section 7.1.3. */
async function derivedPair(secret: Bytes, info: Bytes): Promise<DocumentKeyPair> {
  const ikm = await derivedBytes(secret, info, publicKeyBytes);
  const { kem } = hpke();
  const pair = await kem.deriveKeyPair(ikm.buffer);
  ikm.fill(0);
  return { publicKey: new Uint8Array(await kem.serializePublicKey(pair.publicKey)), pair };
}

/**
 * @param publicKey of the holder, which the person approved: whoever it belongs to reads the document
 * @throws SignetError `document.badTerminalKey` when nothing can be sealed to it
 */
export async function wrapKey(
  owner: DocumentOwner,
  secret: Bytes,
  holder: KeyHolder,
  publicKey: Bytes,
): Promise<Bytes> {
  const head = headOf(owner, holder, await profileKeyId(owner, secret));
  try {
    return await sealTo(publicKey, head, secret);
  } catch (cause) {
    throw new SignetError("document.badTerminalKey", cause);
  }
}

/**
 * @returns the profile key: to be imported, and overwritten
 * @throws SignetError `document.otherUser` when it is for another person or server, `document.wrongSecret` when it is not for this holder or was altered,
 * `document.newer` when it is of a kind that this version does not know
 */
export async function openKey(
  owner: DocumentOwner,
  wrapped: Bytes,
  { pair }: DocumentKeyPair,
): Promise<Bytes> {
  const { ciphertext, fields, given } = readWrapped(owner, wrapped);
  let secret: Bytes;
  try {
    secret = await openWith(pair, fields, given, ciphertext);
  } catch (cause) {
    throw new SignetError("document.wrongSecret", cause);
  }
  return checked(owner, secret, fields);
}

/** Whom it is for: the word of whoever gave it, until it was opened. @throws as {@link openKey} */
export const wrappedFor = (owner: DocumentOwner, wrapped: Bytes): KeyHolder =>
  readWrapped(owner, wrapped).holder;

/** The key ID is derived from the key: what opens under two keys is not taken for either. */
async function checked(owner: DocumentOwner, secret: Bytes, fields: readonly Bytes[]): Promise<Bytes> {
  if (secret.length !== profileSecretBytes) return wrong();
  return equalBytes(await profileKeyId(owner, secret), fields.at(-1) ?? new Uint8Array()) ? secret : wrong();
}

const label = "signet/document/wrapped-key/v1";

function headOf(owner: DocumentOwner, holder: KeyHolder, keyId: Bytes): Bytes[] {
  const named =
    holder.kind === "prf"
      ? utf8(holder.deviceId)
      : holder.kind === "terminal"
        ? holder.publicKey
        : new Uint8Array();
  return [utf8(label), utf8(owner.serverOrigin), utf8(owner.userId), utf8(holder.kind), named, keyId];
}

function readWrapped(owner: DocumentOwner, wrapped: Bytes) {
  const reader = new FieldReader(wrapped, 0);
  const next = (): Bytes => reader.field() ?? wrong();
  const fields = [next(), next(), next(), next(), next(), next()];
  const [form, serverOrigin, userId, kind, named, keyId] = fields;
  const given = next();
  const ciphertext = next();
  const text = (field: Bytes | undefined): string => fromUtf8(field ?? new Uint8Array()) ?? wrong();
  if (text(form) !== label)
    throw new SignetError(newerLabel.test(text(form)) ? "document.newer" : "document.wrongSecret");
  if (text(serverOrigin) !== owner.serverOrigin || text(userId) !== owner.userId)
    throw new SignetError("document.otherUser");
  const holder = readHolder(text(kind), named ?? wrong());
  if (!reader.atEnd || keyId?.length !== keyIdBytes || given.length !== encapsulatedBytes) return wrong();
  return { ciphertext, fields, given, holder };
}

const newerLabel = /^signet\/document\/wrapped-key\/v[2-9]$/;

function readHolder(kind: string, named: Bytes): KeyHolder {
  if (kind === "phrase") return named.length === 0 ? { kind } : wrong();
  if (kind === "terminal") return named.length === publicKeyBytes ? { kind, publicKey: named } : wrong();
  // What another version wraps in other ways is not for this one.
  if (kind !== "prf") throw new SignetError("document.newer");
  const deviceId = DeviceId.safeParse(fromUtf8(named));
  return deviceId.success ? { kind, deviceId: deviceId.data } : wrong();
}

function wrong(): never {
  throw new SignetError("document.wrongSecret");
}
