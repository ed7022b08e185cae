import { concatBytes, utf8, type Bytes } from "@signet/protocol";
import { gcmAead, type Aead, type AeadUse } from "./aead.ts";
import { ctrHmacAead } from "./ctr-hmac.ts";
import { aes128Gcm, nonceBytes, type SFrameSuite } from "./suite.ts";

/** `sframe_key` and `sframe_salt` of one KID (RFC 9605 section 4.4.2). */
export interface SFrameKey {
  readonly kid: bigint;
  readonly aead: Aead;
  readonly salt: Bytes;
}

/**
 * Hands a `base_key` to WebCrypto, which never gives it out again, and overwrites `baseKey`.
 * @param baseKey `AEAD.Nk` bytes; zero afterwards
 */
export async function importBaseKey(baseKey: Bytes): Promise<CryptoKey> {
  const imported = await crypto.subtle.importKey("raw", baseKey, "HKDF", false, ["deriveKey", "deriveBits"]);
  baseKey.fill(0);
  return imported;
}

/** `"SFrame 1.0 Secret key " + KID + cipher_suite` (RFC 9605 section 4.4.2). */
export function sframeKeyLabel(kid: bigint, suiteId: number): Bytes {
  return label("SFrame 1.0 Secret key ", kid, suiteId);
}

/** `"SFrame 1.0 Secret salt " + KID + cipher_suite` (RFC 9605 section 4.4.2). */
export function sframeSaltLabel(kid: bigint, suiteId: number): Bytes {
  return label("SFrame 1.0 Secret salt ", kid, suiteId);
}

function label(text: string, kid: bigint, suiteId: number): Bytes {
  const numbers = new Uint8Array(10);
  const view = new DataView(numbers.buffer);
  view.setBigUint64(0, kid);
  view.setUint16(8, suiteId);
  return concatBytes(utf8(text), numbers);
}

/**
 * `derive_key_salt` of RFC 9605 section 4.4.2. The KID is part of the labels, so each KID of one base key has a key and a
 * salt of its own. For AES-GCM the key goes from HKDF to AES inside WebCrypto and is not extractable.
 * @param baseKey from {@link importBaseKey}
 */
export async function deriveSFrameKey(
  baseKey: CryptoKey,
  kid: bigint,
  use: AeadUse,
  suite: SFrameSuite = aes128Gcm,
): Promise<SFrameKey> {
  // HKDF of WebCrypto is extract and expand in one; an absent salt is the empty string of HKDF-Extract("", base_key).
  const hkdf = (info: Bytes) => ({ name: "HKDF", hash: suite.hash, salt: new Uint8Array(0), info });
  const keyInfo = hkdf(sframeKeyLabel(kid, suite.id));
  const salt = new Uint8Array(
    await crypto.subtle.deriveBits(hkdf(sframeSaltLabel(kid, suite.id)), baseKey, nonceBytes * 8),
  );
  if (suite.mode === "gcm") {
    const usage = use === "seal" ? "encrypt" : "decrypt";
    const key = await crypto.subtle.deriveKey(
      keyInfo,
      baseKey,
      { name: "AES-GCM", length: suite.keyBytes * 8 },
      false,
      [usage],
    );
    return { kid, aead: gcmAead(key), salt };
  }
  const rawKey = new Uint8Array(await crypto.subtle.deriveBits(keyInfo, baseKey, suite.keyBytes * 8));
  return { kid, aead: await ctrHmacAead(rawKey, suite.hash, suite.tagBytes, use), salt };
}
