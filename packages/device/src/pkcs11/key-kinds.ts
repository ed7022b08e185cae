/** What kind a key on a token is, and its public key as SPKI, from the attributes of PKCS#11 (sections 2.1.2, 2.3.3). */
import { createPublicKey } from "node:crypto";
import { concatBytes, equalBytes, toBase64Url } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm } from "@signet/protocol";

import { fromHex } from "../hex.ts";
import { CKK, ed25519Params, p256Params } from "./constants.ts";
import type { TokenObject } from "./messages.ts";

export type KeyKind = "p256" | "ed25519" | "rsa";

/** The other names for it: PrintableString "edwards25519" (PKCS#11 3.0), and the OID that GnuPG cards have. */
const ed25519Names = [
  ed25519Params,
  fromHex("130c656477617264733235353139"),
  fromHex("06092b06010401da470f01"),
];
/** SPKI up to the point (RFC 5480, uncompressed) and up to the key (RFC 8410). */
const p256Prefix = fromHex("3059301306072a8648ce3d020106082a8648ce3d030107034200");
const ed25519Prefix = fromHex("302a300506032b6570032100");
/** NIST SP 800-131A: RSA below 2048 bits is not allowed. */
const leastRsaBits = 2048;

export const algorithmsOf: Record<KeyKind, readonly [DeviceAlgorithm, ...DeviceAlgorithm[]]> = {
  p256: ["ES256"],
  ed25519: ["EdDSA"],
  rsa: ["PS256", "RS256"],
};

/** @returns undefined for a kind that Signet does not use */
export function kindOf({ keyType, ecParams, modulus }: TokenObject): KeyKind | undefined {
  switch (keyType) {
    case CKK.rsa:
      return modulus === undefined || bitsOf(modulus) >= leastRsaBits ? "rsa" : undefined;
    case CKK.ec:
      return ecParams !== undefined && equalBytes(ecParams, p256Params) ? "p256" : undefined;
    case CKK.ecEdwards:
      return ecParams !== undefined && ed25519Names.some((name) => equalBytes(name, ecParams))
        ? "ed25519"
        : undefined;
    default:
      return undefined;
  }
}

/** @returns undefined when the attributes do not hold it */
export function publicKeyOf(kind: KeyKind, object: TokenObject): Bytes | undefined {
  if (kind === "rsa") return rsaPublicKey(object);
  const { ecPoint } = object;
  if (ecPoint === undefined) return undefined;
  const [prefix, length] = kind === "p256" ? ([p256Prefix, 65] as const) : ([ed25519Prefix, 32] as const);
  const point = pointOf(ecPoint, length);
  return point === undefined ? undefined : concatBytes(prefix, point);
}

/** DER says OCTET STRING; some modules give the point bare, and some an Ed25519 key as BIT STRING. */
function pointOf(value: Bytes, length: number): Bytes | undefined {
  if (value.length === length) return value;
  const [tag, size, unused] = value;
  if (tag === 4 && size === length && value.length === length + 2) return value.slice(2);
  if (tag === 3 && size === length + 1 && unused === 0 && value.length === length + 3) return value.slice(3);
  return undefined;
}

function rsaPublicKey({ modulus, publicExponent }: TokenObject): Bytes | undefined {
  if (modulus === undefined || publicExponent === undefined) return undefined;
  const unsigned = (value: Bytes): string => toBase64Url(value.slice(value.findIndex((byte) => byte !== 0)));
  try {
    const key = createPublicKey({
      format: "jwk",
      key: { kty: "RSA", n: unsigned(modulus), e: unsigned(publicExponent) },
    });
    return Uint8Array.from(key.export({ type: "spki", format: "der" }));
  } catch {
    return undefined;
  }
}

function bitsOf(modulus: Bytes): number {
  const first = modulus.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (modulus.length - first) * 8 - (Math.clz32(modulus[first] ?? 0) - 24);
}
