/**
 * The profile key of a person: 32 random bytes, made once, from which the key that seals their document comes. Whoever has it reads the
 * document, so it leaves a terminal only wrapped (wrapped-key.ts). No signature is ever a key, or what a key is derived of: whoever
 * got one such signature would have it for good.
 */
import { type Bytes } from "@signet/protocol";

import { purpose, type DocumentOwner } from "./owner.ts";

export const profileSecretBytes = 32;
export const keyIdBytes = 16;

/** A profile key in WebCrypto's keeping. */
export interface ProfileKey {
  readonly owner: DocumentOwner;
  /** Derived from the key: AES-GCM alone can have one ciphertext for two keys. */
  readonly keyId: Bytes;
  /** AES-256-GCM, not extractable. */
  readonly sealing: CryptoKey;
}

/** The key in bytes: to be wrapped, and overwritten. */
export const createProfileSecret = (): Bytes => crypto.getRandomValues(new Uint8Array(profileSecretBytes));

/** @throws RangeError for what has another length (a bug of the caller) */
export async function importProfileKey(owner: DocumentOwner, secret: Bytes): Promise<ProfileKey> {
  if (secret.length !== profileSecretBytes) throw new RangeError("not a profile key");
  const sealing = await derivedKey(secret, purpose("sealing/v1", owner));
  return { owner, keyId: await profileKeyId(owner, secret), sealing };
}

export const profileKeyId = (owner: DocumentOwner, secret: Bytes): Promise<Bytes> =>
  derivedBytes(secret, purpose("key-id/v1", owner), keyIdBytes);

/** By HKDF (RFC 5869) with SHA-256. @param secret with as much chance in it as a key: passwords are no such thing */
export async function derivedBytes(secret: Bytes, info: Bytes, lengthBytes: number): Promise<Bytes> {
  return new Uint8Array(
    await crypto.subtle.deriveBits(hkdf(info), await hkdfKey(secret, "deriveBits"), 8 * lengthBytes),
  );
}

/** AES-256-GCM. */
async function derivedKey(secret: Bytes, info: Bytes): Promise<CryptoKey> {
  return crypto.subtle.deriveKey(
    hkdf(info),
    await hkdfKey(secret, "deriveKey"),
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

const hkdf = (info: Bytes) => ({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info });

const hkdfKey = (secret: Bytes, usage: "deriveBits" | "deriveKey"): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", secret, "HKDF", false, [usage]);
