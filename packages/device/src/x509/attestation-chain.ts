import type { Bytes } from "@signet/protocol";

import { mostCertificates, names, readCertificate } from "./certificate.ts";
import type { CertificateIn } from "./certificate.ts";
import { authorityFault } from "./path.ts";
import { isSignedBy, isStrongKey } from "./signature.ts";

/**
 * Whether the certificates of an attestation (WebAuthn level 3, section 6.5.4, `x5c`) hold in themselves: strict DER, at most four of at
 * most 4,096 bytes, each signed by the next, all within their dates, the first no authority and the others authorities as RFC 5280
 * section 6.1 wants them. Whose the last one is, is not judged: no maker's certificates are known here. Nothing is fetched: addresses in
 * certificates (revocation lists, issuers, OCSP) are never read. Never throws.
 * @param chain the attestation's own certificate first
 */
export async function attestationChainHolds(chain: readonly Bytes[], nowMs: number): Promise<boolean> {
  if (chain.length === 0 || chain.length > mostCertificates) return false;
  const certificates = chain.map(readCertificate).filter((certificate) => certificate !== undefined);
  if (certificates.length < chain.length) return false;
  for (const [place, certificate] of certificates.entries()) {
    if (!(await holdsAt(place, certificate, certificates[place + 1], nowMs))) return false;
  }
  return true;
}

async function holdsAt(
  place: number,
  certificate: CertificateIn,
  issuer: CertificateIn | undefined,
  nowMs: number,
): Promise<boolean> {
  const { extensions, notAfterMs, notBeforeMs, publicKey } = certificate;
  if (nowMs < notBeforeMs || nowMs > notAfterMs || extensions.unknownCritical) return false;
  const isRightKind =
    place === 0
      ? extensions.basicConstraints?.cA !== true
      : authorityFault(certificate, place - 1) === undefined;
  if (!isRightKind || !(await isStrongKey(publicKey))) return false;
  return (
    issuer === undefined || (names(certificate, issuer) && (await isSignedBy(certificate, issuer.publicKey)))
  );
}
