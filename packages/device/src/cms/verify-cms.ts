import { equalBytes } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm, DeviceId } from "@signet/protocol";

import { derToRaw } from "../der.ts";
import { deviceIdOf } from "../device.ts";
import { sha256 } from "../digest.ts";
import { importPublicKey } from "../public-key.ts";
import { checkRaw } from "../signature-check.ts";
import { clockToleranceMs } from "../transcript-check.ts";
import { refuse } from "../verified.ts";
import type { Refusal } from "../verified.ts";
import { certificateFault } from "../x509/certificate-fault.ts";
import { mostCertificates, names, readCertificate } from "../x509/certificate.ts";
import type { CertificateIn } from "../x509/certificate.ts";
import type { CertificateNames } from "../x509/certificate-trust.ts";
import { isSignedBy } from "../x509/signature.ts";
import { validateChain } from "../x509/validate-certificates.ts";
import type { ChainTrust } from "../x509/validate-certificates.ts";
import { documentDigest, knownDigest } from "./algorithms.ts";
import { readSignedData, signerOf } from "./signed-data.ts";

declare const verified: unique symbol;

/** That the holder of a certificate signed a document; made by {@link verifyCms} alone. */
export interface CmsSignature {
  readonly [verified]: "CmsSignature";
  readonly algorithm: DeviceAlgorithm;
  /** Of the key, as for any device. */
  readonly deviceId: DeviceId;
  /** SubjectPublicKeyInfo (RFC 5280 section 4.1), DER. */
  readonly publicKey: Bytes;
  /** Of the certificate and of who issued it. */
  readonly names: CertificateNames;
  /** DER, the signer's own first, up to the one below the trust anchor. */
  readonly certificates: readonly Bytes[];
  /** What the signer said of the time, in milliseconds since 1970: nobody else says so. */
  readonly saidSignedAtMs: number;
}

export interface CmsExpectation {
  /** The authorities whose word counts, and their lists of revoked certificates. */
  readonly trust: ChainTrust;
  /** When the certificates have to hold, in milliseconds since 1970: now, or a time of which something else proves that the signature was there. */
  readonly atMs: number;
}

export type CmsResult = { readonly ok: true; readonly signature: CmsSignature } | Refusal;

/** Where the file itself is not at hand. */
export interface KnownByDigest {
  /** 32 bytes. */
  readonly sha256: Bytes;
}

/** What a key signed, whoever vouches for it: nobody has looked at the certificates. */
export type KeySignature = Pick<
  CmsSignature,
  "algorithm" | "deviceId" | "publicKey" | "certificates" | "saidSignedAtMs"
>;

/**
 * Whether the holder of a certificate signed this very document, as `signCms` of a device makes it. Never throws. What it proves is that whoever has
 * the key signed; the time is what they said of it.
 *
 * @param bytes CMS SignedData, DER
 * @returns the first refusal in this order: what {@link verifyCmsByKey} says, what validateCertificates says of the certificates, and
 *   `cms.signingTime` (when the signer's certificate did not hold, or later than `atMs`)
 */
export async function verifyCms(
  bytes: Bytes,
  document: Bytes | KnownByDigest,
  { atMs, trust }: CmsExpectation,
): Promise<CmsResult> {
  const byKey = await verifyCmsByKey(bytes, document);
  if (!byKey.ok) return byKey;
  const { certificates, publicKey, saidSignedAtMs } = byKey.signature;
  const path = await validateChain(certificates, { trust, publicKey, nowMs: atMs });
  if (!path.ok) return path;
  const { notAfterMs, notBeforeMs } = path.device;
  const held = saidSignedAtMs >= notBeforeMs && saidSignedAtMs <= notAfterMs;
  if (!held || saidSignedAtMs > atMs + clockToleranceMs) return refuse("cms.signingTime");
  const proven = { ...byKey.signature, names: path.names };
  return { ok: true, signature: proven as unknown as CmsSignature };
}

/**
 * As {@link verifyCms}, without asking who vouches for the certificates: for whoever knows from elsewhere whose key it is.
 *
 * @returns the first refusal in this order: what readSignedData says, `certificate.tooMany`, what certificateFault says of a certificate, `cms.signer` (the
 *   certificate that is named is not there, or is not the one that was signed), `certificate.order` (others are there that do not lead from it upwards),
 *   `cms.algorithm` (not one for its key), `cms.documentNeeded` (its key signs by another digest than the one that is known), `cms.otherDocument`, `cms.signature`
 */
export async function verifyCmsByKey(
  bytes: Bytes,
  document: Bytes | KnownByDigest,
): Promise<{ readonly ok: true; readonly signature: KeySignature } | Refusal> {
  const read = readSignedData(bytes);
  if (!read.ok) return read;
  const { algorithm: form, attributes, signature, signer } = read.parts;
  const { algorithm } = form;
  const { certificateHash, documentDigest: signedDigest, signedAtMs } = read.values;

  if (read.parts.certificates.length > mostCertificates) return refuse("certificate.tooMany");
  const all: CertificateIn[] = [];
  for (const one of read.parts.certificates) {
    const certificate = readCertificate(one);
    if (certificate === undefined) return refuse(certificateFault(one));
    all.push(certificate);
  }
  const own = all.find((certificate) => equalBytes(signerOf(certificate), signer));
  if (own === undefined || !equalBytes(await sha256(own.bytes), certificateHash)) return refuse("cms.signer");
  const chain = await chainOf(own, all);
  if (chain.length < all.length) return refuse("certificate.order");

  const publicKey = await importPublicKey(algorithm, own.publicKey);
  if (publicKey === undefined) return refuse("cms.algorithm");
  const digest = "sha256" in document ? knownDigest(form, document) : await documentDigest(form, document);
  if (digest === undefined) return refuse("cms.documentNeeded");
  if (!equalBytes(digest, signedDigest)) return refuse("cms.otherDocument");
  if (!(await isSignature(algorithm, publicKey, signature, attributes))) return refuse("cms.signature");
  return {
    ok: true,
    signature: {
      algorithm,
      deviceId: await deviceIdOf(own.publicKey),
      publicKey: own.publicKey,
      certificates: chain.map((one) => one.bytes),
      saidSignedAtMs: signedAtMs,
    },
  };
}

async function isSignature(
  algorithm: DeviceAlgorithm,
  publicKey: CryptoKey,
  signature: Bytes,
  message: Bytes,
): Promise<boolean> {
  const raw = algorithm === "ES256" ? derToRaw(signature) : signature;
  return raw !== undefined && (await checkRaw(algorithm, publicKey, raw, message)).ok;
}

/** Each certificate followed by the one that issued it: of several of one name, the one whose key signed. */
async function chainOf(own: CertificateIn, all: readonly CertificateIn[]): Promise<readonly CertificateIn[]> {
  const chain = [own];
  for (let last: CertificateIn | undefined = own; last !== undefined;) {
    const below: CertificateIn = last;
    last = undefined;
    for (const one of all) {
      if (chain.includes(one) || !names(below, one)) continue;
      if (await isSignedBy(below, one.publicKey)) last = one;
    }
    if (last !== undefined) chain.push(last);
  }
  return chain;
}
