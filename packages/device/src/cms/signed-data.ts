/**
 * CMS SignedData (RFC 5652 section 5) of one detached document and one signer, in the one form that Signet makes and takes:
 *
 *   ContentInfo { id-signedData, [0] SignedData {
 *     1, { digest algorithm }, { id-data }, [0] { certificates },
 *     { SignerInfo { 1, { issuer, serial number }, digest algorithm, [0] { signed attributes }, signature algorithm, signature } } } }
 */
import { concatBytes, equalBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { refuse } from "../verified.ts";
import type { Refusal } from "../verified.ts";
import { largestCertificateBytes, mostCertificates } from "../x509/certificate.ts";
import type { CertificateIn } from "../x509/certificate.ts";
import { oidOf, readDer, tags } from "../x509/der-tree.ts";
import type { DerNode } from "../x509/der-tree.ts";
import { cmsAlgorithmOf } from "./algorithms.ts";
import type { CmsAlgorithm } from "./algorithms.ts";
import { der, octets, oid, sequence, setOf, smallInteger } from "./der-writer.ts";
import { dataOid, readSignedAttributes } from "./signed-attributes.ts";
import type { AttributeValues, SignedAttributes } from "./signed-attributes.ts";

/** All certificates, and an issuer's name, a signature and the rest that are together no longer than one of them. */
export const largestCmsBytes = (mostCertificates + 1) * largestCertificateBytes;

const signedDataOid = "1.2.840.113549.1.7.2";
const [context0, context1] = [0xa0, 0xa1];

export interface SignedData {
  readonly algorithm: CmsAlgorithm;
  /** DER, in any order. */
  readonly certificates: readonly Bytes[];
  /** IssuerAndSerialNumber, DER. */
  readonly signer: Bytes;
  readonly attributes: SignedAttributes;
  readonly signature: Bytes;
}

export const signerOf = ({ issuer, serial }: Pick<CertificateIn, "issuer" | "serial">): Bytes =>
  sequence(issuer.bytes, der(tags.integer, serial));

export function encodeSignedData(parts: SignedData): Bytes {
  const { algorithm, attributes, certificates, signature, signer } = parts;
  const signerInfo = sequence(
    smallInteger(1),
    signer,
    algorithm.digest,
    // What was signed bears the tag of a SET; here it is that of its place (section 5.4).
    concatBytes(Uint8Array.of(context0), attributes.subarray(1)),
    algorithm.signature,
    octets(signature),
  );
  const signedData = sequence(
    smallInteger(1),
    setOf([algorithm.digest]),
    sequence(oid(dataOid)),
    setOf(certificates, context0),
    setOf([signerInfo]),
  );
  return sequence(oid(signedDataOid), der(context0, signedData));
}

export type SignedDataIn =
  | { readonly ok: true; readonly parts: SignedData; readonly values: AttributeValues }
  | Refusal;

/** Whether it looks like one, of whatever form; no longer one than Signet's. */
export const isSignedData = (bytes: Bytes): boolean =>
  bytes.length <= largestCmsBytes && oidOf(readDer(bytes)?.children[0]) === signedDataOid;

/**
 * Nothing is verified here. What was read is written again and compared, so that of all that says the same exactly one is taken: no byte
 * that the signature does not cover can be changed, and nothing be put beside it.
 * @returns `cms.malformed`, `cms.attached` (the document is in it), `cms.signers` (not exactly one), `cms.attributes` (not the four, or others
 *   beside them), `cms.algorithm` (a pair that is not taken)
 */
export function readSignedData(bytes: Bytes): SignedDataIn {
  const malformed = refuse("cms.malformed");
  if (bytes.length > largestCmsBytes) return malformed;
  const [type, wrapped] = readDer(bytes)?.children ?? [];
  if (oidOf(type) !== signedDataOid) return malformed;
  const [, , content, certificates, signers] = wrapped?.children[0]?.children ?? [];
  if (content !== undefined && content.children.length > 1) return refuse("cms.attached");
  if (certificates?.tag !== context0 || signers?.tag !== tags.set) return malformed;
  const [signerInfo, ...others] = signers.children;
  if (signerInfo === undefined || others.length > 0) return refuse("cms.signers");
  const read = readSignerInfo(signerInfo);
  if (!read.ok) return read;
  const parts = { ...read.parts, certificates: certificates.children.map((one) => one.bytes) };
  return equalBytes(encodeSignedData(parts), bytes) ? { ok: true, parts, values: read.values } : malformed;
}

type SignerInfoIn =
  | {
      readonly ok: true;
      readonly parts: Omit<SignedData, "certificates">;
      readonly values: AttributeValues;
    }
  | Refusal;

function readSignerInfo({ children }: DerNode): SignerInfoIn {
  const [, signer, digest, first, ...rest] = children;
  const attributes = first?.tag === context0 ? first : undefined;
  const [signatureAlgorithm, signature, ...others] = attributes === undefined ? [first, ...rest] : rest;
  if (signer === undefined || digest === undefined) return refuse("cms.malformed");
  if (signatureAlgorithm === undefined || signature?.tag !== tags.octetString) return refuse("cms.malformed");
  if (attributes === undefined || others.some((one) => one?.tag === context1))
    return refuse("cms.attributes");
  const algorithm = cmsAlgorithmOf(digest.bytes, signatureAlgorithm.bytes);
  if (algorithm === undefined) return refuse("cms.algorithm");
  const signed = concatBytes(Uint8Array.of(tags.set), attributes.bytes.subarray(1));
  const read = readSignedAttributes(signed);
  if (read === undefined) return refuse("cms.attributes");
  const parts = {
    algorithm,
    signer: signer.bytes,
    attributes: read.attributes,
    signature: signature.contents,
  };
  return { ok: true, parts, values: read.values };
}
