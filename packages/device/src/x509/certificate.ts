/** Certificates (RFC 5280 section 4.1) as strict DER, version 3 only. Nothing is validated here. */
import { equalBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { readDer, smallIntegerOf, tags, timeOf } from "./der-tree.ts";
import type { DerNode } from "./der-tree.ts";
import { rdnsOf } from "./distinguished-name.ts";
import { readExtensions } from "./extensions.ts";
import type { CertificateExtensions } from "./extensions.ts";
import { sameName } from "./name-comparison.ts";

/** A signed structure: what was signed, with which algorithm, and the signature. */
export interface Signed {
  /** DER, as it was signed. */
  readonly tbs: Bytes;
  /** AlgorithmIdentifier, DER. */
  readonly algorithm: Bytes;
  readonly signature: Bytes;
}

export interface CertificateIn extends Signed {
  readonly bytes: Bytes;
  /** Contents of the INTEGER. */
  readonly serial: Bytes;
  readonly issuer: DerNode;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly subject: DerNode;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Bytes;
  readonly extensions: CertificateExtensions;
}

/** As much as the wire takes: of one certificate, and of a device's own with the authorities above it. */
export const largestCertificateBytes = 4096;
export const mostCertificates = 4;

/** SEQUENCE { what was signed, AlgorithmIdentifier, BIT STRING } of whole bytes. */
export function readSigned(
  bytes: Bytes,
): { readonly body: readonly DerNode[]; readonly signed: Signed } | undefined {
  const root = readDer(bytes);
  const [tbs, algorithm, signature] = root?.children ?? [];
  if (root?.tag !== tags.sequence || root.children.length !== 3 || tbs?.tag !== tags.sequence)
    return undefined;
  if (algorithm?.tag !== tags.sequence || signature?.tag !== tags.bitString) return undefined;
  if (signature.contents[0] !== 0) return undefined;
  return {
    body: tbs.children,
    signed: { tbs: tbs.bytes, algorithm: algorithm.bytes, signature: signature.contents.subarray(1) },
  };
}

/** @returns undefined when it is no strict DER, has anything after it, or is longer than 4,096 bytes */
export const readCertificate = (bytes: Bytes): CertificateIn | undefined =>
  bytes.length > largestCertificateBytes ? undefined : parseCertificate(bytes);

/** Of any size, for what is only shown. @returns undefined when it is no strict DER, or has anything after it */
export function parseCertificate(bytes: Bytes): CertificateIn | undefined {
  const read = readSigned(bytes);
  if (read === undefined) return undefined;
  const [version, serial, algorithm, issuer, validity, subject, publicKey, extensions] = read.body;
  if (version?.tag !== 0xa0 || version.children.length !== 1 || smallIntegerOf(version.children[0]) !== 2) {
    return undefined;
  }
  if (serial?.tag !== tags.integer) return undefined;
  // The outer algorithm is not signed; the inner one is (section 4.1.1.2).
  if (algorithm === undefined || !equalBytes(algorithm.bytes, read.signed.algorithm)) return undefined;
  if (issuer?.tag !== tags.sequence || issuer.children.length === 0) return undefined;
  if (validity?.tag !== tags.sequence || validity.children.length !== 2) return undefined;
  const notBeforeMs = timeOf(validity.children[0]);
  const notAfterMs = timeOf(validity.children[1]);
  if (notBeforeMs === undefined || notAfterMs === undefined) return undefined;
  if (subject === undefined || publicKey?.tag !== tags.sequence) return undefined;
  if (rdnsOf(issuer) === undefined || rdnsOf(subject) === undefined) return undefined;
  // Unique identifiers ([1] and [2]) are not to be made any more (section 4.1.2.8).
  if (read.body.length > 8 || (extensions !== undefined && extensions.tag !== 0xa3)) return undefined;
  if (extensions !== undefined && extensions.children.length !== 1) return undefined;
  const readable = readExtensions(extensions?.children[0]);
  if (readable === undefined) return undefined;
  return {
    ...read.signed,
    bytes,
    serial: serial.contents,
    issuer,
    notBeforeMs,
    notAfterMs,
    subject,
    publicKey: publicKey.bytes,
    extensions: readable,
  };
}

/** By name alone (RFC 5280 section 7.1): whether a signature says so as well is another question. */
export const names = (certificate: CertificateIn, issuer: CertificateIn): boolean =>
  sameName(certificate.issuer, issuer.subject);
