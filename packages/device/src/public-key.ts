import { equalBytes, isSmallOrder } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm } from "@signet/protocol";

import { fromHex } from "./hex.ts";

/** SPKI up to the point of a P-256 key: id-ecPublicKey with secp256r1, uncompressed (RFC 5480 section 2). */
export const p256Prefix = fromHex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");
const p256Length = 91;
/** SPKI up to an Ed25519 key (RFC 8410 section 4). */
export const ed25519Prefix = fromHex("302a300506032b6570032100");
const ed25519Length = 44;
/** AlgorithmIdentifier rsaEncryption with NULL parameters (RFC 3279 section 2.3.1). */
export const rsaEncryption = fromHex("300d06092a864886f70d0101010500");
/** NIST SP 800-131A: RSA below 2048 bits is not allowed. */
const leastRsaBits = 2048;

/**
 * Imports a device's public key for verification, in its one canonical encoding: the device ID is the hash of
 * these bytes, so one key must not have two of them.
 * @returns undefined when the key is of another algorithm, on another curve, too short, or not canonical
 */
export async function importPublicKey(
  algorithm: DeviceAlgorithm,
  publicKeySpki: Bytes,
): Promise<CryptoKey | undefined> {
  try {
    switch (algorithm) {
      case "ES256":
        if (!isCanonical(publicKeySpki, p256Prefix, p256Length)) return undefined;
        // WebCrypto refuses a point that is not on the curve.
        return await importSpki(publicKeySpki, { name: "ECDSA", namedCurve: "P-256" });
      case "EdDSA":
        if (!isCanonical(publicKeySpki, ed25519Prefix, ed25519Length)) return undefined;
        if (isSmallOrder(publicKeySpki.subarray(ed25519Prefix.length))) return undefined;
        return await importSpki(publicKeySpki, { name: "Ed25519" });
      case "RS256":
        return await importRsa(publicKeySpki, "RSASSA-PKCS1-v1_5");
      case "PS256":
        return await importRsa(publicKeySpki, "RSA-PSS");
    }
  } catch {
    return undefined;
  }
}

/** @param terminalKey raw Ed25519 public key @returns undefined when it is no such key */
export async function importTerminalKey(terminalKey: Bytes): Promise<CryptoKey | undefined> {
  if (terminalKey.length !== 32 || isSmallOrder(terminalKey)) return undefined;
  try {
    return await crypto.subtle.importKey("raw", terminalKey, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    return undefined;
  }
}

/** The algorithm of a canonical SPKI by its bytes, for RSA the older one; undefined for any other key. */
export function algorithmOf(publicKeySpki: Bytes): DeviceAlgorithm | undefined {
  if (isCanonical(publicKeySpki, p256Prefix, p256Length)) return "ES256";
  if (isCanonical(publicKeySpki, ed25519Prefix, ed25519Length)) return "EdDSA";
  // A SEQUENCE with a two-byte length comes first in every RSA key of 2048 bits and more.
  const identifier = publicKeySpki.subarray(4, 4 + rsaEncryption.length);
  return equalBytes(identifier, rsaEncryption) ? "RS256" : undefined;
}

const isCanonical = (spki: Bytes, prefix: Bytes, length: number): boolean =>
  spki.length === length && equalBytes(spki.subarray(0, prefix.length), prefix);

async function importSpki(
  spki: Bytes,
  algorithm: { name: string; namedCurve?: string; hash?: string },
  extractable = false,
): Promise<CryptoKey> {
  return crypto.subtle.importKey("spki", spki, algorithm, extractable, ["verify"]);
}

async function importRsa(spki: Bytes, name: "RSASSA-PKCS1-v1_5" | "RSA-PSS"): Promise<CryptoKey | undefined> {
  if (algorithmOf(spki) !== "RS256") return undefined;
  const rsaKey = await importSpki(spki, { name, hash: "SHA-256" }, true);
  const { modulusLength, publicExponent } = rsaKey.algorithm as RsaHashedKeyAlgorithm;
  if (modulusLength < leastRsaBits || !isSafeExponent(publicExponent)) return undefined;
  const canonical = new Uint8Array(await crypto.subtle.exportKey("spki", rsaKey));
  return equalBytes(canonical, spki) ? rsaKey : undefined;
}

/** Odd and at least 65537 (FIPS 186-5 appendix A.1.1); with exponent 1 anybody could sign. */
function isSafeExponent(exponent: Uint8Array): boolean {
  return exponentOf(exponent) >= 65_537 && isQuickExponent(exponent);
}

const exponentOf = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum * 256 + byte, 0);

/**
 * Odd and of at most 32 bits. With one as long as the modulus each verification would cost as much as a signature, which a stranger could
 * ask for; and browsers take no more than 33 bits, while Node does.
 */
export const isQuickExponent = (exponent: Uint8Array): boolean =>
  (exponent.at(-1) ?? 0) % 2 === 1 && exponentOf(exponent) < 2 ** 32;
