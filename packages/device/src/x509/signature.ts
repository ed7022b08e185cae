/** Signatures of authorities, by WebCrypto. What is not in these tables is refused: MD5, SHA-1, RSA below 2048 bits. */
import { concatBytes } from "@signet/protocol";
import type { Bytes, ErrorCode } from "@signet/protocol";

import { hexByte, toHex } from "../hex.ts";
import { isQuickExponent } from "../public-key.ts";
import type { Signed } from "./certificate.ts";
import { readDer, tags } from "./der-tree.ts";
import type { DerNode } from "./der-tree.ts";
import { hashes, pssParameters } from "./rsa-pss.ts";
import type { Hash } from "./rsa-pss.ts";

interface Scheme {
  readonly name: "ECDSA" | "Ed25519" | "RSASSA-PKCS1-v1_5" | "RSA-PSS";
  readonly hash?: Hash;
  readonly saltLength?: number;
}

const wrap = (tag: string, contents: string): string => `${tag}${hexByte(contents.length / 2)}${contents}`;

/** The same AlgorithmIdentifier for keys and for signatures (RFC 8410 section 3). */
const ed25519 = "300506032b6570";

/** Each AlgorithmIdentifier that is taken but those of PSS, as hexadecimal DER (RFC 4055, 5758, 8410): all of it, parameters included. */
const schemes: ReadonlyMap<string, Scheme> = new Map(listSchemes());

function* listSchemes(): Generator<[string, Scheme]> {
  yield [ed25519, { name: "Ed25519" }];
  for (const [i, { hash }] of hashes.entries()) {
    yield [wrap("30", `06082a8648ce3d0403${hexByte(2 + i)}`), { name: "ECDSA", hash }];
    // NULL parameters are right, none are to be taken too (RFC 4055 section 2.1 and 5).
    for (const parameters of ["0500", ""]) {
      const pkcs1 = wrap("30", `06092a864886f70d0101${hexByte(11 + i)}${parameters}`);
      yield [pkcs1, { name: "RSASSA-PKCS1-v1_5", hash }];
    }
  }
}

function schemeOf(algorithm: Bytes): Scheme | undefined {
  const pss = pssParameters(algorithm);
  return pss === undefined ? schemes.get(toHex(algorithm)) : { name: "RSA-PSS", ...pss };
}

/** AlgorithmIdentifier of each kind of key, as hexadecimal DER. */
const curves: Readonly<Record<string, { readonly namedCurve: string; readonly bytes: number }>> = {
  "301306072a8648ce3d020106082a8648ce3d030107": { namedCurve: "P-256", bytes: 32 },
  "301006072a8648ce3d020106052b81040022": { namedCurve: "P-384", bytes: 48 },
  "301006072a8648ce3d020106052b81040023": { namedCurve: "P-521", bytes: 66 },
};
const rsaEncryption = "300d06092a864886f70d0101010500";

/** NIST SP 800-131A; above the other, verifying takes longer than any authority needs. */
const leastRsaBits = 2048;
const mostRsaBits = 8192;

/** Whether the holder of `issuerKey` (SPKI) signed this, with an algorithm that is strong enough today. Never throws. */
export const isSignedBy = async (signed: Signed, issuerKey: Bytes): Promise<boolean> =>
  (await signatureFault(signed, issuerKey)) === undefined;

/**
 * Why the holder of `issuerKey` (SPKI) did not sign this. Never throws.
 * @returns `certificate.weakAlgorithm`, `certificate.weakKey` (the issuer's), `certificate.badSignature`; undefined for what was signed
 */
export async function signatureFault(signed: Signed, issuerKey: Bytes): Promise<ErrorCode | undefined> {
  const scheme = schemeOf(signed.algorithm);
  if (scheme === undefined) return "certificate.weakAlgorithm";
  if (!(await isStrongKey(issuerKey))) return "certificate.weakKey";
  return (await verifies(scheme, signed, issuerKey)) ? undefined : "certificate.badSignature";
}

async function verifies(scheme: Scheme, { tbs, signature }: Signed, issuerKey: Bytes): Promise<boolean> {
  try {
    const publicKey = await importFor(scheme, issuerKey);
    const raw = scheme.name === "ECDSA" ? rawEcdsa(signature, curveOf(issuerKey)?.bytes ?? 0) : signature;
    return (
      publicKey !== undefined &&
      raw !== undefined &&
      (await crypto.subtle.verify(scheme, publicKey, raw, tbs))
    );
  } catch {
    return false;
  }
}

/** Whether an authority may have this key: P-256, P-384, P-521, Ed25519, or RSA of 2048 to 8192 bits. */
export async function isStrongKey(publicKey: Bytes): Promise<boolean> {
  const kind = keyKindOf(publicKey);
  const scheme: Scheme =
    kind === rsaEncryption
      ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }
      : { name: kind === ed25519 ? "Ed25519" : "ECDSA" };
  try {
    return (await importFor(scheme, publicKey)) !== undefined;
  } catch {
    return false;
  }
}

function keyKindOf(publicKey: Bytes): string | undefined {
  const algorithm = readDer(publicKey)?.children[0];
  return algorithm === undefined ? undefined : toHex(algorithm.bytes);
}

const curveOf = (publicKey: Bytes) => curves[keyKindOf(publicKey) ?? ""];

async function importFor({ name, hash }: Scheme, publicKey: Bytes): Promise<CryptoKey | undefined> {
  const load = async (algorithm: Algorithm | EcKeyImportParams | RsaHashedImportParams) =>
    crypto.subtle.importKey("spki", publicKey, algorithm, true, ["verify"]);
  switch (name) {
    case "ECDSA": {
      const curve = curveOf(publicKey);
      return curve === undefined ? undefined : load({ name, namedCurve: curve.namedCurve });
    }
    case "Ed25519":
      return keyKindOf(publicKey) === ed25519 ? load({ name }) : undefined;
    case "RSASSA-PKCS1-v1_5":
    case "RSA-PSS": {
      if (keyKindOf(publicKey) !== rsaEncryption || hash === undefined) return undefined;
      const rsaKey = await load({ name, hash });
      const { modulusLength, publicExponent } = rsaKey.algorithm as RsaHashedKeyAlgorithm;
      // With exponent 1 anybody could sign.
      const isOne = publicExponent.every((byte, i) => byte === (i === publicExponent.length - 1 ? 1 : 0));
      return modulusLength >= leastRsaBits &&
        modulusLength <= mostRsaBits &&
        isQuickExponent(publicExponent) &&
        !isOne
        ? rsaKey
        : undefined;
    }
  }
}

/** Strict DER of an ECDSA signature to r||s. @param size of each, in bytes */
function rawEcdsa(der: Bytes, size: number): Bytes | undefined {
  const node = readDer(der);
  const [r, s] = node?.children ?? [];
  if (node?.tag !== tags.sequence || node.children.length !== 2) return undefined;
  const parts = [scalar(r, size), scalar(s, size)];
  return parts.every((part) => part !== undefined) ? concatBytes(...parts) : undefined;
}

function scalar(node: DerNode | undefined, size: number): Bytes | undefined {
  if (node?.tag !== tags.integer || (node.contents[0] ?? 0x80) >= 0x80) return undefined;
  const value = node.contents[0] === 0 ? node.contents.subarray(1) : node.contents;
  if (value.length > size || value.length === 0) return undefined;
  const out = new Uint8Array(size);
  out.set(value, size - value.length);
  return out;
}
