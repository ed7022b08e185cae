/**
 * The signed attributes of CAdES-BES (RFC 5126 section 5.7): what is signed instead of the document.
 *
 * No signature of these counts for anything else that a device signs, nor the other way round, since nothing that is signed is both:
 *
 *   proof              the SHA-256 of a transcript, 32 bytes
 *   which key it is    "signet/which-public-key/v1" and 32 bytes; begins with 0x73
 *   document           a DER SET OF Attribute; begins with 0x31, and is longer than 100 bytes
 *   WebAuthn           authenticator data and a hash; such devices sign no documents
 *
 * So it is only ever a value of {@link SignedAttributes} that a device is given to sign for a document, never bytes from elsewhere, and whoever
 * verifies takes no CMS without signed attributes: there the document itself would be what was signed, and could be the digest of a transcript.
 */
import { equalBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { oidOf, readDer, tags, timeOf } from "../x509/der-tree.ts";
import type { DerNode } from "../x509/der-tree.ts";
import { octets, oid, sequence, setOf, time } from "./der-writer.ts";

declare const made: unique symbol;
/** DER SET OF Attribute. Nothing but {@link encodeSignedAttributes} makes one. */
export type SignedAttributes = Bytes & { readonly [made]: "SignedAttributes" };

export interface AttributeValues {
  /** Of the document, by the hash of the algorithm. */
  readonly documentDigest: Bytes;
  /** SHA-256 of the signer's certificate. */
  readonly certificateHash: Bytes;
  /** Milliseconds since 1970, whole seconds: what the signer says of the time. */
  readonly signedAtMs: number;
}

/** id-data: bytes that say nothing of what they are (RFC 5652 section 4). */
export const dataOid = "1.2.840.113549.1.7.1";
const contentType = "1.2.840.113549.1.9.3";
const messageDigest = "1.2.840.113549.1.9.4";
const signingTime = "1.2.840.113549.1.9.5";
/** id-aa-signingCertificateV2 (RFC 5035 section 3). */
const signingCertificate = "1.2.840.113549.1.9.16.2.47";

const attribute = (type: string, value: Bytes): Bytes => sequence(oid(type), setOf([value]));

export function encodeSignedAttributes(values: AttributeValues): SignedAttributes {
  const { certificateHash, documentDigest, signedAtMs } = values;
  return setOf([
    attribute(contentType, oid(dataOid)),
    attribute(signingTime, time(signedAtMs)),
    attribute(messageDigest, octets(documentDigest)),
    // One ESSCertIDv2: SHA-256 is its default, and issuer and serial number stand with the signer already.
    attribute(signingCertificate, sequence(sequence(sequence(octets(certificateHash))))),
  ]) as SignedAttributes;
}

/**
 * @param set DER, SET OF Attribute
 * @returns undefined unless these are exactly the four of {@link encodeSignedAttributes}, each with one value and in the one encoding: one more
 *   may mean that the signer only received the document (RFC 5126 section 5.11.1)
 */
export function readSignedAttributes(
  set: Bytes,
): { readonly values: AttributeValues; readonly attributes: SignedAttributes } | undefined {
  const list = readDer(set)?.children ?? [];
  const documentDigest = octetsIn(valueOf(list, messageDigest));
  const certificateHash = octetsIn(inner(inner(inner(valueOf(list, signingCertificate)))));
  const signedAtMs = timeOf(valueOf(list, signingTime));
  if (documentDigest === undefined || certificateHash === undefined || signedAtMs === undefined)
    return undefined;
  const values = { documentDigest, certificateHash, signedAtMs };
  const attributes = encodeSignedAttributes(values);
  return equalBytes(attributes, set) ? { values, attributes } : undefined;
}

const inner = (node: DerNode | undefined): DerNode | undefined => node?.children[0];

const octetsIn = (node: DerNode | undefined): Bytes | undefined =>
  node?.tag === tags.octetString ? node.contents : undefined;

const valueOf = (list: readonly DerNode[], type: string): DerNode | undefined =>
  inner(list.find(({ children }) => oidOf(children[0]) === type)?.children[1]);
