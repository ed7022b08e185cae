/** How a document is hashed and its attributes are signed, for each algorithm of a device; no other pair is taken. */
import { equalBytes } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm } from "@signet/protocol";

import { fromHex } from "../hex.ts";

export interface CmsAlgorithm {
  readonly algorithm: DeviceAlgorithm;
  /** Of the document. */
  readonly hash: "SHA-256" | "SHA-512";
  /** AlgorithmIdentifier, DER. */
  readonly digest: Bytes;
  /** AlgorithmIdentifier, DER, parameters included: so a signature counts for one algorithm only. */
  readonly signature: Bytes;
}

/** Without parameters (RFC 5754 section 2). */
const sha256 = fromHex("300b0609608648016503040201");
const sha512 = fromHex("300b0609608648016503040203");

const all: readonly CmsAlgorithm[] = [
  // ecdsa-with-SHA256 (RFC 5754 section 3.3)
  { algorithm: "ES256", hash: "SHA-256", digest: sha256, signature: fromHex("300a06082a8648ce3d040302") },
  // Ed25519 goes with SHA-512 alone (RFC 8419 section 3.1).
  { algorithm: "EdDSA", hash: "SHA-512", digest: sha512, signature: fromHex("300506032b6570") },
  // sha256WithRSAEncryption (RFC 5754 section 3.2), which names the hash, where rsaEncryption would not.
  {
    algorithm: "RS256",
    hash: "SHA-256",
    digest: sha256,
    signature: fromHex("300d06092a864886f70d01010b0500"),
  },
  // id-RSASSA-PSS with SHA-256 twice and a salt of 32 bytes (RFC 4056 section 2.2)
  {
    algorithm: "PS256",
    hash: "SHA-256",
    digest: sha256,
    signature: fromHex(
      "304106092a864886f70d01010a3034" +
        "a00f300d06096086480165030402010500" +
        "a11c301a06092a864886f70d010108300d06096086480165030402010500" +
        "a203020120",
    ),
  },
];

export function cmsAlgorithm(algorithm: DeviceAlgorithm): CmsAlgorithm {
  const found = all.find((one) => one.algorithm === algorithm);
  if (found === undefined) throw new TypeError(`${algorithm} has no form in CMS`);
  return found;
}

/** @returns undefined for every other pair */
export const cmsAlgorithmOf = (digest: Bytes, signature: Bytes): CmsAlgorithm | undefined =>
  all.find((one) => equalBytes(one.digest, digest) && equalBytes(one.signature, signature));

export const documentDigest = async ({ hash }: CmsAlgorithm, document: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest(hash, document));

/** @returns undefined where the algorithm hashes documents otherwise */
export const knownDigest = ({ hash }: CmsAlgorithm, known: { readonly sha256: Bytes }): Bytes | undefined =>
  hash === "SHA-256" ? known.sha256 : undefined;

/** Whether what is signed for a document can be held against the SHA-256 of it alone. */
export const signsSha256 = (algorithm: DeviceAlgorithm): boolean =>
  cmsAlgorithm(algorithm).hash === "SHA-256";
