/** The certificates on a token: which belongs to a key, and who issued it as far as the token tells. */
import { X509Certificate } from "node:crypto";
import { equalBytes } from "@signet/protocol";
import type { Bytes, ErrorCode } from "@signet/protocol";

import { certificateFault } from "../x509/certificate-fault.ts";
import { summaryOf } from "../x509/certificate-summary.ts";
import type { CertificateSummary } from "../x509/certificate-summary.ts";
import { certificateUse } from "./certificate-use.ts";
import type { CertificateUse } from "./certificate-use.ts";
import type { TokenObject } from "./messages.ts";

export interface TokenCertificate {
  /** CKA_ID, hexadecimal */
  readonly id: string;
  readonly der: Bytes;
  readonly parsed: X509Certificate;
  /** What it says, read as validation reads it; else why validation will not. */
  readonly says: CertificateSummary | ErrorCode;
  /** SubjectPublicKeyInfo, DER */
  readonly publicKey: Bytes;
  readonly use: CertificateUse | undefined;
}

/** More than any chain in use has; ends two certificates that name each other. */
const longestChain = 8;

/** Leaves out what is no certificate or has a key that this machine does not know. */
export function parseCertificates(objects: readonly TokenObject[]): TokenCertificate[] {
  return objects.flatMap(({ id, value }) => {
    if (value === undefined) return [];
    try {
      const parsed = new X509Certificate(value);
      const publicKey = Uint8Array.from(parsed.publicKey.export({ type: "spki", format: "der" }));
      const says = summaryOf(value) ?? certificateFault(value);
      return [{ id, der: value, parsed, says, publicKey, use: certificateUse(value) }];
    } catch {
      return [];
    }
  });
}

/**
 * The one with the key's CKA_ID; where it has none, of several for the same key the one for authentication, and of several of
 * those the one that holds longest.
 */
export function certificateOf(
  keyId: string,
  publicKey: Bytes,
  all: readonly TokenCertificate[],
): TokenCertificate | undefined {
  const ofKey = all.filter((one) => equalBytes(one.publicKey, publicKey));
  const sameId = ofKey.filter(({ id }) => id !== "" && id === keyId);
  const candidates = sameId.length > 0 ? sameId : ofKey;
  const rank = ({ use }: TokenCertificate): number => (use === "authentication" ? 1 : 0);
  return candidates.toSorted((a, b) => rank(b) - rank(a) || validUntilMs(b) - validUntilMs(a))[0];
}

const validUntilMs = ({ says }: TokenCertificate): number =>
  typeof says === "string" ? 0 : says.validUntilMs;

/** @returns DER: `own`, then each issuer found; a self-signed root is left out, since nobody trusts it from here */
export function chainFrom(own: TokenCertificate, all: readonly TokenCertificate[]): Bytes[] {
  const chain = [own];
  let last = own;
  while (chain.length < longestChain) {
    const issuer = all.find((one) => !chain.includes(one) && isIssuedBy(last, one));
    if (issuer === undefined || isIssuedBy(issuer, issuer)) break;
    chain.push(issuer);
    last = issuer;
  }
  return chain.map(({ der }) => der);
}

/** By name and by signature: two authorities may have one name. */
function isIssuedBy(certificate: TokenCertificate, issuer: TokenCertificate): boolean {
  try {
    return (
      certificate.parsed.checkIssued(issuer.parsed) && certificate.parsed.verify(issuer.parsed.publicKey)
    );
  } catch {
    return false;
  }
}
