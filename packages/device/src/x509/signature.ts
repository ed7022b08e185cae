/** Signatures of authorities, by WebCrypto. What is not in these tables is refused: MD5, SHA-1, RSA below 2048 bits. */
import { concatBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { hexByte, toHex } from "../hex.ts";
import { isQuickExponent } from "../public-key.ts";
import type { Signed } from "./certificate.ts";
import { readDer, tags } from "./der-tree.ts";
import type { DerNode } from "./der-tree.ts";

type Hash = "SHA-256" | "SHA-384" | "SHA-512";

interface Scheme {
  readonly name: "ECDSA" | "Ed25519" | "RSASSA-PKCS1-v1_5" | "RSA-PSS";
  readonly hash?: Hash;
  readonly saltLength?: number;
}

const hashes: readonly { readonly hash: Hash; readonly oid: string; readonly bytes: number }[] = [
  { hash: "SHA-256", oid: "0609608648016503040201", bytes: 32 },
  { hash: "SHA-384", oid: "0609608648016503040202", bytes: 48 },
  { hash: "SHA-512", oid: "0609608648016503040203", bytes: 64 },
];

const wrap = (tag: string, contents: string): string => `${tag}${hexByte(contents.length / 2)}${contents}`;

/** The same AlgorithmIdentifier for keys and for signatures (RFC 8410 section 3). */
const ed25519 = "300506032b6570";

/** Each AlgorithmIdentifier that is taken, as hexadecimal DER (RFC 4055, 5758, 8410): all there is to it, parameters included. */
const schemes: ReadonlyMap<string, Scheme> = new Map(listSchemes());

function* listSchemes(): Generator<[string, Scheme]> {
  yield [ed25519, { name: "Ed25519" }];
  for (const [i, { hash, oid, bytes }] of hashes.entries()) {
    yield [wrap("30", `06082a8648ce3d0403${hexByte(2 + i)}`), { name: "ECDSA", hash }];
    // NULL parameters are right, none are to be taken too (RFC 4055 section 2.1 and 5).
    for (const parameters of ["0500", ""]) {
      const pkcs1 = wrap("30", `06092a864886f70d0101${hexByte(11 + i)}${parameters}`);
      yield [pkcs1, { name: "RSASSA-PKCS1-v1_5", hash }];
      // The same hash for the mask, a salt as long as it, the usual trailer field (section 3.1).
      const digest = wrap("30", `${oid}${parameters}`);
      const mask = wrap("30", `06092a864886f70d010108${digest}`);
      const pss = `${wrap("a0", digest)}${wrap("a1", mask)}a2030201${hexByte(bytes)}`;
      const algorithm = wrap("30", `06092a864886f70d01010a${wrap("30", pss)}`);
      yield [algorithm, { name: "RSA-PSS", hash, saltLength: bytes }];
    }
  }
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
export async function isSignedBy(signed: Signed, issuerKey: Bytes): Promise<boolean> {
  const scheme = schemes.get(toHex(signed.algorithm));
  if (scheme === undefined) return false;
  try {
    const publicKey = await importFor(scheme, issuerKey);
    if (publicKey === undefined) return false;
    const signature =
      scheme.name === "ECDSA" ? rawEcdsa(signed.signature, curveOf(issuerKey)?.bytes ?? 0) : signed.signature;
    if (signature === undefined) return false;
    return await crypto.subtle.verify(scheme, publicKey, signature, signed.tbs);
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
