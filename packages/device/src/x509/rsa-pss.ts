/** RSASSA-PSS as a signature's AlgorithmIdentifier says it (RFC 4055 section 3.1). */
import type { Bytes } from "@signet/protocol";

import { toHex } from "../hex.ts";
import { oidOf, readDer, smallIntegerOf, tags } from "./der-tree.ts";
import type { DerNode } from "./der-tree.ts";

export type Hash = "SHA-256" | "SHA-384" | "SHA-512";

/** The OBJECT IDENTIFIER of each, in dots. */
export const hashes: readonly { readonly hash: Hash; readonly oid: string }[] = [
  { hash: "SHA-256", oid: "2.16.840.1.101.3.4.2.1" },
  { hash: "SHA-384", oid: "2.16.840.1.101.3.4.2.2" },
  { hash: "SHA-512", oid: "2.16.840.1.101.3.4.2.3" },
];

const pssOid = "1.2.840.113549.1.1.10";
const mgf1Oid = "1.2.840.113549.1.1.8";

/** What a salt has where its length is not said; shorter ones are no use to anybody. */
const usualSaltBytes = 20;

export interface PssParameters {
  readonly hash: Hash;
  /** Bytes. */
  readonly saltLength: number;
}

/**
 * The same hash for the mask, the usual trailer field, and a salt of 20 bytes or more: as long as the hash, or, as `openssl` makes it, the
 * longest that there is room for. How much room there is, verifying finds out.
 * @returns undefined for another algorithm, or parameters that are not taken
 */
export function pssParameters(algorithm: Bytes): PssParameters | undefined {
  const [oid, parameters, ...others] = readDer(algorithm)?.children ?? [];
  if (oidOf(oid) !== pssOid || parameters?.tag !== tags.sequence || others.length > 0) return undefined;
  const [digest, mask, salt, ...rest] = parameters.children;
  const [maskOid, maskDigest, ...maskRest] = inside(mask, 0xa1)?.children ?? [];
  if (oidOf(maskOid) !== mgf1Oid || maskRest.length > 0 || rest.length > 0) return undefined;
  const hash = hashOf(inside(digest, 0xa0));
  const saltLength = salt === undefined ? usualSaltBytes : saltOf(salt);
  if (hash === undefined || hash !== hashOf(maskDigest) || saltLength === undefined) return undefined;
  return { hash, saltLength };
}

/** What a context tag holds, where that is one value. */
function inside(node: DerNode | undefined, tag: number): DerNode | undefined {
  return node?.tag === tag && node.children.length === 1 ? node.children[0] : undefined;
}

/** 20 is not written in DER, being the default. */
function saltOf(node: DerNode): number | undefined {
  const saltLength = smallIntegerOf(inside(node, 0xa2));
  return saltLength !== undefined && saltLength > usualSaltBytes ? saltLength : undefined;
}

/** Of an AlgorithmIdentifier, whose parameters are NULL or none (section 2.1). */
function hashOf(identifier: DerNode | undefined): Hash | undefined {
  const [oid, parameters, ...others] = identifier?.children ?? [];
  if (identifier?.tag !== tags.sequence || others.length > 0) return undefined;
  if (parameters !== undefined && toHex(parameters.bytes) !== "0500") return undefined;
  return hashes.find((one) => one.oid === oidOf(oid))?.hash;
}
